"""Mutants of a rule's conditions: what its examples let live, they do not prove.

A mutant flips a comparison, drops an operand, swaps and/or, negates a test, moves a limit by one, or
takes a member out of a list. Those of comparisons and limits show whether an example stands exactly at
the boundary.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

import attrs

from claimrules.expr.nodes import (
    And,
    AnyOf,
    Both,
    Carries,
    Compare,
    Condition,
    Constant,
    Flag,
    Literal,
    Member,
    Node,
    Not,
    Or,
    Quantified,
)
from claimrules.rulebook.rule import Rule
from claimrules.testing.examples import ExampleFailed, run_example, that_matter

PARTS: Final = ("applies", "when", "unless")
_FLIPPED: Final = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}


def mutants(node: Node) -> Iterator[tuple[Node, str]]:
    """Give every mutant of a tree, with a word on what was changed."""
    yield from _own(node)
    for field in attrs.fields(type(node)):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            for changed, what in mutants(value):
                yield _changed(node, field.name, changed), what
        elif isinstance(value, tuple):
            for place, part in enumerate(value):
                if isinstance(part, Node):
                    for changed, what in mutants(part):
                        parts = (*value[:place], changed, *value[place + 1 :])
                        yield _changed(node, field.name, parts), what


def _changed(node: Node, name: str, value: object) -> Node:
    change: dict[str, Any] = {name: value}
    return attrs.evolve(node, **change)


def _own(node: Node) -> Iterator[tuple[Node, str]]:
    if isinstance(node, And | Or):
        other: Any = Or if isinstance(node, And) else And
        yield other(node.parts), f"{type(node).__name__} swapped"
        for place, part in enumerate(node.parts):
            rest = (*node.parts[:place], *node.parts[place + 1 :])
            yield (rest[0] if len(rest) == 1 else attrs.evolve(node, parts=rest)), f"dropped {_word(part)}"
    elif isinstance(node, Compare):
        yield attrs.evolve(node, op=_FLIPPED[node.op]), f"{node.op} became {_FLIPPED[node.op]}"
    elif isinstance(node, Not):
        yield node.part, "not dropped"
    elif isinstance(node, Literal):
        yield from _literal(node)
    elif isinstance(node, Member | Carries | AnyOf | Both | Flag | Quantified):
        yield Not(node), f"{_word(node)} negated"
    if isinstance(node, Member) and not node.members.name and len(node.members.members) > 1:
        for member in sorted(node.members.members):
            members = attrs.evolve(node.members, members=node.members.members - {member})
            yield attrs.evolve(node, members=members), f"{_word(node)} without {member!r}"


def _literal(node: Literal) -> Iterator[tuple[Node, str]]:
    value = node.value
    if isinstance(value, date):
        day = timedelta(days=1)
        yield attrs.evolve(node, value=value + day), f"{value} a day later"
        yield attrs.evolve(node, value=value - day), f"{value} a day earlier"
    elif isinstance(value, int):
        yield attrs.evolve(node, value=value + 1), f"{value} plus one"
        yield attrs.evolve(node, value=value - 1), f"{value} minus one"
    else:
        yield attrs.evolve(node, value="~"), f"{value!r} became another text"


def _of_boundary(what: str) -> bool:
    return what.endswith((" plus one", " minus one", " later", " earlier")) or what[:2] in (
        "< ",
        "<=",
        "> ",
        ">=",
    )


def _word(node: Node) -> str:
    names = [str(each.field) for each in node.walk() if hasattr(each, "field") and not isinstance(each, Flag)]
    return f"{type(node).__name__}({', '.join(dict.fromkeys(names))})"


def caught(rule: Rule, known: Sequence[Rule]) -> bool:
    """Say whether an example of a mutated rule fails."""
    for example in rule.examples:
        try:
            run_example(rule, example, known=known)
        except ExampleFailed:
            return True
        except (ValueError, TypeError, OverflowError):
            return True
    return False


def living(rule: Rule, known: Sequence[Rule], *, boundaries: bool = False) -> tuple[list[str], int]:
    """Give the mutants of a rule that every example lets live, and how many there were.

    ``boundaries`` looks only at comparisons of numbers and dates, and at their limits.
    """
    alive, count = [], 0
    known = that_matter(rule, rule.examples, known)
    for part in PARTS:
        tree: Condition = getattr(rule, part)
        if isinstance(tree, Constant):
            continue
        for changed, what in mutants(tree):
            if boundaries and not _of_boundary(what):
                continue
            count += 1
            if not caught(_with(rule, part, changed), known):
                alive.append(f"{part}: {what}")
    return alive, count


def _with(rule: Rule, part: str, tree: Node) -> Rule:
    change: dict[str, Any] = {part: tree}
    return attrs.evolve(rule, **change)
