"""Which rules are judged in which part."""

from collections.abc import Container, Mapping, Sequence

from claimrules.engine.frame import parts
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.index import judges
from claimrules.engine.frame.parts import Task, conditions_of
from claimrules.expr.nodes import Condition
from claimrules.rulebook.rule import Rule


def divided(
    context: Context,
    hoisted: Mapping[Condition, str],
    flags: Mapping[str, tuple[Rule, Condition]],
    fixed: Container[str],
) -> dict[tuple[str, ...], Task]:
    """The parts: the line rules and the flags that need the same columns beside the core's.

    Columns that are ``fixed``, the same in all lines, are given to the core.
    """

    def beside(conditions: Sequence[Condition]) -> tuple[str, ...]:
        further = parts.beside_core(context, conditions, hoisted)
        return tuple(name for name in further if name not in fixed)

    rules: dict[tuple[str, ...], dict[int, Rule]] = {(): {}}
    some: dict[tuple[str, ...], dict[str, tuple[Rule, Condition]]] = {(): {}}
    settings = set(context.settings)
    for number, rule in enumerate(context.engine.line_rules):
        if settings & set(rule.settings):
            rules.setdefault(beside(conditions_of(rule)), {})[number] = rule
    for name, (rule, condition) in flags.items():
        if settings & set(rule.settings) or not judges(name):
            some.setdefault(beside((condition,)), {})[name] = (rule, condition)
    return {
        further: Task(number=number, rules=rules.get(further, {}), flags=some.get(further, {}))
        for number, further in enumerate(dict.fromkeys((*rules, *some)))
    }
