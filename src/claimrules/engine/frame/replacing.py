"""Claims that replace others, in a frame: settled as ``engine.replacing`` settles them."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame import claim_fields
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.door import Backend, plus
from claimrules.engine.frame.fields import raw_columns
from claimrules.engine.frame.normalise import Reader, absent
from claimrules.engine.frame.past import TURN
from claimrules.engine.versions import (
    NAMING,
    ORIGINAL,
    REPLACEMENT,
    SETTLED,
    TAKES_BACK,
    Count,
    Versions,
    versions,
)
from claimrules.model.facts import DOUBTFUL, NONE_GIVEN, REPLACES, VOID
from claimrules.model.form import Form

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.line import Checker

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

_SAYING: Final = raw_columns(frozenset({"line_replaces_none"}))
_NEEDED: Final = (*_SAYING, "claim_id", "line_id", "patient", "from_date")
_OWN, _OTHER, _KEY = "claimrules_own", "claimrules_other", "claimrules_key"
_OPEN, _VOID, _WHOLE = "claimrules_open", "claimrules_void", "claimrules_whole"
_KIND, _LINE, _LINES, _MOST = "claimrules_kind", "claimrules_line", "claimrules_lines", "claimrules_most"
_OF_VOIDS: Final = (f"r_{TURN}", _OWN, _OTHER, _KEY, _OPEN)
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
    """Leave the claims of a history that others replace or take back out of it, where it is known which.

    Where it is not known which one is taken back, the lines of that patient and day are in doubt.
    """
    nw: Any = backend.nw
    reader, judged = read.reader, nw.col(f"r_{TURN}") == 1
    lines = _whole(nw, read)
    own, other, key = reader.identifier("claim_id"), reader.identifier(REPLACES), _patient_and_day(nw, reader)
    is_open = claim_fields.replacing(nw, reader)
    is_void = (claim_fields.frequency(nw, reader) == VOID).fill_null(value=False)
    said = {_OWN: own, _OTHER: other, _KEY: key, _OPEN: is_open, _VOID: is_void}
    speaking = backend.keep(lines.filter(is_open | is_void).select(f"r_{TURN}", **said).unique())
    kind = nw.when(is_void).then(nw.when(is_open).then(nw.lit(TAKES_BACK)).otherwise(nw.lit(SETTLED)))
    kind = kind.otherwise(nw.when(is_open).then(nw.lit(REPLACEMENT)).otherwise(nw.lit(ORIGINAL)))
    named = {_OWN: own, _OTHER: other, _KIND: kind, _LINE: reader.raw("line_id")}
    gone, held = _replaced(backend, speaking, lines.filter(~judged).select(**named))
    voids = backend.local(speaking.filter(nw.col(_VOID)))
    in_doubt = [
        key
        for turn, own_id, other_id, key, open_ in zip(*(voids[name] for name in _OF_VOIDS), strict=True)
        if open_ and key is not None
        if (gone if turn else gone | held.known).isdisjoint((other_id, own_id))
    ]
    if not (gone or held.known or voids[_OWN]):
        return read
    own_gone, other_gone = _among(nw, own, gone), _among(nw, other, gone)
    superseded = _among(nw, own, held.superseded)
    leaves = ~judged & (own_gone | (superseded & ~is_open) | is_void)
    settled = is_open & (other_gone | (judged & own_gone) | (~judged & superseded))
    doubtful = ~judged & (_among(nw, own, held.doubtful) | _among(nw, key, in_doubt))
    left = attrs.evolve(read, lines=lines.filter(~leaves))
    told = nw.when(settled).then(nw.lit(NONE_GIVEN)).otherwise(reader.raw(REPLACES))
    return left.told(nw.when(doubtful).then(nw.lit(DOUBTFUL)).otherwise(told))


def _replaced(backend: Backend, speaking: "Lazy", before: "Lazy") -> tuple[set[str], Versions]:
    """The claims of a history that are replaced, and what stands under ids that hold several states."""
    nw: Any = backend.nw
    judged, another = nw.col(f"r_{TURN}") == 1, (nw.col(_OTHER) != nw.col(_OWN)).fill_null(value=True)
    open_, naming = speaking.filter(nw.col(_OPEN)), nw.col(_OTHER).alias(_OWN)
    whole = [
        open_.filter(another & (judged | ~nw.col(_VOID))).select(naming),
        open_.filter(judged).select(_OWN),
    ]
    part = [
        open_.filter(~judged).select(_OWN),
        open_.filter(another & ~judged & nw.col(_VOID)).select(naming),
    ]
    wanted = nw.concat(
        [
            nw.concat(ids, how="vertical").with_columns(**{_WHOLE: nw.lit(number)})
            for number, ids in enumerate((part, whole))
        ],
        how="vertical",
    ).unique()
    taken_back = before.filter((nw.col(_KIND) == TAKES_BACK) & another)
    taken_back = taken_back.select(naming, _LINE, **{_KIND: nw.lit(NAMING)})
    held = nw.concat([before.select(_OWN, _LINE, _KIND), taken_back], how="vertical")
    key = (_OWN, _WHOLE, _KIND)
    numbers = held.join(wanted, on=_OWN, how="inner").group_by(*key, _LINE).agg(nw.len().alias(_LINES))
    most = nw.when(nw.col(_LINE) != "").then(nw.col(_LINES)).otherwise(nw.lit(0))
    counts = numbers.with_columns(**{_MOST: most}).group_by(*key)
    found = backend.local(counts.agg(nw.col(_LINES).sum(), nw.col(_MOST).max()))
    rows = list(zip(*(found[name] for name in (_WHOLE, _OWN, _KIND, _LINES, _MOST)), strict=True))
    gone = {own for whole, own, kind, *_ in rows if whole and kind != NAMING}
    return gone, versions(Count(*row) for whole, *row in rows if not whole)


def _among(nw: Any, text: "Expr", known: Collection[str]) -> "Expr":
    """Whether a text is one of some."""
    return text.is_in([*known]).fill_null(value=False) if known else nw.lit(value=False)


def _patient_and_day(nw: Any, reader: Reader) -> "Expr":
    """The patient and the day of a line as one text; null where one is not known."""
    day = nw.when(reader.day("from_date")[1] == Form.OK.value).then(
        reader.raw("from_date").str.replace_all("-", "", literal=True)
    )
    return nw.concat_str([reader.identifier("patient"), nw.lit(" "), day])


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
    other = nw.when(raw.is_in(["", DOUBTFUL])).then(raw).otherwise(nw.lit(_NAMED))
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
