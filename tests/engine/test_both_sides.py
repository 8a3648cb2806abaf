"""Both sides: the forms accepted by indicator, kind of code, MUE, setting and payer; lines converted."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import attrs
import pytest

from claimrules import Checker, ClaimLine, CodeBook, Rulebook, Setting
from claimrules.codebook import FeeRow, FeeSchedule, MueRow, MueTable
from claimrules.engine.both_sides import ConventionError, answer, convention_of
from claimrules.model.both_sides import Acceptance, BilateralAnswer, SideForm
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import Edition, Table

DAY = date(2025, 11, 3)
SURGERY, TEST = "090", "XXX"
ALL = {Setting.PROFESSIONAL, Setting.OUTPATIENT, Setting.ASC}


def said(  # noqa: PLR0913 (each is one thing that decides)
    bilateral: str | None,
    days: str | None = SURGERY,
    mue: int | None = 2,
    mai: str | None = "3",
    *,
    setting: Setting = Setting.PROFESSIONAL,
    convention: str = "medicare",
) -> BilateralAnswer:
    """Ask about a code with these attributes."""
    code = CodeAttributes(code="G0412", bilateral=bilateral, global_days=days, mue=mue, mai=mai)
    return answer(code, on=DAY, setting=setting, convention=convention)


def short(found: BilateralAnswer) -> str:
    """Write an answer as the forms with what is said of each: 50 lines units one."""
    order = (SideForm.MODIFIER_50, SideForm.TWO_LINES, SideForm.TWO_UNITS, SideForm.ONE_UNIT)
    return " ".join(found.form(form).accepted.value for form in order)


@pytest.mark.parametrize("setting", [Setting.PROFESSIONAL, Setting.OUTPATIENT])
@pytest.mark.parametrize(
    ("bilateral", "days", "accepted"),
    [
        ("1", "000", "yes no no no"),
        ("1", "010", "yes no no no"),
        ("1", "090", "yes no no no"),
        ("1", "ZZZ", "yes no no no"),
        ("1", "XXX", "yes yes no no"),
        ("1", "YYY", "yes doubtful no no"),
        ("1", None, "yes doubtful no no"),
        ("2", "090", "no no no yes"),
        ("3", "090", "yes no no no"),
        ("3", "XXX", "yes yes yes no"),
        ("3", "MMM", "yes doubtful doubtful no"),
        ("9", "XXX", "no doubtful doubtful yes"),
    ],
)
def test_the_forms_of_the_ncci_manual(
    bilateral: str, days: str | None, accepted: str, setting: Setting
) -> None:
    """Chapter I, section V.3(a): surgery with 50; diagnostic codes as lines too; 3 as two units too."""
    assert short(said(bilateral, days, setting=setting)) == accepted


def test_a_code_that_is_never_bilateral() -> None:
    """One unit; hospitals have no edit on 50, and that is doubtful rather than accepted."""
    assert short(said("0")) == "no no no yes"
    assert short(said("0", setting=Setting.OUTPATIENT)) == "doubtful no no yes"
    assert "elsewhere" in said("0").form(SideForm.TWO_LINES).doubt


@pytest.mark.parametrize(
    ("mue", "mai", "accepted"),
    [
        (2, "2", "yes yes yes no"),
        (2, "1", "yes yes yes no"),
        (1, "2", "yes no no no"),
        (1, "3", "yes no no no"),
        (1, "1", "yes yes no no"),
        (0, "2", "no no no no"),
        (None, None, "yes doubtful doubtful no"),
    ],
)
def test_the_mue_holds_two_units_back(mue: int | None, mai: str | None, accepted: str) -> None:
    """2 and 3 add up the lines of a day; 1 tests each line; 0 pays nothing; none is not unlimited."""
    assert short(said("3", TEST, mue, mai)) == accepted


def test_surgical_centres() -> None:
    """Two lines or two units, never 50; that the MUE of 1 is doubled for them is not confirmed."""
    assert short(said("1", mue=2, setting=Setting.ASC)) == "no yes yes no"
    found = said("1", mue=1, setting=Setting.ASC)
    assert short(found) == "no yes doubtful no"
    assert "not confirmed" in found.form(SideForm.TWO_LINES).doubt
    assert short(said("0", setting=Setting.ASC)) == "no no no yes"
    assert found.preferred is SideForm.TWO_LINES


def test_supplies_and_what_is_not_known() -> None:
    """Unknown is said with its cause; the indicator says nothing of supplies."""
    assert short(said("1", setting=Setting.DME)) == "unknown unknown unknown unknown"
    found = said(None)
    assert (short(found), found.cause, found.preferred) == (
        "unknown unknown unknown unknown",
        Cause.NO_VALUE,
        None,
    )


@pytest.mark.parametrize(
    ("convention", "accepted"),
    [("modifier_50", "yes no no no"), ("two_lines", "no yes no no"), ("two_units", "no no yes no")],
)
def test_a_payers_convention(convention: str, accepted: str) -> None:
    """It holds for codes that can be bilateral, in every setting; a Medicare MUE of 1 is a doubt then."""
    for setting in ALL:
        assert short(said("1", convention=convention, setting=setting)) == accepted
        assert short(said("2", convention=convention, setting=setting)) == "no no no yes"
    found = said("1", mue=1, convention=convention)
    assert short(found) == accepted
    assert bool(found.form(SideForm(convention)).doubt) is (convention != "modifier_50")
    with pytest.raises(ConventionError, match="one of medicare, modifier_50"):
        said("1", convention="both")


def test_every_answer_has_a_reason() -> None:
    """No form is left out, and none without a word."""
    for indicator in ("0", "1", "2", "3", "9", None):
        for setting in Setting:
            found = said(indicator, TEST, 1, "2", setting=setting)
            assert {each.form for each in found.forms} == set(SideForm)
            assert all(each.why for each in found.forms)
            assert all(each.doubt for each in found.forms if each.accepted is Acceptance.DOUBTFUL)


def edition(table: Table, setting: str = "") -> Edition:
    """Make an edition for every day."""
    return Edition(
        name="MADE", table=table, setting=setting, effective=date(2000, 1, 1), ends=date(2099, 12, 31)
    )


def book(codes: Mapping[str, tuple[str, str, int]]) -> CodeBook:
    """Make a book: bilateral indicator, global days and MUE of each code."""
    fee = {code: {"": FeeRow(bilateral=found[0], global_days=found[1])} for code, found in codes.items()}
    mues = {code: MueRow(value=found[2], mai="2") for code, found in codes.items()}
    settings = ("professional", "outpatient", "dme")
    return CodeBook.from_tables(
        [
            FeeSchedule(edition=edition(Table.FEE_SCHEDULE), rows=fee),
            *(MueTable(edition=edition(Table.MUE, setting), rows=mues) for setting in settings),
        ]
    )


CHECKER = Checker(
    book(
        {
            "G0412": ("1", "090", 1),
            "G0413": ("1", "000", 2),
            "G0130": ("3", "XXX", 2),
            "G0105": ("0", "000", 1),
            "G0268": ("2", "000", 1),
        }
    ),
    Rulebook.load(["BILAT"]),
)


def converted(*texts: str, to: SideForm | None = None, convention: str | None = None) -> list[str]:
    """Convert lines in shorthand."""
    lines = [attrs.evolve(ClaimLine.parse(text), line_id=str(n)) for n, text in enumerate(texts, 1)]
    return [str(line) for line in CHECKER.convert_sides(lines, to=to, convention=convention).lines]


@pytest.mark.parametrize(
    ("lines", "to", "expected"),
    [
        (["G0412-RT 2025-11-03", "G0412-LT 2025-11-03"], None, ["G0412-50 2025-11-03"]),
        (
            ["G0412-LT-79 2025-11-03 $100", "G0130 2025-11-03", "G0412-79-RT 2025-11-03 $50.01"],
            None,
            ["G0412-50-79 2025-11-03 $150.01", "G0130 2025-11-03"],
        ),
        (["G0412 x2 2025-11-03 $3"], None, ["G0412-50 2025-11-03 $3.00"]),
        (
            ["G0130-50 2025-11-03 $3.01"],
            "two_lines",
            ["G0130-RT 2025-11-03 $1.51", "G0130-LT 2025-11-03 $1.50"],
        ),
        (["G0130-RT 2025-11-03", "G0130-LT 2025-11-03"], "two_units", ["G0130 x2 2025-11-03"]),
        (["G0130-50 x2 2025-11-03"], "two_units", ["G0130 x4 2025-11-03"]),
        (["G0130 x2 2025-11-03"], "two_lines", ["G0130-RT 2025-11-03", "G0130-LT 2025-11-03"]),
        (
            ["G0412-50 2025-11-03 setting:A"],
            None,
            ["G0412-RT 2025-11-03 setting:asc", "G0412-LT 2025-11-03 setting:asc"],
        ),
    ],
)
def test_lines_are_converted(lines: list[str], to: str | None, expected: list[str]) -> None:
    """Modifiers keep their places, charges their sum to the cent, other lines their order."""
    assert converted(*lines, to=SideForm(to) if to else None) == expected


@pytest.mark.parametrize(
    "lines",
    [
        ["G0412-RT 2025-11-03"],
        ["G0412-RT 2025-11-03", "G0412-LT 2025-11-04"],
        ["G0412-RT-79 2025-11-03", "G0412-LT 2025-11-03"],
        ["G0412-RT 2025-11-03 by:1", "G0412-LT 2025-11-03 by:2"],
        ["G0412-RT x2 2025-11-03", "G0412-LT 2025-11-03"],
        ["G0412-RT 2025-11-03", "G0412-RT 2025-11-03"],
        ["G0412-50 2025-11-03"],
        ["G0105 x2 2025-11-03"],
        ["G0412-? x2 2025-11-03"],
        ["G0412 x? 2025-11-03"],
        ["? x2 2025-11-03"],
        ["G0412-RT-LT 2025-11-03"],
    ],
)
def test_what_is_not_plainly_both_sides_is_left(lines: list[str]) -> None:
    """One side, two days, two physicians, unequal units, other modifiers: nothing is guessed."""
    found = CHECKER.convert_sides(map(ClaimLine.parse, lines))

    assert [str(line) for line in found.lines] == lines
    assert (found.steps, found.left) == ((), ())


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["G0105-50 2025-11-03"], "indicator 0"),
        (["G0268-RT 2025-11-03", "G0268-LT 2025-11-03"], "indicator 2"),
        (["G0413 x2 2025-11-03"], "two sites of one side"),
        (["G0412-59-79-GA-KX x2 2025-11-03"], "four modifiers already"),
        (["G9999-50 2025-11-03"], "fee schedule"),
    ],
)
def test_what_cannot_be_converted_says_why(lines: list[str], why: str) -> None:
    """The lines stay as they are."""
    found = CHECKER.convert_sides(map(ClaimLine.parse, lines))

    assert [str(line) for line in found.lines] == lines
    assert why in found.left[0].why


def test_a_form_that_is_not_accepted_is_not_written() -> None:
    """Nor is a doubt dropped: two units are both sides only where the record says so."""
    line = ClaimLine.parse("G0412-50 2025-11-03")
    assert "billed with 50" in CHECKER.convert_sides([line], to=SideForm.TWO_UNITS).left[0].why
    [step] = CHECKER.convert_sides([ClaimLine.parse("G0412 x2 2025-11-03")]).steps
    assert "only where the record says so" in step.doubt
    assert converted("G0412-50 2025-11-03", convention="two_units") == ["G0412 x2 2025-11-03"]


def test_there_and_back_again() -> None:
    """Each form of a code that takes all of them can be had from each other."""
    start = ["G0130-RT 2025-11-03 $1.50", "G0130-LT 2025-11-03 $1.50"]
    for form in (SideForm.MODIFIER_50, SideForm.TWO_UNITS):
        there = converted(*start, to=form)
        assert converted(*there, to=SideForm.TWO_LINES) == start


OVERLAY = """
title = "A payer"
since = "0.1"
{params}
"""
PARAM = """
[[params]]
rule = "BILAT105"
name = "both_sides"
value = "{value}"
{start}
reason = "tests"
source = "tests"
"""


def test_the_convention_comes_from_the_overlay_and_holds_from_a_day(tmp_path: Path) -> None:
    """The latest value whose day has come; Medicare's where no rule has the parameter."""
    later = PARAM.format(value="two_lines", start="effective = 2026-01-01")
    params = later + PARAM.format(value="two_units", start="")
    (tmp_path / "payer.toml").write_text(OVERLAY.format(params=params), "utf-8")
    rulebook = Rulebook.load(overlay=tmp_path / "payer.toml")

    assert convention_of(rulebook, date(2025, 12, 31)) == "two_units"
    assert convention_of(rulebook, date(2026, 1, 1)) == "two_lines"
    assert convention_of(rulebook, None) == "two_units"
    assert convention_of(Rulebook.load(), DAY) == "medicare"
    assert convention_of(Rulebook(()), DAY) == "medicare"
    checker = Checker(CHECKER.book, rulebook)
    assert checker.bilateral_forms("G0412", on=DAY).preferred is SideForm.TWO_UNITS
