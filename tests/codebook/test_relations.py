"""NCCI pairs and add-on codes: cumulative tables that speak through their rows' own dates."""

from datetime import date
from pathlib import Path

import pytest
from tests.codebook import made

from claimrules.codebook import AddOnRow, CodeBook, FeeSchedule, PairFact, PairRow
from claimrules.codebook.tables import AnyTable
from claimrules.codebook.writing import building
from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.model.edition import How, Table

OCTOBER, DAY, LATE = date(2025, 10, 1), date(2025, 11, 3), date(2026, 2, 1)
FIRST, SECOND = "G0105", "G0121"


def stored(path: Path, *tables: AnyTable) -> CodeBook:
    """Put tables into a file and open it: the look-up of pairs goes another way there."""
    with building(path, None) as book:
        for table in tables:
            book.put(table)
        book.finish()
    return CodeBook.open(path)


@pytest.fixture(params=["memory", "file"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> CodeBook:
    """A few pairs: one recurring, a tombstone, one never in force; two that contradict themselves."""
    table = made.pairs(
        OCTOBER,
        {
            (FIRST, SECOND): (
                PairRow(date(2021, 1, 1), modifier_indicator="0"),
                PairRow(date(2000, 1, 1), date(2019, 12, 31), "1", "Misuse"),
            ),
            (FIRST, "G0104"): PairRow(date(2015, 1, 1), date(2018, 1, 1), "9"),
            (FIRST, "G0106"): PairRow(date(2015, 1, 1), date(2015, 1, 1), "1"),
            (FIRST, "G0120"): (
                PairRow(date(2022, 1, 1), modifier_indicator="0"),
                PairRow(date(2020, 1, 1), modifier_indicator="1"),
            ),
            (FIRST, "G0122"): (
                PairRow(date(2022, 1, 1), modifier_indicator="1"),
                PairRow(date(2022, 1, 1), modifier_indicator="0"),
            ),
        },
        name="NCCI 2025Q4",
    )
    return CodeBook.from_tables([table]) if request.param == "memory" else stored(tmp_path / "b", table)


def indicator(book: CodeBook, second: str, on: date, setting: Setting = Setting.PROFESSIONAL) -> object:
    """Give the modifier indicator in force, ``None`` where there is known to be none, or a cause."""
    found = book.pair(FIRST, second, on=on, setting=setting, editions="exact")
    return found.modifier_indicator if isinstance(found, PairFact) else found


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(1999, 12, 31), None),
        (date(2000, 1, 1), "1"),
        (date(2019, 12, 31), "1"),  # the deletion date is the last active day
        (date(2020, 1, 1), None),
        (date(2020, 12, 31), None),
        (date(2021, 1, 1), "0"),
        (date(2025, 12, 31), "0"),
        (date(2026, 1, 1), Cause.NO_EDITION),
    ],
)
def test_a_pair_speaks_for_the_dates_of_its_rows(book: CodeBook, on: date, expected: object) -> None:
    """An edition of the newest quarter knows the past; absence from it is known; not the future."""
    assert indicator(book, SECOND, on) == indicator(book, SECOND, on, Setting.ASC) == expected


def test_a_fact_names_dates_reason_and_edition(book: CodeBook) -> None:
    """What a finding cites."""
    found = book.pair(FIRST, SECOND, on=date(2010, 1, 1))
    assert found == PairFact(
        modifier_indicator="1",
        edition=book.editions[0],
        effective=date(2000, 1, 1),
        deletion=date(2019, 12, 31),
        rationale="Misuse",
    )


@pytest.mark.parametrize("second", ["G0104", "G0106"])
def test_tombstones_were_never_edits(book: CodeBook, second: str) -> None:
    """Indicator 9 counts on no day, nor what was deleted on the day it took effect; the order matters."""
    for on in (date(2015, 1, 1), date(2016, 5, 1), DAY):
        assert indicator(book, second, on) is None
    assert book.pair(SECOND, FIRST, on=DAY) is None


def test_of_overlapping_edits_the_later_counts_then_the_milder(book: CodeBook) -> None:
    """A false denial is worse than a missed one."""
    assert [indicator(book, "G0120", date(year, 6, 1)) for year in (2021, 2022)] == ["1", "0"]
    assert indicator(book, "G0122", DAY) == "1"


def test_what_the_pair_table_cannot_know(book: CodeBook) -> None:
    """No table for the setting, no edition for the day, no code on the line, a near edition's silence."""
    assert indicator(book, SECOND, DAY, Setting.OUTPATIENT) is Cause.NO_TABLE
    assert indicator(book, SECOND, DAY, Setting.DME) is Cause.NO_TABLE
    lookup = book.lookup()
    assert lookup.pair(FIRST, SECOND, LATE, Setting.PROFESSIONAL) is Cause.NO_EDITION
    assert lookup.pair(None, SECOND, DAY, Setting.PROFESSIONAL) is Cause.NO_INPUT
    assert lookup.pair(FIRST, None, DAY, Setting.PROFESSIONAL) is Cause.NO_INPUT
    assert lookup.pair(FIRST, SECOND, None, Setting.PROFESSIONAL) is Cause.NO_INPUT
    latest = book.lookup("latest")
    found = latest.pair(FIRST, SECOND, LATE, Setting.PROFESSIONAL)
    assert isinstance(found, PairFact)
    assert (found.modifier_indicator, found.how) == ("0", How.LATEST)
    assert latest.pair(FIRST, "G0999", LATE, Setting.PROFESSIONAL) is Cause.NO_CODE
    assert latest.pair(FIRST, "G0999", DAY, Setting.PROFESSIONAL) is None


def test_each_setting_has_its_own_pairs(tmp_path: Path) -> None:
    """Hospitals have theirs, surgical centres use the practitioners'."""
    edits = {Setting.PROFESSIONAL: "0", Setting.OUTPATIENT: "1"}
    book = stored(
        tmp_path / "b",
        *(
            made.pairs(
                OCTOBER, {(FIRST, SECOND): PairRow(OCTOBER, modifier_indicator=mark)}, setting=setting.value
            )
            for setting, mark in edits.items()
        ),
    )
    found = {setting: indicator(book, SECOND, DAY, setting) for setting in Setting}
    assert found == {**edits, Setting.ASC: "0", Setting.DME: Cause.NO_TABLE}


def part(number: int, first: tuple[str, str], last: tuple[str, str], **more: object) -> AnyTable:
    """Make a part of a publication that holds its first and its last pair."""
    edit = PairRow(date(2020, 1, 1))
    given = {"part": f"f{number}", "rows": 800_000, **more}
    return made.pairs(OCTOBER, {first: edit, last: edit}, **given)


LOW = part(1, ("A0021", "A0100"), ("G0105", "G0110"))
MIDDLE = part(2, ("G0105", "G0120"), ("J0100", "J0200"))
HIGH = part(3, ("J0100", "J0300"), ("Q0100", "Q0200"))
BEFORE, INSIDE, GAP, BEYOND = ("A0020", "A0001"), ("G0104", "A0001"), ("G0105", "G0115"), ("G0105", "G0121")
GAP_2, AFTER = ("J0100", "J0250"), ("V0001", "V0002")


def silence(tables: list[AnyTable], key: tuple[str, str]) -> bool:
    """Say whether a book of these parts knows that a pair is no edit."""
    found = CodeBook.from_tables(tables).pair(*key, on=DAY)
    assert found in (None, Cause.NO_CODE)
    return found is None


@pytest.mark.parametrize("key", [BEFORE, GAP, BEYOND, GAP_2, AFTER])
def test_with_one_part_loaded_nothing_outside_is_known(key: tuple[str, str]) -> None:
    """A boundary falls inside one column 1 code; in its range its silence speaks."""
    assert not silence([LOW], key)
    assert silence([LOW], INSIDE)
    assert not silence([part(1, ("A0021", "A0100"), ("G0105", "G0110"), complete=False)], INSIDE)
    on_day = CodeBook.from_tables([LOW]).pair("G0105", "G0110", on=DAY)
    assert isinstance(on_day, PairFact)


def test_what_lies_between_two_parts_is_known_if_none_is_missing() -> None:
    """Whole neighbours leave no gap; before the first and after the last nothing is known."""
    for tables in ([LOW, MIDDLE], [MIDDLE, LOW]):
        assert [silence(tables, key) for key in (BEFORE, INSIDE, GAP, BEYOND, GAP_2, AFTER)] == [
            False,
            True,
            True,
            True,
            False,
            False,
        ]
    assert not silence([LOW, HIGH], GAP)
    assert not silence([LOW, HIGH], GAP_2)
    assert all(silence([LOW, MIDDLE, HIGH], key) for key in (GAP, GAP_2))


def test_an_excerpt_has_a_gap_behind_it() -> None:
    """A published part has hundreds of thousands of records; one that was not read whole has holes."""
    short = part(1, ("A0021", "A0100"), ("G0105", "G0110"), rows=399_999)
    holes = part(1, ("A0021", "A0100"), ("G0105", "G0110"), complete=False)
    for first in (short, holes):
        assert not silence([first, MIDDLE], GAP)
        assert silence([first, MIDDLE], BEYOND)


def test_an_older_edition_answers_where_the_newest_is_an_excerpt() -> None:
    """An excerpt hides nothing that an older file knows; what both hold the newer one says."""
    edit = PairRow(date(2020, 1, 1), modifier_indicator="0")
    old = made.pairs(date(2026, 4, 1), {(FIRST, "G0104"): edit, (FIRST, SECOND): edit}, part="f1", name="old")
    milder = edit._replace(modifier_indicator="1")
    new = made.pairs(
        date(2026, 7, 1), {("A0021", "A0100"): edit, (FIRST, "G0104"): milder}, part="f1", name="new"
    )
    book = CodeBook.from_tables([old, new])

    def said(second: str, on: date) -> tuple[str, str] | Cause | None:
        found = book.pair(FIRST, second, on=on)
        return (found.edition.name, found.modifier_indicator) if isinstance(found, PairFact) else found

    assert said("G0104", DAY) == ("new", "1")
    assert said(SECOND, DAY) == ("old", "0")
    assert said("G0110", DAY) is None  # in the range of the old one
    assert said("G0199", DAY) is Cause.NO_CODE
    # The old one ends with June: from July it speaks for no day.
    assert said(SECOND, date(2026, 8, 1)) is Cause.NO_CODE


def test_add_on_rows_end_and_never_hold() -> None:
    """Both days included; what is deleted on its first day never holds."""
    rows = (
        AddOnRow("29881", "1", date(2013, 4, 1), date(2024, 12, 31)),
        AddOnRow("29880", "1", date(2014, 1, 1), date(2014, 1, 1)),
    )
    book = CodeBook.from_tables([made.add_ons(OCTOBER, {"G0289": rows})])
    for on in (date(2013, 4, 1), date(2014, 1, 1), date(2024, 12, 31)):
        found = book.primaries("G0289", on=on)
        assert found is not None
        assert not isinstance(found, Cause)
        assert found.primaries == {"29881"}
    assert [book.primaries("G0289", on=on) for on in (date(2013, 3, 31), date(2025, 1, 1))] == [None, None]
    ends = [piece.end for piece in book.lookup().segments(Setting.PROFESSIONAL)]
    assert {date(2013, 3, 31), date(2024, 12, 31)} <= set(ends)


ADD_ONS = made.add_ons(
    OCTOBER,
    {
        "G2211": (AddOnRow("", "2", date(2024, 1, 1), note="Contractor Defined Primary Codes"),),
        "G2212": (
            AddOnRow("G0463", "3", date(2020, 1, 1), settings="outpatient", note="Facilities only"),
            AddOnRow("", "1", date(2020, 1, 1), settings="professional"),
            AddOnRow("G0402", "1", date(2020, 1, 1)),
        ),
        "V2785": (AddOnRow("G0104", "1", date(2020, 1, 1), settings="professional"),),
    },
)


def test_an_edit_may_be_limited_to_settings() -> None:
    """Elsewhere it does not hold; surgical centres use the practitioners'."""
    book = CodeBook.from_tables([ADD_ONS])
    found = {setting: book.primaries("G2212", on=DAY, setting=setting) for setting in Setting}
    told = {
        setting: (fact.type, sorted(fact.primaries), fact.contractor_defined, fact.notes)
        for setting, fact in found.items()
        if fact is not None and not isinstance(fact, Cause)
    }
    practitioner = ("1", ["G0402"], True, ())
    assert told == {
        Setting.PROFESSIONAL: practitioner,
        Setting.ASC: practitioner,
        Setting.OUTPATIENT: ("1", ["G0402", "G0463"], False, ("Facilities only",)),
        Setting.DME: ("1", ["G0402"], False, ()),
    }
    types = {setting: book.code("V2785", on=DAY, setting=setting).add_on_type for setting in Setting}
    assert types == {
        Setting.PROFESSIONAL: "1",
        Setting.ASC: "1",
        Setting.OUTPATIENT: "",
        Setting.DME: "",
    }


def test_type_2_leaves_the_primaries_to_the_contractor() -> None:
    """No primary is listed; what is no add-on code is known not to be one."""
    book = CodeBook.from_tables([ADD_ONS])
    found = book.primaries("G2211", on=DAY)
    assert found is not None
    assert not isinstance(found, Cause)
    assert (found.type, found.primaries, found.contractor_defined) == ("2", frozenset(), True)
    assert found.notes == ("Contractor Defined Primary Codes",)
    assert book.primaries(FIRST, on=DAY) is None
    assert book.lookup().primaries(None, DAY) is Cause.NO_INPUT
    assert CodeBook.from_tables(()).primaries("G2211", on=DAY) is Cause.NO_TABLE
    excerpt = CodeBook.from_tables([made.add_ons(OCTOBER, ADD_ONS.rows, complete=False)])
    assert excerpt.primaries(FIRST, on=DAY) is Cause.NO_CODE
    assert excerpt.code(FIRST, on=DAY).add_on_type is None


def test_a_table_refuses_an_edition_of_another() -> None:
    """The error names both tables."""
    with pytest.raises(ValueError, match="NCCI pair table, not the fee schedule"):
        FeeSchedule(edition=made.edition(Table.NCCI_PAIRS, OCTOBER), rows={})
    with pytest.raises(ValueError, match="NCCI pair table is no table of one record a code"):
        made.facts(Table.NCCI_PAIRS, OCTOBER, {})
