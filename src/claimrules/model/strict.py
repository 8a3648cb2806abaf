"""Strict readings of single values: nothing is coerced, and no message holds the value."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from typing import Final, NoReturn

from claimrules.model.form import DATE_PATTERN
from claimrules.model.period import OPEN_END

_LONGEST_NUMBER: Final = 40
_NO_END: Final = OPEN_END.isoformat()
"""What has no end says so: an edit on a pair of codes, the period of a fact."""
_date = re.compile(DATE_PATTERN, re.ASCII)
_decimal = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


class Refused(Exception):  # noqa: N818 (structure.py turns it into a StructureError)
    """A value that does not fit; the text says what to write instead."""


def refuse(expected: str, value: object) -> NoReturn:
    """Say what was expected and what kind of value came; never the value."""
    message = f"expected {expected}, got {_kind(value)}"
    raise Refused(message)


def strict_text(value: object, _type: object) -> str:
    """Take text only: a number is not turned into text."""
    if not isinstance(value, str):
        refuse("text in quotes", value)
    return str(value)


def strict_bool(value: object, _type: object) -> bool:
    """Take true or false only: the word "no" is neither."""
    if not isinstance(value, bool):
        refuse("true or false", value)
    return value


def strict_int(value: object, _type: object) -> int:
    """Take a whole number only: neither text nor true or false."""
    if isinstance(value, bool) or not isinstance(value, int):
        refuse("a whole number", value)
    return value


def strict_decimal(value: object, _type: object) -> Decimal:
    """Take a number written as text, or a whole number: a float has already lost digits."""
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        refuse('a number written as text, as in "1.5"', value)
    if len(value) > _LONGEST_NUMBER or not _decimal.fullmatch(value):
        message = 'this text is no number; write digits with a point, as in "1.5"'
        raise Refused(message)
    return Decimal(value)


def strict_date(value: object, _type: object) -> date:
    """Take a date or its ISO text: never guess."""
    if type(value) is date:
        return value
    if not isinstance(value, str):
        refuse('a date written as text, as in "2025-11-03"', value)
    try:
        if _date.fullmatch(value) or value == _NO_END:
            return date.fromisoformat(value)
    except ValueError:
        pass
    message = 'this text is no date of the calendar; write YYYY-MM-DD, as in "2025-11-03"'
    raise Refused(message)


def strict_enum(value: object, kind: type[Enum]) -> Enum:
    """Take the text of one of the members."""
    values = [str(member.value) for member in kind]
    if not isinstance(value, str):
        refuse(f"one of {', '.join(values)}", value)
    if value not in values:
        close = get_close_matches(value.lower(), values, n=1)
        remedy = f'did you mean "{close[0]}"?' if close else f"write one of {', '.join(values)}"
        message = f"this text is none of its values; {remedy}"
        raise Refused(message)
    return kind(value)


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        return "an object"
    names = {str: "text", bool: "true or false", int: "a whole number", float: "a float", list: "a list"}
    return "nothing (null)" if value is None else names.get(type(value), type(value).__name__)
