"""One definition, every engine: random lines, books and rules hold the engines together."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.benchmarks.synthetic import claim_lines
from tests.engine.conditions import rules_of_conditions
from tests.engine.drawing import batches, books

from claimrules.codebook import CodeBook
from claimrules.engine.frame import check_frame
from claimrules.engine.frame.fields import OPTIONAL
from claimrules.engine.frame.result import FrameResult
from claimrules.engine.history import Coverage, History
from claimrules.engine.line import Checker
from claimrules.engine.missing import missing
from claimrules.engine.outcomes import FIRST_UNKNOWN, missing_of, outcome_of
from claimrules.engine.run import Judged
from claimrules.engine.subject import NO_FACTS, subjects
from claimrules.engine.telling import Telling
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.finding import CheckResult
from claimrules.rulebook.rule import Rule
from claimrules.rulebook.select import Rulebook
from claimrules.testing.frames import frame_of, row_of

SOME_RULES = ("BILAT", "ASST", "MUE", "STAT107", "DUP104", "FMT", "MODX204", "CODE102", "OPPS101", "ASC101")
"""Rules of every scope and table: DuckDB and Spark take a minute to plan all of them."""
LIKE_AN_EXPORT, DIFFERENT = 600, 0.44
INPUTS = tuple(sorted(OPTIONAL))
TEAM = ("group", "specialty")
coverages = st.sampled_from(
    [
        Coverage(),
        Coverage(complete_from=date(2025, 10, 1), complete_to=date(2025, 12, 31)),
        Coverage(complete_from=date(2025, 1, 1), complete_to=date(2025, 12, 31), providers="all"),
    ]
)
few = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""The whole rulebook on some lines takes a second in a frame engine; no shrinking of such failures."""


def say(rule: Rule, byte: int) -> str:
    """An outcome in words."""
    if byte < FIRST_UNKNOWN:
        return outcome_of(byte).value
    field, cause = missing_of(rule, byte)
    return f"unknown: {field} ({cause.value})"


def run_python(
    checker: Checker, lines: Sequence[ClaimLine], coverage: Coverage, past: Sequence[ClaimLine] = ()
) -> Telling:
    """What the line engine says."""
    everything = subjects(lines, NO_FACTS, checker.lookup, first=len(past), as_of=checker.as_of)
    return checker.judge(everything, NO_FACTS, History(past, **attrs.asdict(coverage)))


def assert_same_outcomes(ran: Telling, result: FrameResult, lines: Sequence[ClaimLine]) -> None:
    """Compare every (line, rule, outcome, cause)."""
    framed = {key[-1]: said for key, said in result.outcomes().items()}
    assert set(framed) == {one.subject.line_id for one in ran.judged}
    pairs = list(zip(ran.engine.rules, result.context.engine.rules, strict=True))
    for one in ran.judged:
        for (rule, theirs), byte in zip(pairs, one.outcomes, strict=True):
            other = framed[one.subject.line_id][rule.code]
            if byte != other or rule.fields != theirs.fields:
                both = say(rule, byte), say(theirs, other)
                assert both[0] == both[1], _about(one, rule, both, lines)


def _about(one: Judged, rule: Rule, both: tuple[str, str], lines: Sequence[ClaimLine]) -> tuple[object, ...]:
    """What is to be known of a difference: both outcomes, the rule, and the lines that may share keys."""
    line = one.subject.line
    near = [each for each in lines if each.patient == line.patient or each.claim_id == line.claim_id]
    shown = [f"{each.line_id}: {each} claim {each.claim_id} {each.unreadable}" for each in near]
    return one.subject.line_id, rule.code, both, [str(key) for key in rule.same], rule.texts, shown


def assert_same_findings(ran: Telling, result: FrameResult, past: Sequence[ClaimLine] = ()) -> None:
    """Compare severity, the first edition that decided, the number of proofs and the first of them."""
    lines = (*past, *(one.subject.line for one in ran.judged))
    claims = {line.claim_id: line.claim_id or "" for line in lines}
    expected = {
        (finding.line_id, finding.rule): (
            finding.severity.value,
            next(iter(finding.editions), ""),
            finding.other_count,
            *finding.other_line_ids[:1],
            *(claims.get(claim, "") for claim in finding.other_claim_ids[:1]),
        )
        for finding in ran.findings()
    }
    columns = result.local(result.found)
    names = ("line_id", "rule", "severity", "edition", "other_count", "other_line_id", "other_claim_id")
    rows = zip(*(columns[name] for name in names), strict=True)
    found = {
        (line, rule): (severity, edition, count, *([other, claim] if other else []))
        for line, rule, severity, edition, count, other, claim in rows
    }
    texts = {rule.code: (rule.texts, [str(key) for key in rule.same]) for rule in ran.engine.rules}
    differ = [
        (key, expected.get(key), found.get(key), texts[key[1]])
        for key in {*expected, *found}
        if expected.get(key) != found.get(key)
    ]
    assert not differ, differ


def agree(  # noqa: PLR0913 (what can be said of a run)
    lines: Sequence[ClaimLine],
    book: CodeBook,
    rulebook: Rulebook,
    coverage: Coverage,
    engine: str,
    *,
    past: Sequence[ClaimLine] = (),
    **said: Any,
) -> tuple[Telling, FrameResult]:
    """Run both and compare; ``past`` are the lines of a history, ``said`` is what the checker is told."""
    if engine in ("duckdb", "spark"):
        # Their tables have no order of their own: `line.seq` follows claim and line there.
        lines, past = sorted(lines, key=_order), sorted(past, key=_order)
    told: dict[str, Any] = {"inputs": INPUTS, "as_of": date(2026, 1, 1), **said}
    checker = Checker(book, rulebook, **told)
    ran = run_python(checker, lines, coverage, past)
    frame, before = frames_of(lines, past, engine)
    result = check_frame(checker, frame, coverage=coverage, past=before)
    assert_same_outcomes(ran, result, [*past, *lines])
    assert_same_findings(ran, result, past)
    counted, expected = result.summary, ran.summary()
    assert counted.rules == expected.rules
    assert _told(counted) == _told(expected)
    assert (counted.checked, counted.incomplete_lines) == (expected.checked, expected.incomplete_lines)
    assert counted.unknown_by_cause == expected.unknown_by_cause
    granted = {*missing(set(row_of(lines[0]))).values()}
    assert [text for text in counted.assumptions if text not in granted] == [*expected.assumptions]
    assert counted.editions == expected.editions, (
        counted.editions,
        expected.editions,
        [str(line) for line in lines],
    )
    return ran, result


def _told(result: CheckResult) -> dict[tuple[object, ...], tuple[int, frozenset[str]]]:
    """What lines lack, and how many: without the codes named as examples, and without the quarter.

    What a rule about a claim lacks on another day is told of the quarter of the line in one engine, and
    of the first such line in the other.
    """
    found: dict[tuple[object, ...], tuple[int, frozenset[str]]] = {}
    for each in result.unknown:
        key = each.cause, re.sub(r" for [0-9]{4} Q[1-4]$", "", each.what.partition(":")[0]), each.remedy
        lines, rules = found.get(key, (0, frozenset[str]()))
        found[key] = lines + each.lines, rules | {*each.rules}
    return found


def _order(line: ClaimLine) -> tuple[object, ...]:
    return bool(line.claim_id), line.claim_id or "", line.line_id or ""


def frames_of(lines: Sequence[ClaimLine], past: Sequence[ClaimLine], engine: str) -> tuple[Any, Any]:
    """Frames of the lines and, where there are some, of those of a history.

    Teams that nobody fills in do not come: a physician is then told by his NPI alone.
    """
    empty = {name for name in TEAM if all(getattr(line, name) is None for line in (*lines, *past))}
    rows = [
        [{name: cell for name, cell in row_of(line).items() if name not in empty} for line in each]
        for each in (lines, past)
    ]
    now, before = (frame_of(each, engine) if each else None for each in rows)
    return now, before


@pytest.mark.parametrize("engine", ["polars", "polars-lazy", "pandas", "pyarrow", "duckdb"])
@settings(few, max_examples=3)
@given(lines=batches(), book=books(), coverage=coverages)
def test_the_rulebook_says_the_same_in_every_engine(
    engine: str, lines: tuple[ClaimLine, ...], book: CodeBook, coverage: Coverage
) -> None:
    """Every rule, on random lines with gaps in every field and tables with gaps in every value."""
    select = SOME_RULES if engine == "duckdb" else ("ALL",)
    agree(lines, book, Rulebook.load(select=select), coverage, engine)


@pytest.mark.parametrize("engine", ["polars", "pyarrow"])
@settings(few, max_examples=3)
@given(lines=batches(), book=books(), coverage=coverages)
def test_the_rulebook_says_the_same_where_no_team_came(
    engine: str, lines: tuple[ClaimLine, ...], book: CodeBook, coverage: Coverage
) -> None:
    """A physician who is told by his NPI alone is a key of the lines: rules then look at fewer of them."""
    lines = tuple(attrs.evolve(line, group=None, specialty=None) for line in lines)
    agree(lines, book, Rulebook.load(), coverage, engine)


@pytest.mark.parametrize("engine", ["polars", "pyarrow"])
def test_lines_as_in_an_export_say_the_same(engine: str) -> None:
    """Many of them share a code and a day and differ in what few rules look at: drawn ones seldom do."""
    lines = [
        attrs.evolve(line, line_id=str(number))
        for number, line in enumerate(claim_lines(LIKE_AN_EXPORT, DIFFERENT))
    ]
    agree(lines, CodeBook.starter(), Rulebook.load(), Coverage(), engine)


@settings(few, max_examples=60)
@given(lines=batches(), book=books(), coverage=coverages, rulebook=rules_of_conditions())
def test_drawn_conditions_say_the_same(
    lines: tuple[ClaimLine, ...], book: CodeBook, coverage: Coverage, rulebook: Rulebook
) -> None:
    """Conditions drawn from the vocabulary, in all three scopes."""
    agree(lines, book, rulebook, coverage, "polars")


@pytest.mark.parametrize("others", [0, 5])
@pytest.mark.parametrize("grouped", ["first", "last"])
def test_lines_without_codes_meet_in_any_order(grouped: str, others: int) -> None:
    """One is known by its NPI, the other by group and specialty too: what one finds hides nothing of it."""
    npi, day = "1234567893", date(2025, 10, 1)
    alone = ClaimLine(line_id="0", patient="P1", provider=npi, from_date=day, to_date=day)
    in_group = attrs.evolve(alone, line_id="1", group="G1", specialty="20")
    more = [attrs.evolve(alone, line_id=str(number + 2), code="99213") for number in range(others)]
    lines = [alone, in_group, *more] if grouped == "last" else [in_group, alone, *more]
    rules = Rulebook.load(select=("AOC101", "AOC105", "NCCI101"))
    agree(lines, CodeBook.starter(), rules, Coverage(), "polars")


def test_a_line_of_another_setting_is_no_company() -> None:
    """Where no table speaks for pairs, a line is unknown only beside one that shares all its keys."""
    day = date(2025, 10, 1)
    line = ClaimLine(
        line_id="0", code="99213", patient="P1", provider="1234567893", from_date=day, to_date=day
    )
    other = attrs.evolve(line, line_id="1", setting=Setting.OUTPATIENT)
    third = attrs.evolve(line, line_id="2", code="G0105")
    for lines in ((line, other), (line, other, third)):
        rules = Rulebook.load(select=("NCCI101", "NCCI102"))
        agree(lines, CodeBook.starter(), rules, Coverage(), "polars")


@pytest.mark.spark
@settings(few, max_examples=1)
@given(lines=batches(4), book=books(), coverage=coverages)
def test_the_rulebook_says_the_same_in_spark(
    spark: Any, lines: tuple[ClaimLine, ...], book: CodeBook, coverage: Coverage
) -> None:
    """The same, on a local Spark session."""
    assert spark is not None
    agree(lines, book, Rulebook.load(select=SOME_RULES), coverage, "spark")


@settings(few, max_examples=40)
@given(
    lines=batches(), book=books(), coverage=coverages, rulebook=rules_of_conditions(), past=st.integers(0, 8)
)
def test_a_history_gives_what_judging_all_lines_gives(
    lines: tuple[ClaimLine, ...], book: CodeBook, coverage: Coverage, rulebook: Rulebook, past: int
) -> None:
    """Lines of a history prove as they would if they were judged beside the claim."""
    checker = Checker(book, rulebook, inputs=INPUTS)
    together = run_python(checker, lines, coverage)
    history = History(lines[:past], **attrs.asdict(coverage))
    result = checker.check_lines(lines[past:], history, outcomes=True)
    expected = {(one.subject.claim_id, one.subject.line_id): one.outcomes for one in together.judged[past:]}
    first = [rule for rule in checker.engine.rules if rule.report != "first"]

    assert result.checked == len(lines[past:])
    for place, outcomes in expected.items():
        for rule in first:
            byte = outcomes[checker.engine.numbers[rule.code]]
            assert result.outcomes[place][rule.code].outcome is outcome_of(byte), (
                place,
                rule.code,
                rule.texts,
            )
