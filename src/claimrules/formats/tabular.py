"""Reads delimited text, one claim line a record: CSV and its kin, streaming, with the standard library alone.

Every record comes out as a line or as ``Rejected`` with the line of the file and the reason; a cell
that cannot be read leaves its field unknown and named in ``unreadable``. No reason and no error holds
a value of the file.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import attrs

from claimrules.formats.cells import (
    Modifiers,
    read_equipment,
    read_modifier_list,
    read_modifiers,
    read_setting,
    read_text,
    read_whole,
    read_yes_no,
)
from claimrules.formats.columns import MODIFIERS, Columns, Resolver, looks_like_data
from claimrules.formats.records import Record, Records
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.facts import FACTS, ClaimFacts
from claimrules.model.finding import Rejected
from claimrules.model.form import Form, read_code, read_date, read_money, read_place, read_units

DELIMITERS: Final = {",": "comma", "\t": "tab", "|": "bar", ";": "semicolon"}
_quoted = re.compile('"[^"]*"')
STANDARD_INPUT: Final = "standard input"
_KEPT: Final = 8192
_SIGNATURES: Final = {
    b"\xff\xfe": "is UTF-16; save it as CSV in UTF-8",
    b"\xfe\xff": "is UTF-16; save it as CSV in UTF-8",
    b"PK\x03\x04": "is a workbook or a ZIP archive; save it as CSV, or unpack it",
    b"\x1f\x8b": "is compressed (gzip); unpack it first",
    b"PAR1": "is Parquet; save it as CSV, or use Checker.check_frame from Python",
    b"ISA*": "is an X12 interchange, which is not read yet; give a CSV file with one service line a row",
}

Read = Callable[[str], tuple[Any, Form]]

_READERS: Final[Mapping[str, Read]] = {
    "code": read_code,
    "units": read_units,
    "place_of_service": read_place,
    "charge": read_money,
    "dose": read_units,
    "minutes": read_whole,
    "diagnosis_pointers": read_whole,
    "documentation": read_yes_no,
    "teaching": read_yes_no,
    "narrative": read_yes_no,
    "noncovered_charge": read_money,
    "allowed": read_money,
    "container": read_units,
    "equipment": read_equipment,
    "cancelled": read_yes_no,
}
_IDENTIFIERS: Final = (
    *("revenue_code", "claim_id", "line_id", "patient", "provider", "billing_provider", "group", "specialty"),
)


class TableError(ValueError):
    """A table that cannot be read at all: what is wrong, and the remedy; it holds no value of the table."""


@attrs.frozen(kw_only=True)
class TableOptions:
    """What the caller says of a table; the arguments of ``read_table``."""

    delimiter: str | None = None
    mapping: Mapping[str, str] = attrs.field(factory=dict)
    setting: Setting = Setting.PROFESSIONAL
    line_prefix: str = ""


class TableReader:
    """The lines of one table, in their order; close it, or use it in a ``with`` statement.

    ``columns`` says which field stands where, with ``notes``, ``inputs`` and ``assumptions``;
    ``delimiter`` what divides the columns.
    """

    def __init__(self, stream: BinaryIO, name: str, options: "TableOptions") -> None:
        """Read the header.

        Raises:
            TableError: there is none, it names no code, or the mapping does not fit it.
        """
        self.name: Final = name
        self._stream = stream
        self._setting, self._prefix = options.setting, options.line_prefix
        self._records = Records(stream)
        self.delimiter, header = _read_header(self._records, options.delimiter)
        self.columns: Final[Columns] = _resolve(header, options.mapping)
        self._prepare()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[ClaimLine | Rejected]:
        """Give every record of the table, once.

        Raises:
            TableError: the file cannot be read any further.
        """
        number = 0
        try:
            while (record := self._records.read(self.delimiter, self.columns.width)) is not None:
                number += 1
                yield self._line(record, number)
        except OSError as error:
            msg = f"cannot be read any further ({error.strerror})"
            raise TableError(msg) from error

    @property
    def progress(self) -> tuple[int, int | None]:
        """Bytes read, and how many there are; ``None`` where that is not known."""
        if self.name == STANDARD_INPUT:
            return 0, None
        return self._stream.tell(), Path(self.name).stat().st_size

    def close(self) -> None:
        """Close the file; a stream that was given stays open."""
        if self.name != STANDARD_INPUT:
            self._stream.close()

    def _prepare(self) -> None:
        """Bind each column to its reader; equal cells are read once."""
        places = self.columns.places
        readers = {field: lru_cache(_KEPT)(read) for field, read in _READERS.items() if field in places}
        self._cells = [(field, places[field], read) for field, read in readers.items()]
        self._texts = [(field, places[field]) for field in _IDENTIFIERS if field in places]
        self._day = lru_cache(_KEPT)(read_date)
        self._modifiers = self._modifier_reader()
        said = [(name, places[name]) for name in FACTS if name in places]
        names = tuple(name for name, _ in said)
        self._facts = [place for _, place in said]
        self._read_facts = lru_cache(_KEPT)(
            lambda *cells: ClaimFacts.read(dict(zip(names, cells, strict=True)))
        )

    def _modifier_reader(self) -> Callable[[list[str]], Modifiers]:
        places = self.columns.places
        if "modifiers" in places:
            place, read = places["modifiers"], lru_cache(_KEPT)(read_modifier_list)
            return lambda cells: read(cells[place])
        several = [places[name] for name in MODIFIERS if name in places]
        read_several = lru_cache(_KEPT)(read_modifiers)
        return lambda cells: read_several(tuple(cells[place] for place in several))

    def _line(self, record: Record, number: int) -> ClaimLine | Rejected:
        reject = partial(Rejected, file=self.name, line=record.line)
        if record.fault:
            return reject(reason=record.fault)
        cells, places = record.cells, self.columns.places
        setting: Setting | None = self._setting
        if "setting" in places:
            setting = read_setting(cells[places["setting"]], self._setting)
        if setting is None:
            return reject(reason=f"its setting is none of {', '.join(Setting)}")
        values: dict[str, Any] = {"units": None, "setting": setting, "line_id": f"{self._prefix}{number}"}
        forms: dict[str, Form] = {}
        for field, place, read in self._cells:
            values[field], forms[field] = read(cells[place])
        values["modifiers"], forms["modifiers"] = self._modifiers(cells)
        for field, place in self._texts:
            text, _ = read_text(cells[place])
            if text is not None:
                values[field] = text
        if self._facts:
            values["facts"] = self._read_facts(*[cells[place] for place in self._facts])
        self._read_dates(cells, values, forms)
        return ClaimLine(
            **values,
            unreadable=tuple(field for field, form in forms.items() if form is Form.UNREADABLE),
            repaired=tuple(field for field, form in forms.items() if form is Form.REPAIRED),
        )

    def _read_dates(self, cells: list[str], values: dict[str, Any], forms: dict[str, Form]) -> None:
        """Read both ends; where no to-date came it is the from-date, as in ``ClaimLine``."""
        for field in ("from_date", "to_date"):
            place = self.columns.places.get(field)
            values[field], forms[field] = (None, Form.MISSING) if place is None else self._day(cells[place])
        if forms["to_date"] is Form.MISSING:
            values["to_date"] = values["from_date"]


def read_table(
    source: Path | BinaryIO,
    *,
    delimiter: str | None = None,
    mapping: Mapping[str, str] | None = None,
    setting: Setting = Setting.PROFESSIONAL,
    line_prefix: str = "",
) -> TableReader:
    """Open a table for reading; iterate over it for ``ClaimLine`` and ``Rejected``.

    ``delimiter`` is one character, found in the header by default; ``mapping`` gives the column of a
    field where its name does not say it; ``setting`` is that of the lines whose own cell is blank.
    A line without an id of its own has ``line_prefix`` and the number of its record, 1 after the header.

    Raises:
        TableError: the source cannot be opened, or is no table with a column for the code.
    """
    options = TableOptions(
        delimiter=delimiter, mapping=mapping or {}, setting=setting, line_prefix=line_prefix
    )
    if not isinstance(source, Path):
        return TableReader(source, STANDARD_INPUT, options)
    stream = _open(source)
    try:
        return TableReader(stream, str(source), options)
    except BaseException:
        stream.close()
        raise


def _open(path: Path) -> BinaryIO:
    try:
        stream = path.open("rb")
    except OSError as error:
        remedy = "give the files in it one by one" if path.is_dir() else "give a file that can be read"
        msg = f"cannot be read ({error.strerror}); {remedy}"
        raise TableError(msg) from error
    head = stream.peek(4)
    for signature, problem in _SIGNATURES.items():
        if head.startswith(signature):
            stream.close()
            raise TableError(problem)
    return stream


def _read_header(records: Records, delimiter: str | None) -> tuple[str, list[str]]:
    try:
        head = records.head()
    except OSError as error:
        msg = f"cannot be read ({error.strerror})"
        raise TableError(msg) from error
    if head is None:
        msg = "is empty; the first line must name the columns, as in code,modifier_1,units,from_date"
        raise TableError(msg)
    chosen = _delimiter(head, delimiter)
    record = records.read(chosen)
    if record is None or record.fault:
        problem = record.fault if record else "is empty"
        msg = f"its header {problem}; write the names of the columns in the first line"
        raise TableError(msg)
    return chosen, record.cells


def _delimiter(head: str, given: str | None) -> str:
    bare = _quoted.sub("", head)
    counts = {mark: bare.count(mark) for mark in DELIMITERS}
    best = max(counts, key=lambda mark: counts[mark])
    if given is None:
        return best
    if given not in head and counts[best]:
        shown = DELIMITERS.get(given, repr(given))
        remedy = f"but {counts[best]} times a {DELIMITERS[best]}; give --delimiter {_option(best)}"
        msg = f"has no {shown} in its header, {remedy}"
        raise TableError(msg)
    return given


def _option(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else f"'{delimiter}'"


def _resolve(header: list[str], mapping: Mapping[str, str]) -> Columns:
    resolver = Resolver(header)
    columns = resolver.resolve(mapping)
    if not resolver.errors:
        return columns
    if looks_like_data(header):
        msg = "has numbers or dates in its first line: that is no header; name the columns in a line above"
        raise TableError(msg)
    if len(header) == 1:
        names = ", ".join(DELIMITERS.values())
        resolver.errors.append(f"its header has one column only: it holds none of {names}")
    raise TableError("; ".join(resolver.errors))
