"""Findings on pairs that depend on another: where each column 1 line has one itself (language, A5)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from claimrules.engine.frame.around import OUTCOME, SEQ, Looked
from claimrules.engine.frame.sample import judge_again, with_patients
from claimrules.engine.outcomes import FIRED
from claimrules.model.finding import Severity

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.combos import Combinations
    from claimrules.engine.frame.context import Context
    from claimrules.engine.line import Checker

    Lazy = nw.LazyFrame[Any]


def weigh(
    context: "Context", checker: "Checker", combos: "Combinations", pairs: Sequence[Looked]
) -> list[Looked]:
    """The findings of the NCCI rules; one that depends on another is a review, and denies nothing.

    A frame keeps the first proof of a finding. Where there are several, the line engine looks at all.
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
        one = doubtful.filter(nw.col("other_count") == 1).select(SEQ)
        several = context.local(doubtful.filter(nw.col("other_count") > 1).select(SEQ))[SEQ]
        exact = _depending(context, checker, combos, looked.number, several)
        told = backend.table({"again": exact}, {"again": "number"}).select(nw.col("again").alias(SEQ))
        marked = nw.concat([one, told], how="vertical").with_columns(depends=nw.lit(1, nw.Int64))
        frame = looked.frame.join(marked, on=SEQ, how="left")
        review = nw.lit(Severity.REVIEW.rank, nw.Int64)
        rank = nw.when(nw.col("depends").is_null()).then(nw.col("severity_rank")).otherwise(review)
        frame = frame.with_columns(severity_rank=rank).drop("depends")
        found.append(attrs.evolve(looked, frame=backend.keep(frame)))
    return found


def _depending(
    context: "Context", checker: "Checker", combos: "Combinations", number: int, several: Sequence[int]
) -> list[int]:
    """Those of some lines whose finding depends on others, all proofs looked at."""
    if not several or context.extra:
        return []
    nw = context.nw
    rows = context.local(with_patients(context, combos, nw.col(SEQ).is_in(list(several))).sort(SEQ))
    lines, judged = judge_again(context, checker, rows)
    places = rows[SEQ][len(lines) - len(judged) :]
    asked = set(several)
    return [
        seq
        for seq, one in zip(places, judged, strict=True)
        if seq in asked and number in one.proofs and one.proofs[number].depends_on
    ]
