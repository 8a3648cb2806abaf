"""Rules that take others in: where both fire on a line, one finding tells of both."""

from collections.abc import Mapping, Sequence

from claimrules.engine.outcomes import FIRED
from claimrules.rulebook.rule import Rule

Told = tuple[tuple[int, tuple[str, ...]], ...]
"""Rules by number, each with the codes of those that it takes in."""


def taken_in(rules: Sequence[Rule], numbers: Mapping[str, int]) -> Mapping[int, frozenset[int]]:
    """For each rule, by number, all that it takes in (``supersedes``), directly or through another.

    A rule that stands in a circle takes in nothing of it: else neither finding would be told.
    """
    direct = {
        number: {numbers[code] for code in rule.supersedes if code in numbers}
        for number, rule in enumerate(rules)
        if rule.supersedes
    }
    found: dict[int, frozenset[int]] = {}
    for number, others in direct.items():
        reached, waiting = set[int](), set(others)
        while waiting:
            reached |= waiting
            waiting = set[int]().union(*(direct.get(each, ()) for each in waiting)) - reached
        found[number] = frozenset(reached)
    return {
        number: frozenset(other for other in others if number not in found.get(other, ()))
        for number, others in found.items()
    }


def takers(taken: Mapping[int, frozenset[int]]) -> Mapping[int, tuple[int, ...]]:
    """For each rule, by number, those that take it in where they fire on the same line."""
    found: dict[int, tuple[int, ...]] = {}
    for number, others in taken.items():
        for other in others:
            found[other] = (*found.get(other, ()), number)
    return found


def told(
    rules: Sequence[Rule],
    taken: Mapping[int, frozenset[int]],
    by: Mapping[int, tuple[int, ...]],
    outcomes: bytes,
) -> Told:
    """The rules that fired on a line and that none takes in which fired too."""
    fired = {number for number, byte in enumerate(outcomes) if byte == FIRED}
    return tuple(
        (number, tuple(sorted(rules[other].code for other in fired.intersection(taken.get(number, ())))))
        for number in sorted(fired)
        if fired.isdisjoint(by.get(number, ()))
    )
