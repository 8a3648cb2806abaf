"""Tests of overlays: what a payer changes, in both engines, and what is refused."""

from datetime import date
from pathlib import Path

import attrs
import pytest
from tests.pairs_made import pair_book

from claimrules import Checker, Claim, ClaimLine, Outcome, Rulebook, RulebookError
from claimrules.codebook import PairRow
from claimrules.model.finding import Severity
from claimrules.rulebook.dated import Change, replaced_by
from claimrules.rulebook.load import rules_folder
from claimrules.testing.frames import frame_of, row_of

EXAMPLE = rules_folder() / "overlays" / "example_payer.toml"
WHY = 'reason = "because"\nsource = "manual, section 1"\n'


def overlay(folder: Path, *parts: str) -> Path:
    """Write an overlay of some tables."""
    path = folder / "payer.toml"
    path.write_text('title = "a payer"\nsince = "0.2"\n' + "\n".join(parts), encoding="utf-8")
    return path


def late(rulebook: Rulebook, day: str, received: date) -> Outcome:
    """Say what DATE307 says of one service."""
    checker = Checker(rulebook=rulebook, inputs=("received_date",))
    claim = Claim(claim_id="c", lines=(ClaimLine.parse(f"G0105 {day}"),), received_date=received)
    return checker.check(claim).outcomes["c", "1"]["DATE307"].outcome


def test_the_overlay_of_medicare_changes_nothing() -> None:
    """The default is empty of exceptions."""
    rulebook = Rulebook.load(overlay=rules_folder() / "overlays" / "medicare.toml")
    assert rulebook.rules == Rulebook.load().rules
    assert rulebook.touched == ()


def test_the_example_ignores_and_reweighs() -> None:
    """Its rules are the standard ones, but for what it says."""
    rulebook = Rulebook.load(overlay=EXAMPLE)
    standard = {rule.code: rule for rule in Rulebook.load().rules}
    assert standard.keys() - rulebook.by_code.keys() == {"STAT101", "BILAT105"}
    assert rulebook.by_code["BILAT101"].severity is Severity.REVIEW
    assert rulebook.by_code["BILAT101"].severity_if == ()
    assert rulebook.by_code["BILAT102"] == standard["BILAT102"]
    further = {"BILAT105", "NCCI102", "NCCI103", "NCCI106"}
    assert {each.rule for each in rulebook.touched} == {
        "STAT101",
        "BILAT101",
        "BILAT103",
        "DATE307",
    } | further
    assert all(each.reason and each.source for each in rulebook.touched)


@pytest.mark.parametrize(
    ("day", "received", "outcome"),
    [
        ("2025-03-03", date(2025, 8, 30), Outcome.PASSED),
        ("2025-03-03", date(2025, 8, 31), Outcome.FIRED),
        ("2025-12-31", date(2026, 6, 29), Outcome.PASSED),
        ("2026-01-01", date(2026, 4, 1), Outcome.PASSED),
        ("2026-01-01", date(2026, 4, 2), Outcome.FIRED),
    ],
)
def test_a_parameter_has_its_value_of_the_day(day: str, received: date, outcome: Outcome) -> None:
    """180 days before 2026, 90 from then on: the last day of each, and the day after."""
    assert late(Rulebook.load(overlay=EXAMPLE), day, received) is outcome


def test_frames_agree_with_the_line_engine_on_dated_parameters() -> None:
    """The same services in a frame."""
    polars = pytest.importorskip("polars")
    days = {
        "2025-03-03": "2025-08-31",
        "2025-03-04": "2025-08-31",
        "2026-01-01": "2026-04-02",
        "2026-01-02": "2026-04-02",
    }
    frame = polars.DataFrame(
        {
            "claim_id": ["c"] * len(days),
            "line_id": [str(number) for number in range(len(days))],
            "code": ["G0105"] * len(days),
            "from_date": list(days),
            "received_date": list(days.values()),
        }
    )
    rulebook = Rulebook.load(select=("DATE307",), overlay=EXAMPLE)
    found = Checker(rulebook=rulebook).check_frame(frame).findings
    fired = {
        str(number)
        for number, (day, received) in enumerate(days.items())
        if late(rulebook, day, date.fromisoformat(received)) is Outcome.FIRED
    }
    assert set(found["line_id"]) == fired == {"0", "2"}


def test_a_payer_replaces_the_dated_values_of_a_rule_from_its_first_day_on() -> None:
    """What comes before stays; a value without a day replaces all."""
    own: list[Change] = [("most", date(2025, 1, 1), 2), ("most", date(2026, 1, 1), 3), ("least", None, 1)]

    assert replaced_by(own, ()) == own
    assert replaced_by(own, [("most", date(2026, 1, 1), 9)]) == [
        own[0],
        own[2],
        ("most", date(2026, 1, 1), 9),
    ]
    assert replaced_by(own, [("most", date(2026, 1, 2), 9)]) == [*own, ("most", date(2026, 1, 2), 9)]
    assert replaced_by(own, [("most", None, 9)]) == [own[2], ("most", None, 9)]


@pytest.mark.parametrize("engine", ["line", "frame"])
@pytest.mark.parametrize(("column_2", "column_1"), [("59", ""), ("", "XS"), ("LT-XU", "LT"), ("LT", "LT-59")])
def test_a_payer_takes_59_on_column_2_only(column_2: str, column_1: str, engine: str) -> None:
    """Medicare takes it on either line since July 2019; the example's payer does not."""
    texts = [f"G0105-{column_2}".strip("-"), f"G0121-{column_1}".strip("-")]
    lines = tuple(ClaimLine.parse(f"{text} 2025-11-03 by:1234567893") for text in texts)
    book = pair_book(("G0121", "G0105", PairRow(date(2025, 10, 1), date.max, "1")))
    fired = {}
    for name, overlay in (("Medicare", None), ("payer", EXAMPLE)):
        checker = Checker(book, Rulebook.load(select=("NCCI102", "NCCI103"), overlay=overlay))
        if engine == "line":
            fired[name] = bool(checker.check(Claim(claim_id="c", lines=lines)).findings)
        else:
            rows = [row_of(attrs.evolve(line, claim_id="c", line_id=str(n))) for n, line in enumerate(lines)]
            fired[name] = bool(len(checker.check_frame(frame_of(rows, "polars")).findings))
    assert fired == {"Medicare": False, "payer": not column_2.endswith(("59", "XU"))}


def test_a_list_that_only_a_payer_can_give_switches_its_rule_on(tmp_path: Path) -> None:
    """A rule that names a configured list is not run until an overlay gives it."""
    rules = tmp_path / "rules"
    (rules / "sets").mkdir(parents=True)
    (rules / "own").mkdir()
    (rules / "sets" / "own.toml").write_text(
        '[listed]\ntitle = "t"\nkind = "codes"\nmembers = ["G0105"]\nconfigured = true\n', encoding="utf-8"
    )
    model = (rules_folder() / "dates" / "DATE301.toml").read_text(encoding="utf-8")
    head = model.partition("\n[[fires]]")[0].replace("DATE301", "OWN101")
    name = next(line for line in head.splitlines() if line.startswith("name"))
    when = next(line for line in head.splitlines() if line.startswith("when"))
    text = head.replace(name, 'name = "own"').replace(when, "when = 'line.code in sets.listed'")
    (rules / "own" / "OWN101.toml").write_text(
        text + '\n[[fires]]\ntitle = "a"\nlines = ["G0105"]\n[[passes]]\ntitle = "b"\nlines = ["G0106"]\n',
        encoding="utf-8",
    )
    added = f'[[add]]\nfolder = "rules"\n{WHY}'
    given = f'[[sets]]\nname = "listed"\nadd = ["G0121"]\n{WHY}'
    without = Rulebook.load(select=("DATE301", "OWN"), overlay=overlay(tmp_path, added))
    assert [(left.rule, left.inputs) for left in without.run_with(())[1]] == [("OWN101", ("sets.listed",))]
    beside = Rulebook.load(select=("OWN",), folders=[rules], overlay=overlay(tmp_path, given))
    assert (beside.run_with(())[1], [rule.code for rule in beside.rules]) == ((), ["OWN101"])
    rulebook = Rulebook.load(select=("OWN",), overlay=overlay(tmp_path, added, given))
    assert rulebook.run_with(())[1] == ()
    outcomes = [
        Checker(rulebook=rulebook).check_line(ClaimLine.parse(code)).outcomes for code in ("G0121", "G0105")
    ]
    assert [next(iter(each.values()))["OWN101"].outcome for each in outcomes] == [
        Outcome.FIRED,
        Outcome.PASSED,
    ]


def test_a_changed_rule_is_told(tmp_path: Path) -> None:
    """``seen`` holds what an adjusted rule looked like."""
    ignored = f'[[ignore]]\nrules = ["STAT101"]\n{WHY}'
    now = Rulebook.load(overlay=overlay(tmp_path, ignored)).adjusted["STAT101"]
    same = Rulebook.load(overlay=overlay(tmp_path, ignored, f'[seen]\nSTAT101 = "{now}"'))
    other = Rulebook.load(overlay=overlay(tmp_path, ignored, '[seen]\nSTAT101 = "000000000000"'))
    assert (same.outdated, other.outdated) == ((), ("STAT101",))


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ('[[ignore]]\nrules = ["STAT101"]\nreason = ""\nsource = "s"', "reason is empty"),
        ('[[ignore]]\nrules = ["STAT101"]\nsource = "s"', "reason"),
        (f'[[params]]\nrule = "DATE307"\nname = "filing_day"\nvalue = 1\n{WHY}', "did you mean"),
        (f'[[params]]\nrule = "DATE307"\nname = "filing_days"\nvalue = "x"\n{WHY}', "takes a number"),
        *(
            (
                f'[[params]]\nrule = "DATE307"\nname = "filing_days"\nvalue = {value}\n{WHY}',
                r"payer\.toml:\d+: params: DATE307\.filing_days takes a number of at most 15 digits",
            )
            for value in ("nan", "-inf", "1" * 16, "0.0000001")
        ),
        (f"[{'.'.join('a' * 1_000)}]\nx = 1", "nests too deeply"),
        *(
            (
                f'[[params]]\nrule = "{rule}"\nname = "{name}"\nvalue = {value}\n{WHY}',
                rf"payer\.toml:\d+: params: {error}",
            )
            for rule, name, value, error in (
                ("DATE307", "filing_years", "-1", r"DATE307\.filing_years takes no number below zero"),
                ("FMT105", "lines", "-0.5", r"FMT105\.lines takes no number below zero"),
                (
                    "DATE307",
                    "filing_years",
                    "0.5",
                    "DATE307 cannot be so: when: add_years takes a whole number",
                ),
                (
                    "DATE307",
                    "filing_days",
                    "999999999",
                    "DATE307 cannot be so: when: a date is moved by at most",
                ),
                ("DATE307", "filing_days", "true", r"DATE307\.filing_days takes a number"),
                ("DATE307", "filing_days", "{ a = 1 }", r"DATE307\.filing_days takes a number"),
                ("TELE102", "list_from", '"soon"', r"TELE102\.list_from takes a date"),
                ("TELE102", "list_from", '"2025-02-30"', r"TELE102\.list_from takes a date"),
                ("DATE3O7", "filing_days", "1", "there is no rule 'DATE3O7'; did you mean DATE307"),
                ("no-such", "filing_days", "1", "there is no rule 'no-such'; write its id"),
            )
        ),
        (
            "".join(
                f'[[params]]\nrule = "{rule}"\nname = "filing_days"\nvalue = 1\n{WHY}\n'
                for rule in ("DATE307", "claim-filed-too-late")
            ),
            r"DATE307\.filing_days is set twice",
        ),
        *(
            (f"[[{key}]]\nrules = [{rules}]\n{more}{WHY}", rf"payer\.toml:\d+: {key}: {error}")
            for key, more in (("ignore", ""), ("severity", 'severity = "deny"\n'))
            for rules, error in (("", "rules is empty"), ('"STAT9"', "'STAT9' selects no rule"))
        ),
        (f'[select]\nrules = ["NONE"]\n{WHY}', r"payer\.toml:\d+: select: 'NONE' selects no rule"),
        *(
            (
                f'[[sets]]\nname = "always_therapy"\n{change}\n{WHY}',
                rf"payer\.toml:\d+: sets: always_therapy{error}",
            )
            for change, error in (
                ("", " is not changed"),
                ("members = []", " would hold nothing"),
                ('add = ["9921"]', ": '9921': a member of codes has 5 characters"),
                ('add = ["97110"]\nremove = ["97110"]', " would hold nothing"),
                ('add = ["97110"]\nremove = ["97112"]', ": '97112': not listed in the set itself"),
            )
        ),
        (f'[[add]]\nfolder = "a\\u0000b"\n{WHY}', "not a folder beside the overlay"),
        (f'[[sets]]\nname = "sidee"\nadd = ["LT"]\n{WHY}', r"payer\.toml:\d+: sets: there is no set"),
        (f'[[add]]\nfolder = "../elsewhere"\n{WHY}', "not a folder beside the overlay"),
        ("[[surprise]]\nx = 1", "unknown field"),
    ],
)
def test_what_is_wrong_is_told_with_its_remedy(part: str, error: str, tmp_path: Path) -> None:
    """An overlay comes from elsewhere: every fault is named."""
    with pytest.raises(RulebookError, match=error):
        Rulebook.load(overlay=overlay(tmp_path, part))


def test_since_is_a_version(tmp_path: Path) -> None:
    """A word would never be older than the rules."""
    path = tmp_path / "payer.toml"
    path.write_text('title = "P"\nsince = "banana"\n', encoding="utf-8")
    with pytest.raises(RulebookError, match=r"payer\.toml:2: since: the version"):
        Rulebook.load(overlay=path)
