"""A plain table as frames of text, some lines at a time: ``scan`` for files larger than memory."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from claimrules.formats.delimited import Delimited
from claimrules.formats.errors import polars_faults
from claimrules.formats.parquet_rows import ParquetRows
from claimrules.formats.reader import LineReader
from claimrules.formats.records import LONGEST_LINE
from claimrules.formats.scan import is_frame, join_frames, plain_lines, select_fields, whole_lines
from claimrules.formats.tabular import TableReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

_BYTES: Final = 1 << 25
_ROWS: Final = 250_000
_MOST: Final = 1000


class NotPlainError(Exception):
    """The line reader has to account for the records of a file."""


def plain_parts(table: LineReader, prefix: str) -> "Iterator[pl.DataFrame]":
    """Give the lines of a table in frames, with columns named like the fields of a line.

    Raises:
        NotPlainError: it is not plain.
    """
    if not is_frame(table) or not isinstance(table, TableReader):
        raise NotPlainError
    first = 1
    for frame in _parquet(table) if isinstance(table.rows, ParquetRows) else _delimited(table):
        found = select_fields(table, frame, prefix, first)
        if found is None:
            raise NotPlainError
        first += frame.height
        yield found


def in_bulk(frames: "Iterator[pl.DataFrame]") -> "Iterator[pl.DataFrame]":
    """Put small frames, as of many files, together."""
    held: list[pl.DataFrame] = []
    for frame in frames:
        held.append(frame)
        if sum(each.height for each in held) >= _ROWS or len(held) >= _MOST:
            yield join_frames(held)
            held = []
    if held:
        yield join_frames(held)


def _parquet(table: TableReader) -> "Iterator[pl.DataFrame]":
    if not isinstance(table.rows, ParquetRows):
        raise NotPlainError
    frame, start = table.rows.frame(), 0
    while True:
        try:
            found = frame.slice(start, _ROWS).collect()
        except polars_faults() as error:
            raise NotPlainError from error
        if not found.height:
            return
        yield found.rename({name: str(place) for place, name in enumerate(found.columns)})
        start += found.height


def _delimited(table: TableReader) -> "Iterator[pl.DataFrame]":
    import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

    if not isinstance(table.rows, Delimited) or table.path is None:
        raise NotPlainError
    delimiter, width = table.rows.delimiter, table.columns.width
    with table.path.open("rb") as stream, ThreadPoolExecutor(max_workers=1) as beside:
        if plain_lines(stream.readline(LONGEST_LINE), delimiter, width) is None:
            raise NotPlainError
        while block := whole_lines(stream, _BYTES):
            counted = beside.submit(plain_lines, block, delimiter, width)
            try:
                frame = pl.read_csv(
                    io.BytesIO(block),
                    separator=delimiter,
                    infer_schema=False,
                    has_header=False,
                    new_columns=[str(place) for place in range(width)],
                )
            except polars_faults() as error:
                raise NotPlainError from error
            if (frame.height, frame.width) != (counted.result(), width):
                raise NotPlainError
            yield frame
