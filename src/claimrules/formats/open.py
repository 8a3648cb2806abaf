"""Opens any export of claims: the format is recognised by content, never by the name of the file."""

import io
import re
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, cast

from claimrules.files.packed import EMPTY_ZIP, ZIP, PackedError, compression_of, unpacked
from claimrules.files.workbook import OLE, is_zipped_workbook
from claimrules.formats.archive import open_archive
from claimrules.formats.delimited import Delimited
from claimrules.formats.errors import ReadError
from claimrules.formats.fhir.reader import FhirReader
from claimrules.formats.json_rows import JsonRows
from claimrules.formats.parquet_rows import ParquetRows
from claimrules.formats.parts import Part, PartsReader
from claimrules.formats.reader import LineReader, ReadOptions
from claimrules.formats.sheet_rows import LARGEST, SheetRows, sheets_of
from claimrules.formats.stream import Stream
from claimrules.formats.tabular import Rows, TableReader
from claimrules.formats.x12.delimiters import guessed
from claimrules.formats.x12.reader import X12Reader

INPUT_FORMATS: Final = ("csv", "parquet", "jsonl", "xlsx", "837", "fhir")
"""The names that ``--input-format`` takes."""

_NO_TABLES: Final[dict[str, type[X12Reader] | type[FhirReader]]] = {"837": X12Reader, "fhir": FhirReader}
_HEAD: Final = 1 << 16
_DEEPEST: Final = 3
"""Layers of compression around claims."""
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_bare_utf_16 = re.compile(rb"(?:[\t\n\r -~]\x00){3}|(?:\x00[\t\n\r -~]){3}")
"""Letters that have two bytes each, without a mark."""
_MARK: Final = b"\xef\xbb\xbf"
_interchange = re.compile(rb"ISA[^0-9A-Za-z\s_,;]")
_BLANK: Final = b"\r\n \t\x00\x1a"


def open_lines(source: Path | BinaryIO, options: ReadOptions | None = None) -> LineReader:
    """Open a file, or a binary stream that need not seek; iterate for ``ClaimLine`` and ``Rejected``.

    Raises:
        ReadError: it cannot be opened, is of no known format, or lacks what its format needs.
    """
    stream = Stream.open(source)
    try:
        return _open(stream, options or ReadOptions(), 0)
    except BaseException:
        stream.close()
        raise


def _open(stream: Stream, options: ReadOptions, depth: int) -> LineReader:
    head = stream.head(_HEAD)
    packed = compression_of(head)
    archive = head.startswith((ZIP, EMPTY_ZIP)) and not is_zipped_workbook(stream.seekable_copy())
    if packed or archive:
        if depth >= _DEEPEST:
            msg = f"is compressed more than {_DEEPEST} times over; unpack it"
            raise ReadError(msg)
        return _unpack(stream, packed, options, depth)
    kind = options.input_format or _kind(head)
    if kind == "xlsx":
        return _workbook(stream, options)
    if kind in _NO_TABLES:
        return _NO_TABLES[kind](stream, options)
    return TableReader(stream, _rows(kind, stream, options), options)


def _rows(kind: str, stream: Stream, options: ReadOptions) -> Rows:
    if kind == "jsonl":
        return JsonRows(stream)
    if kind == "parquet":
        return _parquet(stream)
    return Delimited(stream, options.delimiter)


def _kind(head: bytes) -> str:
    """Tell the format by the first bytes.

    Raises:
        ReadError: it is UTF-16, which is not read.
    """
    if head.startswith(_UTF_16) or _bare_utf_16.match(head):
        msg = "is UTF-16; save it in UTF-8"
        raise ReadError(msg)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((OLE, ZIP)):
        return "xlsx"
    text = head.removeprefix(_MARK).lstrip(_BLANK)
    if _interchange.match(text) or guessed(text.decode("latin-1")):
        return "837"
    if text.startswith((b"{", b"[")):
        return "fhir" if b'"resourceType"' in head else "jsonl"
    return "csv"


def _unpack(stream: Stream, packed: str, options: ReadOptions, depth: int) -> LineReader:
    if packed:
        try:
            source = unpacked(cast("BinaryIO", stream), packed)
        except PackedError as error:
            raise ReadError(str(error)) from error
        return _open(Stream(source, stream.name, outer=stream), options, depth + 1)
    seekable = stream.seekable_copy()
    return open_archive(stream, seekable, options, lambda member, told: _open(member, told, depth + 1))


def _parquet(stream: Stream) -> ParquetRows:
    if stream.path is not None:
        return ParquetRows(stream.path)
    raw = stream.read_at_most(LARGEST)
    if len(raw) > LARGEST:
        msg = f"is Parquet of more than {LARGEST // 2**20} MiB that is no plain file; save it as one"
        raise ReadError(msg)
    return ParquetRows(io.BytesIO(raw))


def _workbook(stream: Stream, options: ReadOptions) -> LineReader:
    sheets = sheets_of(stream)
    if len(sheets) == 1:
        return TableReader(stream, sheets[0][1], options)
    parts, passed = [], []
    for title, rows in sheets:
        try:
            _sheet(stream.name, rows, options)
        except ReadError as error:
            passed.append(f"sheet {title} is not read: {error}")
        else:
            parts.append(Part(name=f"sheet {title}", open=partial(_sheet, stream.name, rows, options)))
    if not parts:
        raise ReadError("; ".join(passed))
    return PartsReader(stream, parts, passed)


def _sheet(name: str, rows: SheetRows, options: ReadOptions) -> TableReader:
    return TableReader(Stream(io.BytesIO(), name), rows, options)
