"""The SQL compiler: a condition becomes one expression that is true, false or ``NULL``.

SQL's three values are those of the language (A7): ``NULL`` is unknown, and ``AND``, ``OR`` and ``NOT``
are Kleene's. What needs care is the rest: a test of an unknown field must be ``NULL``, never false.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import singledispatchmethod
from textwrap import indent
from typing import Final

from claimrules.expr.nodes import (
    Aggregate,
    And,
    AnyOf,
    Arithmetic,
    Both,
    Carries,
    Compare,
    Condition,
    Constant,
    Count,
    Flag,
    Literal,
    Member,
    Name,
    NamedSet,
    Not,
    Or,
    Quantified,
    Shift,
    Value,
)
from claimrules.expr.sql_dialect import Dialect
from claimrules.expr.to_python import NONE_FOUND
from claimrules.expr.vocabulary import Field

WIDTH: Final = 100
_OPERATORS: Final = {"==": "=", "!=": "<>"}
_DIGITS: Final = "^[0-9]{5}$"


def column(field: Field) -> str:
    """The column of a field: ``units`` of the line, ``code_mue``, ``claim_sex``, ``form_units``."""
    base = field.base
    return base.name if base.namespace in ("line", "pair") else f"{base.namespace}_{base.name}"


class SqlWriter:
    """Writes expressions in one dialect.

    ``alias`` gives what stands before the column of a field, ``aggregates`` the columns of aggregates.
    """

    def __init__(
        self,
        dialect: Dialect,
        alias: Callable[[Field], str] = lambda _field: "",
        aggregates: Mapping[Aggregate | Quantified, str] | None = None,
    ) -> None:
        """Take what a query calls its columns."""
        self.dialect, self._alias, self._aggregates = dialect, alias, aggregates or {}

    # values

    @singledispatchmethod
    def value(self, node: Value) -> str:
        """The expression of a value; ``NULL`` where a field of it is."""
        raise TypeError(node)

    @value.register
    def _(self, node: Literal) -> str:
        if isinstance(node.value, int):
            return f"{Decimal(node.value).scaleb(-node.scale):f}"
        return self.dialect.text(node.value) if isinstance(node.value, str) else f"DATE '{node.value}'"

    @value.register
    def _(self, node: Name) -> str:
        return f"{self._alias(node.field)}{column(node.field)}"

    @value.register
    def _(self, node: Aggregate) -> str:
        return self._aggregates[node]

    @value.register
    def _(self, node: Arithmetic) -> str:
        return f"({self.value(node.left)} {node.op} {self.value(node.right)})"

    @value.register
    def _(self, node: Shift) -> str:
        phrase = self.dialect.add_days if node.function == "add_days" else self.dialect.add_years
        return phrase.format(self.value(node.day), self.value(node.amount))

    @value.register
    def _(self, node: Count) -> str:
        modifiers, members = self.value(node.modifiers), self.members(node.members)
        if node.function == "count_of":
            return self.dialect.size.format(self.dialect.common.format(modifiers, members))
        first = node.function == "first_of"
        asked = modifiers if first else self.dialect.reverse.format(modifiers)
        place = self.dialect.place_where.format(asked, self.dialect.contains.format(members, "m"))
        if not first:
            place = f"{self.dialect.size.format(modifiers)} + 1 - {place}"
        overlap = self.dialect.overlap.format(modifiers, members)
        none = NONE_FOUND if first else 0
        return f"CASE WHEN {overlap} THEN {place} WHEN {modifiers} IS NOT NULL THEN {none} END"

    # sets

    def members(self, members: NamedSet) -> str:
        """An array of the members: that of the part ``sets`` where the set has a name."""
        return f"sets.{members.name}" if members.name else self.dialect.texts(tuple(sorted(members.members)))

    def _holds(self, value: str, members: NamedSet) -> str:
        """Whether a set holds a text that stands in an expression."""
        tests = []
        if members.name and (members.members or members.configured):
            tests.append(self.dialect.contains.format(self.members(members), value))
        elif members.members:
            tests.append(f"{value} IN ({', '.join(map(self.dialect.text, sorted(members.members)))})")
        if members.ranges:
            runs = [
                f"{value} BETWEEN {self.dialect.text(low)} AND {self.dialect.text(high)}"
                for low, high in members.ranges
            ]
            spans = " OR ".join(runs)
            spans = spans if _short(spans) else "\n  " + "\n  OR ".join(runs) + "\n"
            digits = self.dialect.matches.format(value, self.dialect.text(_DIGITS))
            named = f" /* sets.{members.name} */" if members.name else ""
            tests.append(f"({digits} AND ({spans})){named}")
        if not tests:
            return f"CASE WHEN {value} IS NOT NULL THEN FALSE END"
        return tests[0] if len(tests) == 1 else f"({' OR '.join(tests)})"

    # conditions

    def condition(self, node: Condition) -> str:
        """The expression of a condition, over several lines where it is long."""
        match node:
            case Constant():
                return "TRUE" if node.truth else "FALSE"
            case Not():
                return f"NOT {self._part(node.part, always=isinstance(node.part, Compare | Member))}"
            case And() | Or():
                word = "AND" if isinstance(node, And) else "OR"
                parts = [self._part(part) for part in node.parts]
                line = f" {word} ".join(parts)
                return line if _short(line) else f"\n{word} ".join(parts)
            case Quantified():
                return self._aggregates[node]
        return self._atom(node)

    def _part(self, node: Condition, *, always: bool = False) -> str:
        text = self.condition(node)
        if not always and not isinstance(node, And | Or):
            return text
        return f"({text})" if _short(text) else f"(\n{indent(text, '  ')}\n)"

    def _atom(self, node: Condition) -> str:
        match node:
            case Flag():
                return self.value(node.field)
            case Member():
                return self._holds(self.value(node.value), node.members)
            case Carries():
                return self.dialect.contains.format(self.value(node.holder), self.dialect.text(node.text))
            case AnyOf():
                members = self.members(node.members)
                return self.dialect.overlap.format(self.value(node.modifiers), members)
            case Both():
                return self._both(node)
            case Compare():
                operator = _OPERATORS.get(node.op, node.op)
                return f"{self.value(node.left)} {operator} {self.value(node.right)}"
        raise TypeError(node)

    def _both(self, node: Both) -> str:
        left, right = self.value(node.left), self.value(node.right)
        mine = self.dialect.common.format(left, self.members(node.members))
        if node.function == "shared":
            return self.dialect.overlap.format(mine, right)
        theirs = self.dialect.common.format(right, self.members(node.members))
        return f"{self.dialect.ordered.format(mine)} <> {self.dialect.ordered.format(theirs)}"


def _short(text: str) -> bool:
    return len(text) <= WIDTH and "\n" not in text
