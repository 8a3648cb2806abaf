"""Which rules may look at a line beside others: a bit a rule, worked out once for all rules of the same keys.

Lines that share their keys with others are many, and most rules look at few of them: what each rule would
filter, group and join of all is told by one number a line.
"""

from typing import TYPE_CHECKING, Any, Final

from claimrules.engine.frame.around import GROUP
from claimrules.engine.frame.combos import CLASS, Combinations
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.index import concern_flag, partner_flag
from claimrules.engine.frame.sharing import Keys, Shared, counting, once, several
from claimrules.rulebook.rule import Rule, RuleScope

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]

_BITS: Final = 62
"""How many rules one number tells of."""


def near(context: Context, combos: Combinations, keys: Keys, rule: Rule, shared: Shared) -> "Lazy":
    """The lines that share their keys with another and count for a rule, in groups of which it concerns one.

    Number, class, combination and group. Groups without a partner for a pair rule may be left out.
    """
    nw, lines = context.nw, several(context, combos, keys, shared)
    if context.backend.name == "polars":
        word, bit = divmod(context.engine.numbers[rule.code] - len(context.engine.line_rules), _BITS)
        mine = nw.col(f"near_{word}") & (1 << bit) != 0
        names = lines.collect_schema().names()
        found: Lazy = _marked(context, combos, lines, shared).filter(mine).select(*names)
        return found
    lines = lines.filter(counting(context, combos, rule))
    concerned = combos.among(nw, combos.having(concern_flag(context.engine.numbers[rule.code])))
    return lines.join(lines.filter(concerned).select(GROUP).unique(), on=GROUP, how="semi")


@once
def _marked(context: Context, combos: Combinations, lines: "Lazy", shared: Shared) -> "Lazy":
    """Polars: lines of groups with the rules for which each counts, as bits of ``near_0`` ..."""
    # Lines that share a key which is the same in all are those that share the others.
    name = ("marked", id(lines))
    if name not in shared:
        shared[name] = context.backend.keep(_mark(context, lines, _of_classes(context, combos, shared)))
    return shared[name]


def _mark(context: Context, lines: "Lazy", marks: "Lazy") -> "Lazy":
    nw, names = context.nw, [name for name in marks.collect_schema().names() if name != CLASS]
    marked: Any = context.backend.keep(context.backend.look_up(lines, marks, (CLASS,), *names))
    groups = marked.group_by(GROUP).agg(nw.col(name).bitwise_or().alias(f"of_{name}") for name in names)
    found = {}
    for word in range(len(names) // 2):
        mine, theirs = nw.col(f"mine_{word}"), nw.col(f"theirs_{word}")
        any_mine, any_theirs = nw.col(f"of_mine_{word}"), nw.col(f"of_theirs_{word}")
        alone = sum(
            1 << place
            for place, each in enumerate(context.engine.around[word * _BITS : (word + 1) * _BITS])
            if each.rule.scope is not RuleScope.PAIR
        )
        found[f"near_{word}"] = (mine | theirs) & any_mine & (any_theirs | alone)
    told: Lazy = marked.join(groups, on=GROUP, how="inner").with_columns(**found)
    return told.drop(*names, *(f"of_{name}" for name in names))


@once
def _of_classes(context: Context, combos: Combinations, shared: Shared) -> "Lazy":
    """For each class the rules that may concern its lines, ``mine``, and those for which they may prove."""
    if "marks" not in shared:
        start, count = len(context.engine.line_rules), len(context.engine.around)
        found: dict[str, Any] = {CLASS: list(combos.classes)}
        for word in range((count - 1) // _BITS + 1):
            for side, flag in (("mine", concern_flag), ("theirs", partner_flag)):
                marks = dict.fromkeys(combos.classes, 0)
                for bit in range(min(_BITS, count - word * _BITS)):
                    for value in combos.having(flag(start + word * _BITS + bit)):
                        marks[value] |= 1 << bit
                found[f"{side}_{word}"] = list(marks.values())
        shared["marks"] = context.backend.table(found, dict.fromkeys(found, "number"))
    return shared["marks"]
