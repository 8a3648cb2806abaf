"""What the members of a group come to together: sums, counts, the least and the most, any and all."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from claimrules.engine.outcomes import FIRST_UNKNOWN
from claimrules.expr import access
from claimrules.expr.nodes import Aggregate, Quantified

Aggregates = Sequence[tuple[Any, ...]]
_NO_VALUE: Final = FIRST_UNKNOWN + len(access.CAUSES) - 1
"""What is unknown of the least and the most of nothing."""


def combine(found: tuple[Aggregate | Quantified, ...], members: Counter[tuple[Any, ...]]) -> Aggregates:
    """Combine the members' contributions; what is missing anywhere leaves an aggregate unknown."""
    columns = ([(parts[number], count) for parts, count in members.items()] for number in range(len(found)))
    return [_combine(node, column) for node, column in zip(found, columns, strict=True)]


def _combine(node: Aggregate | Quantified, parts: list[tuple[tuple[int, Any], int]]) -> tuple[int, Any]:
    if len(parts) == 1:
        return single(node, *parts[0])
    lacking = min([byte for (byte, _), _ in parts if byte], default=0)
    if isinstance(node, Quantified):
        decisive = node.function == "any"
        if any(value is decisive for (_, value), _ in parts):
            return 0, decisive
        return (lacking, None) if lacking else (0, not decisive)
    values = [(value, count) for (_, value), count in parts if value is not None]
    if not lacking and not values and node.function in ("min", "max"):
        lacking = _NO_VALUE
    return (lacking, None) if lacking else (0, _total(node.function, values))


def single(node: Aggregate | Quantified, part: tuple[int, Any], count: int) -> tuple[int, Any]:
    """The same where all members contribute alike, as a line alone does."""
    lacking, value = part
    if lacking or isinstance(node, Quantified):
        return part
    function = node.function
    if value is None:
        return (_NO_VALUE, None) if function in ("min", "max") else (0, 0)
    if function in ("min", "max"):
        return part
    return 0, count if function == "count" else value * count if function == "sum" else 1


def _total(function: str, values: list[tuple[Any, int]]) -> object:
    match function:
        case "count":
            return sum(count for _, count in values)
        case "sum":
            return sum(value * count for value, count in values)
        case "distinct":
            return len({value for value, _ in values})
    choose = min if function == "min" else max
    return choose(value for value, _ in values)
