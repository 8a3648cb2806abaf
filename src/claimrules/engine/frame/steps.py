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


def known_rows(frame: "Lazy") -> Any:
    """The rows of a frame that were kept; ``None`` where they must be found."""
    return getattr(frame, "kept_rows", None)


def worked_out(frame: "Lazy", *, few: bool = False) -> Any:
    """The rows of a frame: those that were kept, or found now."""
    known = known_rows(frame)
    native: Any = frame
    return native.collect(**_how(few=few)) if known is None else known


def together(frames: Sequence["Lazy"], *, few: bool = False) -> list[Any]:
    """The rows of several frames, found side by side."""
    import polars as pl  # noqa: PLC0415

    natives: Any = list(frames)
    found: list[Any] = pl.collect_all(natives, **_how(few=few))
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
def _how(*, few: bool) -> Mapping[str, Any]:
    """How Polars works: ``few`` rows in memory, else as it chooses by itself.

    It chooses the engine that streams, which takes three times as long for some thousand rows and is faster
    for many. In memory parts that are the same are not looked for: it takes null lists of two types for one.
    """
    import polars as pl  # noqa: PLC0415

    if not few:
        return {}
    return {"engine": "in-memory", "optimizations": pl.QueryOptFlags(comm_subexpr_elim=False)}
