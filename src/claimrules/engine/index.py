"""The lines of one run by what they share; every rule with the same ``same`` uses the same groups."""

from collections.abc import Sequence
from typing import Any

from claimrules.engine.keys import KeyFunction
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
        """Sort all lines by their key; those whose key is unknown share none."""
        self._keys = [function(subject) for subject in subjects]
        self._lines: dict[tuple[Any, ...], list[Subject]] = {}
        self._groups: dict[tuple[Any, ...], tuple[Group]] = {}
        self._first = subjects[0].seq
        lines = self._lines
        for subject, key in zip(subjects, self._keys, strict=True):
            if isinstance(key, int):
                continue
            known = lines.get(key)
            if known is None:
                lines[key] = [subject]
            else:
                known.append(subject)

    def parts(self, subject: Subject) -> Parts | int:
        """The group of a line, or the number of the part of its key that is unknown."""
        key = self._keys[subject.seq - self._first]
        if isinstance(key, int):
            return key
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = (Group(self._lines[key]),)
        return found


class Either:
    """The groups of two key functions: lines that share one key, or the other.

    Who shares the first key is kept apart by the second, so that each line sees a few groups
    without a common member, however many lines there are.
    """

    def __init__(self, functions: tuple[KeyFunction, ...], subjects: Sequence[Subject]) -> None:
        """Group all lines by the first key and the second, and by the second alone."""
        first, second = functions
        self._keys: list[tuple[Any, Any]] = []
        self._first: dict[Any, dict[Any, Group]] = {}
        self._second: dict[Any, Group] = {}
        self._seq = subjects[0].seq
        for subject in subjects:
            one, two = first(subject), second(subject)
            self._keys.append((one, two))
            if not isinstance(one, int):
                apart = None if isinstance(two, int) else two
                groups = self._first.setdefault(one, {})
                groups.setdefault(apart, Group([])).members.append(subject)
            if not isinstance(two, int):
                self._second.setdefault(two, Group([])).members.append(subject)

    def parts(self, subject: Subject) -> Parts | int:
        """The groups that a line shares a key with, or the number of the part that is unknown."""
        one, two = self._keys[subject.seq - self._seq]
        if isinstance(one, int):
            return one if isinstance(two, int) else (self._second[two],)
        if isinstance(two, int):
            return tuple(self._first[one].values())
        apart = tuple(group for key, group in self._first[one].items() if key != two)
        return (self._second[two], *apart)


class Lone:
    """The index of a run of one line: it shares what it knows with itself alone."""

    def __init__(self, functions: tuple[KeyFunction, ...], group: Group) -> None:
        """Hold the group of the line, which is the same for all rules."""
        self._functions = functions
        self._parts = (group,)

    def parts(self, subject: Subject) -> Parts | int:
        """The group of the line, or the number of the part of its key that is unknown."""
        unknown = -1
        for function in self._functions:
            key = function(subject)
            if not isinstance(key, int):
                return self._parts
            unknown = key if unknown < 0 else unknown
        return unknown


AnyIndex = Index | Either | Lone


def index_of(functions: tuple[KeyFunction, ...], subjects: Sequence[Subject]) -> AnyIndex:
    """Group the lines of a run."""
    return Index(functions[0], subjects) if len(functions) == 1 else Either(functions, subjects)
