"""Group rules on a frame: one aggregation per group, joined back to the lines that it concerns."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from claimrules.engine.frame import around
from claimrules.engine.frame.around import GROUP, NO_BYTE, OUTCOME, SEQ, Looked
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.deciding import edition_of
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.verdicts import byte_of, missing, severity, verdict
from claimrules.engine.outcomes import FIRED, FIRST_UNKNOWN, NOT_APPLICABLE
from claimrules.expr.access import CAUSES
from claimrules.expr.nodes import TRUE, Aggregate, Name, Quantified, aggregates, leaves, quantified_truth
from claimrules.expr.to_frame import FrameWriter, any_true, column
from claimrules.rulebook.replaced import proving
from claimrules.rulebook.rule import Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

Found = Sequence[Aggregate | Quantified]


def look(context: Context, lines: "Lazy", rule: Rule, number: int) -> Looked:
    """Judge one group rule."""
    nw, found = context.nw, aggregates(rule.when, rule.unless)
    writer = FrameWriter(nw, {node: f"a_{index}" for index, node in enumerate(found)})
    keys = [f"g_{index}" for index in range(len(rule.same) + len(context.extra))]
    lines = lines.with_columns(**around.key_expressions(context, rule.same))
    unknown_key, byte_of_key = around.missing_key(nw, rule, rule.same)
    lines = lines.with_columns(
        concerned=around.concerns(context, rule, writer),
        key_byte=byte_of_key,
        key_unknown=unknown_key,
        **contributions(nw, rule, found),
    )
    lines = context.backend.keep(lines)
    keyed, single = _divided(context, lines.filter(~nw.col("key_unknown")), keys)
    judged = keyed.filter(nw.col("concerned"))
    if rule.report == "first":
        judged = first_judged(context, judged)
    judged = judged.join(totals(nw, keyed, found), on=GROUP, how="left")
    if single is not None:
        mine = single.filter(nw.col("concerned")).with_columns(**total_of_one(nw, found))
        mine = finish(nw, mine, found, ()).select(*judged.collect_schema().names())
        judged = nw.concat([judged, mine], how="vertical")
    keep = (FIRED, NOT_APPLICABLE) if rule.fired_stays else (NOT_APPLICABLE,)
    outcome = around.covered(context, rule, verdict(writer, rule, byte_of(nw, rule)), keep=keep)
    said = {
        OUTCOME: outcome,
        "severity_rank": severity(writer, rule),
        "edition": edition_of(writer, rule),
    }
    proven = proofs(context, judged.with_columns(**said), keyed)
    unknown = lines.filter(nw.col("key_unknown") & nw.col("concerned"))
    if not context.any(unknown):
        return Looked(rule=rule, number=number, frame=proven)
    unknown = plus(unknown, _nothing_known(nw, found)).with_columns(**said)
    unproven = around.told(nw, unknown, **nobody(nw))
    return Looked(rule=rule, number=number, frame=nw.concat([proven, unproven], how="vertical"))


def first_judged(context: Context, lines: "Lazy") -> "Lazy":
    """The first line of each group: those of a history are not judged, and carry nothing."""
    nw = context.nw
    lines = lines.filter(nw.col(SEQ) >= context.first) if context.first else lines
    first = lines.group_by(GROUP).agg(nw.col(SEQ).min()).select(SEQ)
    return lines.join(first, on=SEQ, how="semi")


def _divided(context: Context, lines: "Lazy", keys: Sequence[str]) -> tuple["Lazy", "Lazy | None"]:
    """The lines that share their keys with others, and those that stand alone where that is cheap to see.

    Most lines of an export stand alone, and need no group.
    """
    nw, backend = context.nw, context.backend
    lines = backend.keep(backend.identify(lines, GROUP, keys).drop(*keys))
    if backend.name not in ("polars", "pyarrow"):
        return lines, None
    shared = lines.group_by(GROUP).agg(n=nw.len()).filter(nw.col("n") > 1).select(GROUP)
    shared = backend.keep(shared)
    several = lines.join(shared, on=GROUP, how="semi")
    return backend.keep(several), lines.join(shared, on=GROUP, how="anti")


def contributions(nw: Any, rule: Rule, found: Found) -> dict[str, "Expr"]:
    """For each aggregate what a line adds (``c_n``, null if nothing) and what it lacks (``b_n``)."""
    writer, byte, parts = FrameWriter(nw), byte_of(nw, rule), {}
    takes_part, own = [nw.lit(value=False)], proving(rule)
    for index, node in enumerate(found):
        if isinstance(node, Quantified):
            truth = quantified_truth(node)
            yes, no = writer.true(truth), writer.false(truth)
            one = nw.when(yes).then(nw.lit(1, nw.Int64))
            parts[f"c_{index}"] = one.otherwise(nw.when(no).then(nw.lit(0, nw.Int64)))
            parts[f"b_{index}"] = (
                nw.when(yes | no).then(nw.lit(NO_BYTE, nw.Int64)).otherwise(missing(writer, (truth,), byte))
            )
            if node in own:
                takes_part.append(yes)
            continue
        where = node.where or TRUE
        inside = writer.true(where)
        value = nw.lit(1, nw.Int64) if node.value is None else writer.value(node.value)
        lacking = _lacking(nw, node, byte)
        parts[f"c_{index}"] = nw.when(inside).then(value)
        lost = nw.when(inside).then(lacking).otherwise(nw.lit(NO_BYTE, nw.Int64))
        if node.where is not None:
            unsure = ~(inside | writer.false(where))
            lost = nw.when(unsure).then(missing(writer, (where,), byte)).otherwise(lost)
        parts[f"b_{index}"] = lost
        if node in own:
            takes_part.append(inside & (lost == NO_BYTE))
    part = any_true(takes_part)
    return {**parts, "takes_part": part, "partakes": part.cast(nw.Int64)}


def _lacking(nw: Any, node: Aggregate, byte: Callable[[Any], "Expr"]) -> "Expr":
    found = nw.lit(NO_BYTE, nw.Int64)
    fields = (
        [] if node.value is None else [leaf.field for leaf in leaves(node.value) if isinstance(leaf, Name)]
    )
    for field in list(dict.fromkeys(fields))[::-1]:
        found = nw.when(nw.col(column(field)).is_null()).then(byte(field)).otherwise(found)
    return found


def total_of_one(nw: Any, found: Found) -> dict[str, "Expr"]:
    """The totals of a group of one line: what the line adds."""
    parts = {"partakers": nw.col("partakes")}
    for index, node in enumerate(found):
        value = nw.col(f"c_{index}")
        if node.function == "distinct":
            value = (~value.is_null()).cast(nw.Int64)
        elif node.function in ("sum", "count"):
            value = value.fill_null(0)
        parts |= {f"t_{index}": value, f"lost_{index}": nw.col(f"b_{index}")}
    return parts


def totals(nw: Any, lines: "Lazy", found: Found) -> "Lazy":
    """One row a group: ``a_n`` the aggregate, ``a_n_m`` the byte of what is missing."""
    parts = [nw.col("partakes").sum().alias("partakers")]
    for index, node in enumerate(found):
        value = nw.col(f"c_{index}")
        parts.append(nw.col(f"b_{index}").min().alias(f"lost_{index}"))
        if isinstance(node, Quantified):
            parts.append((value.max() if node.function == "any" else value.min()).alias(f"t_{index}"))
        elif node.function in ("sum", "count"):
            parts.append(value.sum().alias(f"t_{index}"))
        elif node.function in ("min", "max"):
            parts.append(getattr(value, node.function)().alias(f"t_{index}"))
    by_group = lines.group_by(GROUP).agg(*parts)
    for index, node in enumerate(found):
        if isinstance(node, Aggregate) and node.function == "distinct":
            kinds = lines.filter(~nw.col(f"c_{index}").is_null()).select(GROUP, f"c_{index}").unique()
            counted = kinds.group_by(GROUP).agg(nw.len().alias(f"t_{index}"))
            by_group = by_group.join(counted, on=GROUP, how="left")
            by_group = by_group.with_columns(nw.col(f"t_{index}").fill_null(0).cast(nw.Int64))
    return finish(nw, by_group, found, (GROUP, "partakers"))


def finish(nw: Any, added: "Lazy", found: Found, kept: Sequence[str]) -> "Lazy":
    """The aggregates from the totals: of ``kept`` columns beside them, or of all."""
    finished: dict[str, Expr] = {}
    for index, node in enumerate(found):
        finished |= _finished(nw, index, node)
    return added.select(*kept, **finished) if kept else plus(added, finished)


def _finished(nw: Any, index: int, node: Aggregate | Quantified) -> dict[str, "Expr"]:
    total, lost = nw.col(f"t_{index}"), nw.col(f"lost_{index}")
    known = lost == NO_BYTE
    if isinstance(node, Quantified):
        decisive = 1 if node.function == "any" else 0
        decided = (total == decisive).fill_null(value=False)
        rest = nw.when(known).then(nw.lit(1 - decisive, nw.Int64))
        return {
            f"a_{index}": nw.when(decided).then(nw.lit(decisive, nw.Int64)).otherwise(rest),
            f"a_{index}_m": lost,
        }
    value = nw.when(known).then(total)
    if node.function in ("min", "max"):
        empty = nw.lit(FIRST_UNKNOWN + len(CAUSES) - 1, nw.Int64)
        return {f"a_{index}": value, f"a_{index}_m": nw.when(known).then(empty).otherwise(lost)}
    return {f"a_{index}": value.cast(nw.Int64), f"a_{index}_m": lost}


def _nothing_known(nw: Any, found: Found) -> dict[str, "Expr"]:
    """Aggregates of a line whose key is unknown."""
    parts: dict[str, Expr] = {}
    for index, node in enumerate(found):
        kind = nw.String if isinstance(node, Aggregate) and node.type.value == "text" else nw.Int64
        if isinstance(node, Aggregate) and node.type.value == "date":
            kind = nw.Date
        parts[f"a_{index}"] = nw.lit(None, kind)
        parts[f"a_{index}_m"] = nw.col("key_byte")
    return parts


def nobody(nw: Any) -> dict[str, "Expr"]:
    """No line that proves what is said."""
    return {"other_seq": nw.lit(None, nw.Int64), "other_count": nw.lit(0, nw.Int64)}


def proofs(context: Context, said: "Lazy", keyed: "Lazy") -> "Lazy":
    """Add the first other line that takes part, and how many do, where the rule fired."""
    nw = context.nw
    said = context.backend.keep(
        said.select(SEQ, GROUP, OUTCOME, "severity_rank", "edition", "partakers", "partakes")
    )
    quiet = around.told(nw, said.filter(nw.col(OUTCOME) != FIRED), **nobody(nw))
    fired = said.filter(nw.col(OUTCOME) == FIRED)
    if not context.any(fired):
        return quiet
    partakers = keyed.filter(nw.col("takes_part")).select(GROUP, SEQ)
    partakers = context.backend.keep(partakers.join(fired.select(GROUP).unique(), on=GROUP, how="semi"))
    first = partakers.group_by(GROUP).agg(first_seq=nw.col(SEQ).min())
    later = partakers.join(first, on=GROUP, how="inner").filter(nw.col(SEQ) > nw.col("first_seq"))
    second = later.group_by(GROUP).agg(second_seq=nw.col(SEQ).min())
    fired = fired.join(first, on=GROUP, how="left").join(second, on=GROUP, how="left")
    mine = (nw.col("first_seq") == nw.col(SEQ)).fill_null(value=False)
    proven = around.told(
        nw,
        fired,
        other_seq=nw.when(mine).then(nw.col("second_seq")).otherwise(nw.col("first_seq")),
        other_count=nw.col("partakers") - nw.col("partakes"),
    )
    return nw.concat([quiet, proven], how="vertical")
