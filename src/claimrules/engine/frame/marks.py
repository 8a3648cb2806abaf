"""Which rules may look at a line beside others: a bit a rule, worked out once for all rules of the same keys.

Lines that share their keys with others are many, and most rules look at few of them: what each rule would
filter, group and join of all is told by one number a line.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.around import GROUP, SEQ
from claimrules.engine.frame.combos import CLASS, Combinations
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.index import partner_flag
from claimrules.engine.frame.runs import numbered
from claimrules.engine.frame.shared import Shared, kept_as
from claimrules.engine.frame.sharing import Keys, concerned_by, counting, keys_of, narrow, several
from claimrules.rulebook.rule import Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]

_BITS: Final = 62
"""How many rules one number tells of."""


@attrs.frozen(kw_only=True, eq=False)
class _Marked:
    """Lines with the rules for which each counts in its group: the bit of a rule is at its place."""

    lines: "Lazy"
    places: Mapping[str, int]


def near(context: Context, combos: Combinations, keys: Keys, rule: Rule, shared: Shared) -> "Lazy":
    """The lines that share their keys with another and count for a rule, in groups of which it concerns one.

    Number, class, combination and group.
    """
    nw, lines = context.nw, several(context, combos, keys, shared)
    classes = concerned_by(context, combos, rule)
    if len(classes) == len(combos.classes):
        return lines
    if context.backend.name == "polars":
        marked = _marked(context, combos, keys, shared)
        word, bit = divmod(marked.places[rule.code], _BITS)
        found: Any = marked.lines.filter(nw.col(f"near_{word}") & (1 << bit) != 0)
        mine: Lazy = found.select(*lines.collect_schema().names())
        return mine
    lines = lines.filter(counting(context, combos, rule))
    groups = lines.filter(combos.among(nw, classes)).select(GROUP).unique()
    return lines.join(groups, on=GROUP, how="semi")


def reachable(context: Context, combos: Combinations, rule: Rule, shared: Shared) -> "Lazy":
    """The lines that the rule may concern, and those that share a key with one and may prove something."""
    nw, classes, keys = context.nw, concerned_by(context, combos, rule), keys_of(context, combos, rule)
    if len(classes) == len(combos.classes):
        return combos.lines
    if not keys.wide:
        return combos.lines.filter(counting(context, combos, rule))
    concerned = combos.among(nw, classes)
    others = near(context, combos, keys, rule, shared).filter(~concerned).select(SEQ)
    found = nw.concat([combos.lines.filter(concerned).select(SEQ), others], how="vertical")
    return context.backend.at(combos.lines, context.backend.keep(found), SEQ)


def _marked(context: Context, combos: Combinations, keys: Keys, shared: Shared) -> _Marked:
    """Polars: the lines that share their keys with another and count for some rule of these keys."""
    name = ("marked", *_told_by(context, combos, keys, shared))
    return kept_as(shared, name, lambda: _mark(context, combos, keys, shared))


def _mark(context: Context, combos: Combinations, keys: Keys, shared: Shared) -> _Marked:
    nw, rules = context.nw, _alike(context, combos, keys, shared)
    words = range((len(rules) - 1) // _BITS + 1)
    mine, near, of_group = ([f"{part}_{word}" for word in words] for part in ("mine", "near", "group"))
    marks, lines = _of_classes(context, combos, rules), several(context, combos, keys, shared)
    lines = numbered(lines, GROUP)
    marked: Any = context.backend.keep(context.backend.look_up(lines, marks, (CLASS,), *mine, *near))
    some = nw.any_horizontal(nw.col(*mine) != 0)
    united = (nw.col(one).bitwise_or().alias(other) for one, other in zip(mine, of_group, strict=True))
    groups = marked.filter(some).group_by(GROUP).agg(united)
    marked = context.backend.look_up(marked, groups, (GROUP,), *of_group)
    marked = marked.with_columns(nw.col(n) & nw.col(g) for n, g in zip(near, of_group, strict=True))
    marked = marked.filter(nw.any_horizontal(nw.col(*near) != 0)).drop(*mine, *of_group)
    places = {rule.code: place for place, rule in enumerate(rules)}
    return _Marked(lines=context.backend.keep(marked), places=places)


def _told_by(context: Context, combos: Combinations, keys: Keys, shared: Shared) -> tuple[object, ...]:
    """The keys by which lines differ: one that all lines share does not tell them apart."""
    one = bool(keys.narrow) and narrow(context, combos, keys.narrow, shared).numbered is None
    return keys.wide, () if one else keys.narrow


def _alike(context: Context, combos: Combinations, keys: Keys, shared: Shared) -> tuple[Rule, ...]:
    """The rules whose lines are told by the same keys, and that concern some lines, not all."""
    told, found = _told_by(context, combos, keys, shared), []
    for rule in (each.rule for each in context.engine.around):
        if 0 < len(concerned_by(context, combos, rule)) < len(combos.classes):
            theirs = keys_of(context, combos, rule)
            if theirs.wide == keys.wide and _told_by(context, combos, theirs, shared) == told:
                found.append(rule)
    return tuple(found)


def _of_classes(context: Context, combos: Combinations, rules: Sequence[Rule]) -> "Lazy":
    """For each class the rules that may concern its lines, ``mine``, and those for which they count."""
    found: dict[str, Any] = {CLASS: list(combos.classes)}
    for word in range((len(rules) - 1) // _BITS + 1):
        mine, near = (dict.fromkeys(combos.classes, 0) for _ in range(2))
        for bit, rule in enumerate(rules[word * _BITS : (word + 1) * _BITS]):
            for value in concerned_by(context, combos, rule):
                mine[value] |= 1 << bit
                near[value] |= 1 << bit
            for value in combos.having(partner_flag(context.engine.numbers[rule.code])):
                near[value] |= 1 << bit
        found[f"mine_{word}"], found[f"near_{word}"] = list(mine.values()), list(near.values())
    return context.backend.table(found, dict.fromkeys(found, "number"))
