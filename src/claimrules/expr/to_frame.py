"""The frame compiler: a condition becomes two null-free Narwhals expressions, *known true* and *known false*.

Nothing is left to an engine's nulls: every test ends in ``fill_null(False)`` (language, A7).
Columns are named by ``column``; numbers are 64-bit integers with the scale of their field, yes or
no is text, modifiers are four text columns of which the first is ``?`` where they are unknown.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, reduce, singledispatchmethod
from operator import add, eq, ge, gt, le, lt, ne
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from claimrules.expr.frame_parts import all_true, any_true, shift
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
    leaves,
)
from claimrules.expr.to_python import NONE_FOUND
from claimrules.expr.vocabulary import PAIR_NAMESPACES, Field, Type
from claimrules.model.form import MAX_MODIFIERS

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Expr = nw.Expr
else:
    Expr = Any

__all__ = ["SLOTS", "UNKNOWN_MODIFIERS", "FrameWriter", "all_true", "any_true", "column", "shift"]

UNKNOWN_MODIFIERS: Final = "?"
YES, NO = "yes", "no"
SLOTS: Final = tuple(range(1, MAX_MODIFIERS + 1))
_COMPARISONS: Final = dict(zip(("==", "!=", "<", "<=", ">", ">="), (eq, ne, lt, le, gt, ge), strict=True))


def column(field: Field) -> str:
    """The column of a field: that of the other line begins with ``o_``."""
    base = field.base
    prefix = "o_" if field.namespace in PAIR_NAMESPACES and field.namespace != "pair" else ""
    return f"{prefix}{base.namespace}_{base.name}"


def modifier_columns(field: Field) -> tuple[str, ...]:
    """The four columns of a line's modifiers."""
    return tuple(f"{column(field)}_{slot}" for slot in SLOTS)


class FrameWriter:
    """Writes expressions in the words of Narwhals; ``nw`` is Narwhals, or Polars, which has the same words.

    ``aggregates`` names the columns of aggregates; ``hoisted`` those of conditions that were tested
    before (0 false, 1 true, 2 + n where the n-th field is unknown).
    """

    def __init__(
        self,
        nw: ModuleType,
        aggregates: Mapping[Aggregate | Quantified, str] | None = None,
        hoisted: Mapping[Condition, str] | None = None,
    ) -> None:
        """Remember what to write with: the package stays light until a frame comes."""
        self.nw = nw
        self.aggregates = aggregates or {}
        self.hoisted = hoisted or {}

    # values: null where unknown

    @singledispatchmethod
    def value(self, node: Value) -> "Expr":
        """The expression of a value."""
        raise TypeError(node)

    @value.register
    def _(self, node: Literal) -> "Expr":
        if isinstance(node.value, int):
            return self.nw.lit(node.value, self.nw.Int64)
        return self.nw.lit(node.value)

    @value.register
    def _(self, node: Name) -> "Expr":
        return self.nw.col(column(node.field))

    @value.register
    def _(self, node: Aggregate) -> "Expr":
        return self.nw.col(self.aggregates[node])

    @value.register
    def _(self, node: Arithmetic) -> "Expr":
        if node.op == "*":
            return self.value(node.left) * self.value(node.right)
        left, right = self.aligned(node.left, node.scale), self.aligned(node.right, node.scale)
        return left + right if node.op == "+" else left - right

    @value.register
    def _(self, node: Count) -> "Expr":
        hits = self._hits(node.modifiers.field, node.members)
        if node.function == "count_of":
            return self._distinct_hits(node.modifiers.field, hits)
        empty = NONE_FOUND if node.function == "first_of" else 0
        order = list(zip(SLOTS, hits, strict=True))
        found = self.nw.lit(empty, self.nw.Int64)
        for slot, hit in order[::-1] if node.function == "first_of" else order:
            found = self.nw.when(hit).then(self.nw.lit(slot, self.nw.Int64)).otherwise(found)
        return found

    @value.register
    def _(self, node: Shift) -> "Expr":
        if not isinstance(node.amount, Literal) or not isinstance(node.amount.value, int):
            raise TypeError(node)
        return shift(self.nw, self.value(node.day), node.function, node.amount.value)

    def aligned(self, node: Value, scale: int) -> "Expr":
        """A number brought to ``scale``."""
        factor = 10 ** (scale - node.scale)
        if isinstance(node, Literal) and isinstance(node.value, int):
            return self.nw.lit(node.value * factor, self.nw.Int64)
        found = self.value(node)
        return found if factor == 1 else found * self.nw.lit(factor, self.nw.Int64)

    # modifiers

    def _known_modifiers(self, field: Field) -> "Expr":
        return self.nw.col(modifier_columns(field)[0]) != UNKNOWN_MODIFIERS

    def _hits(self, field: Field, members: NamedSet) -> list["Expr"]:
        found = sorted(members.members)
        return [self.nw.col(name).is_in(found).fill_null(value=False) for name in modifier_columns(field)]

    def _distinct_hits(self, field: Field, hits: Sequence["Expr"]) -> "Expr":
        columns = modifier_columns(field)
        numbers: list[Expr] = []
        for slot, hit in enumerate(hits):
            repeats = [self.nw.col(columns[slot]) == self.nw.col(earlier) for earlier in columns[:slot]]
            numbers.append((hit & ~any_true(repeats) if repeats else hit).cast(self.nw.Int64))
        return reduce(add, numbers)

    # conditions: never null

    def true(self, node: Condition) -> "Expr":
        """True where the condition is known to be true."""
        return self._write(node, want=True)

    def false(self, node: Condition) -> "Expr":
        """True where the condition is known to be false."""
        return self._write(node, want=False)

    def _write(self, node: Condition, *, want: bool) -> "Expr":
        if node in self.hoisted:
            return self.nw.col(self.hoisted[node]) == (1 if want else 0)
        match node:
            case Constant():
                return self.nw.lit(node.truth is want)
            case Not():
                return self._write(node.part, want=not want)
            case And() | Or():
                parts = [self._write(part, want=want) for part in node.parts]
                return all_true(parts) if isinstance(node, And) is want else any_true(parts)
            case Quantified():
                return (self.nw.col(self.aggregates[node]) == (1 if want else 0)).fill_null(value=False)
        # What names no aggregate is written once for all rules.
        yes, no = self._sides(node) if self.aggregates else _plain(self.nw, node)
        return yes if want else no

    def _sides(self, node: Condition) -> tuple["Expr", "Expr"]:
        """Where one of the smallest conditions is known to be true, and where to be false."""
        test, known = self._atom(node)
        test = test.fill_null(value=False)
        return known & test, known & ~test

    def _known(self, *values: Value) -> "Expr":
        tests = []
        for value in values:
            for leaf in leaves(value):
                if isinstance(leaf, Name) and leaf.field.type is Type.MODIFIERS:
                    tests.append(self._known_modifiers(leaf.field))
                else:
                    name = column(leaf.field) if isinstance(leaf, Name) else self.aggregates[leaf]
                    tests.append(~self.nw.col(name).is_null())
        return all_true(tests) if tests else self.nw.lit(value=True)

    def _atom(self, node: Condition) -> tuple["Expr", "Expr"]:
        """A test and whether it is known."""
        match node:
            case Flag():
                return self.value(node.field) == YES, self._known(node.field)
            case Member():
                return self._member(self.value(node.value), node.members), self._known(node.value)
            case Carries():
                return self._carries(node), self._known(node.holder)
            case AnyOf():
                return any_true(self._hits(node.modifiers.field, node.members)), self._known(node.modifiers)
            case Both():
                return self._both(node), self._known(node.left, node.right)
            case Compare():
                return self._compare(node), self._known(node.left, node.right)
        raise TypeError(node)

    def _carries(self, node: Carries) -> "Expr":
        if node.holder.type is not Type.MODIFIERS:
            found: Expr = self.value(node.holder).str.contains(f"<{node.text}>", literal=True)
            return found
        return any_true([self.nw.col(name) == node.text for name in modifier_columns(node.holder.field)])

    def _compare(self, node: Compare) -> "Expr":
        scale = max(node.left.scale, node.right.scale)
        left, right = self.aligned(node.left, scale), self.aligned(node.right, scale)
        compared: Expr = _COMPARISONS[node.op](left, right)
        return compared

    def _member(self, value: "Expr", members: NamedSet) -> "Expr":
        tests = [value.is_in(sorted(members.members))] if members.members else []
        if members.ranges:
            digits = value.str.contains(r"\A[0-9]{5}\z")
            for low, high in members.ranges:
                tests.append(digits & (value >= low) & (value <= high))
        return any_true([test.fill_null(value=False) for test in tests])

    def _both(self, node: Both) -> "Expr":
        left, right = modifier_columns(node.left.field), modifier_columns(node.right.field)
        on_both = [
            hit & any_true([self.nw.col(mine) == self.nw.col(theirs) for theirs in right])
            for mine, hit in zip(left, self._hits(node.left.field, node.members), strict=True)
        ]
        if node.function == "shared":
            return any_true(on_both)
        only_left = self._only(left, right, self._hits(node.left.field, node.members))
        only_right = self._only(right, left, self._hits(node.right.field, node.members))
        return any_true([*only_left, *only_right])

    def _only(self, mine: Sequence[str], theirs: Sequence[str], hits: Sequence["Expr"]) -> list["Expr"]:
        return [
            hit & ~any_true([self.nw.col(name) == self.nw.col(other) for other in theirs])
            for name, hit in zip(mine, hits, strict=True)
        ]

    def tested(self, node: Condition) -> "Expr":
        """The number that a hoisted condition, one of the smallest, is kept as."""
        found = list(dict.fromkeys(leaves(node)))
        kept = self.nw.lit(1 + len(found), self.nw.Int64)
        for number, leaf in list(enumerate(found))[-2::-1]:
            unknown = ~self._known(leaf)  # type: ignore[arg-type]
            kept = self.nw.when(unknown).then(self.nw.lit(2 + number, self.nw.Int64)).otherwise(kept)
        test, known = self._atom(node)
        return self.nw.when(known).then(test.fill_null(value=False).cast(self.nw.Int64)).otherwise(kept)

    # what is missing

    def missing(self, node: Condition, byte: Callable[[Field], "Expr"]) -> "Expr":
        """The byte of the first unknown field; meant where the node is unknown."""
        if isinstance(node, Not):
            return self.missing(node.part, byte)
        if isinstance(node, Quantified):
            return self.nw.col(f"{self.aggregates[node]}_m")
        if isinstance(node, And | Or):
            parts = [part for part in node.parts if not isinstance(part, Constant)]
            found = self.missing(parts[-1], byte)
            for part in parts[-2::-1]:
                unknown = ~(self.true(part) | self.false(part))
                found = self.nw.when(unknown).then(self.missing(part, byte)).otherwise(found)
            return found
        return self._missing_atom(node, byte)

    def _missing_atom(self, node: Condition, byte: Callable[[Field], "Expr"]) -> "Expr":
        found, kept = list(dict.fromkeys(leaves(node))), self.hoisted.get(node)
        chosen = self._byte(found[-1], byte)
        for number, leaf in list(enumerate(found))[-2::-1]:
            unknown = self.nw.col(kept) == 2 + number if kept else ~self._known(leaf)  # type: ignore[arg-type]
            chosen = self.nw.when(unknown).then(self._byte(leaf, byte)).otherwise(chosen)
        return chosen

    def _byte(self, leaf: Name | Aggregate | Quantified, byte: Callable[[Field], "Expr"]) -> "Expr":
        return byte(leaf.field) if isinstance(leaf, Name) else self.nw.col(f"{self.aggregates[leaf]}_m")


@lru_cache(maxsize=2**14)
def _plain(nw: ModuleType, node: Condition) -> tuple["Expr", "Expr"]:
    return FrameWriter(nw)._sides(node)  # noqa: SLF001 (the writer's own)
