"""NCCI pairs and add-on codes: cumulative tables that speak through their rows' own dates."""

from datetime import date

import pytest

from claimrules.codebook import (
    AddOnFact,
    AddOnRow,
    AddOnTable,
    CodeBook,
    FeeSchedule,
    PairFact,
    PairRow,
    PairTable,
)
from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.model.edition import Edition, How, Kind, Table

PAIRS = Edition(
    name="NCCI 2025Q4",
    table=Table.NCCI_PAIRS,
    setting="professional",
    effective=date(2025, 10, 1),
    ends=date(2025, 12, 31),
    kind=Kind.CUMULATIVE,
    complete=True,
)
ADD_ONS = Edition(
    name="AOC 2025Q4",
    table=Table.ADD_ON,
    effective=date(2025, 10, 1),
    ends=date(2025, 12, 31),
    kind=Kind.CUMULATIVE,
    complete=True,
)


@pytest.fixture
def book() -> CodeBook:
    """A few pairs, one of them recurring, one a tombstone; two add-on codes."""
    pairs = {
        ("G0105", "G0121"): (
            PairRow(date(2000, 1, 1), date(2019, 12, 31), "1"),
            PairRow(date(2021, 1, 1), modifier_indicator="0"),
        ),
        ("G0105", "G0104"): (PairRow(date(2015, 1, 1), date(2015, 1, 1), "9"),),
    }
    add_ons = {
        "G0289": (AddOnRow("29881", "1", date(2013, 4, 1), date(2024, 12, 31)),),
        "G2211": (AddOnRow("", "2", date(2024, 1, 1)),),
    }
    return CodeBook.from_tables(
        [PairTable(edition=PAIRS, rows=pairs), AddOnTable(edition=ADD_ONS, rows=add_ons)]
    )


@pytest.mark.parametrize(
    ("on", "indicator"),
    [
        (date(2019, 12, 31), "1"),  # the deletion date is the last active day
        (date(2020, 6, 1), None),
        (date(2025, 11, 3), "0"),
        (date(1999, 12, 31), None),
    ],
)
def test_a_pair_speaks_for_the_dates_of_its_rows(book: CodeBook, on: date, indicator: str | None) -> None:
    """An edition of the newest quarter knows the past; absence from it is known."""
    expected = PairFact(modifier_indicator=indicator, edition=PAIRS) if indicator else None
    assert book.lookup("exact").pair("G0105", "G0121", on, Setting.ASC) == expected


def test_a_tombstone_was_never_an_edit(book: CodeBook) -> None:
    """Indicator 9 counts on no day, not even its own; the order of the pair matters."""
    lookup = book.lookup()
    assert lookup.pair("G0105", "G0104", date(2015, 1, 1), Setting.PROFESSIONAL) is None
    assert lookup.pair("G0121", "G0105", date(2025, 11, 3), Setting.PROFESSIONAL) is None


def test_what_the_pair_table_cannot_know(book: CodeBook) -> None:
    """No table for the setting, no edition for the day, no code on the line, a near edition's silence."""
    day, late = date(2025, 11, 3), date(2026, 2, 1)
    lookup = book.lookup()
    assert lookup.pair("G0105", "G0121", day, Setting.OUTPATIENT) is Cause.NO_TABLE
    assert lookup.pair("G0105", "G0121", late, Setting.PROFESSIONAL) is Cause.NO_EDITION
    assert lookup.pair(None, "G0121", day, Setting.PROFESSIONAL) is Cause.NO_INPUT
    assert lookup.pair("G0105", "G0121", None, Setting.PROFESSIONAL) is Cause.NO_INPUT
    latest = book.lookup("latest")
    found = latest.pair("G0105", "G0121", late, Setting.PROFESSIONAL)
    assert found == PairFact(modifier_indicator="0", edition=PAIRS, how=How.LATEST)
    assert latest.pair("G0105", "G0999", late, Setting.PROFESSIONAL) is Cause.NO_CODE


def test_primaries_of_an_add_on_code(book: CodeBook) -> None:
    """Type 2 lists none; what is no add-on code is known not to be one."""
    lookup, day = book.lookup(), date(2024, 11, 3)
    primaries = frozenset({"29881"})
    assert lookup.primaries("G0289", day) == AddOnFact(type="1", primaries=primaries, edition=ADD_ONS)
    assert lookup.primaries("G2211", day) == AddOnFact(type="2", primaries=frozenset(), edition=ADD_ONS)
    assert lookup.primaries("G0105", day) is None
    assert lookup.primaries(None, day) is Cause.NO_INPUT
    assert CodeBook.from_tables(()).lookup().primaries("G0289", day) is Cause.NO_TABLE


def test_the_add_on_type_is_an_attribute_of_the_day(book: CodeBook) -> None:
    """The rows' own dates cut the calendar: one slot never spans a change."""
    types = [book.code("G0289", on=date(year, 12, 31)).add_on_type for year in (2012, 2013, 2024, 2025)]
    assert types == ["", "1", "1", ""]
    ends = [piece.end for piece in book.lookup().segments(Setting.PROFESSIONAL)]
    assert date(2013, 3, 31) in ends
    assert date(2024, 12, 31) in ends
    late = book.code("G0105", on=date(2026, 2, 1))
    assert (late.add_on_type, late.cause(Table.ADD_ON)) == (None, Cause.NO_EDITION)


def test_a_table_refuses_an_edition_of_another() -> None:
    """The error names both tables."""
    with pytest.raises(ValueError, match="NCCI pair table, not the fee schedule"):
        FeeSchedule(edition=PAIRS, rows={})
