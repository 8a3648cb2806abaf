"""What lines share: the keys of ``same``, where an unknown key never equals another."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final

import attrs

from claimrules.engine.outcomes import unknown_byte
from claimrules.engine.source import Source
from claimrules.engine.subject import Subject
from claimrules.expr import access
from claimrules.model.code import Cause
from claimrules.rulebook.rule import Key, Rule

KeyFunction = Callable[[Subject], tuple[Any, ...] | int]
"""Gives the key, or the number of the first part that is unknown."""
_Sources = tuple[list[str], dict[str, frozenset[str]]]
PHYSICIAN: Final = "physician"
_AS_IS: Final = {"charge": "s.line.charge", "setting": "s.line.setting"}
"""Keys are only compared: equal amounts are equal keys."""
_PHYSICIAN: Final = ("s.provider", "s.line.group", "s.line.specialty")
_OF_CLASS: Final = frozenset(
    {"s.line.code", "s.line.from_date", "s.line.to_date", "s.line.setting", "s.line.place_of_service"}
)
"""Parts of keys that are known or not for all lines of a class."""
_PLACES: Final = (
    ("patient", "s.patient"),
    ("claim", "s.claim_id"),
    ("code", "s.line.code"),
    ("from_date", "s.line.from_date"),
)

_CODE, _DAY = _PLACES[2][1], _PLACES[3][1]
_ALIKE: Final = (_PLACES[0][1], _DAY, "s.line.setting")
"""Parts in which most lines of a small run are alike: they are compared last."""


@attrs.frozen(eq=False)
class Finder:
    """Finds lines that have a key, without making the keys of all.

    ``find(subjects, bits, key)`` gives those that may prove something for rules, as bits;
    ``shares(subjects, key, subject)`` says whether another line than one of them has the key.
    """

    find: Callable[[Sequence[Subject], int, tuple[Any, ...]], list[Subject]]
    shares: Callable[[Sequence[Subject], tuple[Any, ...], Subject], bool]


@cache
def key_functions(same: tuple[Key, ...]) -> tuple[KeyFunction, ...]:
    """One function for each way in which two lines can share everything that ``same`` names.

    There are two where ``physician`` is named: equal NPI, or equal group and specialty, both known
    (language, A2).
    """
    return tuple([_function(*_sources(plain, parts)) for plain, parts in _ways(same)])


def _ways(same: tuple[Key, ...]) -> list[tuple[tuple[Key, ...], tuple[str, ...]]]:
    """The keys but for who the physician is, and the sources of what says that."""
    plain = tuple(key for key in same if key.field.name != PHYSICIAN)
    if len(plain) == len(same):
        return [(plain, ())]
    return [(plain, _PHYSICIAN[:1]), (plain, _PHYSICIAN[1:])]


def keys_known(sames: Iterable["Same"]) -> Callable[[Subject, int], tuple[object, ...]]:
    """Give what says which parts of keys are known, as far as lines of a class differ in that.

    What is ``covered`` stands before these.
    """
    texts = dict.fromkeys(text for same in sames for text in same.texts if text not in _OF_CLASS)
    source = Source()
    source.add(1, f"return ({', '.join(['covered', *(f'{text} is None' for text in texts)])},)")
    return source.compile("keys_known", "s, covered")


@attrs.frozen(eq=False)
class Same:
    """What lines share: their keys, and the place in which lines of one key surely stand together.

    ``dated``: lines of different days never share a key; ``coded``: nor do those of different codes.
    ``finders`` find the lines of the keys. ``texts`` are the sources of the parts of keys. ``plain``: lines
    that have these parts in common share the key, and no others.
    """

    functions: tuple[KeyFunction, ...]
    finders: tuple[Finder, ...]
    place: Callable[[Subject], tuple[Any, ...]]
    dated: bool
    coded: bool
    texts: tuple[str, ...]
    plain: bool

    @property
    def implied(self) -> tuple[frozenset[str], frozenset[str]]:
        """What two lines must have in common to share the key, and what those that share it surely have.

        Lines of one provider have the physician in common, but not the other way round.
        """
        every = frozenset(self.texts)
        if self.plain:
            return every, every
        return every - set(_PHYSICIAN[1:]), every - set(_PHYSICIAN)

    def unknown(self, subject: Subject) -> int:
        """Give the part of the key that is unknown where no key is known, else -1."""
        unknown = -1
        for function in self.functions:
            key = function(subject)
            if not isinstance(key, int):
                return -1
            unknown = key if unknown < 0 else unknown
        return unknown


@cache
def same_of(same: tuple[Key, ...], functions: tuple[KeyFunction, ...]) -> Same:
    """Give what rules with these keys ask of lines."""
    named = [key.field.name for key in same if key.members is None]
    texts = tuple(text for name, text in _PLACES if name in named)
    plain = all(key.members is None and key.field.name != PHYSICIAN for key in same)
    return _same(functions, _finders(same)[: len(functions)], texts, _texts(same), plain)


@cache
def _finders(same: tuple[Key, ...]) -> tuple[Finder, ...]:
    return tuple([_finder(*_sources(plain, parts)) for plain, parts in _ways(same)])


@cache
def _same(
    functions: tuple[KeyFunction, ...],
    finders: tuple[Finder, ...],
    places: tuple[str, ...],
    texts: tuple[str, ...],
    plain: bool,  # noqa: FBT001 (a truth of the key)
) -> Same:
    return Same(functions, finders, _place(places), _DAY in places, _CODE in places, texts, plain)


@cache
def _place(texts: tuple[str, ...]) -> Callable[[Subject], tuple[Any, ...]]:
    source = Source()
    source.add(1, f"return ({', '.join(texts)},)" if texts else "return ()")
    return source.compile("place", "s")


def unknown_bytes(rule: Rule) -> tuple[int, ...]:
    """The outcome of a rule where a part of the key is unknown, for each part."""
    keys = [key.field for key in rule.same if key.field.name != PHYSICIAN]
    keys += [key.field for key in rule.same if key.field.name == PHYSICIAN] * 2
    return tuple(unknown_byte(rule, field, Cause.NO_INPUT) for field in keys)


def _texts(same: tuple[Key, ...]) -> tuple[str, ...]:
    """The sources of the parts of keys; modifiers are those of a class."""
    named = [key.field for key in same if key.members is None and key.field.name != PHYSICIAN]
    found = [_AS_IS.get(field.name) or access.snippet(field, "s") for field in named]
    return (*found, *(_PHYSICIAN if any(key.field.name == PHYSICIAN for key in same) else ()))


def _sources(keys: tuple[Key, ...], parts: tuple[str, ...]) -> _Sources:
    """The sources of all parts of a key, and the sets that they name."""
    texts, members = [], {}
    for number, key in enumerate(keys):
        if key.members is None:
            texts.append(_AS_IS.get(key.field.name) or access.snippet(key.field, "s"))
        else:
            members[f"members{number}"] = key.members.members
            texts.append(f"None if s.modifiers is None else members{number}.intersection(s.modifiers)")
    return [*texts, *parts], members


def _function(texts: list[str], members: dict[str, frozenset[str]]) -> KeyFunction:
    source = Source()
    for number, text in enumerate(texts):
        source.add(1, f"v{number} = {text}")
        source.add(1, f"if v{number} is None: return {number}")
    source.add(1, f"return ({', '.join(f'v{number}' for number in range(len(texts)))},)")
    return source.compile("key", "s", members)


def _finder(texts: list[str], members: dict[str, frozenset[str]]) -> Finder:
    """Write the comparison of lines with a key, none of whose parts is unknown."""
    numbers = sorted(range(len(texts)), key=lambda number: texts[number] in _ALIKE)
    tests = " and ".join(f"({texts[number]}) == v{number}" for number in numbers)
    parts = "".join(f"v{number}, " for number in range(len(texts)))
    find, shares = Source(), Source()
    find.add(1, f"{parts}= key")
    find.add(1, f"return [s for s in subjects if s.proves & bits and {tests}]")
    shares.add(1, f"{parts}= key")
    shares.add(1, "for s in reversed(subjects):")
    shares.add(2, f"if s is not subject and {tests}: return True")
    shares.add(1, "return False")
    return Finder(
        find.compile("find", "subjects, bits, key", members),
        shares.compile("shares", "subjects, key, subject", members),
    )
