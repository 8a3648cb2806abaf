"""Lines whose primaries no table tells: what a rule on add-on codes says of them needs no pairing.

Such a rule cannot say more of a line than that its table is silent, where another line shares its keys,
and what stands on the line itself, where none does. Without the table of add-on codes this is every line.
"""

from typing import TYPE_CHECKING, Any

import attrs

from claimrules.engine.frame import around
from claimrules.engine.frame.add_ons import ASKED, listed, primaries_of
from claimrules.engine.frame.around import GROUP, MINE, OUTCOME, PARTNER, SEQ
from claimrules.engine.frame.cells import ROW, cells_of
from claimrules.engine.frame.combos import CLASS, COMBO
from claimrules.engine.frame.index import partner_flag, settled
from claimrules.engine.frame.meeting import Meeting, kin_of
from claimrules.engine.frame.pair_rules import Joined, join_once
from claimrules.engine.frame.parts import CORE
from claimrules.engine.frame.shared import Shared, once
from claimrules.engine.frame.sharing import Keys, alone, concerned_by, keys_of, several, unkeyed
from claimrules.engine.frame.verdicts import alone_outcome
from claimrules.engine.outcomes import FIRED, field_byte
from claimrules.engine.pair_rules import INDICATOR
from claimrules.expr.access import CAUSE_INDEX
from claimrules.expr.to_frame import FrameWriter
from claimrules.model.code import Cause

if TYPE_CHECKING:
    from collections.abc import Mapping

    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.context import Context
    from claimrules.rulebook.rule import Rule

    Lazy = nw.LazyFrame[Any]


@attrs.frozen(kw_only=True, eq=False)
class Unlisted:
    """``told`` are outcomes of lines, ``rest`` those of classes, ``judged`` the lines to pair."""

    judged: "Lazy"
    told: "Lazy"
    rest: "Mapping[Any, int]"


@once
def unlisted(context: "Context", run: around.Run, rule: "Rule", shared: Shared) -> Unlisted | None:
    """Divide the lines of a rule on primaries; ``None`` where it asks for more than its classes tell."""
    name = ("unlisted", rule.code)
    if name not in shared:
        shared[name] = _divided(context, run, rule, shared)
    found: Unlisted | None = shared[name]
    return found


def with_primaries(
    context: "Context", run: around.Run, rule: "Rule", found: Unlisted, shared: Shared
) -> Joined | None:
    """The lines to pair beside their primaries, for a rule and its like at once; ``None``: there are none."""
    divided = {
        each: theirs
        for each in kin_of(context, run.combos, rule)
        if (theirs := unlisted(context, run, each, shared)) is not None
    }
    judged = [theirs.judged for theirs in divided.values()]
    lines = context.nw.concat(judged, how="vertical").unique() if len(judged) > 1 else found.judged
    met = _met(context, run, lines, keys_of(context, run.combos, rule), shared)
    meeting = Meeting(met=met, alone=None, kin=tuple(divided))
    if not meeting.meets(context):
        return None
    together = join_once(context, run, rule, meeting, shared)
    return together.among(found.judged) if len(judged) > 1 else together


def _divided(context: "Context", run: around.Run, rule: "Rule", shared: Shared) -> Unlisted | None:
    """Divide the lines, as ``unlisted`` does."""
    nw, combos, number = context.nw, run.combos, context.engine.numbers[rule.code]
    keys = keys_of(context, combos, rule)
    anyone = len(combos.having(partner_flag(number))) == len(combos.classes)
    plain = rule.needs is None and settled(rule.applies) and settled(rule.unless)
    if not (keys.wide and keys.complete and anyone and plain):
        return None
    concerned = combos.among(nw, concerned_by(context, combos, rule))
    silent = _silent(context, run, rule, shared)
    rest = _by_class(context, run, silent)
    company = several(context, combos, keys, shared)
    lines = combos.lines.filter(concerned).select(SEQ, COMBO, CLASS)
    lacking = unkeyed(context, combos, keys, shared)
    keyless = None if lacking is None else lacking.filter(concerned).select(SEQ)
    lone = alone(context, combos, keys, shared).filter(concerned).join(silent, on=COMBO, how="inner")
    beside = company.filter(concerned)
    beside = beside.filter(~combos.among(nw, list(rest))) if rest else beside
    beside = beside.join(silent, on=COMBO, how="inner")
    told = nw.concat(
        [
            lone.select(SEQ, **{OUTCOME: nw.col("by_itself")}),
            beside.select(SEQ, **{OUTCOME: nw.col("lack")}),
        ],
        how="vertical",
    )
    judged = lines.join(silent.select(COMBO), on=COMBO, how="anti").select(SEQ)
    if keyless is not None:
        judged = nw.concat([judged, keyless], how="vertical").unique()
    return Unlisted(
        judged=context.backend.keep(judged),
        told=around.told_of_itself(nw, rule, told),
        rest=rest,
    )


def _met(context: "Context", run: around.Run, judged: "Lazy", keys: Keys, shared: Shared) -> "Lazy":
    """The lines to be judged, and those that share their keys with one and may be a primary of it."""
    nw = context.nw
    if not context.any(judged):
        none = judged.with_columns(**{MINE: nw.lit(1, nw.Int64), PARTNER: nw.lit(0, nw.Int64)})
        return context.backend.at(run.combos.lines, none, SEQ)
    company = _primaries(context, run, keys, shared)
    groups = company.join(judged, on=SEQ, how="semi").select(GROUP).unique()
    others = company.join(groups, on=GROUP, how="semi").select(SEQ)
    yes, no = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    met = nw.concat(
        [
            judged.with_columns(**{MINE: yes, PARTNER: no}),
            others.with_columns(**{MINE: no, PARTNER: yes}),
        ],
        how="vertical",
    )
    met = context.backend.keep(met.group_by(SEQ).agg(nw.col(MINE).max(), nw.col(PARTNER).max()))
    return context.backend.at(run.combos.lines, met, SEQ)


@once
def _primaries(context: "Context", run: around.Run, keys: Keys, shared: Shared) -> "Lazy":
    """The lines beside which another of the same keys stands that may be their primary, or whose they may be.

    Where that is not cheap to see they are all that share their keys with another.
    """
    nw, backend, company = context.nw, context.backend, several(context, run.combos, keys, shared)
    name = ("primaries", keys)
    if backend.name != "polars":
        return company
    if name not in shared:
        if "listed primaries" not in shared:
            shared["listed primaries"] = listed(context, run.combos)
        numbered, pairs = shared["listed primaries"]
        lines = backend.look_up(company, numbered, (COMBO,), "n_code").filter(~nw.col("n_code").is_null())
        found = backend.paired(lines, GROUP, "n_code", pairs)
        shared[name] = company if found is None else backend.keep(found[1].select(SEQ, GROUP))
    return shared[name]


def _silent(context: "Context", run: around.Run, rule: "Rule", shared: Shared) -> "Lazy":
    """The combinations whose primaries are unknown: the bytes of that, and of what each says by itself."""
    nw, backend, combos = context.nw, context.backend, run.combos
    concerned = combos.among(nw, concerned_by(context, combos, rule))
    cores = combos.core.select(CORE, *ASKED).with_columns(line_code=nw.col("line_code").fill_null(""))
    cores = backend.keep(cores.join(_causes(context, run, shared), on=list(ASKED), how="inner"))
    cells = cells_of(context, run, rule, (), shared)
    conditions = (rule.applies, rule.unless)
    read = around.lines_for(context, run, rule, cells.first, conditions, keyed=False)
    read = read.select(by_itself=alone_outcome(FrameWriter(nw), rule).cast(nw.Int64), **{ROW: nw.col(SEQ)})
    rows = combos.frame.filter(concerned).select(COMBO, CORE)
    rows = backend.look_up(rows, cores, (CORE,), "cause")
    rows = backend.look_up(rows.filter(~nw.col("cause").is_null()), cells.table, (COMBO,), ROW)
    rows = backend.look_up(rows, backend.keep(read), (ROW,), "by_itself")
    found = rows.filter(nw.col("by_itself") != FIRED)
    lack = (nw.col("cause") + field_byte(rule, INDICATOR)).cast(nw.Int64)
    return backend.keep(found.select(COMBO, "by_itself", lack=lack))


@once
def _causes(context: "Context", run: around.Run, shared: Shared) -> "Lazy":
    """Why the primaries of codes are unknown, where they are, by slot and setting."""
    if "causes of primaries" not in shared:
        found: dict[str, list[Any]] = {name: [] for name in (*ASKED, "cause")}
        for asked, fact in primaries_of(context, run.combos):
            if isinstance(fact, Cause):
                for name, value in zip(found, (*asked, CAUSE_INDEX[fact]), strict=True):
                    found[name].append(value)
        kinds = dict.fromkeys(found, "text") | {"k_slot": "number", "cause": "number"}
        shared["causes of primaries"] = context.backend.table(found, kinds)
    return shared["causes of primaries"]


def _by_class(context: "Context", run: around.Run, silent: "Lazy") -> dict[Any, int]:
    """The classes all of whose combinations lack their primaries for one cause, with its byte."""
    nw, lack = context.nw, context.nw.col("lack")
    rows = context.backend.look_up(run.combos.frame.select(COMBO, CLASS), silent, (COMBO,), "lack")
    rows = rows.with_columns(lacks=lack.is_null().cast(nw.Int64))
    by_class = rows.group_by(CLASS).agg(first=lack.min(), last=lack.max(), lacking=nw.col("lacks").sum())
    one = (nw.col("first") == nw.col("last")) & (nw.col("lacking") == 0)
    found = context.local(by_class.filter(one))
    return {group: int(byte) for group, byte in zip(found[CLASS], found["first"], strict=True)}
