"""Parquet as rows of text, in slices: types are told as they are, and nested columns are no cells."""

import io
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from claimrules.formats.errors import ReadError, polars_faults
from claimrules.formats.raw import Raw
from claimrules.formats.records import Record

if TYPE_CHECKING:
    import polars as pl

_SLICE: Final = 50_000


class ParquetRows:
    """The rows of a Parquet file, each column as text."""

    def __init__(self, source: Path | io.BytesIO) -> None:
        """Read the schema.

        Raises:
            ReadError: it is damaged, or what reads it is not installed.
        """
        if find_spec("polars") is None:
            msg = "is Parquet, which needs the extra batch: pip install 'claimrules[batch]'"
            raise ReadError(msg)
        self._source = source
        self._whole: tuple[int, pl.DataFrame] | None = None
        schema = _schema(source)
        made = {name: _as_text(name, kind) for name, kind in schema.items()}
        self._texts = [text for text in made.values() if text is not None]
        self.header = [name for name, text in made.items() if text is not None]
        nested = [name for name, text in made.items() if text is None]
        self.notes: tuple[str, ...] = ()
        if nested:
            self.notes = (
                f"columns that are nested, or hold bytes or spans of time, are not read: {', '.join(nested)}",
            )

    def frame(self) -> "pl.LazyFrame":
        """Give all rows as text columns, not read yet."""
        import polars as pl  # noqa: PLC0415 (the extra is needed for Parquet only)

        return pl.scan_parquet(self._source).select(self._texts)

    def __iter__(self) -> Iterator[Record]:
        """Give every row, once."""
        frame, start = self.frame(), 0
        while True:
            try:
                rows = frame.slice(start, _SLICE).collect().rows()
            except polars_faults() as error:
                msg = "is damaged: its rows cannot be read any further; write it again"
                raise ReadError(msg) from error
            if not rows:
                return
            yield from (Record(start + number, None, list(row)) for number, row in enumerate(rows, 1))
            start += len(rows)

    def raw_of(self, record: Record) -> Raw:
        """Give a row as a JSON object of all its columns, those too that hold no text."""
        import polars as pl  # noqa: PLC0415 (the extra is needed for Parquet only)

        start = (record.line - 1) // _SLICE * _SLICE
        if self._whole is None or self._whole[0] != start:
            self._whole = start, pl.scan_parquet(self._source).slice(start, _SLICE).collect()
        return Raw.written(self._whole[1].row(record.line - 1 - start, named=True))


def _schema(source: Path | io.BytesIO) -> "pl.Schema":
    import polars as pl  # noqa: PLC0415 (the extra is needed for Parquet only)

    try:
        return pl.scan_parquet(source).collect_schema()
    except polars_faults() as error:
        msg = "is damaged Parquet; write it again"
        raise ReadError(msg) from error


def _as_text(name: str, kind: Any) -> "pl.Expr | None":  # noqa: ANN401 (a type of polars)
    """Write a column as text; nothing for one that is nested, or holds bytes or spans of time."""
    import polars as pl  # noqa: PLC0415 (the extra is needed for Parquet only)

    column = pl.col(name)
    if kind == pl.List(pl.String):
        text = column.list.join(" ", ignore_nulls=True)
    elif kind.is_nested() or kind in (pl.Binary, pl.Object, pl.Duration):
        return None
    elif kind.is_float():
        whole = column.cast(pl.Int64, strict=False)
        text = pl.when(column == whole).then(whole.cast(pl.String)).otherwise(column.cast(pl.String))
        text = pl.when(column.is_nan()).then(None).otherwise(text)
    elif kind == pl.Date:
        text = column.dt.to_string("%Y-%m-%d")
    elif kind == pl.Datetime:
        text = column.dt.to_string("%Y-%m-%dT%H:%M:%S")
    elif kind == pl.Boolean:
        text = pl.when(column).then(pl.lit("true")).otherwise(pl.lit("false"))
        text = pl.when(column.is_null()).then(None).otherwise(text)
    else:
        text = column.cast(pl.String)
    return text.fill_null("").alias(name)
