"""What is given in place of a book, a claim or a code is refused at once, with what to give."""

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from claimrules import Checker, Claim, ClaimLine, CodeBook, Coverage, History, Rulebook, Setting, Verdict
from claimrules.codebook import build_book
from claimrules.formats.open import open_lines
from claimrules.formats.reader import ReadOptions
from claimrules.testing import assert_outcome

DAY = date(2025, 11, 3)
NOON = datetime(2025, 11, 3, 12)  # noqa: DTZ001 (no instant)
LINE = ClaimLine.parse("G0105-50 2025-11-03")
BOOK: Any = CodeBook.starter()
CHECKER: Any = Checker(rulebook=Rulebook.load("BILAT101"))
MAKE: Any = Checker
PAST: Any = History
COVERAGE: Any = Coverage
LOAD: Any = Rulebook.load
A_BOOK: Any = CodeBook
BUILD: Any = build_book
OPEN_LINES: Any = open_lines
OPTIONS: Any = ReadOptions
A_LINE: Any = ClaimLine
A_CLAIM: Any = Claim


@pytest.mark.parametrize(
    ("slip", "remedy"),
    [
        pytest.param(lambda: MAKE("my.book"), r"CodeBook\.open\(path\) \(given: str\)", id="book is a path"),
        pytest.param(lambda: MAKE(Rulebook.load("BILAT101")), r"CodeBook\.open", id="book is a rulebook"),
        pytest.param(
            lambda: MAKE(rulebook="BILAT"), r"Rulebook\.load\(select=\.\.\.\)", id="rulebook is a selector"
        ),
        pytest.param(lambda: MAKE(as_of="2025-11-03"), r"date\(2025, 11, 3\)", id="as_of is a text"),
        pytest.param(lambda: CHECKER.check_line("G0105"), r"ClaimLine\.parse", id="line is a text"),
        pytest.param(
            lambda: CHECKER.check([LINE]), r"Claim\(lines=lines\), or check_lines", id="claim is a list"
        ),
        pytest.param(
            lambda: CHECKER.check(Claim(lines=(LINE,)), [LINE]),
            r"History\(lines, complete_from",
            id="history is a list",
        ),
        pytest.param(lambda: Claim(lines="G0105"), r"lines: ClaimLines are needed", id="lines are a text"),  # type: ignore[arg-type]
        pytest.param(
            lambda: BOOK.code(99213, on=DAY),
            r"codes are text: write '99213' \(given: int\)",
            id="code is a number",
        ),
        pytest.param(lambda: BOOK.mue(99213, on=DAY), "codes are text", id="MUE of a number"),
        pytest.param(lambda: BOOK.pair("99213", 36415, on=DAY), "codes are text", id="pair of a number"),
        pytest.param(lambda: BOOK.primaries(99292, on=DAY), "codes are text", id="primaries of a number"),
        pytest.param(lambda: BOOK.code("99213", on="2025-11-03"), "on: a date is needed", id="day is a text"),
        pytest.param(lambda: BOOK.code("99213", on=NOON), r"its \.date\(\)", id="day is a datetime"),
        pytest.param(lambda: BOOK.history(99213), "codes are text", id="history of a number"),
        pytest.param(lambda: BOOK.modifier(25), "modifiers are text: write '25'", id="modifier is a number"),
        pytest.param(lambda: BOOK.place(11), "places are text: write '11'", id="place is a number"),
        pytest.param(lambda: BOOK.search(99213), "a query is text", id="query is a number"),
        pytest.param(lambda: BOOK.search("a", limit="x"), "limit takes a whole number", id="limit is a text"),
        pytest.param(lambda: MAKE(as_of=NOON), r"as_of: .*\.date\(\)", id="as_of is a datetime"),
        pytest.param(lambda: MAKE(inputs="minutes"), r"inputs=\['minutes'\]", id="inputs are a text"),
        pytest.param(
            lambda: CHECKER.check_lines("G0105"), "check_lines takes ClaimLines", id="lines: a text"
        ),
        pytest.param(lambda: CHECKER.check_lines(LINE), "check_lines takes ClaimLines", id="lines: one line"),
        pytest.param(lambda: CHECKER.check_lines([LINE, "G0105"]), "check_lines takes", id="lines: texts"),
        pytest.param(lambda: CHECKER.check_lines([LINE], [LINE]), r"History\(lines", id="history of lines"),
        pytest.param(
            lambda: CHECKER.check_frame(None, history=History()), "past=", id="frame with a history"
        ),
        pytest.param(lambda: CHECKER.convert_sides("G0105"), "convert_sides takes", id="sides of a text"),
        pytest.param(
            lambda: CHECKER.bilateral_forms(99213, on=DAY), "codes are text", id="forms of a number"
        ),
        pytest.param(
            lambda: CHECKER.bilateral_forms("99213", on=NOON), "on: a date", id="forms on a datetime"
        ),
        pytest.param(lambda: CHECKER.global_periods(["47383"]), "lines or claims are", id="periods of texts"),
        pytest.param(
            lambda: CHECKER.global_periods(LINE, contractor_days={600: "010"}),
            "codes are text",
            id="contractor's days of a number",
        ),
        pytest.param(
            lambda: CHECKER.outcomes("G0105"), "outcomes takes a ClaimLine", id="outcomes of a text"
        ),
        pytest.param(
            lambda: CHECKER.check_lines([LINE], rejected="x"), "rejected takes", id="rejected is a text"
        ),
        pytest.param(
            lambda: CHECKER.check_frame(None, columns=["code"]), r"write \{'code'", id="columns are a list"
        ),
        pytest.param(
            lambda: CHECKER.check_frame(None, columns={"code": 5}),
            r"write \{'code'",
            id="column is a number",
        ),
        pytest.param(lambda: MAKE(inputs=None), r"inputs=\['specialty'\]", id="inputs are none"),
        pytest.param(lambda: MAKE(inputs=[5]), r"inputs=\['specialty'\]", id="input is a number"),
        pytest.param(lambda: MAKE(inputs={"dose": "x"}), r"inputs=\['specialty'\]", id="inputs: a mapping"),
        pytest.param(lambda: A_BOOK("my.book"), r"CodeBook\.open\('my.book'\)", id="book of a path"),
        pytest.param(lambda: A_BOOK.open(None), r"CodeBook\.open\('my.book'\)", id="path is none"),
        pytest.param(lambda: A_BOOK.from_tables("x.csv"), "made of tables", id="tables are a text"),
        pytest.param(lambda: A_BOOK.from_tables(["x.csv"]), "made of tables", id="table is a text"),
        pytest.param(lambda: BUILD("x.zip", "my.book"), "takes several files", id="published file is a text"),
        pytest.param(lambda: BUILD(["x.zip"], None), "named by its path", id="book to build is none"),
        pytest.param(lambda: OPEN_LINES("claims.csv"), r"write Path\('claims.csv'\)", id="claims are a text"),
        pytest.param(lambda: OPEN_LINES(None), r"write Path\(", id="claims are none"),
        pytest.param(lambda: OPEN_LINES(io.StringIO("code")), r"write Path\(", id="claims: a stream of text"),
        pytest.param(lambda: OPTIONS(mapping=["code"]), r"write \{'code'", id="mapping is a list"),
        pytest.param(lambda: OPTIONS(mapping={"code": 5}), r"write \{'code'", id="mapped to a number"),
        pytest.param(lambda: CHECKER.global_periods(None), "lines or claims are", id="periods of none"),
        pytest.param(
            lambda: CHECKER.global_periods(LINE, contractor_days=10), "write '010'", id="days are a number"
        ),
        pytest.param(lambda: A_CLAIM(lines=None), "lines: ClaimLines are needed", id="lines are none"),
        pytest.param(lambda: A_CLAIM(lines=LINE), "lines: ClaimLines are needed", id="lines are one line"),
        pytest.param(lambda: A_LINE.parse(99213), "a line is written as text", id="shorthand is a number"),
        pytest.param(lambda: PAST("G0105"), "a history holds ClaimLines", id="history is a text"),
        pytest.param(lambda: PAST(["G0105"]), "a history holds ClaimLines", id="history of texts"),
        pytest.param(lambda: PAST(LINE), "a history holds ClaimLines", id="history is a line"),
        pytest.param(lambda: LOAD(select=[5]), "rules are named by text", id="selector is a number"),
        pytest.param(lambda: LOAD(None), "rules are named by text", id="selectors are none"),
        pytest.param(lambda: LOAD(overlay=5), "overlay='payer.toml'", id="overlay is a number"),
        pytest.param(lambda: LOAD(folders=[5]), r"folders=\['rules'\]", id="folder is a number"),
        pytest.param(lambda: Rulebook("BILAT"), r"Rulebook\.load\(select", id="rules are a selector"),  # type: ignore[arg-type]
        pytest.param(lambda: LOAD(folders="rules"), r"folders=\['rules'\]", id="folders are a text"),
        pytest.param(lambda: CHECKER.rulebook.get(101), "rules are named by text", id="rule is a number"),
    ],
)
def test_a_slip_is_told_with_its_remedy(slip: Callable[[], object], remedy: str) -> None:
    """Each would else fail later in words of the inside, or find nothing in silence."""
    with pytest.raises(TypeError, match=remedy):
        slip()


@pytest.mark.parametrize(
    ("slip", "remedy"),
    [
        pytest.param(lambda: BOOK.code("99213", on=DAY, row=26), "row: write ''", id="row is a number"),
        pytest.param(
            lambda: BOOK.mue("99213", on=DAY, program="tricare"), "program: 'tricare'", id="program"
        ),
        pytest.param(lambda: BOOK.code("g0105", on=DAY), "codes have five characters", id="code in small"),
        pytest.param(lambda: BOOK.pair("g0105", "G0110", on=DAY), "codes have five", id="pair in small"),
        pytest.param(lambda: BOOK.primaries("G2211 ", on=DAY), "codes have five", id="primaries, blank"),
        pytest.param(lambda: BOOK.mue("G0105-50", on=DAY), "codes have five", id="MUE with a modifier"),
        pytest.param(lambda: BOOK.history("g0105"), "codes have five", id="history in small"),
        pytest.param(lambda: BOOK.modifier("lt"), "modifiers have two characters", id="modifier in small"),
        pytest.param(lambda: BOOK.place("1"), "places have two digits", id="place of one digit"),
        pytest.param(lambda: BOOK.lookup(["near"]), r"\['near'\] is none of exact, near", id="modes"),
        pytest.param(lambda: BOOK.to_frame("fees"), "Table; write one of fee_schedule", id="table"),
        pytest.param(lambda: OPTIONS(setting="home"), "'home' is no Setting", id="setting of a file"),
        pytest.param(
            lambda: assert_outcome(LINE, "BILAT101", "fire"),
            "'fire' is no Outcome; write one of",
            id="outcome",
        ),
        pytest.param(lambda: MAKE(editions="newest"), "'newest' is none of exact, near", id="mode of a run"),
        pytest.param(lambda: MAKE(inputs=["specialtyy"]), "did you mean specialty?", id="input"),
        pytest.param(lambda: MAKE(inputs=["Minutes"]), "did you mean minutes?", id="input in capitals"),
        pytest.param(lambda: MAKE(inputs=["age"]), "did you mean birth_date", id="field made of an input"),
        pytest.param(lambda: LOAD("bilat"), "did you mean BILAT ", id="selector in small"),
        pytest.param(lambda: BOOK.codes_by_day(editions="newest"), "editions: 'newest' is none", id="mode"),
        pytest.param(
            lambda: CHECKER.convert_sides([LINE], to="both"),
            "SideForm; write one of modifier_50",
            id="form of both sides",
        ),
        pytest.param(
            lambda: CHECKER.bilateral_forms("99213", on=DAY, setting="home"),
            "'home' is no Setting; write one of professional, outpatient",
            id="setting",
        ),
        pytest.param(lambda: CHECKER.check_frame(None, setting="home"), "Setting", id="setting of a frame"),
        pytest.param(lambda: PAST([], complete_from="2025-11-03"), "complete_from: a date", id="from a text"),
        pytest.param(lambda: PAST([], complete_to=NOON), "complete_to: a date", id="to a datetime"),
        pytest.param(
            lambda: PAST([], complete_from=DAY, complete_to=date(2025, 1, 1)),
            "complete_to lies before complete_from",
            id="ends before it begins",
        ),
        pytest.param(lambda: PAST([], providers=["own"]), "neither", id="providers are a list"),
        pytest.param(lambda: A_LINE(facts={"sex": "F"}), r"facts=ClaimFacts\(", id="facts are a mapping"),
        pytest.param(lambda: COVERAGE(complete_from=NOON), "complete_from: a date", id="coverage"),
        pytest.param(
            lambda: A_LINE(code="99213", modifiers="25"), "modifiers: a tuple", id="modifiers: a text"
        ),
        pytest.param(lambda: A_LINE(code="99213", modifiers=["25"]), "modifiers: a tuple", id="a list"),
        pytest.param(lambda: A_LINE(code=("99213",)), "code: five characters", id="codes"),
        pytest.param(lambda: A_LINE(patient=5), "patient: a text", id="patient is a number"),
        pytest.param(lambda: A_LINE(revenue_code=360), "revenue_code: a text", id="revenue code is a number"),
        pytest.param(lambda: A_LINE(setting="home"), "setting: one of professional", id="setting of a line"),
        pytest.param(lambda: A_LINE(unreadable="code"), "unreadable: a tuple", id="unreadable is a text"),
        pytest.param(lambda: A_LINE(teaching="no"), "teaching: True, False", id="teaching is a text"),
        pytest.param(lambda: A_LINE(minutes="15"), "minutes: a whole number", id="minutes are a text"),
        pytest.param(lambda: A_CLAIM(lines=[], patient=5), "patient: a text", id="claim's patient"),
        pytest.param(
            lambda: A_CLAIM(lines=[], diagnoses="I10"), "diagnoses: a tuple", id="diagnoses: a text"
        ),
        pytest.param(lambda: A_CLAIM(lines=[], condition_codes="G0"), "condition_codes: a", id="conditions"),
    ],
)
def test_a_value_that_cannot_be_is_told(slip: Callable[[], object], remedy: str) -> None:
    """Each would else equal nothing, in silence; the text never holds it where it may be health data."""
    with pytest.raises(ValueError, match=remedy):
        slip()


def test_a_line_takes_its_setting_by_its_word() -> None:
    """What is in it then is the setting itself."""
    assert A_LINE(setting="outpatient").setting is Setting.OUTPATIENT


def test_lines_of_a_claim_are_its_own() -> None:
    """A list may be given; what becomes of it later does not change the claim."""
    lines: Any = [LINE]
    claim = Claim(lines=lines)
    lines.clear()

    assert claim.lines == (LINE,)


def test_a_setting_may_be_given_by_its_word() -> None:
    """One that is none is no look-up that fails inside."""
    assert BOOK.code("G0105", on=DAY, setting="professional") == BOOK.code("G0105", on=DAY)
    with pytest.raises(ValueError, match="hospital"):
        BOOK.code("G0105", on=DAY, setting="hospital")


def test_inputs_that_every_rule_may_ask_for_are_taken() -> None:
    """A caller may name every column that the lines have."""
    assert MAKE(inputs=["code", "units", "specialty", "sex"]).inputs >= {"specialty", "sex"}


@pytest.mark.parametrize(
    "rulebook", [LOAD([]), LOAD(ignore="ALL"), LOAD("LAB")], ids=["none", "ignored", "not run"]
)
def test_a_run_of_no_rule_is_not_clean(rulebook: Rulebook) -> None:
    """Rules that were left out, or lack their inputs, have found nothing wrong."""
    result = Checker(rulebook=rulebook).check_line(LINE)

    assert not result.clean
    assert result.verdict is Verdict.INCOMPLETE


def test_a_reader_takes_its_setting_by_its_word() -> None:
    """What is in it then is the setting itself."""
    assert OPTIONS(setting="outpatient").setting is Setting.OUTPATIENT
