"""Small runs: what the other lines may prove, before any key is compared, and who shares a key."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from claimrules.engine.index import Group, Places
from claimrules.engine.keys import Same
from claimrules.engine.subject import Subject

if TYPE_CHECKING:
    from datetime import date

    from claimrules.engine.asking import Masks


class _Proven:
    """What lines may prove, as bits: ``once`` by any of them, ``twice`` by two or more."""

    __slots__ = ("once", "twice")

    def __init__(self) -> None:
        self.once = self.twice = 0

    def by_others(self, own: int) -> int:
        """What lines may prove beside one that may prove ``own``."""
        return self.twice | self.once & ~own


class Neighbours:
    """The lines of a small run, of which each is looked at: an index would cost more."""

    def __init__(self, masks: "Masks", places: Places) -> None:
        """Gather what all lines may prove, and those of each day that is near."""
        self._masks = masks
        self._near, self._everyone = places.near, places.everyone
        self._all = _Proven()
        self._days: dict[date | None, _Proven] = {}
        self._codes: dict[tuple[date | None, str | None], int] = {}
        related = masks.related
        once = twice = 0
        for subject in self._everyone:
            proves = subject.proves | related
            twice |= once & proves
            once |= proves
        self._all.once, self._all.twice = once, twice
        for subject in self._near:
            self._count(subject, related)

    def _count(self, subject: Subject, related: int) -> None:
        line, proves = subject.line, subject.proves | related
        day = line.from_date
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = _Proven()
        found.twice |= found.once & proves
        found.once |= proves
        key = day, line.code
        self._codes[key] = self._codes.get(key, 0) + 1

    def may_prove(self, subject: Subject) -> int:
        """The rules, as bits, for which another line may matter to a line that is near."""
        line, masks = subject.line, self._masks
        own, day = subject.proves | masks.related, line.from_date
        dated = masks.dated if self._codes[day, line.code] > 1 else masks.dated & ~masks.coded
        return self._all.by_others(own) & ~masks.dated | self._days[day].by_others(own) & dated

    def among(self, same: Same) -> Sequence[Subject]:
        """The lines that may share a key."""
        return self._near if same.dated else self._everyone

    def share(self, same: Same, subject: Subject) -> bool:
        """Whether a line shares a key with another; those that come last are lines of its claim."""
        found = _sharing(same, subject, reversed(self.among(same)))
        return next(iter(found), None) is not None

    def proving(self, same: Same, subject: Subject, bits: int) -> tuple[Group, ...]:
        """The other lines that share a key and may prove something for rules, given as bits."""
        candidates = (other for other in self.among(same) if other.proves & bits)
        found = list(_sharing(same, subject, candidates))
        return (Group(found),) if found else ()


def _sharing(same: Same, subject: Subject, others: Iterable[Subject]) -> Iterable[Subject]:
    keys = [(function, function(subject)) for function in same.functions]
    known = [(function, key) for function, key in keys if not isinstance(key, int)]
    if len(known) == 1:
        function, key = known[0]
        return (other for other in others if other is not subject and function(other) == key)
    return (
        other
        for other in others
        if other is not subject and any(function(other) == key for function, key in known)
    )
