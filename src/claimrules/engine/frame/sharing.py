"""Which lines share their keys with others: found once for all rules that ask for the same keys.

Keys of the lines themselves make one number; those that distinct combinations carry, a code or a set of
modifiers, are read of the combinations and joined to it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.around import GROUP, PHYSICIAN, SEQ, key_expressions
from claimrules.engine.frame.combos import CLASS, COMBO, Combinations
from claimrules.engine.frame.context import PER_LINE, Context, line_columns
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.fields import MODIFIER_COLUMNS, derive, raw_columns
from claimrules.engine.frame.index import concern_flag, partner_flag
from claimrules.engine.frame.parts import CORE
from claimrules.engine.frame.shared import Shared, once_by_itself
from claimrules.engine.frame.wide_keys import WIDE_KEYS, key_columns, wide_of
from claimrules.expr.to_frame import all_true, any_true
from claimrules.rulebook.rule import Key, Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]

_NARROW: Final = "k_narrow"


@attrs.frozen(kw_only=True)
class Keys:
    """The keys of a rule: columns of the lines themselves, and those that combinations carry.

    ``complete``: these are all. A physician who is told by his team is none of them.
    """

    wide: tuple[str, ...]
    narrow: tuple[Key, ...]
    complete: bool


@attrs.frozen(kw_only=True, eq=False)
class Narrow:
    """The combinations whose narrow keys are known, each with a number for them; ``None`` where it is one."""

    numbered: "Lazy | None"
    unknown: bool


def keys_of(context: Context, combos: Combinations, rule: Rule) -> Keys:
    """Divide the keys of a rule; a physician is one where teams did not come: his NPI."""
    narrow: list[Key] = []
    complete = True
    present = combos.told
    for key in rule.same:
        if key.field.name == PHYSICIAN:
            complete = complete and not context.by_team
            continue
        columns = key_columns(key)
        if columns <= WIDE_KEYS:
            continue
        if columns <= present or (not columns & PER_LINE and _raws(context, columns - present) <= present):
            narrow.append(key)
        else:
            complete = False
    return Keys(wide=tuple(sorted(wide_of(context, rule))), narrow=tuple(narrow), complete=complete)


def _raws(context: Context, columns: frozenset[str]) -> set[str]:
    """The raw columns that came, from which some are read."""
    return {f"r_{name}" for name in raw_columns(columns) if name in context.named}


@once_by_itself
def grouped(context: Context, combos: Combinations, keys: Sequence[str], shared: Shared) -> "Lazy":
    """The lines whose keys are known, by number, each with its class, combination and group of its keys."""
    name = ("groups", *keys)
    if name not in shared:
        company = combos.company
        if company is not None and company.keys == tuple(keys):
            shared[name] = company.of(combos.lines.select(SEQ, CLASS, COMBO), GROUP)
            return shared[name]
        nw, backend = context.nw, context.backend
        lines = combos.lines.select(*dict.fromkeys((SEQ, CLASS, COMBO, *keys, *context.extra)))
        if lacking := [key for key in keys if key in absent_keys(context, combos, shared)]:
            lines = lines.filter(*(~nw.col(key).is_null() for key in lacking))
        lines = backend.identify(lines, GROUP, (*keys, *context.extra))
        shared[name] = backend.keep(lines.select(SEQ, CLASS, COMBO, GROUP))
    return shared[name]


@once_by_itself
def absent_keys(context: Context, combos: Combinations, shared: Shared) -> frozenset[str]:
    """The keys that some line lacks."""
    if "absent" not in shared:
        nw = context.nw
        names = sorted(WIDE_KEYS & set(combos.lines.collect_schema().names()))
        counts = {name: nw.col(name).is_null().cast(nw.Int64).sum() for name in names}
        found = context.local(combos.lines.select(**counts)) if names else {}
        shared["absent"] = frozenset(name for name in names if found[name][0])
    return shared["absent"]


@once_by_itself
def several(context: Context, combos: Combinations, keys: Keys, shared: Shared) -> "Lazy":
    """The lines that share all keys with another: number, class, combination and group."""
    name = ("several", keys.wide, keys.narrow)
    if name not in shared:
        fewer = _fewer(context, keys)
        if fewer is None:
            lines = grouped(context, combos, keys.wide, shared)
        else:
            further = _told_further(context, combos, keys, fewer, shared)
            if further is None:
                shared[name] = several(context, combos, fewer, shared)
                return shared[name]
            lines = further
        shared[name] = context.backend.keep(context.backend.several(lines, GROUP))
    return shared[name]


def _fewer(context: Context, keys: Keys) -> Keys | None:
    """Some of the keys, which others may ask for too, and which leave few lines; ``None`` where none do.

    Of the lines of one patient and day few have one code, and most end on the day on which they begin.
    """
    if context.backend.name in ("polars", "pyarrow"):
        codes = tuple(key for key in keys.narrow if key.field.name == "code")
        if codes and codes != keys.narrow:
            return attrs.evolve(keys, narrow=codes)
        if {"line_from_date", "line_to_date"} <= {*keys.wide}:
            return attrs.evolve(keys, wide=tuple(name for name in keys.wide if name != "line_to_date"))
    return attrs.evolve(keys, narrow=()) if keys.narrow else None


def _told_further(
    context: Context, combos: Combinations, keys: Keys, fewer: Keys, shared: Shared
) -> "Lazy | None":
    """Lines that share some keys, told apart by the others too; ``None`` where these are the same in all."""
    nw, backend, by = context.nw, context.backend, ["g_wide"]
    lines = several(context, combos, fewer, shared).select(SEQ, CLASS, COMBO, g_wide=nw.col(GROUP))
    if more := tuple(key for key in keys.narrow if key not in fewer.narrow):
        numbered = narrow(context, combos, more, shared).numbered
        if numbered is not None:
            lines = backend.look_up(lines, numbered, (COMBO,), _NARROW)
            lines = lines.filter(~nw.col(_NARROW).is_null())
            by.append(_NARROW)
    if wide := [name for name in keys.wide if name not in fewer.wide]:
        lines = backend.at(combos.lines.select(SEQ, *wide), lines, SEQ)
        lines = lines.filter(*(~nw.col(name).is_null() for name in wide))
        by += wide
    if len(by) == 1:
        return None
    lines = backend.identify(lines, GROUP, by)
    return backend.keep(lines.select(SEQ, CLASS, COMBO, GROUP))


@once_by_itself
def alone(context: Context, combos: Combinations, keys: Keys, shared: Shared) -> "Lazy":
    """The lines whose keys are all known and shared with no other line: number, class and combination."""
    name = ("alone", keys.wide, keys.narrow)
    if name not in shared:
        lines = combos.lines.select(SEQ, CLASS, COMBO)
        shared[name] = context.backend.keep(lonely(context, combos, keys, shared, lines))
    return shared[name]


def lonely(context: Context, combos: Combinations, keys: Keys, shared: Shared, lines: "Lazy") -> "Lazy":
    """Of some lines those whose keys are all known and shared with no other line."""
    lines = context.backend.without(lines, several(context, combos, keys, shared), SEQ)
    lacking = unkeyed(context, combos, keys, shared)
    return lines if lacking is None else lines.join(lacking.select(SEQ), on=SEQ, how="anti")


@once_by_itself
def narrow(context: Context, combos: Combinations, keys: tuple[Key, ...], shared: Shared) -> Narrow:
    """Number what the combinations carry of some keys."""
    name = ("narrow", keys)
    if name not in shared:
        nw, backend = context.nw, context.backend
        by, read = _read(context, combos, keys)
        columns = [f"g_{place}" for place in range(len(keys))]
        known = read.filter(all_true([~nw.col(column).is_null() for column in columns]))
        lacking = read.filter(any_true([nw.col(column).is_null() for column in columns])).select(by)
        unknown = bool(context.local(lacking.head(1))[by])
        numbered = backend.keep(backend.identify(known, _NARROW, columns).select(by, _NARROW))
        kinds = context.local(numbered.select(_NARROW).unique().head(2))[_NARROW]
        one = len(kinds) < 2 and not unknown  # noqa: PLR2004 (one kind or none)
        if by == CORE and not one:
            numbered = backend.look_up(combos.frame.select(COMBO, CORE), numbered, (CORE,), _NARROW)
            numbered = backend.keep(numbered.filter(~nw.col(_NARROW).is_null()).select(COMBO, _NARROW))
        shared[name] = Narrow(numbered=None if one else numbered, unknown=unknown)
    return shared[name]


def _read(context: Context, combos: Combinations, keys: Sequence[Key]) -> tuple[str, "Lazy"]:
    """The cores, or else the combinations, with some keys as columns ``g_0`` ..., null where unknown."""
    nw = context.nw
    wanted: set[str] = set()
    for key in keys:
        wanted |= set(MODIFIER_COLUMNS if key.members else line_columns((key.field,)))
    core = set(combos.core.collect_schema().names())
    missing = frozenset(wanted - core)
    by, rows = CORE, combos.core.select(CORE, *sorted(wanted & core))
    if missing:
        by, raw = COMBO, _raws(context, missing)
        told = combos.frame.select(COMBO, CORE, *sorted(raw))
        rows = context.backend.look_up(told, rows, (CORE,), *sorted(wanted & core))
        rows = derive(nw, plus(rows, context.blanks(rows.collect_schema().names())), context.reader, missing)
    rows = rows.with_columns(**key_expressions(attrs.evolve(context, extra=()), keys))
    return by, context.backend.keep(rows.select(by, *(f"g_{place}" for place in range(len(keys)))))


def may_lack_keys(context: Context, combos: Combinations, keys: Keys, shared: Shared) -> bool:
    """Whether a key of some line may be unknown."""
    if not keys.complete or set(keys.wide) & absent_keys(context, combos, shared):
        return True
    return bool(keys.narrow) and narrow(context, combos, keys.narrow, shared).unknown


def unkeyed(context: Context, combos: Combinations, keys: Keys, shared: Shared) -> "Lazy | None":
    """The lines of which a key is unknown, as they are; ``None`` where there are none."""
    nw = context.nw
    if not may_lack_keys(context, combos, keys, shared):
        return None
    lacking = [nw.lit(value=False)]
    lacking += [nw.col(name).is_null() for name in keys.wide if name in absent_keys(context, combos, shared)]
    lines = combos.lines
    if keys.narrow and (found := narrow(context, combos, keys.narrow, shared)).unknown:
        assert found.numbered is not None  # noqa: S101 (something is unknown)
        lines = lines.join(found.numbered.with_columns(is_known=nw.lit(1, nw.Int64)), on=COMBO, how="left")
        lacking.append(nw.col("is_known").is_null())
        return lines.filter(any_true(lacking)).drop("is_known", _NARROW)
    return lines.filter(any_true(lacking))


def counting(context: Context, combos: Combinations, rule: Rule) -> Any:
    """Whether a rule may concern lines, or they may prove something about others, by their class."""
    partners = combos.having(partner_flag(context.engine.numbers[rule.code]))
    return combos.among(context.nw, [*{*concerned_by(context, combos, rule), *partners}])


def concerned_by(context: Context, combos: Combinations, rule: Rule) -> Sequence[Any]:
    """The classes of lines that a rule may concern."""
    return combos.having(concern_flag(context.engine.numbers[rule.code]))
