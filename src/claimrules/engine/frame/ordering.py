"""Equal lines before and after a line, where a pair rule asks which of two came first."""

from typing import TYPE_CHECKING, Any

from claimrules.engine.frame.around import SEQ
from claimrules.engine.frame.context import Context

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]


def before_and_after(context: Context, met: "Lazy", members: "Lazy") -> "Lazy":
    """Part the candidates where ``other.seq < line.seq`` tells equal lines apart.

    ``it`` tells lines apart as others see them, ``members`` are all of them. Of equal lines on both
    sides of a line only those of its side are counted, and the first of these is the first proof.
    """
    nw = context.nw
    seq = nw.col(SEQ)
    behind, ahead = nw.col("first_seq") < seq, nw.col("last_seq") > seq
    before = met.filter(behind).with_columns(o_line_seq=nw.col("first_seq"))
    after = met.filter(ahead).with_columns(o_line_seq=nw.col("last_seq"))
    asked = context.backend.keep(met.filter(behind & ahead).select("it", SEQ, "self_in").unique())
    if not context.any(asked):
        return nw.concat([before, after], how="vertical")
    places = context.backend.keep(_places(context, asked, members))
    nobody = nw.lit(0, nw.Int64)
    between = ~nw.col("earlier").is_null()
    alone = nw.when(between).then(nobody).otherwise(nw.col("self_in"))
    later = nw.col("others") - nw.col("earlier") - nw.col("self_in")
    counts = {"before": nw.col("earlier"), "after": later}
    firsts = {"before": nw.col("first_seq"), "after": nw.col("next_seq")}
    parts = [
        part.join(places, on=["it", SEQ], how="left")
        .with_columns(
            others=nw.when(between).then(counts[side]).otherwise(nw.col("others")),
            first_seq=nw.when(between).then(firsts[side]).otherwise(nw.col("first_seq")),
            self_in=alone,
        )
        .drop("earlier", "next_seq")
        for side, part in (("before", before), ("after", after))
    ]
    return nw.concat(parts, how="vertical")


def _places(context: Context, asked: "Lazy", members: "Lazy") -> "Lazy":
    """How many equal lines stand before each line that is asked for, and which comes next."""
    nw = context.nw
    mine = members.select("it", SEQ).join(asked.select("it").unique(), on="it", how="semi")
    ranked = _ranked(context, mine.with_columns(turn=nw.lit(1, nw.Int64)))
    questions = asked.select("it", SEQ).with_columns(turn=nw.lit(0, nw.Int64))
    among = _ranked(context, nw.concat([ranked.select("it", SEQ, "turn"), questions], how="vertical"))
    among = among.filter(nw.col("turn") == 0).rename({"rank": "all"})
    found = _ranked(context, questions).join(among.select("it", SEQ, "all"), on=["it", SEQ], how="inner")
    found = found.select("it", SEQ, earlier=nw.col("all") - nw.col("rank"))
    found = found.join(asked, on=["it", SEQ], how="inner")
    found = found.with_columns(rank=nw.col("earlier") + nw.col("self_in"))
    following = ranked.select("it", "rank", next_seq=nw.col(SEQ))
    return found.join(following, on=["it", "rank"], how="left").select("it", SEQ, "earlier", "next_seq")


def _ranked(context: Context, lines: "Lazy") -> "Lazy":
    """Number the lines of each ``it`` in their order, from 0."""
    nw, order = context.nw, ("it", SEQ, "turn")
    lines = context.backend.number(lines.sort(*order), "place", order)
    first = lines.group_by("it").agg(first_place=nw.col("place").min())
    ranked = lines.join(first, on="it", how="inner")
    return ranked.with_columns(rank=nw.col("place") - nw.col("first_place")).drop("place", "first_place")
