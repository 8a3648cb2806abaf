"""Claims that replace others, in a frame: settled as ``engine.replacing`` settles them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame import claim_fields
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.door import Backend, plus
from claimrules.engine.frame.fields import raw_columns
from claimrules.engine.frame.normalise import Reader, absent
from claimrules.engine.frame.past import TURN
from claimrules.model.facts import NONE_GIVEN, REPLACES, VOID

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.line import Checker

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

_SAYING: Final = raw_columns(frozenset({"line_replaces_none"}))
_NEEDED: Final = (*_SAYING, "claim_id")
_OWN, _OTHER = "claimrules_own", "claimrules_other"
_NAMED: Final = "another"
"""Stands for the id of a claim that is not among those given: which one it is tells nothing."""


@attrs.frozen(kw_only=True, eq=False)
class Read:
    """Lines with what reads them, and the columns of their fields."""

    lines: "Lazy"
    reader: Reader
    named: Mapping[str, str]

    def told(self, replaces: "Expr") -> "Read":
        """The same with other words for the claims that are replaced."""
        return Read(
            lines=self.lines.with_columns(replaces.alias(f"r_{REPLACES}")),
            reader=attrs.evolve(self.reader, types={**self.reader.types, REPLACES: self.reader.nw.String}),
            named={REPLACES: REPLACES, **self.named},
        )


def says(named: Mapping[str, str]) -> bool:
    """Whether a frame may say of claims that they replace others."""
    return any(name in named for name in _SAYING)


def leave_out(backend: Backend, read: Read) -> Read:
    """Leave the claims of a history that others replace out of it, where it is known which."""
    nw: Any = backend.nw
    reader, judged = read.reader, nw.col(f"r_{TURN}") == 1
    lines = _whole(nw, read)
    own, other = reader.identifier("claim_id"), reader.identifier(REPLACES)
    open_ = lines.filter(claim_fields.replacing(nw, reader))
    open_ = backend.keep(open_.select(f"r_{TURN}", **{_OWN: own, _OTHER: other}))
    named = [open_.select(nw.col(_OTHER).alias(_OWN)), open_.filter(judged).select(_OWN)]
    before = lines.filter(~judged).select(own.alias(_OWN)).unique()
    found = backend.local(nw.concat(named, how="vertical").unique().join(before, on=_OWN, how="semi"))[_OWN]
    gone = [each for each in found if each is not None]
    if not gone:
        return read
    own_gone, other_gone = (each.is_in(gone).fill_null(value=False) for each in (own, other))
    takes_back = other_gone & (claim_fields.frequency(nw, reader) == VOID).fill_null(value=False)
    settled = other_gone | (judged & own_gone)
    raw = reader.raw(REPLACES)
    left = attrs.evolve(read, lines=lines.filter(judged | ~(own_gone | takes_back)))
    return left.told(nw.when(settled).then(nw.lit(NONE_GIVEN)).otherwise(raw))


def weigh(context: Context, checker: "Checker", offered: frozenset[str]) -> Context:
    """The run with its rules as they are asked where it stays open which claims others replace, if any do."""
    if not context.engine.around or not says(context.named):
        return context
    nw, reader, named = context.nw, context.reader, context.named
    # What claims say is little; lines are many.
    texts = context.lines.select(*(f"r_{name}" for name in _SAYING if name in named)).unique()
    whole = _whole(nw, Read(lines=texts, reader=reader, named=named))
    if not context.local(whole.filter(claim_fields.replacing(nw, reader)).head(1))[f"r_{REPLACES}"]:
        return context
    context = attrs.evolve(context, engine=checker.cautious_of(offered, context.engine))
    if REPLACES not in named:
        return context
    raw = reader.raw(REPLACES)
    other = nw.when(raw == "").then(nw.lit("")).otherwise(nw.lit(_NAMED))
    told = nw.when(raw.str.to_lowercase() == NONE_GIVEN).then(nw.lit(NONE_GIVEN)).otherwise(other)
    read = Read(lines=context.lines, reader=reader, named=named).told(told)
    return attrs.evolve(context, lines=context.backend.keep(read.lines), reader=read.reader)


def _whole(nw: Any, read: Read) -> "Lazy":
    """The lines with every column that says what their claims replace, and no nulls in them."""
    lines, held = read.lines, set(read.lines.collect_schema().names())
    texts = [f"r_{name}" for name in _NEEDED if read.reader.is_text(name) and f"r_{name}" in held]
    lines = plus(lines, {name: nw.col(name).cast(nw.String).fill_null("") for name in texts})
    blanks = absent(nw, read.named, _NEEDED)
    return plus(lines, {name: blank for name, blank in blanks.items() if name not in held})
