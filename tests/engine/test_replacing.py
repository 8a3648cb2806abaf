"""Claims that replace others: what is replaced proves nothing; where it is not known which, it is unknown."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from claimrules import Checker, Claim, ClaimLine, CodeBook, Coverage, History, Rulebook
from claimrules.codebook import AddOnRow, AddOnTable
from claimrules.engine.replacing import settle
from claimrules.engine.subject import claim_subjects
from claimrules.model.edition import Edition, Kind, Table
from claimrules.model.facts import ClaimFacts
from claimrules.model.finding import CheckResult, Finding, Outcome, RuleCount
from claimrules.rulebook.replaced import cautious
from claimrules.testing.frames import frame_of, row_of

ENGINES = ("polars", "polars-lazy", "pandas", "pyarrow", "duckdb")
COLUMNS = (
    *(
        "code",
        "units",
        "from_date",
        "charge",
        "place_of_service",
        "setting",
        "claim_id",
        "line_id",
        "patient",
    ),
    *("provider", "frequency", "replaces", "bill_type", *(f"modifier_{slot}" for slot in range(1, 5))),
)
SELECTED = [
    "GLOB404",
    "GLOB405",
    "DUP101",
    "DUP102",
    "DUP103",
    "MUE102",
    "STAT107",
    "BILAT107",
    "NCCI102",
    "AOC101",
]
CHECKER = Checker(rulebook=Rulebook.load(SELECTED))
DAYS = Coverage(complete_from=date(2024, 1, 1), complete_to=date(2025, 12, 31), providers="all")
VISIT = ClaimLine.parse("99213 2025-11-03 @11 $100 by:1234567893 patient:P1")
SAYING: tuple[ClaimFacts | None, ...] = (
    *(None, None, None, ClaimFacts(frequency="1"), ClaimFacts(bill_type="131"), ClaimFacts(bill_type="137")),
    *(ClaimFacts(frequency="7"), ClaimFacts(frequency="8"), ClaimFacts(frequency="7", replaces="")),
    *(ClaimFacts(frequency=each, replaces=f"H{n}") for each in ("7", "8", "1", None) for n in range(3)),
    *(ClaimFacts(frequency=each, replaces=f"{name}1") for name in ("C", "X") for each in ("7", "8")),
    *(ClaimFacts(frequency="8", replaces=""), ClaimFacts(frequency="8")),
)


def on(claim: str, facts: ClaimFacts | None, *lines: ClaimLine) -> list[ClaimLine]:
    """Put lines on a claim."""
    return [
        attrs.evolve(line, claim_id=claim, line_id=str(number), facts=facts)
        for number, line in enumerate(lines or (VISIT,), 1)
    ]


def check(claim: Claim, *past: ClaimLine) -> CheckResult:
    """Check a claim beside a history."""
    return CHECKER.check(claim, History(past, **attrs.asdict(DAYS)))


@pytest.mark.parametrize(
    ("claim", "outcome"),
    [
        ({}, Outcome.FIRED),
        ({"frequency": "1"}, Outcome.FIRED),
        ({"frequency": "1", "replaces": "OLD"}, Outcome.FIRED),
        ({"frequency": "7"}, Outcome.UNKNOWN),
        ({"frequency": "8"}, Outcome.UNKNOWN),
        ({"bill_type": "137"}, Outcome.UNKNOWN),
        ({"bill_type": "137", "frequency": "1"}, Outcome.FIRED),
        ({"frequency": "7", "replaces": "OLD"}, Outcome.PASSED),
        ({"frequency": "7", "replaces": "1234567"}, Outcome.UNKNOWN),
        ({"frequency": "7", "replaces": ""}, Outcome.FIRED),
        ({"replaces": "OLD"}, Outcome.PASSED),
        ({"replaces": "1234567"}, Outcome.UNKNOWN),
    ],
)
def test_a_line_that_stands_on_an_earlier_claim_too(claim: dict[str, Any], outcome: Outcome) -> None:
    """It is a duplicate, unless its claim replaces the other; which one it replaces may be open."""
    result = check(Claim(lines=[VISIT], claim_id="NEW", **claim), *on("OLD", None))
    assert result.outcomes["NEW", "1"]["DUP101"].outcome is outcome


def test_the_history_holds_an_earlier_state_of_the_claim() -> None:
    """Its lines are replaced, where the claim says that it replaces: they add nothing to it."""
    again = Claim(lines=[VISIT], claim_id="OLD", frequency="7")
    result = check(again, *on("OLD", None))
    assert not result.findings
    assert check(attrs.evolve(again, frequency="1"), *on("OLD", None)).findings


@pytest.mark.parametrize(("frequency", "fires"), [("7", True), ("8", False)])
def test_a_claim_of_the_history_that_replaces_another(frequency: str, *, fires: bool) -> None:
    """The one that it names is gone; it stands itself, unless it only takes that one back."""
    later = ClaimFacts(frequency=frequency, replaces="OLD")
    past = [*on("OLD", None), *on("LATER", later)]
    result = check(Claim(lines=[VISIT], claim_id="NEW"), *past)
    assert [finding.rule for finding in result.findings] == ["DUP101"] * fires
    assert all(finding.other_claim_ids == ("LATER",) for finding in result.findings)


@pytest.mark.parametrize(
    ("past", "outcome"),
    [
        pytest.param([*on("OLD", None), *on("OLD", ClaimFacts(frequency="8"))], Outcome.PASSED, id="its id"),
        pytest.param(
            [*on("OLD", ClaimFacts(frequency="1")), *on("OLD", ClaimFacts(frequency="8", replaces="ICN5"))],
            Outcome.PASSED,
            id="its id, and the payer's number",
        ),
        pytest.param([*on("OLD", None), *on("VOID", ClaimFacts(frequency="8"))], Outcome.UNKNOWN, id="no id"),
        pytest.param(
            [*on("OLD", None), *on("VOID", ClaimFacts(bill_type="138", replaces="ICN5"))],
            Outcome.UNKNOWN,
            id="the payer's number",
        ),
        pytest.param(on("VOID", ClaimFacts(frequency="8")), Outcome.PASSED, id="alone"),
        pytest.param(
            [*on("OLD", None), *on("OLD", ClaimFacts(frequency="8")), *on("OLD", None)],
            Outcome.UNKNOWN,
            id="and sent again",
        ),
        pytest.param(
            [*on("OLD", None), *on("VOID", ClaimFacts(frequency="8", replaces="OLD")), *on("OLD", None)],
            Outcome.UNKNOWN,
            id="under another id, and sent again",
        ),
        pytest.param(
            [*on("OLD", None), *on("OLD", ClaimFacts(frequency="8"))] * 2, Outcome.PASSED, id="twice"
        ),
        pytest.param(
            [
                *on("OLD", None),
                *on("OLD", ClaimFacts(frequency="8")),
                *(attrs.evolve(line, line_id="9") for line in on("OLD", None)),
            ],
            Outcome.UNKNOWN,
            id="and sent again, lines numbered by the file",
        ),
        pytest.param(
            [*on("OLD", None), *on("OLD", ClaimFacts(frequency="7")), *on("OLD", ClaimFacts(frequency="8"))],
            Outcome.UNKNOWN,
            id="a correction that may be taken back",
        ),
        pytest.param(
            [*on("OLD", None), *on("OLD", ClaimFacts(frequency="7")) * 2],
            Outcome.UNKNOWN,
            id="two corrections",
        ),
        pytest.param(
            on("VOID", ClaimFacts(frequency="8", replaces="")), Outcome.PASSED, id="original not given"
        ),
        pytest.param(
            [*on("OLD", None), *on("VOID", ClaimFacts(frequency="8"), attrs.evolve(VISIT, patient="P2"))],
            Outcome.FIRED,
            id="of another patient",
        ),
        pytest.param(
            [
                *on("OLD", None),
                *on("VOID", ClaimFacts(frequency="8"), ClaimLine.parse("99213 2025-11-04 patient:P1")),
            ],
            Outcome.FIRED,
            id="of another day",
        ),
    ],
)
@pytest.mark.parametrize("engine", ["python", *ENGINES])
def test_a_claim_of_the_history_that_is_taken_back(
    engine: str, past: list[ClaimLine], outcome: Outcome
) -> None:
    """Neither it nor what takes it back proves anything; which one it is may be open."""
    counts = counted(CHECKER, engine, on("NEW", None), past)["DUP101"]
    assert getattr(counts, outcome.value) == 1


@pytest.mark.parametrize("engine", ["python", *ENGINES])
def test_a_claim_sent_again_after_its_void_is_still_looked_for(engine: str) -> None:
    """An add-on beside a primary that was taken back has none; where that was sent again, it has one."""
    edition = Edition(
        name="AOC",
        table=Table.ADD_ON,
        kind=Kind.CUMULATIVE,
        complete=True,
        effective=date(2025, 1, 1),
        ends=date(2025, 12, 31),
    )
    rows = {"G0289": (AddOnRow("G0105", "1", edition.effective),)}
    book = CodeBook.from_tables([AddOnTable(edition=edition, rows=rows)])
    checker = Checker(book=book, rulebook=Rulebook.load(["AOC101"]))
    primary, add_on = (attrs.evolve(VISIT, code=code) for code in ("G0105", "G0289"))
    past = [*on("OLD", None, primary), *on("OLD", ClaimFacts(frequency="8"), primary)]
    found = []
    for again in ([], on("OLD", None, primary)):
        counts = counted(checker, engine, on("NEW", None, add_on), [*past, *again])["AOC101"]
        found.append((counts.fired, counts.passed))
    assert found == [(1, 0), (0, 1)]


def test_a_line_in_doubt_keeps_what_the_claim_says_of_its_patient() -> None:
    """A line of the history without facts of its own has those of the patient, in doubt too."""
    claim = Claim(lines=[VISIT], claim_id="NEW", birth_date=date(1950, 1, 1))
    subjects = claim_subjects(claim, CHECKER.lookup, None, 2)
    past = [*on("OLD", None), *on("VOID", ClaimFacts(frequency="8"))]
    (left,), is_open = settle(subjects, past, claim.of_patient)
    assert is_open
    assert left.facts == ClaimFacts(birth_date=date(1950, 1, 1), replaces="?")


def test_of_two_states_of_a_claim_in_the_history_the_later_one_proves() -> None:
    """A correction stands under the id of its original: that is gone, the correction is not."""
    other = attrs.evolve(VISIT, charge=None)
    past = [*on("OLD", None, other), *on("OLD", ClaimFacts(frequency="7"))]
    assert [each.rule for each in check(Claim(lines=[VISIT], claim_id="NEW"), *past).findings] == ["DUP101"]
    past = [*on("OLD", None), *on("OLD", ClaimFacts(frequency="7", replaces="ICN5"), other)]
    assert [each.rule for each in check(Claim(lines=[VISIT], claim_id="NEW"), *past).findings] == ["DUP102"]


def test_units_of_two_claims_are_not_added_where_one_may_replace_the_other() -> None:
    """Their sum is above the limit, and each alone is not."""
    line = ClaimLine.parse("G0105 2025-11-03 @22 $900 by:1234567893 patient:P1")
    found = {}
    for frequency, replaces in (("1", None), ("7", None), ("7", "OLD")):
        claim = Claim(lines=[line], claim_id="NEW", frequency=frequency, replaces=replaces)
        result = check(claim, *on("OLD", None, line))
        found[frequency, replaces] = result.outcomes["NEW", "1"]["MUE102"].outcome
    assert found == {("1", None): Outcome.FIRED, ("7", None): Outcome.UNKNOWN, ("7", "OLD"): Outcome.PASSED}


def test_what_stands_on_one_claim_is_found_all_the_same() -> None:
    """A corrected claim is checked like any other, and beside a claim that is not its own."""
    lines = (VISIT, ClaimLine.parse("G0117 2025-11-03 @11 $20 by:1234567893 patient:P1"))
    result = check(Claim(lines=lines, claim_id="NEW", frequency="7"), *on("OLD", None, lines[1]))
    assert {finding.rule for finding in result.findings} == {"STAT107"}
    assert all(finding.other_claim_ids == ("NEW",) for finding in result.findings)


def test_what_is_open_is_told_with_the_remedy() -> None:
    """A run that did not judge is not clean, and says what would help."""
    result = check(Claim(lines=[VISIT], claim_id="NEW", frequency="7"), *on("OLD", None))
    assert result.verdict == "incomplete"
    assert any("replaces" in each.remedy for each in result.unknown)


@pytest.mark.parametrize("engine", ["python", *ENGINES])
def test_the_doubt_of_one_claim_proves_no_finding_of_another(engine: str) -> None:
    """Of lines of both sides the other side proves it, and not a third line of the group, as in any run."""
    checker = Checker(rulebook=Rulebook.load(["BILAT105"]))
    sides = [
        ClaimLine.parse(f"20610{side} 2025-11-03 by:1234567893 patient:P1") for side in ("", "-RT", "-LT")
    ]
    open_ = on("X", ClaimFacts(frequency="7"), attrs.evolve(VISIT, patient="P2"))
    found = []
    for others in ([], open_, [*open_, *on("Y", None, attrs.evolve(VISIT, patient="P2"))]):
        lines = [*on("A", ClaimFacts(frequency="1"), *sides), *others]
        if engine == "python":
            result = checker.check_lines(lines)
        else:
            pytest.importorskip(engine.removesuffix("-lazy"))
            result = checker.check_frame(framed(engine, lines)[0]).result(None)
        found.append([(each.line_id, each.other_line_ids, each.other_count) for each in result.findings])
    assert found == [[("3", ("2",), 1)]] * 3


def test_a_rule_that_asks_for_another_line_or_for_one_claim_is_asked_as_it_is() -> None:
    """So are rules on single lines; of the others unseen lines change as much as before."""
    rules = {rule.code: rule for rule in Rulebook.load().rules}
    for code in ("BILAT101", "AOC101", "DUP103"):
        assert cautious(rules[code]) is rules[code]
    for code in ("DUP101", "MUE102", "SPLIT104", "GLOB404"):
        made = cautious(rules[code])
        assert made.when != rules[code].when
        assert made.fired_stays is rules[code].fired_stays


def drawn(seed: int, count: int, name: str) -> list[ClaimLine]:
    """Draw lines of few patients and days, on claims of which some replace others."""
    pick, found = random.Random(seed), []  # noqa: S311 (no secret)
    saying = {number: pick.choice(SAYING) for number in range(3 * count)}
    for number in range(count):
        claim = number // 3
        day = date(2025, 11, 3) + timedelta(days=pick.choice((0, 0, 0, 10)))
        line = ClaimLine.parse(
            pick.choice(("99213", "47383", "G0105", "G0117", "20610", "20610-50", "G0412-LT"))
        )
        line = attrs.evolve(line, from_date=day, to_date=day, patient=pick.choice(("P1", "P2")))
        line = attrs.evolve(line, provider="1234567893", claim_id=f"{name}{claim}", line_id=f"{number:02}")
        # Some claims stand there in two states under the same id, those of a history in three.
        state = count * (number % 6 == 5)
        if name == "H":
            state, line = count * pick.choice((0, 0, 1, 2)), attrs.evolve(line, line_id=pick.choice("122"))
        found.append(attrs.evolve(line, facts=saying[state + claim]))
    return found


def framed(engine: str, *tables: Sequence[ClaimLine]) -> list[Any]:
    """Make frames of lines."""
    rows = [[{name: row_of(line)[name] for name in COLUMNS} for line in each] for each in tables]
    return [frame_of(each, engine) for each in rows]


def counted(
    checker: Checker, engine: str, lines: Sequence[ClaimLine], past: Sequence[ClaimLine]
) -> Mapping[str, RuleCount]:
    """Count, by rule, what an engine says of lines beside a history."""
    if engine == "python":
        return checker.check_lines(lines, History(past, **attrs.asdict(DAYS))).rules
    pytest.importorskip(engine.removesuffix("-lazy"))
    now, before = framed(engine, lines, past)
    return checker.check_frame(now, history=DAYS, past=before).summary.rules


def told(finding: Finding) -> tuple[object, ...]:
    """What every engine tells alike: which of many lines prove it first rests on how it numbers them."""
    return (
        finding.claim_id,
        finding.line_id,
        finding.rule,
        finding.other_count,
        finding.fields,
        finding.severity,
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(4))
def test_both_engines_say_the_same_of_claims_that_replace_others(engine: str, seed: int) -> None:
    """Outcomes, causes, remedies and findings, with and without a history."""
    pytest.importorskip(engine.removesuffix("-lazy"))
    past, lines = drawn(seed, 20, "H"), drawn(seed + 100, 30, "C")
    lines += [attrs.evolve(line, claim_id="H1", line_id=f"again{line.line_id}") for line in lines[:3]]
    now, before = framed(engine, lines, past)
    for earlier, others in ((past, before), ((), None)):
        found = CHECKER.check_lines(lines, History(earlier, **attrs.asdict(DAYS)))
        result = CHECKER.check_frame(now, history=DAYS, past=others)
        summary, explained = result.summary, result.explained(None)
        assert found.rules == summary.rules
        assert (found.unknown, found.severities) == (summary.unknown, summary.severities)
        assert sorted(map(told, found.findings)) == sorted(map(told, explained.findings))
        assert found.rules["DUP102"].unknown + found.rules["DUP101"].unknown


def test_ids_and_frequencies_may_be_numbers() -> None:
    """A frame of numbers says the same as one of texts."""
    pl = pytest.importorskip("polars")
    row = {"code": "99213", "units": 1, "from_date": "2025-11-03", "charge": 100, "patient": "P1"}
    row |= {"provider": "1234567893", "place_of_service": "11", "line_id": "1"}
    past = pl.DataFrame([{**row, "claim_id": 1, "frequency": None, "replaces": None}] * 2).cast(
        {"frequency": pl.Float64, "replaces": pl.Int64}
    )
    for replaces, outcomes in ((1, (0, 0)), (5, (0, 1)), (None, (0, 1))):
        now = pl.DataFrame([{**row, "claim_id": 2, "frequency": 7.0, "replaces": replaces}])
        now = now.cast({"replaces": pl.Int64})
        counts = CHECKER.check_frame(now, history=DAYS, past=past).summary.rules["DUP101"]
        assert (counts.fired, counts.unknown) == outcomes
