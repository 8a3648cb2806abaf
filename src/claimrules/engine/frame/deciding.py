"""Which table's edition stands beside a finding: that of the first fact that decided it, as a finding tells.

A table is a number: that of the line's own code, of the other line's, or of the published pair.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.fired import wanted_fired
from claimrules.expr.nodes import And, Condition, Name, Not, Or, leaves
from claimrules.expr.to_frame import FrameWriter
from claimrules.expr.vocabulary import PAIR_NAMESPACES, RULE_TABLES
from claimrules.rulebook.rule import Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Expr = nw.Expr

NO_TABLE: Final = 0
OWN: Final = {number: f"edition_{table}" for number, table in enumerate(RULE_TABLES, 1)}
"""The columns of the editions that speak for the line's own code, by number."""
OTHERS: Final = {number + len(OWN): name for number, name in OWN.items()}
PAIR: Final = 2 * len(OWN) + 1
TABLES: Final = 16
"""Above any number of a table."""


@attrs.frozen
class _Either:
    """The first of some conditions that is known to be so decides."""

    ways: "tuple[tuple[Condition, bool, Deciding], ...]"


@attrs.frozen
class _Then:
    """Several facts decide: the first of a table is told."""

    first: "Deciding"
    rest: "Deciding"


Deciding = int | _Either | _Then


def deciding(rule: Rule) -> Deciding:
    """The table of the first fact that makes a rule fire: a number where it is always the same."""
    return _of_all(tuple(wanted_fired(rule)))


@lru_cache(maxsize=4096)
def _of_all(wanted: "tuple[tuple[Condition, bool], ...]") -> Deciding:
    return _all(_of(node, want=want) for node, want in wanted)


def numbers(told: Deciding) -> frozenset[int]:
    """The tables that may decide."""
    if isinstance(told, int):
        return frozenset({told})
    parts = (told.first, told.rest) if isinstance(told, _Then) else (part for *_, part in told.ways)
    return frozenset().union(*map(numbers, parts))


def number_of(writer: FrameWriter, told: Deciding) -> "Expr":
    """The number of the table that decided, where a rule fired."""
    nw: Any = writer.nw
    found: Expr
    if isinstance(told, int):
        found = nw.lit(told, nw.Int64)
    elif isinstance(told, _Then):
        first = number_of(writer, told.first)
        found = nw.when(first != NO_TABLE).then(first).otherwise(number_of(writer, told.rest))
    else:
        found = nw.lit(NO_TABLE, nw.Int64)
        for part, want, theirs in reversed(told.ways):
            holds = writer.true(part) if want else writer.false(part)
            found = nw.when(holds).then(number_of(writer, theirs)).otherwise(found)
    return found


def edition_of(writer: FrameWriter, rule: Rule) -> "Expr":
    """The edition that stands beside a finding on one line, blank where no table of codes decided it."""
    nw, told = writer.nw, deciding(rule)
    if isinstance(told, int):
        return named(nw, nw.lit(told, nw.Int64), {told: OWN[told]} if told in OWN else {})
    return named(nw, number_of(writer, told), {each: OWN[each] for each in numbers(told) if each in OWN})


def named(nw: Any, number: "Expr", columns: dict[int, str]) -> "Expr":
    """The edition of the table of a number, of which one column each holds the names."""
    found: Expr = nw.lit("")
    for each, name in sorted(columns.items()):
        found = nw.when(number == each).then(nw.col(name)).otherwise(found)
    return found


def _of(node: Condition, *, want: bool) -> Deciding:
    if isinstance(node, Not):
        return _of(node.part, want=not want)
    if not isinstance(node, And | Or):
        return next((number for number in map(_table, leaves(node)) if number), NO_TABLE)
    parts = [(part, want, _of(part, want=want)) for part in node.parts]
    if isinstance(node, Or) is not want:
        return _all(theirs for *_, theirs in parts)
    first = parts[0][-1]
    return first if all(theirs == first for *_, theirs in parts) else _Either(tuple(parts))


def _all(parts: Iterable[Deciding]) -> Deciding:
    found: Deciding = NO_TABLE
    for part in parts:
        found = _then(found, part)
    return found


def _then(first: Deciding, rest: Deciding) -> Deciding:
    if NO_TABLE in (first, rest):
        return rest if first == NO_TABLE else first
    return _Then(first, rest) if NO_TABLE in numbers(first) else first


def _table(leaf: Any) -> int:
    """The number of the table that a field is of; what is counted over lines is of none."""
    if not isinstance(leaf, Name):
        return NO_TABLE
    field, other = leaf.field, leaf.field.namespace in PAIR_NAMESPACES
    if field.base.namespace == "pair":
        return PAIR
    if field.base.namespace != "code" or field.base.table not in RULE_TABLES:
        return NO_TABLE
    return RULE_TABLES.index(field.base.table) + 1 + (len(OWN) if other else 0)
