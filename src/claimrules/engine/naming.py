"""Naming what a rule counts: a message says which modifiers, evidence says how many."""

from collections.abc import Callable
from typing import Final

from claimrules.engine.subject import Subject
from claimrules.expr.vocabulary import Field
from claimrules.model.code import Cause

_REPEATED: Final = "repeated_modifiers"
_STATES: Final = {"modifiers_unlisted": "unlisted", "modifiers_early": "early", "modifiers_ended": "ended"}


def counting(field: Field) -> bool:
    """Say whether a field counts modifiers of a line."""
    return field.base.namespace == "line" and (field.name == _REPEATED or field.name in _STATES)


def counted(field: Field, side: Subject | None, text: str) -> str:
    """The modifiers of a line that a field counts; ``text``, the count, where there are none."""
    if side is None or side.modifiers is None:
        return text
    counts = _counts(field.name, side)
    return " ".join(dict.fromkeys(modifier for modifier in side.modifiers if counts(modifier))) or text


def _counts(name: str, side: Subject) -> Callable[[str], bool]:
    """Whether a field counts a modifier of the line."""
    modifiers, slot = side.modifiers or (), side.slot
    if name == _REPEATED:
        return lambda modifier: modifiers.count(modifier) > 1
    state = _STATES[name]

    def counted(modifier: str) -> bool:
        found = slot.modifier_counts((modifier,))
        return not isinstance(found, Cause) and getattr(found, state) > 0

    return counted
