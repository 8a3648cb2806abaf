"""What the outcome of a line rule rests on: the code and its like alone, then units and regions, then all."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from claimrules.expr.nodes import Compare, Literal, Name, Node, names
from claimrules.expr.vocabulary import Field
from claimrules.rulebook.rule import Rule

SETTLED, CLASSED, LOOSE = 0, 1, 2
"""Rests on the kind of the line; on its class too (units, regions of charge and day); on anything."""
_SETTLED: Final = frozenset(
    {
        *("line.code", "line.modifiers", "line.place_of_service", "line.setting", "line.revenue_code"),
        *("line.specialty", "line.component", "line.code_shape", "line.repeated_modifiers"),
        *("line.modifiers_unlisted", "line.modifiers_early", "line.modifiers_ended"),
        *("form.code", "form.modifiers", "form.modifier_count", "form.place_of_service"),
        "form.revenue_code",
    }
)
"""Fields of the line that make up the key of a kind, or rest on it."""
EXACT: Final[Mapping[str, str]] = {
    "units": "units",
    "units_whole": "units",
    **{
        name: name
        for name in ("documentation", "teaching", "narrative", "minutes", "dose", "diagnosis_pointers")
    },
}
"""Fields that stand in the key of a class as they are, and what they are made from."""
_FORM: Final = frozenset({f"form.{name}" for name in ("units", "from_date", "to_date", "charge")})
"""How a field of the key arrived."""
_PLACED: Final = {"charge": "charge", "from_date": "from_date", "to_date": "from_date"}
"""Fields that stand there as a region between the literals they are compared with. A line of a class
is one day long."""


def is_settled_field(field: Field) -> bool:
    """Say whether a field of the judged line rests on its kind alone."""
    return field.namespace == "code" or str(field) in _SETTLED


def rank(rule: Rule) -> int:
    """How much of the line the outcome of a line rule rests on."""
    conditions = (rule.applies, rule.when, rule.unless)
    if all(is_settled_field(field) for field in names(*conditions)):
        return SETTLED
    return CLASSED if all(_is_classed(condition) for condition in conditions) else LOOSE


def _is_classed(node: Node) -> bool:
    if isinstance(node, Compare) and placed(node):
        return True
    if isinstance(node, Name):
        field = node.field
        exact = field.namespace == "line" and (field.name in EXACT or field.name == "days")
        return exact or str(field) in _FORM or is_settled_field(field)
    return all(_is_classed(child) for child in node.children())


def placed(node: Compare) -> tuple[str, int | date] | None:
    """The field and the literal of a comparison that only asks for the region of a value."""
    sides = (node.left, node.right)
    for one, other in (sides, sides[::-1]):
        if isinstance(one, Name) and isinstance(other, Literal) and one.field.namespace == "line":
            field = _PLACED.get(one.field.name)
            if field is not None:
                value = other.value
                return field, value if isinstance(value, date) else _decimal(int(value), other.scale)
    return None


def _decimal(number: int, scale: int) -> Any:  # noqa: ANN401 (a Decimal, exact whatever the context)
    digits = tuple(int(digit) for digit in str(abs(number)))
    return Decimal((int(number < 0), digits, -scale))


def exact_fields(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The fields of the line that the rules compare as they are."""
    found = names(*(part for rule in rules for part in (rule.applies, rule.when, rule.unless)))
    return tuple(
        dict.fromkeys(
            EXACT[field.name] for field in found if field.namespace != "code" and field.name in EXACT
        )
    )


def thresholds(rules: Iterable[Rule], field: str) -> tuple[Any, ...]:
    """The literals that the rules compare a field with, in order."""
    conditions = (part for rule in rules for part in (rule.applies, rule.when, rule.unless))
    nodes = (node for condition in conditions for node in condition.walk() if isinstance(node, Compare))
    return tuple(sorted({found[1] for node in nodes if (found := placed(node)) and found[0] == field}))


def region_function(literals: Sequence[Any]) -> Callable[[Any], int | None]:
    """Give what numbers the regions: below, at and above each literal; ``None`` stays unknown."""

    def region(value: Any) -> int | None:  # noqa: ANN401 (a date or a number)
        if value is None:
            return None
        at = bisect_left(literals, value)
        return 2 * at + (at < len(literals) and literals[at] == value)

    return region


class Regions(dict[Any, int | None]):
    """The regions of values that come again, kept."""

    def __init__(self, literals: Sequence[Any]) -> None:
        """Start with none."""
        super().__init__()
        self._region = region_function(literals)

    def __missing__(self, value: Any) -> int | None:  # noqa: ANN401 (a date)
        return self.setdefault(value, self._region(value))
