"""What lines share: the keys of ``same``, where an unknown key never equals another."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

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


@cache
def key_functions(same: tuple[Key, ...]) -> tuple[KeyFunction, ...]:
    """One function for each way in which two lines can share everything that ``same`` names.

    There are two where ``physician`` is named: equal NPI, or equal group and specialty, both known
    (language, A2).
    """
    plain = tuple(key for key in same if key.field.name != PHYSICIAN)
    if len(plain) == len(same):
        return (_function(plain, ()),)
    return _function(plain, ("s.provider",)), _function(plain, ("s.line.group", "s.line.specialty"))


def unknown_bytes(rule: Rule) -> tuple[int, ...]:
    """The outcome of a rule where a part of the key is unknown, for each part."""
    keys = [key.field for key in rule.same if key.field.name != PHYSICIAN]
    keys += [key.field for key in rule.same if key.field.name == PHYSICIAN] * 2
    return tuple(unknown_byte(rule, field, Cause.NO_INPUT) for field in keys)


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
