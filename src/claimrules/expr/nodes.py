"""The syntax tree of a condition: about a dozen small typed nodes."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import chain

import attrs

from claimrules.expr.vocabulary import Field, Type

CODE_LENGTH = 5


@attrs.frozen(cache_hash=True)
class NamedSet:
    """A named set of codes, modifiers or places: data under ``rules/sets``.

    ``members`` are single values; ``ranges`` are pairs of five-digit codes, both ends included. A
    text range never reaches a code with a letter (``"0101T"`` sorts between ``"00100"`` and
    ``"01999"`` and is no anaesthesia code). ``configured``: the list is nobody's but the payer's, and
    its members are samples until an overlay gives them.
    """

    name: str
    kind: str
    members: frozenset[str]
    ranges: tuple[tuple[str, str], ...] = ()
    title: str = ""
    source: str = ""
    configured: bool = False

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, str):
            return False
        if value in self.members:
            return True
        if len(value) != CODE_LENGTH or not (value.isascii() and value.isdecimal()):
            return False
        return any(low <= value <= high for low, high in self.ranges)


@attrs.frozen(cache_hash=True)
class Node:
    """What every node knows: where it starts in the source of its condition."""

    at: int = attrs.field(default=0, kw_only=True, eq=False)

    def children(self) -> tuple["Node", ...]:
        """The nodes directly below this one, in the order of the source."""
        found: list[Node] = []
        for name in _places(type(self)):
            value = getattr(self, name)
            parts = value if isinstance(value, tuple) else (value,)
            found.extend(part for part in parts if isinstance(part, Node))
        return tuple(found)

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of the source."""
        yield self
        for child in self.children():
            yield from child.walk()


_kinds: dict[type, tuple[str, ...]] = {}


def _places(kind: type[Node]) -> tuple[str, ...]:
    """The attributes of a kind of node, looked up once."""
    if kind not in _kinds:
        _kinds[kind] = tuple(field.name for field in attrs.fields(kind))
    return _kinds[kind]


@attrs.frozen(cache_hash=True)
class Value(Node):
    """A node that has a value; ``scale`` and ``bound`` as in ``Field``."""

    type: Type = attrs.field(default=Type.TEXT, kw_only=True)
    scale: int = attrs.field(default=0, kw_only=True)
    bound: int = attrs.field(default=0, kw_only=True)


@attrs.frozen(cache_hash=True)
class Literal(Value):
    """A literal: text, a date, or a number as an integer with ``scale`` decimals."""

    value: str | int | date


@attrs.frozen(cache_hash=True)
class Name(Value):
    """A field of the vocabulary."""

    field: Field


@attrs.frozen(cache_hash=True)
class Arithmetic(Value):
    """``+``, ``-`` or ``*`` on two numbers."""

    op: str
    left: Value
    right: Value


@attrs.frozen(cache_hash=True)
class Count(Value):
    """``count_of``, ``first_of`` or ``last_of``: a number about the modifiers of one line."""

    function: str
    modifiers: Name
    members: NamedSet


@attrs.frozen(cache_hash=True)
class Shift(Value):
    """``add_days`` or ``add_years``: a date some days or years later."""

    function: str
    day: Value
    amount: Value


@attrs.frozen(cache_hash=True)
class Aggregate(Value):
    """``count sum min max distinct`` over the members of a group that meet ``where``."""

    function: str
    value: Value | None
    where: "Condition | None"


@attrs.frozen(cache_hash=True)
class Condition(Node):
    """A node that is true, false or unknown."""


@attrs.frozen(cache_hash=True)
class Compare(Condition):
    """Two values compared by ``== != < <= > >=``."""

    op: str
    left: Value
    right: Value


@attrs.frozen(cache_hash=True)
class Member(Condition):
    """``x in ("0", "9")`` or ``x in sets.name``."""

    value: Name
    members: NamedSet


@attrs.frozen(cache_hash=True)
class Carries(Condition):
    """``"50" in line.modifiers`` or ``"26" in code.rows``."""

    text: str
    holder: Name


@attrs.frozen(cache_hash=True)
class AnyOf(Condition):
    """``any_of(m, S)``: the line carries a member of ``S``."""

    modifiers: Name
    members: NamedSet


@attrs.frozen(cache_hash=True)
class Both(Condition):
    """``shared(m, n, S)`` or ``differ(m, n, S)``: two lines' members of ``S`` compared."""

    function: str
    left: Name
    right: Name
    members: NamedSet


@attrs.frozen(cache_hash=True)
class Flag(Condition):
    """A field that is itself yes or no."""

    field: Name


@attrs.frozen(cache_hash=True)
class Quantified(Condition):
    """``any(c, where)`` or ``all(c, where)`` over the members of a group."""

    function: str
    condition: Condition
    where: Condition | None


@attrs.frozen(cache_hash=True)
class Constant(Condition):
    """A condition that is always true or always false (an absent ``applies`` or ``unless``)."""

    truth: bool


@attrs.frozen(cache_hash=True)
class And(Condition):
    """All parts hold."""

    parts: tuple[Condition, ...]


@attrs.frozen(cache_hash=True)
class Or(Condition):
    """At least one part holds."""

    parts: tuple[Condition, ...]


@attrs.frozen(cache_hash=True)
class Not(Condition):
    """The part does not hold."""

    part: Condition


TRUE = Constant(truth=True)
FALSE = Constant(truth=False)


def names(*nodes: Node) -> tuple[Field, ...]:
    """Every field that the nodes name, once, in the order of the source."""
    return tuple(dict.fromkeys(chain.from_iterable(map(_named, nodes))))


@lru_cache(maxsize=2**14)
def _named(root: Node) -> tuple[Field, ...]:
    """The fields of one node: every run over a frame asks again."""
    return tuple(dict.fromkeys(node.field for node in root.walk() if isinstance(node, Name)))


def named_sets(*nodes: Node) -> tuple[NamedSet, ...]:
    """Every named set that the nodes name, once."""
    found = (getattr(node, "members", None) for root in nodes for node in root.walk())
    return tuple(dict.fromkeys(each for each in found if isinstance(each, NamedSet) and each.name))


def leaves(node: Node) -> Iterator[Name | Aggregate | Quantified]:
    """The fields and aggregates of a node, without looking inside the aggregates."""
    if isinstance(node, Name | Aggregate | Quantified):
        yield node
        return
    for child in node.children():
        yield from leaves(child)


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """The parts that all must hold."""
    return condition.parts if isinstance(condition, And) else (condition,)


def outer_names(*nodes: Node) -> tuple[Field, ...]:
    """The fields named outside of any aggregate: those of the line being judged."""
    found = (leaf.field for root in nodes for leaf in leaves(root) if isinstance(leaf, Name))
    return tuple(dict.fromkeys(found))


def aggregates(*nodes: Node) -> tuple[Aggregate | Quantified, ...]:
    """Every aggregate below the nodes, once, in the order of the source."""
    return tuple(dict.fromkeys(chain.from_iterable(map(_aggregated, nodes))))


@lru_cache(maxsize=2**14)
def _aggregated(root: Node) -> tuple[Aggregate | Quantified, ...]:
    """Those of one node: every run over a frame asks again."""
    return tuple(dict.fromkeys(each for each in root.walk() if isinstance(each, Aggregate | Quantified)))


def quantified_truth(node: Quantified) -> Condition:
    """What ``any(c, w)`` and ``all(c, w)`` ask of each member: c and w, and c or not w."""
    if node.where is None:
        return node.condition
    if node.function == "any":
        return And((node.where, node.condition))
    return Or((Not(node.where), node.condition))
