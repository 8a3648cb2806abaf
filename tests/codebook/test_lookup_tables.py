"""Every table by the day: which edition speaks, on both sides of 1 January, and what its silence means."""

from collections.abc import Callable
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from tests.codebook import made

from claimrules.codebook import AddOnRow, CodeBook, FeeRow, FeeSchedule, MueRow, MueTable
from claimrules.codebook.tables import AnyTable, FactRow
from claimrules.model.claim import Setting
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import MEDICAID, Edition, How, Source, Table
from claimrules.model.period import OPEN_END
from claimrules.model.published import AscRow, HcpcsRow, OppsRow, RbcsRow

JANUARY, APRIL, JULY = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)
SNAPSHOTS = (Table.FEE_SCHEDULE, Table.MUE, Table.ADDENDUM_B, Table.ASC)
CUMULATIVE = (Table.ADD_ON, Table.HCPCS, Table.RBCS)
TABLES = (*SNAPSHOTS, *CUMULATIVE)
START = date(2020, 1, 1)

RECORDS: dict[Table, Callable[[str], FactRow]] = {
    Table.HCPCS: lambda mark: HcpcsRow(short_description=mark),
    Table.ADDENDUM_B: lambda mark: OppsRow(short_description=mark),
    Table.ASC: lambda mark: AscRow(addendum="AA", short_description=mark),
    Table.RBCS: lambda mark: RbcsRow(family=mark),
}
MARKS: dict[Table, Callable[[CodeAttributes], str | None]] = {
    Table.FEE_SCHEDULE: lambda found: found.label,
    Table.MUE: lambda found: found.mue_rationale,
    Table.ADD_ON: lambda found: found.add_on_type,
    Table.HCPCS: lambda found: found.hcpcs.short_description if found.hcpcs else None,
    Table.ADDENDUM_B: lambda found: found.opps.short_description if found.opps else None,
    Table.ASC: lambda found: found.asc.short_description if found.asc else None,
    Table.RBCS: lambda found: found.rbcs.family if found.rbcs else None,
}
"""Where an answer says which edition it is of."""


def make(table: Table, effective: date, mark: str, **more: Any) -> AnyTable:
    """Make an edition that is called ``mark``, with one code that says so."""
    given = {"name": mark, **more}
    if table is Table.FEE_SCHEDULE:
        edition = made.edition(table, effective, **given)
        return FeeSchedule(edition=edition, rows={"G0105": {"": FeeRow(label=mark)}})
    if table is Table.MUE:
        edition = made.edition(table, effective, setting="professional", **given)
        return MueTable(edition=edition, rows={"G0105": MueRow(1, "2", mark)})
    if table is Table.ADD_ON:
        return made.add_ons(effective, {"G0105": (AddOnRow("G0121", mark, START),)}, **given)
    return made.facts(table, effective, {"G0105": RECORDS[table](mark)}, **given)


def spoke(book: CodeBook, table: Table, on: date, mode: str) -> tuple[str, How] | Cause:
    """Say which edition speaks and how; what it says must be its own."""
    found = book.code("G0105", on=on, editions=mode)
    source = found.sources.get(table)
    assert MARKS[table](found) == (source.edition.name if source else None)
    return (source.edition.name, source.how) if source else found.cause(table)


NONE = Cause.NO_EDITION
DAYS_OF_SNAPSHOTS = [
    (date(2022, 12, 31), NONE, NONE, ("3", How.LATEST)),
    (date(2023, 1, 1), ("1", How.EXACT), ("1", How.EXACT), ("3", How.LATEST)),
    (date(2023, 3, 31), ("1", How.EXACT), ("1", How.EXACT), ("3", How.LATEST)),
    (date(2023, 4, 1), NONE, ("1", How.NEAR), ("3", How.LATEST)),
    (date(2023, 12, 31), ("2", How.EXACT), ("2", How.EXACT), ("3", How.LATEST)),
    (date(2024, 1, 1), NONE, ("3", How.NEAR), ("3", How.LATEST)),
    (date(2024, 4, 1), ("3", How.EXACT), ("3", How.EXACT), ("3", How.EXACT)),
    (date(2024, 12, 31), NONE, ("3", How.NEAR), ("3", How.LATEST)),
    (date(2025, 1, 1), NONE, NONE, ("3", How.LATEST)),
]
DAYS_OF_CUMULATIVE = [
    (date(2022, 12, 31), ("3", How.EXACT), ("3", How.EXACT), ("3", How.EXACT)),
    (date(2024, 1, 1), ("3", How.EXACT), ("3", How.EXACT), ("3", How.EXACT)),
    (date(2024, 6, 30), ("3", How.EXACT), ("3", How.EXACT), ("3", How.EXACT)),
    (date(2024, 7, 1), NONE, ("3", How.NEAR), ("3", How.LATEST)),
    (date(2024, 12, 31), NONE, ("3", How.NEAR), ("3", How.LATEST)),
    (date(2025, 1, 1), NONE, NONE, ("3", How.LATEST)),
]
THREE = {"1": date(2023, 1, 1), "2": date(2023, 10, 1), "3": date(2024, 4, 1)}


@pytest.mark.parametrize("table", TABLES)
def test_exact_near_and_latest_of_three_editions(table: Table) -> None:
    """A snapshot holds to its quarter's end, a cumulative one knows the past; near stays in the year."""
    days = DAYS_OF_SNAPSHOTS if table in SNAPSHOTS else DAYS_OF_CUMULATIVE
    for order in permutations(THREE):
        book = CodeBook.from_tables(make(table, THREE[mark], mark) for mark in order)
        for on, *expected in days:
            assert [spoke(book, table, on, mode) for mode in ("exact", "near", "latest")] == expected, on


@pytest.mark.parametrize("table", TABLES)
def test_two_editions_on_both_sides_of_the_year(table: Table) -> None:
    """The old year's edition never speaks for the new one, nor the new one's for the old."""
    starts = {"1": date(2023, 10, 1), "2": date(2024, 4, 1)}
    book = CodeBook.from_tables(make(table, start, mark) for mark, start in starts.items())
    last, first = date(2023, 12, 31), date(2024, 1, 1)
    if table in SNAPSHOTS:
        assert [spoke(book, table, on, "near") for on in (last, first)] == [("1", How.EXACT), ("2", How.NEAR)]
        assert spoke(book, table, first, "exact") is Cause.NO_EDITION
    else:
        assert {spoke(book, table, on, "exact") for on in (last, first)} == {("2", How.EXACT)}
    old = CodeBook.from_tables([make(table, starts["1"], "1")])
    assert [spoke(old, table, on, "near") for on in (last, first)] == [("1", How.EXACT), Cause.NO_EDITION]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_of_a_reissue_the_later_release_speaks(table: Table, order: tuple[int, ...]) -> None:
    """Whatever the order; one without a release date gives way."""
    releases = {"1": date(2023, 12, 1), "2": date(2024, 1, 30), "3": None}
    tables = [make(table, date(2024, 1, 1), mark, released=day) for mark, day in releases.items()]
    book = CodeBook.from_tables(tables[index] for index in order)
    for mode in ("exact", "near", "latest"):
        assert spoke(book, table, date(2024, 2, 1), mode) == ("2", How.EXACT)
    assert spoke(book, table, date(2024, 8, 1), "near") == ("2", How.NEAR)


@pytest.mark.parametrize("table", TABLES)
def test_no_table_and_no_code(table: Table) -> None:
    """Each table says by itself why it is silent."""
    book = CodeBook.from_tables([make(table, JANUARY, "1")])
    found = book.code("G0121", on=date(2026, 2, 1))
    expected = {each: Cause.NO_TABLE for each in TABLES if each is not table} | {table: Cause.NO_CODE}
    # Of a complete file of add-on codes the silence is known: the code is none.
    assert found.missing == {
        each: why for each, why in expected.items() if each != Table.ADD_ON or why != "no_code"
    }
    assert found.add_on_type == ("" if table is Table.ADD_ON else None)
    assert set(found.sources) == {table}


def test_medicaid_answers_for_no_line() -> None:
    """Its MUE values are given when they are asked for."""
    book = CodeBook.from_tables(
        [made.mues(JANUARY, {"A4206": 5}), made.mues(JANUARY, {"A4206": 9}, program=MEDICAID)]
    )
    on = date(2026, 2, 1)
    assert book.code("A4206", on=on).mue == 5
    own, other = book.mue("A4206", on=on), book.mue("A4206", on=on, program=MEDICAID)
    assert not isinstance(own, Cause)
    assert not isinstance(other, Cause)
    assert (own.value, other.value, other.edition.program) == (5, 9, MEDICAID)
    assert book.mue("A4207", on=on) is Cause.NO_CODE
    assert book.mue("A4206", on=on, setting=Setting.DME) is Cause.NO_TABLE
    assert book.mue("A4206", on=date(2025, 2, 1)) is Cause.NO_EDITION


@pytest.mark.parametrize("code", ["0001U", "L1833", "E0601"])
def test_fee_schedules_alone_do_not_call_a_code_unlisted(code: str) -> None:
    """Codes of these shapes are valid and in no schedule."""
    book = CodeBook.from_tables([made.fees(JANUARY, {"G0105": "0"}), made.fees(APRIL, {"G0105": "0"})])
    found = book.code(code, on=date(2026, 2, 1))
    assert (found.in_force, found.rows, found.cause(Table.FEE_SCHEDULE)) == (None, None, Cause.NO_CODE)


HCPCS = {
    "E0100": HcpcsRow(added=date(1986, 1, 1)),
    "E0101": HcpcsRow(added=date(2025, 7, 1)),
    "E0102": HcpcsRow(added=date(1986, 1, 1), termination=date(2025, 6, 30)),
    "E0103": HcpcsRow(),
}


@pytest.mark.parametrize(
    ("code", "on", "in_force"),
    [
        ("E0100", date(1985, 12, 31), "no"),
        ("E0100", date(1986, 1, 1), "yes"),
        ("E0101", date(2025, 6, 30), "no"),
        ("E0101", date(2025, 7, 1), "yes"),
        ("E0102", date(2025, 6, 30), "yes"),
        ("E0102", date(2025, 7, 1), "no"),
        ("E0103", date(2019, 1, 1), "yes"),
        ("E0100", date(2026, 12, 31), "yes"),  # near
        ("E0100", date(2027, 1, 1), None),
        ("E0999", date(2026, 3, 31), "unlisted"),
        ("E0999", date(2022, 1, 1), "unlisted"),
        ("E0999", date(2021, 12, 31), None),  # what ended that long ago may have been dropped
        ("E0999", date(2026, 4, 1), None),  # near
        ("D0999", date(2026, 1, 1), None),  # dental codes are published elsewhere
        ("47999", date(2026, 1, 1), None),  # not the table's
        ("0999T", date(2026, 1, 1), None),
        ("0999U", date(2026, 1, 1), None),
    ],
)
def test_hcpcs_knows_what_is_in_force_by_the_days_of_its_rows(
    code: str, on: date, in_force: str | None
) -> None:
    """And calls a letter code unlisted only where it would hold it."""
    book = CodeBook.from_tables([made.facts(Table.HCPCS, JANUARY, HCPCS)])
    assert book.code(code, on=on).in_force == in_force
    excerpt = CodeBook.from_tables([made.facts(Table.HCPCS, JANUARY, HCPCS, complete=False)])
    assert excerpt.code(code, on=on).in_force == (in_force if code in HCPCS else None)


def test_what_was_asked_first_decides_for_no_other_year() -> None:
    """No edition and no row changes between the two days; what the silence of the file says does."""
    rows = {"E0100": HcpcsRow(added=date(1986, 1, 1))}
    before, after = date(2023, 12, 31), date(2024, 1, 1)
    for days in ((before, after), (after, before)):
        book = CodeBook.from_tables([made.facts(Table.HCPCS, date(2028, 1, 1), rows)])
        said = {day: book.code("E0999", on=day).in_force for day in days}
        assert said == {before: None, after: "unlisted"}


def test_a_code_that_another_edition_holds_is_not_unlisted() -> None:
    """It is gone, or not yet there."""
    newer = made.facts(Table.HCPCS, APRIL, {"E0100": HCPCS["E0100"], "E0555": HcpcsRow(added=APRIL)})
    book = CodeBook.from_tables([made.facts(Table.HCPCS, JANUARY, HCPCS), newer])
    assert book.code("E0101", on=date(2026, 5, 1)).in_force == "no"
    assert book.code("E0555", on=date(2026, 3, 31)).in_force == "no"
    assert book.code("E0555", on=APRIL).in_force == "yes"
    fees = CodeBook.from_tables(
        [made.fees(date(2023, 1, 1), {"A4550": "9"}), made.facts(Table.HCPCS, JANUARY, HCPCS)]
    )
    assert fees.code("A4550", on=date(2026, 2, 1)).in_force == "no"


def test_an_older_hcpcs_file_is_behind_an_excerpt() -> None:
    """An excerpt hides nothing; a complete file does."""
    old = made.facts(Table.HCPCS, JANUARY, HCPCS)
    short = made.facts(Table.HCPCS, APRIL, {"E0555": HcpcsRow()}, complete=False)
    on = date(2026, 2, 1)
    assert CodeBook.from_tables([old, short]).code("E0100", on=on).hcpcs == HCPCS["E0100"]
    whole = made.facts(Table.HCPCS, APRIL, {"E0555": HcpcsRow()})
    assert CodeBook.from_tables([old, whole]).code("E0100", on=on).hcpcs is None


def test_a_hcpcs_record_speaks_from_its_last_action_on() -> None:
    """For an earlier day an older file does, if one is loaded; the code's own dates are the newest's."""
    changed = HcpcsRow(added=date(1995, 1, 1), action_effective=date(2026, 3, 1), coverage="I")
    before = HcpcsRow(added=date(1995, 1, 1), action_effective=date(2014, 1, 1), coverage="C")
    new = made.facts(Table.HCPCS, APRIL, {"A0422": changed})
    old = made.facts(Table.HCPCS, JANUARY, {"A0422": before})
    alone, both = CodeBook.from_tables([new]), CodeBook.from_tables([old, new])

    def told(book: CodeBook, on: date) -> tuple[str | None, str | None, str | None]:
        found = book.code("A0422", on=on)
        source = found.sources[Table.HCPCS].edition.name
        return found.coverage, found.in_force, source if found.hcpcs else found.cause(Table.HCPCS)

    assert told(alone, date(2026, 3, 1)) == ("I", "yes", new.edition.name)
    assert told(alone, date(2026, 2, 28)) == (None, "yes", Cause.NO_EDITION)
    assert told(both, date(2026, 2, 28)) == ("C", "yes", old.edition.name)
    assert told(both, date(2013, 12, 31)) == (None, "yes", Cause.NO_EDITION)
    assert told(both, date(1994, 12, 31)) == ("I", "no", new.edition.name)


def asc_parts(*parts: str, **more: Any) -> CodeBook:
    """Make a book of addenda with one code each."""
    given = {"AA": {"G0105": AscRow(addendum="AA")}, "BB": {"J7050": AscRow(addendum="BB")}}
    return CodeBook.from_tables(
        made.facts(Table.ASC, JANUARY, given[part], part=part, **more) for part in parts
    )


def test_absent_from_the_surgical_centres_is_known_from_both_addenda_only() -> None:
    """And only if both are complete, and for their day."""
    on = date(2026, 2, 1)
    for book in (asc_parts("AA", "BB"), asc_parts("BB", "AA")):
        absent = book.code("G0121", on=on)
        assert (absent.asc, Table.ASC in absent.missing) == (None, False)
        held = [book.code(code, on=on).asc for code in ("G0105", "J7050")]
        assert [row and row.addendum for row in held] == ["AA", "BB"]
        assert book.code("G0121", on=date(2026, 5, 1)).cause(Table.ASC) is Cause.NO_CODE  # near
    for book in (asc_parts("AA"), asc_parts("BB"), asc_parts("AA", "BB", complete=False)):
        assert book.code("G0121", on=on).cause(Table.ASC) is Cause.NO_CODE
    one_short = CodeBook.from_tables(
        made.facts(Table.ASC, JANUARY, {}, part=part, complete=part == "AA") for part in ("AA", "BB")
    )
    assert one_short.code("G0121", on=on).cause(Table.ASC) is Cause.NO_CODE


def test_the_code_s_own_dates_are_hcpcs_else_rbcs() -> None:
    """Both tables know when a code came and went."""
    rbcs = {
        "E0102": RbcsRow(added=date(1999, 1, 1), ended=date(2000, 1, 1)),
        "47383": RbcsRow(added=date(2015, 1, 1)),
        "99241": RbcsRow(added=date(1992, 1, 1), ended=date(2022, 12, 31)),
    }
    book = CodeBook.from_tables(
        [made.facts(Table.HCPCS, JANUARY, HCPCS), made.facts(Table.RBCS, JANUARY, rbcs, complete=False)]
    )
    found = [book.code(code, on=JANUARY) for code in ("E0102", "47383", "99241", "G0105")]
    assert [(each.first_date, each.last_date) for each in found] == [
        (date(1986, 1, 1), date(2025, 6, 30)),
        (date(2015, 1, 1), OPEN_END),
        (date(1992, 1, 1), date(2022, 12, 31)),
        (None, None),
    ]
    assert book.code("47383", on=JANUARY).in_force is None  # the RBCS does not say what is in force


def test_sources_name_the_edition_of_each_table() -> None:
    """Each with its own way to the day."""
    book = CodeBook.from_tables(make(table, JANUARY, "1") for table in TABLES)
    found = book.code("G0105", on=JULY)
    hows = {How.NEAR}
    assert {source.how for source in found.sources.values()} == hows
    assert all(
        isinstance(source, Source) and isinstance(source.edition, Edition)
        for source in found.sources.values()
    )
    assert found.missing == {}
