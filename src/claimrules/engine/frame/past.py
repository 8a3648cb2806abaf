"""A history beside a frame: its lines stand before the others, prove, and are not judged or counted."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.context import read_names
from claimrules.engine.frame.door import Backend, FrameError, open_frame

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]

TURN: Final = "claimrules_turn"
"""0 for the lines of a history, 1 for those that are judged: they are numbered in this order."""


def before(backend: Backend, native: Any, columns: Mapping[str, str]) -> Backend:
    """Put the lines of a history before those of a frame, with a column that tells them apart.

    Raises:
        FrameError: the history is of another kind, or a column of it is of another type.
    """
    nw: Any = backend.nw
    past = open_frame(native)
    if past.name != backend.name:
        msg = f"the history is a {past.name} frame and the lines are {backend.name}; give both alike"
        raise FrameError(msg)
    kinds, theirs = backend.frame.collect_schema(), past.frame.collect_schema()
    named = read_names(kinds.names(), columns)
    read_names(theirs.names(), {field: name for field, name in columns.items() if name in theirs.names()})
    chosen = {}
    for name in named.values():
        if name not in theirs.names():
            chosen[name] = nw.lit(None).cast(kinds[name])
        elif theirs[name] != kinds[name]:
            msg = (
                f"the history's column {name!r} is {theirs[name]}, that of the lines {kinds[name]}; cast one"
            )
            raise FrameError(msg)
        else:
            chosen[name] = nw.col(name)
    lines = backend.frame.select(*chosen, **{TURN: nw.lit(1, nw.Int64)})
    earlier = past.frame.select(**chosen, **{TURN: nw.lit(0, nw.Int64)})
    return attrs.evolve(backend, frame=nw.concat([earlier, lines], how="vertical"))


def count_of(backend: Backend, lines: "Lazy") -> int:
    """How many lines of a history there are: their numbers are the first."""
    nw: Any = backend.nw
    earlier = lines.filter(nw.col(f"r_{TURN}") == 0).select(nw.len().alias("n"))
    return int(backend.local(earlier)["n"][0])
