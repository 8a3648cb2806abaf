"""Telling rows apart by one column: packed integers in Polars, one text in the other engines.

Grouping and joining millions of rows by a dozen columns of text is what a check of a frame would
spend most of its time on.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw
    import polars as pl

    Lazy = nw.LazyFrame[Any]

_ROOM: Final = 2**62
"""What a packed number must stay below."""


def as_text(nw: Any, columns: Sequence[str]) -> "nw.Expr":
    """Several columns as one text without nulls: a null is a text that nothing else is."""
    parts = [nw.col(name).cast(nw.String).fill_null("\x1f") for name in columns]
    return nw.concat_str(parts, separator="\x1e")


def joined(frame: "Lazy", name: str, columns: Sequence[str]) -> "Lazy":
    """Add ``name``: all of ``columns`` as one text."""
    import narwhals.stable.v2 as nw  # noqa: PLC0415

    return frame.with_columns(**{name: as_text(nw, columns) if columns else nw.lit("")})


def categorical(frame: "Lazy", columns: Sequence[str]) -> "Lazy":
    """Polars: keep texts that repeat as numbers beside their dictionary."""
    import narwhals.stable.v2 as nw  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    # A dictionary for each column: one that all share would grow with every run of the process.
    kinds = {name: pl.Categorical(pl.Categories.random()) for name in columns}
    return nw.from_native(nw.to_native(frame).with_columns(pl.col(name).cast(kinds[name]) for name in kinds))


def packed(frame: "Lazy", name: str, columns: Sequence[str]) -> "Lazy":
    """Polars: add ``name``, all of ``columns`` as one integer; exact, no hash."""
    import narwhals.stable.v2 as nw  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    native = nw.to_native(frame).collect()
    if not columns or native.is_empty():
        return nw.from_native(native.lazy().with_columns(pl.lit(0, pl.Int64).alias(name)))
    found: pl.Series | None = None
    room = 1
    for column in dict.fromkeys(columns):
        digits = native.select(_digits(native.schema[column], column)).to_series()
        size = int(digits.max() or 0) + 1  # type: ignore[arg-type]
        if size == 1:
            continue
        if found is not None and room * size >= _ROOM:
            found = found.rank("dense").cast(pl.Int64)
            room = int(found.max() or 0) + 1  # type: ignore[arg-type]
        found = digits if found is None else found * size + digits
        room *= size
    if found is None:
        return nw.from_native(native.lazy().with_columns(pl.lit(0, pl.Int64).alias(name)))
    return nw.from_native(native.with_columns(found.alias(name)).lazy())


def _digits(kind: "pl.DataType", column: str) -> "pl.Expr":
    """The values of a column as integers from 0; null is 0, and all others come after it."""
    import polars as pl  # noqa: PLC0415

    value = pl.col(column)
    if kind == pl.String:
        value = value.cast(pl.Categorical(pl.Categories.random())).to_physical()
    elif isinstance(kind, pl.Categorical):
        value = value.to_physical()
    elif kind.is_float():
        value = value.rank("dense")
    number = value.cast(pl.Int64)
    return (number - number.min() + 1).fill_null(0)
