"""What fits beside what: the types, scales and bounds of comparisons and arithmetic."""

import ast
import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import attrs

from claimrules.expr.nodes import (
    Aggregate,
    Arithmetic,
    Compare,
    Condition,
    Literal,
    Member,
    Name,
    NamedSet,
    Value,
)
from claimrules.expr.vocabulary import Type
from claimrules.model.form import DATE_PATTERN

if TYPE_CHECKING:
    from claimrules.expr.parse import Parser

MAX_SCALE: Final = 6
_MOST_DIGITS: Final = 15  # LARGEST has 19
DIGITS: Final = f"at most {_MOST_DIGITS} digits, {MAX_SCALE} of them decimals"
"""What a number that is written may have."""
LARGEST: Final = 9 * 10**18
"""Frames hold numbers as 64-bit integers; a condition that could exceed them is refused."""

_ORDERED: Final = (Type.NUMBER, Type.DATE)
_SET_FIELDS: Final = {
    "code": "codes",
    "place_of_service": "places",
    "revenue_code": "revenue_codes",
    "bill_class": "bill_classes",
}
_modifier = re.compile("[0-9A-Z]{2}")
_date = re.compile(DATE_PATTERN)


def scale_of(number: Decimal) -> int | None:
    """Give how many decimals a number has; ``None`` where it has too many digits, or is none."""
    exponent = number.as_tuple().exponent
    scale = max(0, -exponent) if isinstance(exponent, int) else MAX_SCALE + 1
    return scale if scale <= MAX_SCALE and len(number.as_tuple().digits) <= _MOST_DIGITS else None


def number_literal(parser: "Parser", node: ast.expr, number: Decimal) -> Literal:
    """Make a number of at most 15 digits and 6 decimals an integer with a scale."""
    scale = scale_of(number)
    if scale is None:
        parser.fail(node, f"a number has {DIGITS}")
    value = int(number.scaleb(scale))
    return Literal(value, type=Type.NUMBER, scale=scale, bound=max(1, abs(value)), at=node.col_offset)


def as_date(parser: "Parser", node: ast.expr, value: Value) -> Value:
    """Read a text literal beside a date as the date that it writes."""
    if value.type is Type.DATE:
        return value
    if isinstance(value, Literal) and isinstance(value.value, str) and _date.fullmatch(value.value):
        return attrs.evolve(value, value=date.fromisoformat(value.value), type=Type.DATE)
    return parser.fail(node, "a date stands beside a date", 'write "2025-11-03"')


def text_literal(parser: "Parser", node: ast.expr, value: Value) -> str:
    """The text of a literal."""
    if not isinstance(value, Literal) or not isinstance(value.value, str):
        parser.fail(node, "text is compared with text", 'codes and indicators are text: write "0"')
    return value.value


def compare(parser: "Parser", node: ast.expr, op: str, left: Value, right: Value) -> Condition:
    """Check one comparison and build it."""
    if left.type is not right.type:
        remedy = 'codes and indicators are text: write "0"' if Type.TEXT in (left.type, right.type) else ""
        parser.fail(node, f"a {left.type.value} cannot be compared with a {right.type.value}", remedy)
    if left.type not in (*_ORDERED, Type.TEXT):
        parser.fail(
            node, f"a {left.type.value} cannot be compared", 'write it alone, or "50" in line.modifiers'
        )
    if left.type is Type.TEXT:
        if op not in ("==", "!="):
            remedy = "use ranges in rules/sets/*.toml and `line.code in sets.name`"
            parser.fail(node, "text has no order: a range of text catches codes of other shapes", remedy)
        for field, literal in ((left, right), (right, left)):
            if isinstance(literal, Literal):
                check_value(parser, node, field, str(literal.value))
    if isinstance(left, Literal) and isinstance(right, Literal):
        parser.fail(node, "two literals are compared", "name a field")
    _check_seq(parser, node, op, left, right)
    if left.type is Type.NUMBER:
        scale = max(left.scale, right.scale)
        for side in (left, right):
            _check_bound(parser, node, side.bound * 10 ** (scale - side.scale))
    return Compare(op, left, right, at=left.at)


def _check_seq(parser: "Parser", node: ast.expr, op: str, left: Value, right: Value) -> None:
    seqs = [
        str(part.field)
        for part in (*left.walk(), *right.walk())
        if isinstance(part, Name) and part.field.name == "seq"
    ]
    allowed = (
        isinstance(left, Name) and isinstance(right, Name) and op == "<" and seqs == ["other.seq", "line.seq"]
    )
    if "other.seq" in seqs and not allowed:
        parser.fail(node, "other.seq has one use", "write other.seq < line.seq")


def check_value(parser: "Parser", node: ast.expr, field: Value, text: str) -> None:
    """Refuse a literal that the indicator can never have."""
    if not isinstance(field, Name) or field.field.values is None or text in field.field.values:
        return
    values = ", ".join(f'"{value}"' for value in field.field.values)
    parser.fail(node, f'{field.field} is never "{text}"', f"it can be {values}")


def check_modifier(parser: "Parser", node: ast.expr, text: str) -> None:
    """Refuse text that no modifier can be."""
    if not _modifier.fullmatch(text):
        parser.fail(node, f'"{text}" is not a modifier', "two characters, 0-9 and A-Z, upper case")


def member(parser: "Parser", node: ast.expr, value: Value, members: NamedSet) -> Condition:
    """Check ``value in members`` and build it."""
    if not isinstance(value, Name) or value.type is not Type.TEXT:
        parser.fail(
            node, "only a text field can be looked for in a set", 'for modifiers: "50" in line.modifiers'
        )
    if members.kind == "literal":
        for text in sorted(members.members):
            check_value(parser, node, value, text)
    elif _SET_FIELDS.get(value.field.name, members.kind) != members.kind or members.kind == "modifiers":
        remedy = "any_of(line.modifiers, sets.name)" if members.kind == "modifiers" else ""
        parser.fail(node, f"sets.{members.name} holds {members.kind}, {value.field} does not", remedy)
    return Member(value, members, at=node.col_offset)


def arithmetic(parser: "Parser", node: ast.expr, op: str, left: Value, right: Value) -> Value:
    """Check ``+ - *`` on two numbers and build it with its scale and bound."""
    for side in (left, right):
        if side.type is not Type.NUMBER:
            parser.fail(
                node, f"{op} works on numbers, not on a {side.type.value}", "for dates: add_days(d, n)"
            )
    if op == "*":
        scale, bound = left.scale + right.scale, left.bound * right.bound
    else:
        scale = max(left.scale, right.scale)
        bound = left.bound * 10 ** (scale - left.scale) + right.bound * 10 ** (scale - right.scale)
    if scale > MAX_SCALE:
        parser.fail(node, "this product has more than 6 decimals", "multiply by whole numbers")
    _check_bound(parser, node, bound)
    return Arithmetic(op, left, right, type=Type.NUMBER, scale=scale, bound=bound, at=left.at)


def _check_bound(parser: "Parser", node: ast.expr, bound: int) -> None:
    if bound > LARGEST:
        parser.fail(node, "this number can exceed the 64-bit integers of a frame", "compare smaller numbers")


def aggregate(
    parser: "Parser", node: ast.expr, function: str, value: Value, where: Condition | None
) -> Aggregate:
    """Check ``sum min max distinct`` and build it."""
    if function == "sum" and value.type is not Type.NUMBER:
        parser.fail(node, f"sum works on numbers, not on a {value.type.value}")
    if value.type not in (*_ORDERED, Type.TEXT):
        parser.fail(node, f"{function} does not work on a {value.type.value}")
    if function == "distinct":
        return Aggregate(function, value, where, type=Type.NUMBER, bound=10**10, at=node.col_offset)
    bound = value.bound * 10**7 if function == "sum" else value.bound
    _check_bound(parser, node, bound)
    return Aggregate(
        function, value, where, type=value.type, scale=value.scale, bound=bound, at=node.col_offset
    )
