"""Which lines a pair rule must pair: those that meet a partner. The others are told at once."""

from typing import TYPE_CHECKING, Any

import attrs

from claimrules.engine.frame import around, relations
from claimrules.engine.frame.around import OUTCOME, PHYSICIAN, SEQ
from claimrules.engine.frame.combos import WIDE_KEYS, Combinations
from claimrules.engine.frame.context import Context, line_columns
from claimrules.engine.frame.index import concern_flag, partner_flag
from claimrules.engine.frame.pairing import Published, unknown_key
from claimrules.engine.outcomes import PASSED, unknown_byte
from claimrules.engine.pair_rules import INDICATOR
from claimrules.rulebook.rule import Relation, Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]


@attrs.frozen(kw_only=True, eq=False)
class Meeting:
    """``met`` are the lines to pair, ``alone`` those that no partner can prove anything about.

    ``alone`` has the outcome of each beside it. ``published`` is what is known of their pairs of codes.
    """

    met: "Lazy"
    alone: "Lazy | None"
    published: "Published | None" = None


def meet(context: Context, combos: Combinations, rule: Rule, shared: dict[Any, Any]) -> Meeting:
    """Divide the lines that a pair rule can look at; ``shared`` keeps what several rules ask for."""
    if rule.other == "none":
        return Meeting(met=around.reachable(context, combos, rule), alone=None)
    if rule.relation is Relation.NCCI_PAIR:
        return _by_pairs(context, combos, rule, shared)
    return _by_partners(context, combos, rule)


def _wide(rule: Rule) -> tuple[str, ...]:
    keys = (key.field for key in rule.same if not key.members and key.field.name != PHYSICIAN)
    return tuple(sorted(WIDE_KEYS & line_columns(keys)))


def _by_partners(context: Context, combos: Combinations, rule: Rule) -> Meeting:
    """Lines that share their keys with a line of a class that can be a partner."""
    nw, backend, number = context.nw, context.backend, context.engine.numbers[rule.code]
    keys, lines = _wide(rule), combos.lines
    concerned, partners = (combos.having(flag(number)) for flag in (concern_flag, partner_flag))
    mine = lines.filter(combos.among(nw, concerned))
    if not keys:
        return Meeting(met=around.reachable(context, combos, rule), alone=None)
    keys = (*keys, *context.extra)
    # A line that could be its own partner needs another one.
    others = lines.filter(combos.among(nw, partners))
    counted = others.group_by(*keys).agg(others=nw.len())
    itself = combos.among(nw, partners).cast(nw.Int64)
    counted = mine.join(counted, on=list(keys), how="left").with_columns(
        others=nw.col("others").cast(nw.Int64).fill_null(0) - itself
    )
    counted = backend.keep(counted)
    paired = counted.filter(nw.col("others") > 0)
    alone = counted.filter(nw.col("others") <= 0).drop("others")
    around_them = others.join(paired.select(*keys).unique(), on=list(keys), how="semi")
    met = nw.concat([paired.drop("others").select(*_names(around_them)), around_them], how="vertical")
    return Meeting(
        met=backend.keep(_once(context, met)), alone=alone.with_columns(default=nw.lit(PASSED, nw.Int64))
    )


def _by_pairs(context: Context, combos: Combinations, rule: Rule, shared: dict[Any, Any]) -> Meeting:
    """Lines whose code, with that of another line of their group, is or may be a published pair."""
    nw, backend, number = context.nw, context.backend, context.engine.numbers[rule.code]
    keys = _wide(rule)
    if not keys:
        return Meeting(met=around.reachable(context, combos, rule), alone=None)
    known = shared.get((keys, rule.role))
    if known is None:
        known = shared.setdefault((keys, rule.role), relations.related(context, combos, keys, rule.role))
    lines, group = combos.lines, relations.GROUP
    mine = lines.filter(combos.among(nw, combos.having(concern_flag(number))))
    rows = known.rows
    others = known.lines.select(SEQ, group, k_other=nw.col("k_code"))
    met_mine = known.lines.join(
        rows.select(group, "k_code").unique(), on=[group, "k_code"], how="semi"
    ).select(SEQ)
    met_others = others.join(rows.select(group, "k_other").unique(), on=[group, "k_other"], how="semi")
    met_seqs = backend.keep(mine.select(SEQ).join(met_mine, on=SEQ, how="semi"))
    wanted = nw.concat([met_seqs, met_others.select(SEQ)], how="vertical").unique()
    alone = mine.join(met_seqs, on=SEQ, how="anti")
    return Meeting(
        met=backend.keep(lines.join(wanted, on=SEQ, how="semi")),
        alone=_silent(context, known, rule, alone),
        published=Published(
            facts=rows.select(*relations.KEYS, "indicator", "lack").unique(), choices=known.choices.table
        ),
    )


def _silent(context: Context, known: relations.Related, rule: Rule, alone: "Lazy") -> "Lazy":
    """Lines that met no pair: passed, or unknown where no table speaks and there is another line."""
    nw = context.nw
    default = nw.lit(PASSED, nw.Int64)
    if known.choices.causes:
        alone = alone.join(known.lines.select(SEQ, "k_choice"), on=SEQ, how="left")
    for cause in sorted(set(known.choices.causes.values())):
        byte = nw.lit(unknown_byte(rule, INDICATOR, cause), nw.Int64)
        numbers = [number for number, why in known.choices.causes.items() if why is cause]
        test = nw.col("k_choice").is_in(numbers).fill_null(value=False)
        default = nw.when(test).then(byte).otherwise(default)
    return alone.with_columns(default=default)


def told_alone(context: Context, rule: Rule, lines: "Lazy") -> "Lazy":
    """The outcome of lines that need no pairing, with the columns of ``Looked``."""
    nw = context.nw
    keys = tuple(key for key in rule.same if key.field.name != PHYSICIAN)
    lines = lines.with_columns(**around.key_expressions(context, keys))
    outcome = around.covered(context, rule, nw.col("default"), keep=())
    unknown, byte = unknown_key(nw, rule)
    lines = lines.with_columns(**{OUTCOME: nw.when(unknown).then(byte).otherwise(outcome)})
    return around.told(
        nw,
        lines,
        severity_rank=nw.lit(rule.severity.rank, nw.Int64),
        edition=nw.lit(""),
        other_seq=nw.lit(None, nw.Int64),
        other_count=nw.lit(0, nw.Int64),
    )


def _once(context: Context, lines: "Lazy") -> "Lazy":
    return context.backend.distinct(lines, SEQ, tuple(_names(lines)))


def _names(frame: "Lazy") -> list[str]:
    return list(frame.collect_schema().names())
