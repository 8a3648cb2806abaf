"""Polars: a step that is worked out, and kept beside the frame that stands for it."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]


def kept(rows: Any) -> "Lazy":
    """A frame that stands for rows, and gives them back to ``worked_out``."""
    found: Any = rows.lazy()
    found.kept_rows = rows
    told: Lazy = found
    return told


def worked_out(frame: "Lazy") -> Any:
    """The rows of a frame: those that were kept, or found now."""
    known = getattr(frame, "kept_rows", None)
    native: Any = frame
    return native.collect(**_how()) if known is None else known


def together(frames: Sequence["Lazy"]) -> list[Any]:
    """The rows of several frames, found side by side."""
    import polars as pl  # noqa: PLC0415

    natives: Any = list(frames)
    found: list[Any] = pl.collect_all(natives, **_how())
    return found


@cache
def _how() -> Mapping[str, Any]:
    """How steps are worked out.

    In memory: the engine that streams, which Polars would choose, takes three times as long for some
    thousand rows, and more of memory for a million. Without looking for parts that are the same: lists
    of nulls that are looked up are taken to be the same, whatever their types.
    """
    import polars as pl  # noqa: PLC0415

    return {"engine": "in-memory", "optimizations": pl.QueryOptFlags(comm_subexpr_elim=False)}
