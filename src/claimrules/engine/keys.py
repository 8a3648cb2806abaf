"""What lines share: the keys of ``same``, where an unknown key never equals another."""

from collections.abc import Callable
from typing import Any, Final

from claimrules.engine.outcomes import unknown_byte
from claimrules.engine.subject import Subject
from claimrules.expr import access
from claimrules.expr.vocabulary import Field
from claimrules.model.code import Cause
from claimrules.rulebook.rule import Key, Rule

KeyFunction = Callable[[Subject], tuple[Any, ...] | int]
PHYSICIAN: Final = "physician"


def key_functions(rule: Rule) -> tuple[KeyFunction, ...]:
    """One function for each way in which two lines can share everything that ``same`` names.

    A function gives the key, or the byte of the first field that leaves it unknown. There are two
    where ``physician`` is named: equal NPI, or equal group and specialty, both known (language, A2).
    """
    plain = tuple(key for key in rule.same if key.field.name != PHYSICIAN)
    if len(plain) == len(rule.same):
        return (_function(rule, plain, ()),)
    physician = next(key.field for key in rule.same if key.field.name == PHYSICIAN)
    return (
        _function(rule, plain, ("provider",), physician),
        _function(rule, plain, ("group", "specialty"), physician),
    )


def _function(
    rule: Rule, keys: tuple[Key, ...], parts: tuple[str, ...], physician: Field | None = None
) -> KeyFunction:
    getters = [(_getter(key), unknown_byte(rule, key.field, Cause.NO_INPUT)) for key in keys]
    if physician is not None:
        byte = unknown_byte(rule, physician, Cause.NO_INPUT)
        getters += [(_physician(part), byte) for part in parts]

    def key(subject: Subject) -> tuple[Any, ...] | int:
        found = []
        for getter, byte in getters:
            value = getter(subject)
            if value is None:
                return byte
            found.append(value)
        return (*parts, *found)

    return key


def _physician(part: str) -> Callable[[Subject], str | None]:
    if part == "provider":
        return lambda subject: subject.provider
    return lambda subject: getattr(subject.line, part)


def _getter(key: Key) -> Callable[[Subject], Any]:
    if key.members is not None:
        members = key.members.members
        return lambda subject: None if subject.modifiers is None else members.intersection(subject.modifiers)
    text = access.snippet(key.field, "s")
    made: Callable[[Subject], Any] = eval(f"lambda s: {text}", dict(access.FUNCTIONS))  # noqa: S307 (a snippet of this package)
    return made
