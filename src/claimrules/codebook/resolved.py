"""What a book says of every code, day by day: one row for each run of days on which it says the same.

The tables of a book are looked up with care: which edition speaks, what its silence means, which row of
the fee schedule a line selects. Here all of that is done, so that a query need only join.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from claimrules.codebook.attributes import CODE_TABLES, Reading, level_ii_speaks, silence_begins
from claimrules.codebook.frames import pyarrow_module, table_of
from claimrules.codebook.resolve import TABLE_SETTING, Choice, EditionMode, Shelf
from claimrules.codebook.tables import ROWS, AddOnRow, AddOnTable, FactTable, Tables
from claimrules.model.claim import Setting
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import Table, code_shape
from claimrules.model.published import HcpcsRow

if TYPE_CHECKING:
    import pyarrow as pa

CODES: Final = "codes"
"""The name of this table beside those of the editions."""
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2199, 12, 31)
"""The days that a claim line can have."""
ANY_ROW, BLANK_ROW = "any", "whole"
_LISTS: Final = ("rows", "type_of_service", "pricing_categories", "primaries")
_DAYS: Final = ("first_date", "last_date")
_WHOLE: Final = ("pre", "intra", "post", "mue")
ATTRIBUTES: Final = (
    *("status", "pctc", "global_days", "multiple_procedure", "bilateral", "assistant", "co_surgeon"),
    *("team", "pricing", "supervision", "imaging_family", "not_used", "nonfacility_na", "facility_na"),
    *("endoscopic_base", "pre", "intra", "post", "rows", "in_force", "first_date", "last_date"),
    *("status_indicator", "payment_indicator", "multiple_discount", "coverage", "type_of_service"),
    *("pricing_categories", "mue", "mai", "add_on_type"),
)
COLUMNS: Final = ("code", "fee_row", "setting", "first_day", "last_day", *ATTRIBUTES, "primaries")
_SHAPES: Final = {
    "nnnnn": "{:05d}",
    "Annnn": "A{:04d}",
    "Dnnnn": "D{:04d}",
    "other": "AA{:03d}",
    **{f"nnnn{letter}": f"{{:04d}}{letter}" for letter in "TFUMA"},
}
Record = tuple[Any, ...]
SETTINGS: Final = (Setting.PROFESSIONAL, Setting.OUTPATIENT, Setting.DME)
"""Those that have tables of their own."""


def codes_arrow(tables: Tables, mode: EditionMode) -> "pa.Table":
    """Give what the book says of every code as one Arrow table; ``NULL`` is unknown, blank is blank.

    A code that no table holds stands under its shape (``nnnnn``, ``Annnn``, ``Dnnnn`` …): what silence
    says of it. ``fee_row`` is ``any`` where the modifiers of a line select nothing.

    Raises:
        BookError: pyarrow is not installed.
    """
    pa = pyarrow_module()
    schema = pa.schema([(name, _type(pa, name)) for name in COLUMNS])
    return table_of(pa, schema, code_records(tables, mode))


def code_records(tables: Tables, mode: EditionMode) -> Iterator[Record]:
    """Give the rows, setting by setting; what is unknown altogether has none."""
    own = _own_days(tables)
    shapes = _unlisted(frozenset(own))
    for setting in SETTINGS:
        yield from _Runs(tables, mode, setting).records(own, shapes)


class _Runs:
    """The runs of days of one setting."""

    def __init__(self, tables: Tables, mode: EditionMode, setting: Setting) -> None:
        self._tables, self._mode, self._setting = tables, mode, TABLE_SETTING[setting]
        self._shelves = {table: Shelf(tables.editions, table, setting) for table in CODE_TABLES}
        self._open: dict[tuple[str, str], tuple[date, Record]] = {}

    def records(self, own: dict[str, set[date]], shapes: dict[str, str]) -> Iterator[Record]:
        """Read each code on the days on which an edition changes, and on its own."""
        breaks = {day for shelf in self._shelves.values() for day in shelf.breaks()}
        breaks |= {silence_begins(each) for each in self._tables.editions if each.table is Table.HCPCS}
        common = {FIRST_DAY} | {day for day in breaks if FIRST_DAY < day <= LAST_DAY}
        by_day: dict[date, list[str]] = {}
        for code, days in own.items():
            for day in days:
                by_day.setdefault(day, []).append(code)
        turning = by_day.keys() - common
        every = list({code: code for code in own} | shapes)
        before: object = None
        for day in sorted(common | {day for day in turning if FIRST_DAY < day <= LAST_DAY}):
            choices = {table: shelf.choose(day, self._mode) for table, shelf in self._shelves.items()}
            speaking = _speaking(choices, day)
            names = by_day.get(day, ()) if speaking == before else every
            before = speaking
            reading = Reading(self._tables, choices, day, self._setting)
            for name in names:
                yield from self._turn(reading, name, shapes.get(name, name), day)
        for key, (first, record) in self._open.items():
            yield from self._close(key, first, LAST_DAY, record)

    def _turn(self, reading: Reading, name: str, code: str, day: date) -> Iterator[Record]:
        """Take what is said from a day on; what was said until then is complete."""
        found = _answers(reading, code)
        for row in {*found, *(row for row in (ANY_ROW, *_ROW_NAMES.values()) if (name, row) in self._open)}:
            key, said = (name, row), found.get(row)
            known = self._open.get(key)
            if known is not None and known[1] == said:
                continue
            if known is not None:
                yield from self._close(key, known[0], day - timedelta(days=1), known[1])
                del self._open[key]
            if said is not None:
                self._open[key] = day, said

    def _close(self, key: tuple[str, str], first: date, last: date, record: Record) -> Iterator[Record]:
        if any(value is not None for value in record):
            yield (*key, self._setting, first, last, *record)


def _speaking(choices: Mapping[Table, Choice | Cause], day: date) -> object:
    """Which editions speak, and whether the silence of a HCPCS file does."""
    said = [
        choice if isinstance(choice, Cause) else (choice.positions, choice.source.how, choice.older)
        for choice in choices.values()
    ]
    return said, level_ii_speaks(choices[Table.HCPCS], day)


_values: Final = attrgetter(*ATTRIBUTES)
_ROW_NAMES: Final = {row: row or BLANK_ROW for row in ROWS}


def _answers(reading: Reading, code: str) -> dict[str, Record]:
    """What is said of a code, by the row that the line selects."""
    blank = reading.read(code, "")
    primaries = reading.primaries(code)
    if blank.rows is None or len(blank.rows) <= 1:
        return {ANY_ROW: _record(blank, primaries)}
    return {name: _record(reading.read(code, row), primaries) for row, name in _ROW_NAMES.items()}


def _record(attributes: CodeAttributes, primaries: tuple[str, ...] | None) -> Record:
    values = [tuple(sorted(each)) if type(each) is frozenset else each for each in _values(attributes)]
    return (*values, primaries)


def _own_days(tables: Tables) -> dict[str, set[date]]:
    """Every code that a table holds, with the days on which its own rows begin to hold or no longer do."""
    found: dict[str, set[date]] = {}
    for position, edition in enumerate(tables.editions):
        if edition.table not in CODE_TABLES:
            continue
        table = tables.table(position)
        for code, entry in table.rows.items():
            days = found.setdefault(str(code), set())
            if isinstance(table, AddOnTable | FactTable):
                days.update(_days_of(entry))
    return found


def _days_of(entry: object) -> Iterator[date]:
    if isinstance(entry, HcpcsRow):
        spans = [(entry.added, entry.termination)]
    else:
        rows = entry if isinstance(entry, tuple) else ()
        spans = [(row.effective, row.deletion) for row in rows if isinstance(row, AddOnRow)]
    for first, last in spans:
        if first is not None:
            yield first
        if last is not None and last < date.max:
            yield last + timedelta(days=1)


def _unlisted(known: frozenset[str]) -> dict[str, str]:
    """For each shape a code that no table holds: what is said of it is said of all such."""
    found = {}
    for shape, form in _SHAPES.items():
        number = next(number for number in range(10_000) if form.format(number) not in known)
        found[shape] = form.format(number)
    return found


def unlisted_shape(code: str) -> str:
    """The shape under which a code that no table holds stands."""
    shape = code_shape(code)
    return "Dnnnn" if shape == "Annnn" and code.startswith("D") else shape


def _type(pa: Any, name: str) -> Any:  # noqa: ANN401 (pyarrow's own)
    if name in _LISTS:
        return pa.list_(pa.string())
    if name in (*_DAYS, "first_day", "last_day"):
        return pa.date32()
    return pa.int64() if name in _WHOLE else pa.string()
