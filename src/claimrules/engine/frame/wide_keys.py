"""The keys that lines share: read of each line, or once for each text where one column tells them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from claimrules.engine.frame.context import Context
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.fields import RAW_OF, derive
from claimrules.engine.frame.packing import looked_up
from claimrules.engine.frame.steps import worked_out

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]

_EITHER: Final = ("line_patient", "line_provider")
"""Keys that are what their first column says, or the second where the first is blank."""


def read_keys(context: Context, lines: "Lazy", names: Sequence[str]) -> "Lazy":
    """Add keys to the lines, as numbers of their texts where the engine can."""
    backend = context.backend
    if backend.name == "polars":
        for name in names:
            lines = _of_first(context, lines, name)
    present = lines.collect_schema().names()
    rest, blanks = [name for name in names if name not in present], context.blanks(present)
    lines = derive(context.nw, plus(lines, blanks), context.reader, frozenset(rest)).drop(*blanks)
    return backend.encode(lines, rest)


def _of_first(context: Context, lines: "Lazy", name: str) -> "Lazy":
    """Add a key that the first of its columns tells in all lines, of which few differ."""
    if name not in _EITHER:
        return lines
    nw, (first, second) = context.nw, (f"r_{raw}" for raw in RAW_OF[name])
    schema: Any = lines.collect_schema()
    repeats = isinstance(schema.get(first), nw.Categorical)
    if not (repeats and context.reader.is_text(second)):
        return lines
    texts = lines.select(first).unique().with_columns(nw.lit("").alias(second))
    read = worked_out(derive(nw, texts, context.reader, frozenset({name})).select(first, name))
    if read[name].null_count():
        return lines
    return looked_up(lines, context.backend.encode(read.lazy(), [name]), first, name)
