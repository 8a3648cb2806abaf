"""Which lines a pair rule must pair: those that meet a partner. The others are told at once."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import attrs

from claimrules.engine.frame import around, relations
from claimrules.engine.frame.around import GROUP, MINE, OUTCOME, PARTNER, PHYSICIAN, SEQ
from claimrules.engine.frame.combos import CLASS, Combinations
from claimrules.engine.frame.context import Context, line_columns
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.facts import NO_DAY
from claimrules.engine.frame.index import (
    asks_for_earlier_day,
    concern_flag,
    partner_flag,
    passes_alone,
    settled,
)
from claimrules.engine.frame.marks import near, reachable
from claimrules.engine.frame.pairing import Published, ordered, unknown_key
from claimrules.engine.frame.runs import divided
from claimrules.engine.frame.shared import Shared, once
from claimrules.engine.frame.sharing import concerned_by, keys_of, may_lack_keys, unkeyed
from claimrules.engine.outcomes import PASSED, unknown_byte
from claimrules.engine.pair_rules import INDICATOR
from claimrules.expr.to_frame import FrameWriter
from claimrules.rulebook.rule import Relation, Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr


@attrs.frozen(kw_only=True, eq=False)
class Meeting:
    """``met`` are the lines to pair, ``alone`` those that no partner can prove anything about.

    ``alone`` has the outcome of each beside it; ``passes`` says that these have all passed, all but those
    of which ``unspoken`` tells the outcome. ``published`` is what is known of their pairs of codes;
    ``kin`` are the rules for which the lines to pair are the same.
    """

    met: "Lazy"
    alone: "Lazy | None"
    passes: bool = False
    unspoken: "Lazy | None" = None
    published: "Published | None" = None
    kin: tuple[Rule, ...] = ()

    def meets(self, context: Context) -> bool:
        """Whether there is a line to pair."""
        return context.any(self.met.filter(context.nw.col(MINE) == 1))


@attrs.frozen(kw_only=True, eq=False)
class Paired:
    """The lines whose codes may be a published pair: those ``judged``, with class, and all ``met``."""

    judged: "Lazy"
    met: "Lazy"


def meet(context: Context, combos: Combinations, rule: Rule, shared: Shared) -> Meeting:
    """Divide the lines that a pair rule can look at; ``shared`` keeps what several rules ask for."""
    if rule.other == "none":
        return Meeting(met=reachable(context, combos, rule, shared), alone=None)
    if rule.relation is Relation.NCCI_PAIR:
        return _by_pairs(context, combos, rule, shared)
    return _by_partners(context, combos, rule, shared)


def around_others(
    context: Context, combos: Combinations, rule: Rule, shared: Shared
) -> tuple["Lazy", dict[Any, int]]:
    """The lines that a group rule must look at, and what it says of all others of some classes."""
    nw, keys = context.nw, keys_of(context, combos, rule)
    if not (passes_alone(rule) and keys.wide and keys.complete):
        return reachable(context, combos, rule, shared), {}
    classes = concerned_by(context, combos, rule)
    concerned = combos.among(nw, classes)
    lines, every = near(context, combos, keys, rule, shared), combos.lines
    lines = context.backend.at(every, lines.select(SEQ), SEQ).select(*every.collect_schema().names())
    lacking = unkeyed(context, combos, keys, shared)
    if lacking is not None:
        lines = nw.concat([lines, lacking.filter(concerned)], how="vertical")
    return context.backend.keep(lines), dict.fromkeys(classes, PASSED)


def _by_partners(context: Context, combos: Combinations, rule: Rule, shared: Shared) -> Meeting:
    """Lines that share their keys with a line of a class that can be a partner."""
    nw, backend, number = context.nw, context.backend, context.engine.numbers[rule.code]
    keys = keys_of(context, combos, rule)
    if not keys.wide:
        return Meeting(met=reachable(context, combos, rule, shared), alone=None)
    concerned, partners = (
        combos.among(nw, combos.having(flag(number))) for flag in (concern_flag, partner_flag)
    )
    lines = near(context, combos, keys, rule, shared)
    if backend.name == "polars" and (parts := divided(lines, GROUP)):
        lines, _ = parts
    lines = lines.select(SEQ, GROUP, **{MINE: concerned.cast(nw.Int64), PARTNER: partners.cast(nw.Int64)})
    if not rule.relation and asks_for_earlier_day(rule):
        lines = _of_days(context, combos, lines)
    lines = backend.keep(lines.with_columns(both=nw.col(MINE) * nw.col(PARTNER)))
    of_group = lines.group_by(GROUP).agg(
        mine=nw.col(MINE).sum(), partners=nw.col(PARTNER).sum(), both=nw.col("both").sum()
    )
    # A line that could be its own partner needs another one.
    meets = (nw.col("mine") > 0) & (nw.col("partners") > 1)
    meets = meets | ((nw.col("partners") == 1) & (nw.col("mine") > nw.col("both")))
    of_group = of_group.filter(meets).select(GROUP, "partners")
    lines = backend.look_up(lines.drop("both"), of_group, (GROUP,), "partners")
    lines = lines.filter(~nw.col("partners").is_null())
    paired = (nw.col(MINE) == 1) & (nw.col("partners") > nw.col(PARTNER))
    lines = lines.with_columns(**{MINE: paired.cast(nw.Int64)})
    lines = backend.keep(lines.filter(paired | (nw.col(PARTNER) == 1)).select(SEQ, MINE, PARTNER))
    alone = backend.without(combos.lines.filter(concerned), lines.filter(nw.col(MINE) == 1), SEQ)
    return Meeting(
        met=backend.at(combos.lines, lines, SEQ),
        alone=alone.with_columns(default=nw.lit(PASSED, nw.Int64)),
        passes=rule.needs is None and not may_lack_keys(context, combos, keys, shared),
    )


def _of_days(context: Context, combos: Combinations, lines: "Lazy") -> "Lazy":
    """Of lines that may meet those that meet one of another day: most lines of a claim are of one day.

    A partner is of an earlier day than the line; one whose day is not known may be of any.
    """
    nw, backend, mine, partner = context.nw, context.backend, context.nw.col(MINE), context.nw.col(PARTNER)
    lines = backend.at(combos.lines.select(SEQ, k_day=nw.col("line_from_date")), lines, SEQ)
    lines = backend.keep(
        lines.with_columns(
            my_day=nw.when(mine == 1).then(nw.col("k_day").fill_null(date.max)),
            its_day=nw.when(partner == 1).then(nw.col("k_day").fill_null(NO_DAY)),
        )
    )
    ends = lines.group_by(GROUP).agg(last=nw.col("my_day").max(), first=nw.col("its_day").min())
    ends = ends.filter(nw.col("first") < nw.col("last"))
    lines = backend.look_up(lines, ends, (GROUP,), "last", "first").filter(~nw.col("last").is_null())
    later, earlier = nw.col("my_day") > nw.col("first"), nw.col("its_day") < nw.col("last")
    marks = {MINE: later, PARTNER: earlier}
    marks = {name: test.fill_null(value=False).cast(nw.Int64) for name, test in marks.items()}
    return lines.select(SEQ, GROUP, **marks).filter((mine == 1) | (partner == 1))


def _by_pairs(context: Context, combos: Combinations, rule: Rule, shared: Shared) -> Meeting:
    """Lines whose code, with that of another line of their group, is or may be a published pair."""
    nw, keys = context.nw, keys_of(context, combos, rule)
    if not (keys.wide and keys.complete):
        return Meeting(met=reachable(context, combos, rule, shared), alone=None)
    known = relations.related(context, combos, keys, rule.role, shared)
    kin = kin_of(context, combos, rule)
    paired = _paired(context, combos, known, kin, shared)
    concerned = combos.among(nw, concerned_by(context, combos, rule))
    judged = paired.judged.filter(concerned).select(SEQ)
    alone = combos.lines.filter(concerned).join(judged, on=SEQ, how="anti")
    return Meeting(
        met=paired.met,
        kin=kin,
        alone=_silent(context, known, rule, alone),
        passes=rule.needs is None and not may_lack_keys(context, combos, keys, shared),
        unspoken=_unspoken(context, known, rule, concerned, judged),
        published=Published(
            facts=known.facts,
            choices=known.choices.table,
            editions=known.choices.editions,
        ),
    )


def kin_of(context: Context, combos: Combinations, rule: Rule) -> tuple[Rule, ...]:
    """The rules of a run that pair the same lines by the same relation, this one among them."""
    engine, said = context.engine, _says(rule)
    rules = (compiled.rule for compiled in engine.around)
    alike = (each for each in rules if each.relation is rule.relation and _says(each) == said)
    return tuple(each for each in alike if concerned_by(context, combos, each))


def _says(rule: Rule) -> tuple[object, ...]:
    """What rules must have in common that share a join."""
    return rule.scope, rule.same, rule.role, rule.other, rule.stratum, ordered(rule)


@once
def _paired(
    context: Context, combos: Combinations, known: relations.Related, kin: Sequence[Rule], shared: Shared
) -> "Paired":
    """The lines to pair for rules that are alike."""
    nw, backend, rows = context.nw, context.backend, known.rows
    name = ("paired", *(rule.code for rule in kin))
    if name in shared:
        found: Paired = shared[name]
        return found
    classes = dict.fromkeys(value for rule in kin for value in concerned_by(context, combos, rule))
    judged = known.lines.join(rows.select(GROUP, "k_code").unique(), on=[GROUP, "k_code"], how="semi")
    judged = backend.keep(judged.filter(combos.among(nw, list(classes))).select(SEQ, CLASS))
    others = known.lines.select(SEQ, GROUP, k_other=nw.col("k_code"))
    others = others.join(rows.select(GROUP, "k_other").unique(), on=[GROUP, "k_other"], how="semi")
    one, none = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    sides = [
        judged.select(SEQ, **{MINE: one, PARTNER: none}),
        others.select(SEQ, **{MINE: none, PARTNER: one}),
    ]
    met = nw.concat(sides, how="vertical").group_by(SEQ).agg(nw.col(MINE).max(), nw.col(PARTNER).max())
    shared[name] = Paired(judged=judged, met=backend.at(combos.lines, backend.keep(met), SEQ))
    return shared[name]


def _unspoken(
    context: Context, known: relations.Related, rule: Rule, concerned: "Expr", judged: "Lazy"
) -> "Lazy | None":
    """Lines that met no pair, and have company, where no table speaks: unknown."""
    if known.unspoken is None:
        return None
    lines = known.unspoken.filter(concerned).join(judged, on=SEQ, how="anti")
    lines = lines.with_columns(**{OUTCOME: _lack(context, known, rule)})
    return around.told_of_itself(context.nw, rule, lines)


def _silent(context: Context, known: relations.Related, rule: Rule, alone: "Lazy") -> "Lazy":
    """Lines that met no pair: passed, or unknown where no table speaks and there is another line."""
    if known.unspoken is None:
        return alone.with_columns(default=context.nw.lit(PASSED, context.nw.Int64))
    alone = alone.join(known.unspoken.select(SEQ, "k_choice"), on=SEQ, how="left")
    return alone.with_columns(default=_lack(context, known, rule))


def _lack(context: Context, known: relations.Related, rule: Rule) -> "Expr":
    """The byte of the cause that no table speaks for a line, or that of passed."""
    nw = context.nw
    default = nw.lit(PASSED, nw.Int64)
    for cause in sorted(set(known.choices.causes.values())):
        byte = nw.lit(unknown_byte(rule, INDICATOR, cause), nw.Int64)
        numbers = [number for number, why in known.choices.causes.items() if why is cause]
        test = nw.col("k_choice").is_in(numbers).fill_null(value=False)
        default = nw.when(test).then(byte).otherwise(default)
    return default


def told_alone(context: Context, run: around.Run, rule: Rule, lines: "Lazy") -> "Lazy":
    """The outcome of lines that need no pairing, with the columns of ``Looked``."""
    nw = context.nw
    keys = tuple(key for key in rule.same if key.field.name != PHYSICIAN)
    plain = not any(key.members for key in keys) and settled(rule.applies)
    if plain and (len(keys) == len(rule.same) or not context.by_team):
        # Classes say all of the condition, and no group or specialty came: there is nothing to look up.
        lines = plus(lines, {name: nw.lit(None, nw.String) for name in ("line_group", "line_specialty")})
    present = _names(lines)
    if "line_group" not in present or not line_columns(key.field for key in keys) <= present:
        lines = around.lines_for(context, run, rule, lines, (rule.applies,))
        lines = lines.filter(around.concerns(context, rule, FrameWriter(nw)))
    lines = lines.with_columns(**around.key_expressions(context, keys))
    outcome = around.covered(context, rule, nw.col("default"), keep=())
    unknown, byte = unknown_key(nw, rule)
    lines = lines.with_columns(**{OUTCOME: nw.when(unknown).then(byte).otherwise(outcome)})
    if settled(rule.applies):
        lines = lines.filter(nw.col(OUTCOME) != PASSED)
    return around.told_of_itself(nw, rule, lines)


def _names(frame: "Lazy") -> set[str]:
    return set(frame.collect_schema().names())
