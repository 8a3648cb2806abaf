"""What lines share: the keys of ``same``, where an unknown key never equals another."""

from collections.abc import Callable, Iterable
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


@cache
def key_functions(same: tuple[Key, ...]) -> tuple[KeyFunction, ...]:
    """One function for each way in which two lines can share everything that ``same`` names.

    There are two where ``physician`` is named: equal NPI, or equal group and specialty, both known
    (language, A2).
    """
    plain = tuple(key for key in same if key.field.name != PHYSICIAN)
    if len(plain) == len(same):
        return (_function(plain, ()),)
    return _function(plain, _PHYSICIAN[:1]), _function(plain, _PHYSICIAN[1:])


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
    ``texts`` are the sources of the parts of keys. ``plain``: lines that have these parts in common share
    the key, and no others.
    """

    functions: tuple[KeyFunction, ...]
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
    return _same(functions, texts, _texts(same), plain)


@cache
def _same(
    functions: tuple[KeyFunction, ...],
    places: tuple[str, ...],
    texts: tuple[str, ...],
    plain: bool,  # noqa: FBT001 (a truth of the key)
) -> Same:
    return Same(functions, _place(places), _DAY in places, _CODE in places, texts, plain)


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


def _function(keys: tuple[Key, ...], parts: tuple[str, ...]) -> KeyFunction:
    source, members = Source(), {}
    names = []
    for number, key in enumerate(keys):
        if key.members is None:
            text = _AS_IS.get(key.field.name) or access.snippet(key.field, "s")
        else:
            members[f"members{number}"] = key.members.members
            text = f"None if s.modifiers is None else members{number}.intersection(s.modifiers)"
        names.append((f"v{number}", text))
    names += [(f"v{number}", text) for number, text in enumerate(parts, len(keys))]
    for number, (name, text) in enumerate(names):
        source.add(1, f"{name} = {text}")
        source.add(1, f"if {name} is None: return {number}")
    source.add(1, f"return ({', '.join(name for name, _ in names)},)")
    return source.compile("key", "s", members)
