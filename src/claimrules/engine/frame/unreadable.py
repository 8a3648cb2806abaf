"""The fields of a frame that could not be read, with the first lines of each."""

from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.door import plus
from claimrules.engine.frame.fields import derive, raw_columns
from claimrules.engine.frame.sample import FORMS, Place, whole_of
from claimrules.model.form import Form

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.result import FrameResult

    Lazy = nw.LazyFrame[Any]

_VARIED: Final = frozenset({"charge"})
"""Fields that rarely hold the same twice."""


@attrs.frozen
class Unreadable:
    """A field that could not be read: in how many lines, and the first of them."""

    field: str
    lines: int
    first: tuple[Place, ...] = attrs.field(default=(), repr=False)


def unreadable(result: "FrameResult", most: int = 5) -> tuple[Unreadable, ...]:
    """The fields that could not be read, with the first lines of each."""
    context, nw = result.context, result.context.nw
    lines = whole_of(context, result.dated)
    found = []
    for name in sorted(FORMS):
        wanted = frozenset({f"form_{name}"})
        bad = nw.col(f"form_{name}") == Form.UNREADABLE.value
        if not result.local(_told_apart(result, lines, name).filter(bad).head(1))[f"form_{name}"]:
            continue
        read = derive(nw, lines, context.reader, wanted).filter(bad)
        count = int(result.local(read.select(nw.len().alias("n")))["n"][0])
        if not count:
            continue
        ids = {part: context.reader.raw(part) for part in ("claim_id", "line_id")}
        first = result.local(read.select(**ids).head(most))
        pairs = zip(first["claim_id"], first["line_id"], strict=True)
        found.append(Unreadable(name, count, tuple((claim or None, line or None) for claim, line in pairs)))
    return tuple(found)


def _told_apart(result: "FrameResult", lines: "Lazy", name: str) -> "Lazy":
    """How a field arrived, once for each text in which it did where lines repeat these.

    Where combinations or dates hold the texts, these are told of lines of a history too.
    """
    context, form = result.context, f"form_{name}"
    dates = result.combos.dates
    if dates.backend.name == "polars" and form in dates.pairs.collect_schema().names():
        return dates.pairs.select(form)
    if form in lines.collect_schema().names():
        return lines.select(form)
    raw = [f"r_{each}" for each in raw_columns(frozenset({form}))]
    combos = result.combos.frame
    held = combos.collect_schema().names()
    blanks = context.blanks(held, frozenset({form}))
    if set(raw) <= {*held, *blanks}:
        lines = plus(combos, blanks)
    texts = lines.select(*raw)
    texts = texts if name in _VARIED else texts.unique()
    return derive(context.nw, texts, context.reader, frozenset({form})).select(form)
