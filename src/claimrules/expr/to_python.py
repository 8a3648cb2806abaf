"""The Python compiler: a condition becomes two expressions, *known true* and *known false*.

Nothing of a rule's text reaches the generated source: fields become numbered variables, literals
and sets become numbered constants.
"""

from collections.abc import Callable, Mapping
from functools import cache, singledispatchmethod
from typing import Any, Final

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
    Not,
    Or,
    Quantified,
    Shift,
    Value,
    leaves,
)
from claimrules.expr.nodes import NamedSet as _NamedSet
from claimrules.expr.vocabulary import Field

NONE_FOUND: Final = 99
_KEPT: Final = 65_536


def count_of(modifiers: tuple[str, ...], members: frozenset[str]) -> int:
    """Distinct members among the modifiers."""
    return len(members.intersection(modifiers))


def first_of(modifiers: tuple[str, ...], members: frozenset[str]) -> int:
    """Position of the first member, 1 to 4; 99 if none."""
    return next((i for i, modifier in enumerate(modifiers, 1) if modifier in members), NONE_FOUND)


def last_of(modifiers: tuple[str, ...], members: frozenset[str]) -> int:
    """Position of the last member, 1 to 4; 0 if none."""
    return max((i for i, modifier in enumerate(modifiers, 1) if modifier in members), default=0)


def shared(left: tuple[str, ...], right: tuple[str, ...], members: frozenset[str]) -> bool:
    """A member stands on both lines."""
    return not members.isdisjoint(set(left).intersection(right))


def differ(left: tuple[str, ...], right: tuple[str, ...], members: frozenset[str]) -> bool:
    """The members on the two lines are not the same."""
    return members.intersection(left) != members.intersection(right)


class Held(dict[object, bool]):
    """Whether values are in a named set; kept, for ranges are slow to look through."""

    def __init__(self, found: _NamedSet) -> None:
        """Start with none."""
        super().__init__()
        self._found = found

    def __missing__(self, value: object) -> bool:
        if len(self) >= _KEPT:
            self.clear()
        return self.setdefault(value, value in self._found)


@cache
def held(found: _NamedSet) -> Held:
    """What is kept of a named set; equal ones share it."""
    return Held(found)


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    function.__name__: function for function in (count_of, first_of, last_of, shared, differ)
}


class Writer:
    """Writes expressions; ``variables`` names the variable of each field and each aggregate.

    A field's variable holds its value or ``None``. An aggregate's variable ``a`` comes with ``a_m``
    (the byte of what is missing); a quantified condition's with ``a_t``, ``a_f`` and ``a_m``.
    """

    def __init__(self, variables: Mapping[Field | Aggregate | Quantified, str]) -> None:
        """Start with the variables that the caller has filled."""
        self.variables = variables
        self.constants: dict[str, Any] = {}
        self._seen: dict[Any, str] = {}

    def constant(self, value: object) -> str:
        """Name a constant; equal ones share a name."""
        key = (type(value), value)
        if key not in self._seen:
            self._seen[key] = f"K{len(self._seen)}"
            self.constants[self._seen[key]] = value
        return self._seen[key]

    def members(self, found: _NamedSet) -> str:
        """Name a set: a frozenset where it has no ranges."""
        return self.constant(found if found.ranges else found.members)

    def _known(self, *values: Value) -> list[str]:
        names: dict[str, None] = {}
        for value in values:
            for leaf in leaves(value):
                names[self.value(leaf)] = None
            if isinstance(value, Shift):
                names[self.value(value)] = None
        return [f"{name} is not None" for name in names]

    # values

    @singledispatchmethod
    def value(self, node: Value) -> str:
        """The expression of a value; may only be run where its fields are known."""
        raise TypeError(node)

    @value.register
    def _(self, node: Literal) -> str:
        return repr(node.value) if isinstance(node.value, int) else self.constant(node.value)

    @value.register
    def _(self, node: Name) -> str:
        return self.variables[node.field]

    @value.register
    def _(self, node: Aggregate) -> str:
        return self.variables[node]

    @value.register
    def _(self, node: Count) -> str:
        return f"{node.function}({self.value(node.modifiers)}, {self.members(node.members)})"

    @value.register
    def _(self, node: Shift) -> str:
        function = "shift_days" if node.function == "add_days" else "shift_years"
        # The functions pass an unknown day on: a guard at each of many nested calls would double the text.
        return f"{function}({self.value(node.day)}, {self.value(node.amount)})"

    @value.register
    def _(self, node: Arithmetic) -> str:
        if node.op == "*":
            return f"({self.value(node.left)} * {self.value(node.right)})"
        return f"({self.aligned(node.left, node.scale)} {node.op} {self.aligned(node.right, node.scale)})"

    def aligned(self, node: Value, scale: int) -> str:
        """The expression of a number, brought to ``scale``."""
        factor = 10 ** (scale - node.scale)
        if isinstance(node, Literal) and isinstance(node.value, int):
            return repr(node.value * factor)
        return self.value(node) if factor == 1 else f"{self.value(node)} * {factor}"

    # conditions

    def true(self, node: Condition) -> str:
        """An expression that is true where the condition is known to be true."""
        return self._write(node, want=True)

    def false(self, node: Condition) -> str:
        """An expression that is true where the condition is known to be false."""
        return self._write(node, want=False)

    def _write(self, node: Condition, *, want: bool) -> str:
        match node:
            case Constant():
                return repr(node.truth is want)
            case Not():
                return self._write(node.part, want=not want)
            case And() | Or():
                word = " and " if isinstance(node, And) is want else " or "
                return "(" + word.join(self._write(part, want=want) for part in node.parts) + ")"
            case Quantified():
                return f"{self.variables[node]}_{'t' if want else 'f'}"
        return self._atom(node, want=want)

    def _atom(self, node: Condition, *, want: bool) -> str:
        match node:
            case Flag():
                return f"({self.value(node.field)} is {want})"
            case Member():
                test = self._member(node, want=want)
                return f"({test})" if want else self._guarded(test, node.value)
            case Carries():
                text = self.constant(node.text)
                return self._guarded(
                    f"{text} {'in' if want else 'not in'} {self.value(node.holder)}", node.holder
                )
            case AnyOf():
                members = self.members(node.members)
                test = f"{'not ' if want else ''}{members}.isdisjoint({self.value(node.modifiers)})"
                return self._guarded(test, node.modifiers)
            case Both():
                left, right = self.value(node.left), self.value(node.right)
                test = f"{node.function}({left}, {right}, {self.members(node.members)}) is {want}"
                return self._guarded(test, node.left, node.right)
            case Compare():
                scale = max(node.left.scale, node.right.scale)
                test = f"{self.aligned(node.left, scale)} {node.op} {self.aligned(node.right, scale)}"
                return self._guarded(test if want else f"not {test}", node.left, node.right)
        raise TypeError(node)

    def _member(self, node: Member, *, want: bool) -> str:
        value, members = self.value(node.value), self.members(node.members)
        if not node.members.ranges:
            return f"{value} {'in' if want else 'not in'} {members}"
        name = f"{members}_held"
        self.constants[name] = held(node.members)
        return f"{'' if want else 'not '}{name}[{value}]"

    def _guarded(self, test: str, *values: Value) -> str:
        return "(" + " and ".join([*self._known(*values), test]) + ")"

    def missing(self, node: Condition, byte: Callable[[Field], str]) -> str:
        """An expression for the byte of the first unknown field; run where the node is unknown.

        ``byte`` gives the expression of a field's byte.
        """
        if isinstance(node, Not):
            return self.missing(node.part, byte)
        if isinstance(node, Quantified):
            return f"{self.variables[node]}_m"
        if isinstance(node, And | Or):
            *first, last = node.parts
            tests = [
                f"{self.missing(part, byte)} if not ({self.true(part)} or {self.false(part)}) else"
                for part in first
                if not isinstance(part, Constant)
            ]
            return "(" + " ".join([*tests, self.missing(last, byte)]) + ")"
        return self._missing_atom(node, byte)

    def _missing_atom(self, node: Condition, byte: Callable[[Field], str]) -> str:
        found: dict[str, str] = {}
        for leaf in leaves(node):
            name = self.value(leaf)
            found.setdefault(name, byte(leaf.field) if isinstance(leaf, Name) else f"{name}_m")
        if not found:
            return "0"
        *first, last = found.items()
        tests = [f"{code} if {name} is None else" for name, code in first]
        return "(" + " ".join([*tests, last[1]]) + ")"
