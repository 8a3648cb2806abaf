"""Which edition speaks for a day, which row is chosen, and what silence means."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimrules.codebook import CodeBook, FeeSchedule, MueTable
from claimrules.codebook import lookup as lookup_module
from claimrules.codebook.attributes import CODE_TABLES
from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.model.edition import Edition, How, Source, Table, snapshot_end

Schedule = Callable[..., FeeSchedule]
Mue = Callable[..., MueTable]

WANT = {"G0105": {"": {"bilateral": "0"}}}


def _spoke(book: CodeBook, on: date, mode: str) -> tuple[str, How] | Cause:
    source = book.lookup(mode).slot(on, Setting.PROFESSIONAL).source(Table.FEE_SCHEDULE)
    return (source.edition.name, source.how) if isinstance(source, Source) else source


@pytest.fixture
def three(schedule: Schedule) -> CodeBook:
    """January 2023, October 2023 and January 2024."""
    starts = {"23A": date(2023, 1, 1), "23D": date(2023, 10, 1), "24A": date(2024, 1, 1)}
    return CodeBook.from_tables(schedule(start, WANT, name=name) for name, start in starts.items())


@pytest.mark.parametrize(
    ("on", "exact", "near"),
    [
        (date(2022, 12, 31), Cause.NO_EDITION, Cause.NO_EDITION),
        (date(2023, 1, 1), ("23A", How.EXACT), ("23A", How.EXACT)),
        (date(2023, 3, 31), ("23A", How.EXACT), ("23A", How.EXACT)),
        (date(2023, 4, 1), Cause.NO_EDITION, ("23A", How.NEAR)),
        (date(2023, 9, 30), Cause.NO_EDITION, ("23A", How.NEAR)),
        (date(2023, 12, 31), ("23D", How.EXACT), ("23D", How.EXACT)),
        (date(2024, 1, 1), ("24A", How.EXACT), ("24A", How.EXACT)),
        (date(2024, 12, 31), Cause.NO_EDITION, ("24A", How.NEAR)),
        (date(2025, 1, 1), Cause.NO_EDITION, Cause.NO_EDITION),
    ],
)
def test_exact_and_near_on_both_sides_of_the_year(
    three: CodeBook, on: date, exact: object, near: object
) -> None:
    """A snapshot holds to its quarter's end; near stays within the calendar year."""
    assert _spoke(three, on, "exact") == exact
    assert _spoke(three, on, "near") == near


def test_near_takes_a_later_edition_only_where_no_earlier_one_is(schedule: Schedule) -> None:
    """The nearest earlier edition of the year goes before the nearest later one."""
    starts = {"C": date(2023, 7, 1), "D": date(2023, 10, 1)}
    book = CodeBook.from_tables(schedule(start, WANT, name=name) for name, start in starts.items())
    assert _spoke(book, date(2023, 2, 1), "near") == ("C", How.NEAR)
    assert _spoke(book, date(2022, 12, 31), "near") is Cause.NO_EDITION


def test_latest_takes_the_newest_whatever_the_day(three: CodeBook) -> None:
    """Asked for the latest, the newest edition speaks for every day, and says how."""
    assert _spoke(three, date(2019, 5, 1), "latest") == ("24A", How.LATEST)
    assert _spoke(three, date(2024, 2, 1), "latest") == ("24A", How.EXACT)
    assert _spoke(CodeBook.from_tables(()), date(2024, 2, 1), "latest") is Cause.NO_TABLE


@pytest.mark.parametrize("mode", ["exact", "near", "latest"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_reissue_replaces_its_quarter(schedule: Schedule, mode: str, order: tuple[int, int]) -> None:
    """Of two editions with one effective date the one released later speaks, in any order."""
    start = date(2023, 1, 1)
    tables = [
        schedule(start, WANT, name="A", released=date(2022, 12, 1)),
        schedule(start, WANT, name="AR", released=date(2023, 1, 30)),
    ]
    book = CodeBook.from_tables(tables[index] for index in order)
    for on in (date(2023, 2, 1), date(2023, 8, 1), date(2022, 2, 1)):
        spoke = _spoke(book, on, mode)
        assert isinstance(spoke, Cause) or spoke[0] == "AR"
    same_day = CodeBook.from_tables(schedule(start, WANT, name=name) for name in ("first", "second"))
    assert _spoke(same_day, start, mode) == ("second", How.EXACT)


def test_each_setting_has_its_own_mue_table(mue: Mue) -> None:
    """Surgical centres use the practitioner table; a setting without a table has none."""
    start = date(2025, 10, 1)
    book = CodeBook.from_tables(
        [mue(start, "professional", {"J7050": 10}), mue(start, "outpatient", {"J7050": 20})]
    )
    values = {setting: book.code("J7050", on=start, setting=setting).mue for setting in Setting}
    assert values == {
        Setting.PROFESSIONAL: 10,
        Setting.ASC: 10,
        Setting.OUTPATIENT: 20,
        Setting.DME: None,
    }
    assert book.code("J7050", on=start, setting=Setting.DME).cause(Table.MUE) is Cause.NO_TABLE
    assert book.code("J7051", on=start).cause(Table.MUE) is Cause.NO_CODE
    assert book.code("J7050", on=start).in_force == "yes"


@pytest.mark.parametrize(
    ("code", "want", "row", "status"),
    [
        ("G0130", "", "", "A"),
        ("G0130", "26", "26", "B"),
        ("G0130", "TC", "", "A"),
        ("G0130", "53", "", "A"),
        ("84165", "", "26", "C"),
        ("84165", "TC", "26", "C"),
    ],
)
def test_the_row_is_the_one_asked_for_else_blank_else_the_only_one(
    schedule: Schedule, code: str, want: str, row: str, status: str
) -> None:
    """All fields come from the chosen row; ``rows`` lists those that exist."""
    rows = {"G0130": {"": {"status": "A"}, "26": {"status": "B"}}, "84165": {"26": {"status": "C"}}}
    book = CodeBook.from_tables([schedule(date(2025, 10, 1), rows)])
    found = book.code(code, on=date(2025, 11, 3), row=want)
    assert (found.row, found.status) == (row, status)
    assert found.rows == frozenset(rows[code])
    assert Table.FEE_SCHEDULE not in found.missing


@pytest.fixture
def changing(schedule: Schedule) -> CodeBook:
    """A complete 2023 without 47384, a complete 2024 that has it, an incomplete 2025."""
    row: dict[str, dict[str, str]] = {"": {}}
    old, new = {"47383": row}, {"47383": row, "47384": row}
    return CodeBook.from_tables(
        [
            schedule(date(2023, 1, 1), old),
            schedule(date(2024, 1, 1), new),
            schedule(date(2025, 1, 1), old, complete=False),
        ]
    )


@pytest.mark.parametrize(
    ("code", "on", "in_force", "rows"),
    [
        ("47383", date(2023, 2, 1), "yes", frozenset({""})),
        ("47383", date(2023, 5, 1), "yes", frozenset({""})),  # near
        ("47384", date(2023, 2, 1), "no", frozenset()),
        ("47384", date(2023, 5, 1), None, None),  # a near edition's silence says nothing
        ("47384", date(2024, 2, 1), "yes", frozenset({""})),
        ("47384", date(2025, 2, 1), None, None),  # an excerpt's silence says nothing
        ("99999", date(2024, 2, 1), "unlisted", frozenset()),
        ("0999T", date(2024, 2, 1), "unlisted", frozenset()),
        ("J9999", date(2024, 2, 1), None, None),  # the table does not list every code of this shape
        ("0001U", date(2024, 2, 1), None, None),
        ("47383", date(2020, 2, 1), None, None),  # no edition
    ],
)
def test_in_force_and_rows_know_what_silence_means(
    changing: CodeBook, code: str, on: date, in_force: str | None, rows: frozenset[str] | None
) -> None:
    """Absence is known only from a complete edition, for its day, of a shape that it covers."""
    found = changing.code(code, on=on)
    assert (found.in_force, found.rows) == (in_force, rows)


def test_a_code_in_the_mue_table_is_in_force(schedule: Schedule, mue: Mue) -> None:
    """Many valid codes stand in no fee schedule; its silence about the rows is known all the same."""
    start = date(2025, 10, 1)
    book = CodeBook.from_tables([schedule(start, WANT), mue(start, "professional", {"90281": 0})])
    found = book.code("90281", on=start)
    assert (found.in_force, found.rows, found.mue) == ("yes", frozenset(), 0)
    others = (Table.ADD_ON, Table.HCPCS, Table.ADDENDUM_B, Table.ASC, Table.RBCS)
    assert found.missing == dict.fromkeys(others, Cause.NO_TABLE) | {Table.FEE_SCHEDULE: Cause.NO_CODE}


def test_no_date_and_no_code_are_missing_input(three: CodeBook) -> None:
    """What the line lacks is said to be lacking, whatever is loaded."""
    no_date = three.lookup().slot(None, Setting.DME)
    no_code = three.lookup().slot(date(2023, 1, 1), Setting.DME).get(None, "26")
    for found in (no_date.get("G0105"), no_date.get(None), no_code):
        assert set(found.missing.values()) == {Cause.NO_INPUT}
        assert (found.bilateral, found.rows, found.in_force, found.sources) == (None, None, None, {})
    assert no_date.source(Table.MUE) is Cause.NO_INPUT
    assert no_date is three.lookup().slot(None, Setting.PROFESSIONAL)


def test_equal_resolutions_are_one_slot(three: CodeBook) -> None:
    """Days that resolve equally share the slot, its answers, and its index."""
    lookup = three.lookup()
    first, second = (lookup.slot(date(2023, month, 1), Setting.PROFESSIONAL) for month in (1, 3))
    assert first is second
    assert first.get("G0105") is second.get("G0105", "")
    assert lookup.slot(date(2040, 1, 1), Setting.ASC) is lookup.slot(date(2050, 1, 1), Setting.PROFESSIONAL)
    other = CodeBook.from_tables(three._tables.table(position) for position in range(3)).lookup()  # noqa: SLF001
    assert other.slot(date(2023, 3, 1), Setting.PROFESSIONAL).index == first.index
    indexes = {piece.slot.index: piece.slot for s in Setting for piece in lookup.segments(s)}
    assert len(indexes) == len({id(slot) for slot in indexes.values()})


def test_absent_codes_do_not_fill_the_memory(three: CodeBook) -> None:
    """Codes that no table holds are remembered only up to a limit."""
    slot = three.lookup().slot(date(2023, 1, 1), Setting.PROFESSIONAL)
    for number in range(10_000):
        assert slot.get(f"{number:05}", "26").status is None
    assert len(slot._absent) < 5_000  # noqa: SLF001
    assert len(slot._answers) == 0  # noqa: SLF001


def test_many_days_do_not_fill_the_memory(three: CodeBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days are remembered up to a limit; the day that is not known survives it."""
    monkeypatch.setattr(lookup_module, "_DAYS_KEPT", 10)
    lookup = three.lookup()
    first = date(2023, 1, 1)
    for number in range(100):
        lookup.slot(first + timedelta(days=number), Setting.DME)
    assert len(lookup._days[Setting.DME]) <= 10  # noqa: SLF001
    assert lookup.slot(None, Setting.DME).index == 0
    told = repr(lookup.slot(first, Setting.DME))
    assert ": fee_schedule=23A, mue=no_table, add_on=no_table, hcpcs=no_table, " in told


def test_segments_of_an_empty_book_are_the_whole_calendar() -> None:
    """Without any table every day has the same answer."""
    pieces = CodeBook.from_tables(()).lookup().segments(Setting.ASC)
    assert (pieces[0].start, pieces[-1].end) == (date.min, date.max)
    causes = {piece.slot.get("G0105").cause(table) for piece in pieces for table in CODE_TABLES}
    assert causes == {Cause.NO_TABLE}


def test_an_edition_may_hold_for_ever() -> None:
    """Made tables hold on every date; the calendar's two ends are no trap."""
    always = Edition(
        name="always", table=Table.FEE_SCHEDULE, effective=date.min, ends=date.max, complete=True
    )
    book = CodeBook.from_tables([FeeSchedule(edition=always, rows={})])
    for on in (date.min, date(2025, 1, 1), date.max):
        assert _spoke(book, on, "near") == ("always", How.EXACT)


def test_an_unknown_mode_is_refused(three: CodeBook) -> None:
    """The error lists the modes."""
    with pytest.raises(ValueError, match="'newest' is none of exact, near, latest"):
        three.lookup("newest")


_starts = st.builds(date, st.integers(2022, 2024), st.sampled_from([1, 4, 7, 10]), st.just(1))


def _naive(editions: list[Edition], on: date, mode: str) -> tuple[str, How] | Cause:
    if not editions:
        return Cause.NO_TABLE
    order = sorted(enumerate(editions), key=lambda e: (e[1].effective, e[1].released or date.min, e[0]))
    ranked = [edition for _, edition in order]
    holding = [edition for edition in ranked if edition.effective <= on <= edition.ends]
    if holding and (mode != "latest" or holding[-1] is ranked[-1]):
        return holding[-1].name, How.EXACT
    if mode == "latest":
        return ranked[-1].name, How.LATEST
    year = [edition for edition in ranked if mode == "near" and edition.effective.year == on.year]
    earlier = [edition for edition in year if edition.effective <= on]
    later = [edition for edition in year if edition.effective == year[0].effective]
    found = earlier or later
    return (found[-1].name, How.NEAR) if found else Cause.NO_EDITION


@given(
    st.lists(st.tuples(_starts, st.none() | st.dates(date(2022, 1, 1), date(2024, 12, 31))), max_size=6),
    st.dates(date(2021, 6, 1), date(2025, 6, 30)),
    st.sampled_from(["exact", "near", "latest"]),
)
def test_segments_agree_with_the_definition(drawn: list[tuple[date, Any]], on: date, mode: str) -> None:
    """Whatever is loaded, the piecewise map gives what the definition gives, without gaps."""
    editions = [
        Edition(
            name=str(number),
            table=Table.FEE_SCHEDULE,
            effective=start,
            ends=snapshot_end(start),
            released=released,
        )
        for number, (start, released) in enumerate(drawn)
    ]
    book = CodeBook.from_tables(FeeSchedule(edition=edition, rows={}) for edition in editions)
    assert _spoke(book, on, mode) == _naive(editions, on, mode)
    pieces = book.lookup(mode).segments(Setting.PROFESSIONAL)
    assert (pieces[0].start, pieces[-1].end) == (date.min, date.max)
    for before, after in pairwise(pieces):
        assert before.end + timedelta(days=1) == after.start
        assert before.slot is not after.slot
    (piece,) = (piece for piece in pieces if piece.start <= on <= piece.end)
    assert piece.slot is book.lookup(mode).slot(on, Setting.PROFESSIONAL)
