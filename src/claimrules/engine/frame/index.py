"""The index of the rules that look around: which classes of lines they may concern, and who may be a partner.

It keeps what is not known to be false on code, modifiers and the like alone; what rests on dates or on
other rules is tested later, on the lines that are left.
"""

from typing import Any, Final

import attrs

from claimrules.engine.frame.context import PER_LINE, WINDOW, line_columns
from claimrules.engine.run import Engine
from claimrules.expr.nodes import (
    TRUE,
    Aggregate,
    And,
    Compare,
    Condition,
    Constant,
    Name,
    Node,
    Or,
    Quantified,
    Value,
    aggregates,
    conjuncts,
    names,
    quantified_truth,
)
from claimrules.expr.vocabulary import PAIR_NAMESPACES, Field
from claimrules.rulebook.rule import Rule, RuleScope

_NOT_STATIC: Final = frozenset({"denied", "seq", *WINDOW})


def concern_flag(number: int) -> str:
    """The flag of the classes that a rule may concern."""
    return f"w_{number}"


def partner_flag(number: int) -> str:
    """The flag of the classes that may hold a partner of a pair rule, or add to what a group rule counts."""
    return f"v_{number}"


def judges(flag: str) -> bool:
    """Whether a flag is about the lines that a rule judges, not about their partners."""
    return flag.startswith("w_")


def flags_of(engine: Engine) -> dict[str, tuple[Rule, Condition]]:
    """What is asked of every class, for each rule that looks around: the same in every run."""
    kept: dict[str, tuple[Rule, Condition]] | None = engine.written.get("flags")
    if kept is not None:
        return kept
    found: dict[str, tuple[Rule, Condition]] = {}
    for compiled in engine.around:
        rule, number = compiled.rule, engine.numbers[compiled.rule.code]
        found[concern_flag(number)] = (rule, _static(rule.applies, other=False))
        proving = own(_static(rule.when, other=True)) if rule.scope is RuleScope.PAIR else _adding(rule)
        found[partner_flag(number)] = (rule, proving)
    engine.written["flags"] = found
    return found


def _adding(rule: Rule) -> Condition:
    """What is not known to be false of the lines that add to an aggregate of a group rule, or prove one.

    Lines of which ``all`` holds prove it, and those of which it does not decide it.
    """
    found: list[Condition] = []
    for node in aggregates(rule.when, rule.unless):
        every = isinstance(node, Quantified) and node.function == "all"
        asked = quantified_truth(node) if isinstance(node, Quantified) else node.where
        part = TRUE if every or asked is None else _static(asked, other=False)
        if part == TRUE:
            return TRUE
        found.append(part)
    return Or(tuple(found)) if len(found) > 1 else found[0] if found else TRUE


def _static(condition: Condition, *, other: bool) -> Condition:
    """A condition on the narrow fields of one of the two lines that holds wherever the whole does."""
    if _is_static(condition, other=other):
        return condition
    if isinstance(condition, And):
        kept = tuple(part for each in condition.parts if (part := _static(each, other=other)) != TRUE)
        return And(kept) if len(kept) > 1 else kept[0] if kept else TRUE
    if isinstance(condition, Or):
        parts = tuple(_static(each, other=other) for each in condition.parts)
        return TRUE if TRUE in parts else Or(parts)
    return TRUE


def _is_static(part: Condition, *, other: bool) -> bool:
    fields = names(part)
    if not fields or aggregates(part) or any(_moves(field) for field in fields):
        return False
    return all(
        (field.namespace in PAIR_NAMESPACES) is other and field.namespace != "pair" for field in fields
    )


def _moves(field: Field) -> bool:
    """Whether a field rests on more than the combination of a line."""
    base = field.base
    moving = PER_LINE - {"line_setting"}
    return base.wide or base.name in _NOT_STATIC or bool(line_columns((base,)) & moving)


def settled(condition: Condition) -> bool:
    """Whether the flag of a condition says exactly whether it may hold: nothing is left to be tested."""
    parts = conjuncts(condition)
    return all(isinstance(part, Constant) or _is_static(part, other=False) for part in parts)


def passes_alone(rule: Rule) -> bool:
    """Whether a line that shares its keys with no other passes a group rule, whatever stands on it."""
    return rule.report != "first" and rule.needs is None and settled(rule.applies) and _false_alone(rule.when)


def _false_alone(node: Condition) -> bool:
    """Whether a condition is false where the line itself is the first and the last of its group."""
    if isinstance(node, And):
        return any(_false_alone(part) for part in node.parts)
    if isinstance(node, Or):
        return all(_false_alone(part) for part in node.parts)
    if not isinstance(node, Compare) or node.op not in ("<", ">", "!="):
        return False
    return _is_place(node.left) and _is_place(node.right)


def asks_for_earlier_day(rule: Rule) -> bool:
    """Whether only a line of an earlier day can prove what a pair rule finds."""
    return _is_earlier(rule.when)


def _is_earlier(node: Condition) -> bool:
    if isinstance(node, And):
        return any(map(_is_earlier, node.parts))
    if not isinstance(node, Compare) or node.op not in ("<", ">"):
        return False
    sides = (node.left, node.right) if node.op == "<" else (node.right, node.left)
    days = tuple(str(side.field) for side in sides if isinstance(side, Name))
    return days == ("other.from_date", "line.from_date")


def only_places(rule: Rule) -> bool:
    """Whether the order of lines is asked for only to compare it with itself, the least or the most."""
    compared = 0
    conditions = (rule.applies, rule.when, rule.unless, *(condition for condition, _ in rule.severity_if))
    nodes = [node for condition in conditions for node in condition.walk()]
    for node in nodes:
        if isinstance(node, Compare) and all(_is_end(side) for side in (node.left, node.right)):
            compared += 2
    return compared == sum(isinstance(node, Name) and node.field.base.name == "seq" for node in nodes)


def _is_end(value: Value) -> bool:
    if isinstance(value, Aggregate):
        return value.function in ("min", "max") and value.value is not None and _is_end(value.value)
    return isinstance(value, Name) and str(value.field) == "line.seq"


def _is_place(value: Value) -> bool:
    """Whether a value is the place of the line in its order, which is never unknown, or the least or most."""
    if isinstance(value, Aggregate):
        ends = value.function in ("min", "max") and value.where is None
        return ends and value.value is not None and _is_place(value.value)
    return isinstance(value, Name) and str(value.field) == "line.seq"


def own(node: Any) -> Any:
    """A condition on the other line, as one on the line itself."""
    if isinstance(node, Name):
        return attrs.evolve(node, field=node.field.base)
    if isinstance(node, tuple):
        return tuple(own(part) for part in node)
    if not isinstance(node, Node):
        return node
    changed = {
        field.name: own(value)
        for field in attrs.fields(type(node))
        if isinstance(value := getattr(node, field.name), Node | tuple)
    }
    return attrs.evolve(node, **changed)
