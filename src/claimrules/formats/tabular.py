"""Reads tables, streaming: every row comes out as its lines, or as ``Rejected`` with its place and why.

A cell that cannot be read leaves its field unknown and named in ``unreadable``. No reason and no error
holds a value of the table.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from claimrules.formats import dates
from claimrules.formats.columns import Columns, Resolver, looks_like_data, tidy
from claimrules.formats.delimited import DELIMITERS, Delimited
from claimrules.formats.errors import ReadError
from claimrules.formats.json_rows import JsonRows
from claimrules.formats.lines import LineMaker, Making
from claimrules.formats.preset import preset_of
from claimrules.formats.raw import Raw, rejected
from claimrules.formats.reader import LineReader, Place, ReadOptions
from claimrules.formats.records import Record
from claimrules.formats.sheet_rows import SheetRows
from claimrules.formats.stream import Stream
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.facts import DATES
from claimrules.model.finding import Rejected

_SAMPLE: Final = 1_000
"""Rows in which the formats of dates are looked for."""
_MOST_SAMPLED: Final = 2_000_000
"""Cells of these rows."""
MOST_COLUMNS: Final = 20_000
"""No export has so many; each costs memory in every row."""


class Rows(Protocol):
    """The rows of a table as texts, whatever holds them; ``notes`` may grow while they are read."""

    header: list[str]
    notes: tuple[str, ...]

    def __iter__(self) -> Iterator[Record]:
        """Give every row, once."""

    def raw_of(self, record: Record) -> Raw:
        """Give the row given last, or one of the first thousand, as it stands in the file."""


class TableReader(LineReader):
    """The lines of one table; ``columns`` tells which field stands where, ``dates`` how dates are written."""

    def __init__(self, stream: Stream, rows: Rows, options: ReadOptions) -> None:
        """Find the columns, and the formats of dates in the first rows.

        Raises:
            ReadError: no column holds the code, the mapping does not fit, or dates are ambiguous.
        """
        super().__init__(stream)
        self.rows: Final = rows
        self.columns: Final[Columns] = _resolve(rows, options)
        if isinstance(rows, JsonRows | SheetRows):
            rows.use(self.columns.used)
        self.setting_given: Final = options.setting is not None
        self.setting: Final = options.setting or self.columns.setting
        self.path: Final = stream.path
        self._raw = options.raw
        records = iter(rows)
        sample = list(_sample(records))
        self.dates: Final = _date_formats(self.columns, sample, options.date_format)
        self._odd = tuple(_no_dates(self.columns, sample, self.dates))
        self._records = chain(sample, records)
        read = {field: dates.reader_of(name) for field, name in self.dates.items()}
        self._maker = LineMaker(
            self.columns, Making(dates=read, setting=options.setting, prefix=options.line_prefix)
        )

    def __iter__(self) -> Iterator[ClaimLine | Rejected]:
        """Give every line of the table, once."""
        for number, record in enumerate(self._records, 1):
            self.place = Place(record.line, record.offset)
            if record.fault:
                yield self._reject(record, record.fault)
                continue
            for entry in self._maker.lines(record.cells, number):
                yield self._reject(record, entry) if isinstance(entry, str) else entry

    def rejected(self, numbers: frozenset[int]) -> Iterator[Rejected]:
        """Give what is rejected among the records of these numbers."""
        for number, record in enumerate(self._records, 1):
            if number in numbers:
                for entry in self._maker.lines(record.cells, number):
                    if isinstance(entry, str):
                        yield self._reject(record, entry)

    def _reject(self, record: Record, reason: str) -> Rejected:
        raw = self.rows.raw_of(record) if self._raw else None
        return rejected(self.name, (record.line, record.offset), reason, raw)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was concluded from the header and the first rows."""
        odd = [f"{field} is read as {name}" for field, name in self.dates.items() if name != dates.DEFAULT]
        return (*self.columns.notes, *odd, *self._odd, *self.rows.notes)

    @property
    def inputs(self) -> frozenset[str]:
        """The optional inputs that have a column."""
        return self.columns.inputs

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What is taken for granted because no column says it."""
        return self.columns.assumptions


def read_table(
    source: Path | BinaryIO,
    *,
    delimiter: str | None = None,
    mapping: Mapping[str, str] | None = None,
    setting: Setting | None = None,
    line_prefix: str = "",
) -> TableReader:
    """Open delimited text for reading; iterate over it for ``ClaimLine`` and ``Rejected``.

    ``delimiter`` is one character, found in the header by default; ``mapping`` gives the column of a
    field where its name does not say it; ``setting`` is that of the lines whose own cell is blank.
    A line without an id of its own has ``line_prefix`` and the number of its record, 1 after the header.

    Raises:
        ReadError: the source cannot be opened, or is no table with a column for the code.
    """
    options = ReadOptions(
        delimiter=delimiter, mapping=mapping or {}, setting=setting, line_prefix=line_prefix
    )
    stream = Stream.open(source)
    try:
        return TableReader(stream, Delimited(stream, delimiter), options)
    except BaseException:
        stream.close()
        raise


def _sample(records: Iterator[Record]) -> Iterator[Record]:
    """Give the first records, fewer where each holds very many cells: they are held together."""
    cells = 0
    for record in islice(records, _SAMPLE):
        yield record
        cells += len(record.cells)
        if cells > _MOST_SAMPLED:
            return


def _resolve(rows: Rows, options: ReadOptions) -> Columns:
    if len(rows.header) > MOST_COLUMNS:
        msg = f"has more than {MOST_COLUMNS:,} columns; keep those that hold fields of claim lines"
        raise ReadError(msg)
    columns, errors = _columns(tuple(rows.header), tuple(options.mapping.items()), options.preset)
    if not errors:
        return columns
    if looks_like_data(rows.header):
        msg = "has numbers or dates in its first line: that is no header; name the columns in a line above"
        raise ReadError(msg)
    more = list(rows.notes)
    if len(rows.header) == 1 and isinstance(rows, Delimited):
        none = f"it holds none of {', '.join(DELIMITERS.values())}"
        more.append(f"its header has one column only: {none}; take out titles above the header")
    elif "code" not in columns.places and isinstance(rows, Delimited):
        told = f"its header is taken to be the first line, with {len(rows.header)} columns"
        more.append(f"{told}; take out titles above the header")
    elif "code" not in columns.places and isinstance(rows, SheetRows):
        more.append(f"its header is taken to be row {rows.top} (columns with a name: {len(rows.header)})")
    raise ReadError("; ".join((*errors, *more)))


@lru_cache(64)
def _columns(
    header: tuple[str, ...], mapping: tuple[tuple[str, str], ...], asked: str | None
) -> tuple[Columns, tuple[str, ...]]:
    """Find the columns of a header, and what is wrong with it: thousands of files may have the same one."""
    resolver = Resolver(header)
    preset = preset_of([tidy(name) for name in header], asked)
    columns = resolver.resolve(dict(mapping), preset)
    return columns, tuple(resolver.errors)


def _date_formats(columns: Columns, sample: Iterable[Record], given: str | None) -> dict[str, str]:
    """Find how each date is written; only the format of a column that is there matters."""
    found, faults = {"from_date": dates.DEFAULT, "to_date": dates.DEFAULT}, []
    for field in ("from_date", "to_date", *DATES):
        place = columns.places.get(field)
        if place is None:
            continue
        try:
            found[field] = given or dates.choose(row.cells[place] for row in sample if not row.fault)
        except ReadError as error:
            faults.append(f"{field} {error}")
    if faults:
        raise ReadError("; ".join(faults))
    return found


def _no_dates(columns: Columns, sample: Sequence[Record], formats: Mapping[str, str]) -> Iterator[str]:
    """Say which columns hold no date in the first rows, and what stands there."""
    for field, name in formats.items():
        place = columns.places.get(field)
        if place is None:
            continue
        if shape := dates.unlike((row.cells[place] for row in sample if not row.fault), name):
            yield (
                f"{field} holds no date that can be read in the first {len(sample):,} rows, but {shape} "
                "(n for a digit, a for a letter); write YYYY-MM-DD, or give --date-format"
            )
