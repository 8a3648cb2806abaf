"""The functions of the language: six on sets of modifiers, two on dates, seven aggregates."""

import ast
from typing import TYPE_CHECKING, Final

from claimrules.expr import typing_rules
from claimrules.expr.errors import did_you_mean
from claimrules.expr.nodes import (
    Aggregate,
    AnyOf,
    Both,
    Condition,
    Count,
    Literal,
    Name,
    NamedSet,
    Quantified,
    Shift,
    Value,
)
from claimrules.expr.vocabulary import Type

if TYPE_CHECKING:
    from claimrules.expr.parse import Parser

_ONE_SET: Final = ("any_of", "count_of", "first_of", "last_of")
_TWO_SETS: Final = ("shared", "differ")
_DATES: Final = ("add_days", "add_years")
_AGGREGATES: Final = ("any", "all", "count", "sum", "min", "max", "distinct")
FUNCTIONS: Final = (*_ONE_SET, *_TWO_SETS, *_DATES, *_AGGREGATES)
LONGEST_YEAR: Final = 366
MAX_SHIFT: Final = 200_000
"""Days, all nested calls together: no date from 1800 to 2199 leaves the calendar of any engine."""


def call(parser: "Parser", node: ast.Call) -> Condition | Value:
    """Read a call of one of ``FUNCTIONS``."""
    if not isinstance(node.func, ast.Name):
        parser.fail(node, "only the functions of the language can be called", did_you_mean("", FUNCTIONS))
    name = node.func.id
    if name not in FUNCTIONS:
        parser.fail(node, f"there is no function {name[:40]!r}", did_you_mean(name, FUNCTIONS))
    if node.keywords or any(isinstance(arg, ast.Starred) for arg in node.args):
        parser.fail(node, f"{name} takes its arguments by position")
    if name in _ONE_SET:
        return _one_set(parser, node, name)
    if name in _TWO_SETS:
        return _two_sets(parser, node, name)
    if name in _DATES:
        return _shift(parser, node, name)
    return parser.aggregate(node, lambda: _aggregate(parser, node, name))


def _arguments(parser: "Parser", node: ast.Call, usage: str, low: int, high: int | None = None) -> None:
    if not low <= len(node.args) <= (high or low):
        parser.fail(node, f"{usage} takes other arguments than these", f"write {usage}")


def _modifiers(parser: "Parser", node: ast.expr) -> Name:
    value = parser.value(node)
    if not isinstance(value, Name) or value.type is not Type.MODIFIERS:
        parser.fail(node, "the modifiers of a line stand here", "write line.modifiers")
    return value


def _modifier_set(parser: "Parser", node: ast.expr) -> NamedSet:
    members = parser.named_set(node)
    if members.kind != "modifiers":
        parser.fail(node, f"sets.{members.name} holds {members.kind}, not modifiers")
    return members


def _one_set(parser: "Parser", node: ast.Call, name: str) -> Condition | Value:
    _arguments(parser, node, f"{name}(line.modifiers, sets.name)", 2)
    modifiers, members = _modifiers(parser, node.args[0]), _modifier_set(parser, node.args[1])
    if name == "any_of":
        return AnyOf(modifiers, members, at=node.col_offset)
    return Count(name, modifiers, members, type=Type.NUMBER, bound=99, at=node.col_offset)


def _two_sets(parser: "Parser", node: ast.Call, name: str) -> Condition:
    _arguments(parser, node, f"{name}(line.modifiers, other.modifiers, sets.name)", 3)
    left, right = _modifiers(parser, node.args[0]), _modifiers(parser, node.args[1])
    return Both(name, left, right, _modifier_set(parser, node.args[2]), at=node.col_offset)


def _shift(parser: "Parser", node: ast.Call, name: str) -> Value:
    _arguments(parser, node, f"{name}(line.from_date, n)", 2)
    day, amount = parser.value(node.args[0]), parser.value(node.args[1])
    if day.type is not Type.DATE:
        parser.fail(node.args[0], f"{name} works on a date", "write line.from_date")
    if not isinstance(amount, Literal) or not isinstance(amount.value, int) or amount.scale:
        parser.fail(node.args[1], f"{name} takes a whole number", "write 90, or a parameter")
    bound = day.bound + abs(amount.value) * (1 if name == "add_days" else LONGEST_YEAR)
    if bound > MAX_SHIFT:
        parser.fail(node.args[1], f"a date is moved by at most {MAX_SHIFT:,} days")
    return Shift(name, day, amount, type=Type.DATE, bound=bound, at=node.col_offset)


def _aggregate(parser: "Parser", node: ast.Call, name: str) -> Condition | Value:
    if name == "count":
        _arguments(parser, node, "count(condition)", 0, 1)
        where = parser.condition(node.args[0]) if node.args else None
        return Aggregate("count", None, where, type=Type.NUMBER, bound=10**10, at=node.col_offset)
    _arguments(parser, node, f"{name}(what, condition)", 1, 2)
    where = parser.condition(node.args[1]) if len(node.args) > 1 else None
    if name in ("any", "all"):
        return Quantified(name, parser.condition(node.args[0]), where, at=node.col_offset)
    return typing_rules.aggregate(parser, node, name, parser.value(node.args[0]), where)
