"""The global-period calendar: exact days, what opens none, what is unknown, and what fits on a day."""

from datetime import date, timedelta

import attrs
import pytest

from claimrules import Checker, Claim, ClaimLine, CodeBook, Rulebook, Setting
from claimrules.codebook import FeeRow, FeeSchedule
from claimrules.engine.global_choices import choices, remarks
from claimrules.engine.global_periods import GlobalDaysError
from claimrules.engine.subject import NO_FACTS, Subject
from claimrules.expr.access import global_end, global_start
from claimrules.model.code import Cause
from claimrules.model.edition import Edition, Table
from claimrules.model.global_period import GlobalPeriod, Standing, package

DAYS = {"G0104": "000", "G0105": "010", "G0412": "090", "G0101": "XXX", "G0289": "ZZZ", "G0498": "YYY"}
LATER = "visit 24, critical care FT, procedure 58, procedure 78, procedure 79"
SPLIT = ", split care 54, split care 55"
BOOK = CodeBook.from_tables(
    [
        FeeSchedule(
            edition=Edition(
                name="MADE",
                table=Table.FEE_SCHEDULE,
                effective=date(2000, 1, 1),
                ends=date(2099, 12, 31),
                complete=True,
                covers=("nnnnn", "Annnn"),
            ),
            rows={
                **{
                    code: {"": FeeRow(global_days=days, pre=10, intra=69, post=21)}
                    for code, days in DAYS.items()
                },
                "G0101": {"": FeeRow(global_days="MMM")},
            },
        )
    ]
)
CHECKER = Checker(BOOK, Rulebook.load(["GLOB"]))


def one(text: str, **more: str) -> GlobalPeriod:
    """Give what one line does to the calendar."""
    found = CHECKER.global_periods(ClaimLine.parse(text), contractor_days=more or None)
    assert found.lines == 1
    return (*found.windows, *found.none, *found.unknown)[0]


@pytest.mark.parametrize(
    ("code", "first", "last", "days"),
    [
        ("G0104", "2025-01-05", "2025-01-05", 1),
        ("G0105", "2025-01-05", "2025-01-15", 11),
        ("G0412", "2025-01-04", "2025-04-05", 92),
    ],
)
def test_the_days_are_those_of_the_manual(code: str, first: str, last: str, days: int) -> None:
    """Its worked dates: the day after surgery is day 1; days are added, never months."""
    window = one(f"{code} 2025-01-05")

    assert window.period is not None
    assert (str(window.period.start), str(window.period.end), window.period.days) == (first, last, days)
    assert (window.standing, window.edition, window.how) == (Standing.OPENS, "MADE", "exact")


def test_a_leap_year_has_a_day_more() -> None:
    """Ninety days from 5 January 2024 end on 4 April."""
    assert str(one("G0412 2024-01-05").period) == "2024-01-04 to 2024-04-04"


@pytest.mark.parametrize("code", ["G0104", "G0105", "G0412", "G0289"])
@pytest.mark.parametrize("day", ["2024-01-05", "2024-02-29", "2025-12-31"])
def test_the_rules_and_the_calendar_count_alike(code: str, day: str) -> None:
    """``line.global_start`` and ``line.global_end`` of the language are the ends of the window."""
    subject = Subject(ClaimLine.parse(f"{code} {day}"), NO_FACTS, None, CHECKER.lookup, 0)
    period = package(DAYS[code], date.fromisoformat(day))

    assert (global_start(subject), global_end(subject)) == (
        (period.start, period.end) if period else (None, None)
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("G0101 2025-01-05", "MMM: the package follows what the code contains"),
        ("G0289 2025-01-05", "ZZZ: it goes with another procedure"),
        ("G0412-78 2025-01-05", "modifier 78: a return to the operating room starts no period"),
        ("G0412-RT-82 2025-01-05", "modifier 82: an assistant has no package"),
        ("G0412 2025-01-05 setting:H", "this line is outpatient"),
    ],
)
def test_what_opens_no_window_says_why(text: str, reason: str) -> None:
    """Counted, with the reason."""
    found = one(text)

    assert (found.standing, found.period, found.cause) == (Standing.NONE, None, None)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("text", "cause", "reason"),
    [
        ("? 2025-01-05", Cause.NO_INPUT, "the line's code is missing"),
        ("G0412", Cause.NO_INPUT, "the line's from_date is missing"),
        ("G0412 !", Cause.NO_INPUT, "the line's from_date is unreadable"),
        ("G0412-? 2025-01-05", Cause.NO_INPUT, "modifiers are not known"),
        ("J9999 2025-01-05", Cause.NO_CODE, "does not hold the code"),
        ("G0412 2125-01-05", Cause.NO_EDITION, "no loaded edition"),
        ("G0498 2025-01-05", Cause.NO_VALUE, "the contractor decides"),
    ],
)
def test_what_is_unknown_is_listed_with_its_cause(text: str, cause: Cause, reason: str) -> None:
    """Never dropped, and never taken to have no window."""
    found = one(text)

    assert (found.standing, found.cause) == (Standing.UNKNOWN, cause)
    assert reason in found.reason


def test_without_a_table_everything_is_unknown() -> None:
    """The cause says so."""
    found = Checker(CodeBook.from_tables([])).global_periods(ClaimLine.parse("G0412 2025-01-05"))

    assert [each.cause for each in found.unknown] == [Cause.NO_TABLE]


def test_the_days_of_the_contractor() -> None:
    """For all codes, for one, for none; anything else is refused with a remedy."""
    assert str(one("G0498 2025-01-05", G0498="010").period) == "2025-01-05 to 2025-01-15"
    assert one("G0498 2025-01-05", G0499="010").standing is Standing.UNKNOWN
    assert one("G0498 2025-01-05", G0498="XXX").standing is Standing.NONE
    line = ClaimLine.parse("G0498 2025-01-05")
    [window] = CHECKER.global_periods(line, contractor_days="090").windows
    assert (window.global_days, window.days) == ("YYY", "090")
    assert "YYY: 090 was taken because it was said; the contractor decides" in remarks(
        window, date(2025, 1, 9)
    )
    for wrong in ("10", {"G0498": "9"}, {"G049": "010"}):
        with pytest.raises(GlobalDaysError, match="write "):
            CHECKER.global_periods(line, contractor_days=wrong)


def test_claims_and_lines_and_a_payers_list() -> None:
    """A claim lends its lines its patient; the set of modifiers that open no window is the rulebook's."""
    claim = Claim(claim_id="C1", patient="P1", lines=(ClaimLine.parse("G0412-58 2025-01-05"),))
    found = CHECKER.global_periods([claim, ClaimLine.parse("G0105 2025-02-01 patient:P2")])

    assert [(each.patient, each.claim_id) for each in found.windows] == [("P1", "C1"), ("P2", None)]
    assert [each.patient for each in found.open_on(date(2025, 2, 5))] == ["P1", "P2"]
    assert [each.patient for each in found.open_on(date(2025, 2, 12))] == ["P1"]
    assert found.of("P2").windows == found.windows[1:]
    sets = CHECKER.rulebook.sets
    widened = attrs.evolve(sets["opens_no_window"], members=frozenset({"58"}))
    payer = attrs.evolve(CHECKER.rulebook, sets={**sets, "opens_no_window": widened})
    assert Checker(BOOK, payer).global_periods(claim).windows == ()


DAY = date(2025, 3, 5)


@pytest.mark.parametrize(
    ("text", "after", "fitting"),
    [
        ("G0104", 0, "visit 25, critical care FT, procedure 58, procedure 78"),
        ("G0105", 0, "visit 25, critical care FT, procedure 58, procedure 78, split care 54, split care 55"),
        (
            "G0105",
            10,
            LATER + SPLIT,
        ),
        ("G0412", -1, "visit 57, visit 25, critical care FT, split care 54, split care 55"),
        (
            "G0412",
            0,
            "visit 57, visit 25, critical care FT, procedure 58, procedure 78, split care 54, split care 55",
        ),
        (
            "G0412",
            90,
            LATER + SPLIT,
        ),
    ],
)
def test_what_fits_on_a_day(text: str, after: int, fitting: str) -> None:
    """57 belongs to 090 alone, before and on the day; 24 after it; 79 after it; split care never to 000."""
    window = one(f"{text} {DAY}")
    found = choices(window, DAY + timedelta(days=after))

    assert ", ".join(f"{each.about} {each.modifier}" for each in found) == fitting
    assert all(each.when and each.needs for each in found)
    assert window.number(DAY + timedelta(days=after)) == after


@pytest.mark.parametrize(
    ("text", "after"), [("G0104", 1), ("G0105", -1), ("G0105", 11), ("G0412", -2), ("G0412", 91)]
)
def test_nothing_fits_outside_of_the_window(text: str, after: int) -> None:
    """The first day after is a day like any other."""
    day = DAY + timedelta(days=after)

    assert (choices(one(f"{text} {DAY}"), day), remarks(one(f"{text} {DAY}"), day)) == ((), ())


def test_what_78_needs_and_what_is_doubtful() -> None:
    """An operating room; 25 instead of 57 clears an edit and is not the right one."""
    window = one(f"G0412 {DAY}")
    found = {each.modifier: each for each in choices(window, DAY)}

    assert "operating room" in found["78"].needs
    assert "no new period" in found["78"].effect
    assert "57 is the one" in found["25"].doubtful


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("G0412-54 2025-03-05", "54: the care after surgery was handed over"),
        ("G0412-55 2025-03-05", "55: the care after surgery alone"),
        ("G0412-56 2025-03-05", "56: the care before surgery alone"),
    ],
)
def test_split_care_is_remarked(text: str, said: str) -> None:
    """Who has which part of the package decides what a visit is."""
    window = one(text)

    assert window.part == text[6:8]
    assert any(said in each for each in remarks(window, DAY + timedelta(days=3)))


def test_critical_care_before_ft() -> None:
    """FT came with 2022; before, 24 and 25 served."""
    window = one("G0412 2021-12-01")

    assert "FT" not in [each.modifier for each in choices(window, date(2021, 12, 31))]
    assert any("FT came on 2022-01-01" in each for each in remarks(window, date(2021, 12, 31)))
    assert "FT" in [each.modifier for each in choices(window, date(2022, 1, 1))]


def test_a_facility_line_with_another_setting_is_still_counted() -> None:
    """Every line is in one of the three."""
    lines = [ClaimLine.parse("G0412 2025-01-05"), ClaimLine(code="G0412", setting=Setting.ASC), ClaimLine()]
    found = CHECKER.global_periods(lines)

    assert (len(found.windows), len(found.none), len(found.unknown), found.lines) == (1, 1, 1, 3)
