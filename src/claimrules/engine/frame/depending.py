"""Findings on pairs that depend on another: where each column 1 line has one itself (language, A5)."""

from collections.abc import Sequence
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

import attrs

from claimrules.engine.frame.around import OUTCOME, SEQ, Looked, Proving
from claimrules.engine.outcomes import FIRED
from claimrules.engine.subject import MAX_PROOFS
from claimrules.model.finding import Severity

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.context import Context

    Lazy = nw.LazyFrame[Any]

_Other = tuple[int, bool]
"""The number of a line, and whether it is denied."""


def weigh(context: "Context", pairs: Sequence[Looked]) -> list[Looked]:
    """The findings of the NCCI rules; one that depends on another is a review, and denies nothing.

    A frame keeps the first proof of a finding. Where that one has a finding itself and there are
    several, all that are told are looked at.
    """
    nw, backend = context.nw, context.backend
    grave = (nw.col(OUTCOME) == FIRED) & (nw.col("severity_rank") <= Severity.RETURN.rank)
    denied = [looked.frame.filter(grave).select(other_seq=nw.col(SEQ)) for looked in pairs]
    if not denied:
        return list(pairs)
    on = backend.keep(nw.concat(denied, how="vertical").unique())
    found = []
    for looked in pairs:
        doubtful = backend.keep(looked.frame.filter(grave).join(on, on="other_seq", how="semi"))
        if not context.any(doubtful):
            found.append(attrs.evolve(looked, proving=None))
            continue
        one = doubtful.filter(nw.col("other_count") == 1).select(SEQ)
        several = doubtful.filter(nw.col("other_count") > 1).select(SEQ)
        exact = _depending(context, looked.proving, several, on) if looked.proving else []
        told = backend.table({"again": exact}, {"again": "number"}).select(nw.col("again").alias(SEQ))
        marked = nw.concat([one, told], how="vertical").with_columns(depends=nw.lit(1, nw.Int64))
        frame = looked.frame.join(marked, on=SEQ, how="left")
        review = nw.lit(Severity.REVIEW.rank, nw.Int64)
        rank = nw.when(nw.col("depends").is_null()).then(nw.col("severity_rank")).otherwise(review)
        frame = frame.with_columns(severity_rank=rank).drop("depends")
        found.append(attrs.evolve(looked, frame=backend.keep(frame), proving=None))
    return found


def _depending(context: "Context", proving: Proving, several: "Lazy", on: "Lazy") -> list[int]:
    """Those of some lines whose finding depends on others: each proof that is told has one itself."""
    nw, keep = context.nw, context.backend.keep
    mine = keep(proving.known.join(several, on=SEQ, how="semi"))
    asked = context.local(mine)
    if not asked[SEQ]:
        return []
    shapes = keep(proving.decisive.join(mine.select("me").unique(), on="me", how="semi"))
    members = proving.others.join(shapes.select("it").unique(), on="it", how="semi")
    denied = on.select(nw.col("other_seq").alias(SEQ), denied=nw.lit(1, nw.Int64))
    told = context.local(members.join(denied, on=SEQ, how="left"))
    lines: dict[int, list[_Other]] = {}
    for seq, it, is_denied in zip(told[SEQ], told["it"], told["denied"], strict=True):
        lines.setdefault(it, []).append((seq, is_denied is not None))
    # One more than are told: the line itself may be among them.
    first = {it: nsmallest(MAX_PROOFS + 1, found) for it, found in lines.items()}
    met: dict[int, list[tuple[int, list[_Other]]]] = {}
    proofs = context.local(shapes)
    for me, it, side in zip(proofs["me"], proofs["it"], proofs["side"], strict=True):
        met.setdefault(me, []).append((side, lines[it] if side else first[it]))
    return [seq for seq, me in zip(asked[SEQ], asked["me"], strict=True) if _all_denied(seq, met[me])]


def _all_denied(seq: int, met: Sequence[tuple[int, Sequence[_Other]]]) -> bool:
    """Whether each of the first lines that prove what was found on a line is denied."""
    others = (
        other for side, found in met for other in found if other[0] != seq and (other[0] - seq) * side >= 0
    )
    return all(denied for _, denied in nsmallest(MAX_PROOFS, others))
