"""What further members of a group can change: whether a condition that holds goes on holding."""

from functools import reduce
from operator import or_
from typing import Final, NamedTuple

from claimrules.expr.nodes import (
    Aggregate,
    And,
    Arithmetic,
    Compare,
    Condition,
    Literal,
    Not,
    Or,
    Quantified,
    Value,
    aggregates,
)
from claimrules.expr.vocabulary import Type


class Growth(NamedTuple):
    """Which way a value or a truth can go as members join: true is more than false."""

    up: bool
    down: bool

    def __neg__(self) -> "Growth":
        return Growth(up=self.down, down=self.up)

    def __or__(self, other: "Growth") -> "Growth":
        return Growth(up=self.up or other.up, down=self.down or other.down)


STILL: Final = Growth(up=False, down=False)
RISING: Final = Growth(up=True, down=False)
EITHER: Final = Growth(up=True, down=True)
_MONEY: Final = 2
"""The scale of money, which may be negative; units, minutes and days are not."""


def of_condition(node: Condition) -> Growth:
    """Which way the truth of a condition can go as members join the group."""
    found = STILL if not aggregates(node) else EITHER
    match node:
        case Quantified():
            found = RISING if node.function == "any" else -RISING
        case And() | Or():
            found = reduce(or_, map(of_condition, node.parts), STILL)
        case Not():
            found = -of_condition(node.part)
        case Compare(op=">" | ">="):
            found = of_value(node.left) | -of_value(node.right)
        case Compare(op="<" | "<="):
            found = -of_value(node.left) | of_value(node.right)
    return found


def of_value(node: Value) -> Growth:
    """Which way a value can go as members join the group."""
    found = STILL if not aggregates(node) else EITHER
    match node:
        case Aggregate():
            found = _of_aggregate(node)
        case Arithmetic(op="+"):
            found = of_value(node.left) | of_value(node.right)
        case Arithmetic(op="-"):
            found = of_value(node.left) | -of_value(node.right)
        case Arithmetic(op="*", left=Literal(value=int() as factor), right=other) if factor >= 0:
            found = of_value(other)
        case Arithmetic(op="*", left=other, right=Literal(value=int() as factor)) if factor >= 0:
            found = of_value(other)
    return found


def _of_aggregate(node: Aggregate) -> Growth:
    match node.function:
        case "count" | "distinct":
            return RISING
        case "sum" if node.value is not None and node.value.scale != _MONEY:
            return RISING
        case "max" if node.type is not Type.TEXT:
            return RISING
        case "min" if node.type is not Type.TEXT:
            return -RISING
    return EITHER


def holds_on(when: Condition, unless: Condition) -> bool:
    """Say whether a rule that fires would still fire with more members in its group."""
    return not of_condition(when).down and not of_condition(unless).up
