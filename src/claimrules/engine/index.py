"""The lines of one run by what they share; every rule with the same ``same`` uses the same groups."""

from collections.abc import Callable, Container, Sequence
from datetime import date
from typing import Any

from claimrules.engine.keys import KeyFunction, Same
from claimrules.engine.subject import Subject


class Group:
    """Lines that share a key, in their order; ``kept`` holds what rules have found out about them."""

    __slots__ = ("kept", "members")

    def __init__(self, members: list[Subject]) -> None:
        """Hold the members."""
        self.members = members
        self.kept: dict[Any, Any] = {}


Parts = Sequence[Group]
"""Groups without a common member, which together are what a line shares a key with."""


class Index:
    """The groups of one key function."""

    def __init__(self, function: KeyFunction, subjects: Sequence[Subject]) -> None:
        """Sort the lines by their key; those whose key is unknown share none."""
        keys: dict[int, tuple[Any, ...] | int] = {}
        groups: dict[tuple[Any, ...], tuple[Group]] = {}
        self._keys, self._groups = keys, groups
        for subject in subjects:
            keys[subject.seq] = key = function(subject)
            if isinstance(key, int):
                continue
            known = groups.get(key)
            if known is None:
                groups[key] = (Group([subject]),)
            else:
                known[0].members.append(subject)

    def parts(self, subject: Subject) -> Parts | int:
        """The group of a line, or the number of the part of its key that is unknown."""
        key = self._keys[subject.seq]
        return key if isinstance(key, int) else self._groups[key]


def _join(groups: dict[Any, Group], key: object, subject: Subject) -> None:
    known = groups.get(key)
    if known is None:
        groups[key] = Group([subject])
    else:
        known.members.append(subject)


class Either:
    """The groups of two key functions: lines that share one key, or the other.

    Who shares the first key is kept apart by the second, so that each line sees a few groups
    without a common member, however many lines there are.
    """

    def __init__(self, functions: tuple[KeyFunction, ...], subjects: Sequence[Subject]) -> None:
        """Group the lines by the first key and the second, and by the second alone."""
        first, second = functions
        self._keys: dict[int, tuple[Any, Any]] = {}
        self._first: dict[Any, dict[Any, Group]] = {}
        self._second: dict[Any, Group] = {}
        for subject in subjects:
            one, two = first(subject), second(subject)
            self._keys[subject.seq] = one, two
            if not isinstance(one, int):
                groups = self._first.get(one)
                if groups is None:
                    groups = self._first[one] = {}
                _join(groups, None if isinstance(two, int) else two, subject)
            if not isinstance(two, int):
                _join(self._second, two, subject)

    def parts(self, subject: Subject) -> Parts | int:
        """The groups that a line shares a key with, or the number of the part that is unknown."""
        one, two = self._keys[subject.seq]
        if isinstance(one, int):
            return one if isinstance(two, int) else (self._second[two],)
        if isinstance(two, int):
            return tuple(self._first[one].values())
        apart = tuple(group for key, group in self._first[one].items() if key != two)
        return (self._second[two], *apart)


class Place:
    """Lines that may share keys; they are told apart by the keys that rules ask for."""

    __slots__ = ("_indexes", "_proves", "members")

    def __init__(self, members: list[Subject]) -> None:
        """Hold the members, in their order."""
        self.members = members
        self._indexes: dict[Same, Index | Either] = {}
        self._proves = -1

    @property
    def proves(self) -> int:
        """The rules, as bits, for which any of the lines may prove something."""
        if self._proves < 0:
            found = 0
            for member in self.members:
                found |= member.proves
            self._proves = found
        return self._proves

    def parts(self, same: Same, subject: Subject) -> Parts | int:
        """The groups that a line shares a key with, or the number of the part that is unknown."""
        index = self._indexes.get(same)
        if index is None:
            functions = same.functions
            lone = len(functions) == 1
            made = Index(functions[0], self.members) if lone else Either(functions, self.members)
            index = self._indexes[same] = made
        return index.parts(subject)


Placing = Callable[[Subject], tuple[Any, ...]]


class Places:
    """The lines of a run by what most keys begin with: patient, claim, code and day.

    ``near`` are the judged lines and those whose denial matters and rests on others, with all of their
    days; ``everyone`` these and the others that may matter; ``rest`` gives those that are left, where some
    are. ``coded``: the codes of all are known.
    """

    def __init__(
        self,
        subjects: Sequence[Subject],
        days: Container[date | None] | None,
        *,
        coded: bool,
        rest: Callable[[], Sequence[Subject]] | None,
    ) -> None:
        """Take the lines in; those of some ``days`` are near, or all of them."""
        self.near: Sequence[Subject] = (
            subjects if days is None else [each for each in subjects if each.line.from_date in days]
        )
        self.everyone, self.coded, self.rest = subjects, coded, rest
        self._places: dict[tuple[Placing, bool], dict[tuple[Any, ...], Place]] = {}

    def of(self, place: Placing, dated: bool, subject: Subject) -> Place:  # noqa: FBT001 (of the place)
        """The place of a line; ``dated`` are those that hold lines of one day."""
        places = self._places.get((place, dated))
        if places is None:
            places = self._places[place, dated] = self._sorted(place, self.near if dated else self.everyone)
        return places[place(subject)]

    @staticmethod
    def _sorted(place: Placing, subjects: Sequence[Subject]) -> dict[tuple[Any, ...], Place]:
        found: dict[tuple[Any, ...], Place] = {}
        for subject in subjects:
            key = place(subject)
            known = found.get(key)
            if known is None:
                found[key] = Place([subject])
            else:
                known.members.append(subject)
        return found
