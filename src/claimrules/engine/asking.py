"""Which rules that look around are asked together: by the place of a line, then by the keys it shares."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from claimrules.engine.group_rules import GroupRule
from claimrules.engine.keys import Same
from claimrules.engine.pair_rules import PairRule
from claimrules.engine.subject import Subject

_KEPT: Final = 16_384
Looking = GroupRule | PairRule


@attrs.frozen(eq=False)
class Batch:
    """Rules that ask for the same keys and, if ``related``, for the same lines of a published relation.

    ``proven``: only for lines that may prove something. ``gathered`` are all group rules of the same keys, as
    bits: they share their groups.
    """

    bits: int
    rules: "tuple[Any, ...]"
    related: bool
    proven: bool
    gathered: int


@attrs.frozen(eq=False)
class Ask:
    """Rules that look at lines of one place, as bits.

    For those of ``pairs`` a line must prove something; ``always`` are the others. ``groups`` are those of
    the same keys, with their bits.
    """

    place: Callable[[Subject], tuple[Any, ...]]
    dated: bool
    always: int
    pairs: int
    groups: tuple[tuple[Same, int, tuple[Batch, ...]], ...]


@attrs.frozen
class Masks:
    """Rules that look around, as bits.

    ``early`` stand before the last stratum. ``related`` ask for a published relation. ``dated`` need lines of
    the same day, ``coded`` are those of them that need lines of the same code too.
    """

    early: int
    related: int
    dated: int
    coded: int


def masks(rules: Sequence[Looking], early: int) -> Masks:
    """Give the masks; the first ``early`` rules stand before the last stratum."""
    return Masks(
        early=(1 << early) - 1,
        related=_bits(one for one in rules if one.rule.relation),
        dated=_bits(one for one in rules if one.same.dated),
        coded=_bits(one for one in rules if one.same.dated and one.same.coded),
    )


class Plans(dict[int, tuple["Ask", ...]]):
    """How rules are asked, given as bits; kept."""

    def __init__(self, rules: Sequence[Looking]) -> None:
        """Start with none."""
        super().__init__()
        self._rules = rules
        self._gathered: dict[Same, int] = {}
        for one in rules:
            if isinstance(one, GroupRule):
                self._gathered[one.same] = self._gathered.get(one.same, 0) | 1 << one.number

    def __missing__(self, bits: int) -> tuple["Ask", ...]:
        if len(self) >= _KEPT:
            self.clear()
        numbers = [number for number in range(len(self._rules)) if bits >> number & 1]
        return self.setdefault(bits, asks(self._rules, numbers, self._gathered))


def asks(rules: Sequence[Looking], numbers: Sequence[int], gathered: Mapping[Same, int]) -> tuple[Ask, ...]:
    """Sort some of the rules; ``gathered`` are all group rules of the same keys, as bits."""
    places: dict[tuple[Any, bool], dict[Same, dict[Any, list[Looking]]]] = {}
    for number in numbers:
        one = rules[number]
        same = one.same
        group = places.setdefault((same.place, same.dated), {}).setdefault(same, {})
        group.setdefault(_alike(one), []).append(one)
    return tuple(_ask(place, dated, groups, gathered) for (place, dated), groups in places.items())


def _alike(one: Looking) -> object:
    rule = one.rule
    return (rule.relation, rule.role) if rule.relation else isinstance(one, PairRule)


def _ask(
    place: Any,  # noqa: ANN401 (a function)
    dated: bool,  # noqa: FBT001 (a truth)
    found: dict[Same, dict[Any, list[Looking]]],
    gathered: Mapping[Same, int],
) -> Ask:
    groups = []
    always = pairs = 0
    for same, alike in found.items():
        batches = tuple(_batch(some, gathered.get(same, 0)) for some in alike.values())
        for batch in batches:
            if batch.proven:
                pairs |= batch.bits
            else:
                always |= batch.bits
        groups.append((same, _bits(one for some in alike.values() for one in some), batches))
    return Ask(place, dated, always, pairs, tuple(groups))


def _batch(some: Sequence[Looking], gathered: int) -> Batch:
    related = bool(some[0].rule.relation)
    proven = isinstance(some[0], PairRule) and not related
    return Batch(_bits(some), tuple(some), related, proven, gathered)


def _bits(rules: Any) -> int:  # noqa: ANN401 (compiled rules)
    return sum(1 << one.number for one in rules)
