"""Polars: a step that is worked out, and kept beside the frame that stands for it."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw
    import polars as pl

    Lazy = nw.LazyFrame[Any]


def kept(rows: Any) -> "Lazy":
    """A frame that stands for rows, and gives them back to ``worked_out``."""
    found: Any = rows.lazy()
    found.kept_rows = rows
    told: Lazy = found
    return told


def worked_out(frame: "Lazy", *, few: bool = False) -> Any:
    """The rows of a frame: those that were kept, or found now.

    ``few``: in memory. The engine that streams, which Polars chooses by itself, takes three times as long
    for some thousand rows, and is faster for many.
    """
    known = getattr(frame, "kept_rows", None)
    native: Any = frame
    if known is not None:
        return known
    return native.collect(engine="in-memory", optimizations=_of_few()) if few else native.collect()


def together(frames: Sequence["Lazy"], *, few: bool = False) -> list[Any]:
    """The rows of several frames, found side by side."""
    import polars as pl  # noqa: PLC0415

    natives: Any = list(frames)
    found: list[Any] = (
        pl.collect_all(natives, engine="in-memory", optimizations=_of_few())
        if few
        else pl.collect_all(natives)
    )
    return found


def keep(frame: "Lazy") -> "Lazy":
    """Work a step out and keep it."""
    return kept(worked_out(frame))


def keep_few(frame: "Lazy") -> "Lazy":
    """The same for few rows."""
    return kept(worked_out(frame, few=True))


def read(frame: "Lazy") -> "Lazy":
    """Keep lines, read piece by piece wherever they come from."""
    native: Any = frame
    return kept(native.collect(engine="streaming"))


@cache
def _of_few() -> "pl.QueryOptFlags":
    """In memory parts that are the same are not looked for: Polars takes null lists of two types for one."""
    import polars as pl  # noqa: PLC0415

    return pl.QueryOptFlags(comm_subexpr_elim=False)
