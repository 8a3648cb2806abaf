"""Naming what a rule counts: a message says which modifiers, evidence says how many."""

from collections.abc import Callable, Mapping
from typing import Final

from claimrules.engine.explain import Situation
from claimrules.engine.subject import Subject
from claimrules.expr.vocabulary import Field
from claimrules.model.code import Cause

_STATES: Final = {"modifiers_unlisted": "unlisted", "modifiers_early": "early", "modifiers_ended": "ended"}


def named(values: Mapping[Field, str], at: Situation) -> dict[Field, str]:
    """The values for a message: where a field counts modifiers, the modifiers that it counts."""
    found = dict(values)
    for field in values:
        side = at.side(field)
        if side is None or side.modifiers is None or field.base.namespace != "line":
            continue
        counts = _counts(field.name, side)
        if counts is not None:
            modifiers = dict.fromkeys(modifier for modifier in side.modifiers if counts(modifier))
            found[field] = " ".join(modifiers) or found[field]
    return found


def _counts(name: str, side: Subject) -> Callable[[str], bool] | None:
    """Whether a field counts a modifier of the line; ``None`` where it counts none."""
    modifiers, slot = side.modifiers or (), side.slot
    if name == "repeated_modifiers":
        return lambda modifier: modifiers.count(modifier) > 1
    state = _STATES.get(name)
    if state is None:
        return None

    def counted(modifier: str) -> bool:
        found = slot.modifier_counts((modifier,))
        return not isinstance(found, Cause) and getattr(found, state) > 0

    return counted
