"""Outcomes as bytes: four plain ones, then one byte for each (missing field, cause)."""

from typing import Final

from claimrules.expr.access import CAUSE_INDEX, CAUSES
from claimrules.expr.vocabulary import Field
from claimrules.model.code import Cause
from claimrules.model.finding import Outcome
from claimrules.rulebook.rule import Rule

NOT_APPLICABLE: Final = 0
PASSED: Final = 1
BYPASSED: Final = 2
FIRED: Final = 3
FIRST_UNKNOWN: Final = 4

PLAIN: Final = (Outcome.NOT_APPLICABLE, Outcome.PASSED, Outcome.BYPASSED, Outcome.FIRED)


def outcome_of(byte: int) -> Outcome:
    """The outcome that a byte stands for."""
    return PLAIN[byte] if byte < FIRST_UNKNOWN else Outcome.UNKNOWN


def unknown_byte(rule: Rule, field: Field, cause: Cause) -> int:
    """The byte of an unknown outcome for want of ``field``."""
    return field_byte(rule, field) + CAUSE_INDEX[cause]


def field_byte(rule: Rule, field: Field) -> int:
    """The byte of an unknown outcome for want of ``field``, before its cause is added."""
    return FIRST_UNKNOWN + len(CAUSES) * rule.fields.index(field)


def missing_of(rule: Rule, byte: int) -> tuple[Field, Cause]:
    """The missing field and the cause that a byte stands for."""
    index, cause = divmod(byte - FIRST_UNKNOWN, len(CAUSES))
    return rule.fields[index], CAUSES[cause]


def no_history_byte() -> int:
    """The byte of an unknown outcome for want of history."""
    return FIRST_UNKNOWN + CAUSE_INDEX[Cause.NO_HISTORY]
