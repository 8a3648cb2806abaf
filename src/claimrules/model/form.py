"""The one normaliser: what raw text becomes, and in which form it arrived.

The patterns are plain enough for every engine's regular expressions; the frame
engine applies the very same ones (design, decision 1).
"""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

UNITS_PATTERN: Final = r"^\d{1,7}(\.\d{1,3})?$"
MONEY_PATTERN: Final = r"^-?\d{1,9}(\.\d{1,2})?$"
CODE_PATTERN: Final = r"^[0-9A-Z]{5}$"
MODIFIER_PATTERN: Final = r"^[0-9A-Z]{2}$"
PLACE_PATTERN: Final = r"^[0-9]{2}$"
DATE_PATTERN: Final = r"^\d{4}-\d{2}-\d{2}$"
COMPACT_DATE_PATTERN: Final = r"^\d{8}$"
MAX_MODIFIERS: Final = 4

_units, _money, _code, _modifier, _place = (
    re.compile(pattern, re.ASCII)
    for pattern in (
        UNITS_PATTERN,
        MONEY_PATTERN,
        CODE_PATTERN,
        MODIFIER_PATTERN,
        PLACE_PATTERN,
    )
)
_date = re.compile(DATE_PATTERN, re.ASCII)
_compact_date = re.compile(COMPACT_DATE_PATTERN, re.ASCII)


class Form(StrEnum):
    """How a field arrived."""

    OK = "ok"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    REPAIRED = "repaired"


def read_units(text: str) -> tuple[Decimal | None, Form]:
    """Read units of service: up to seven digits, at most three decimals."""
    text = text.strip(" ")
    if not text:
        return None, Form.MISSING
    if not _units.match(text) or "\n" in text:
        return None, Form.UNREADABLE
    return Decimal(text), Form.OK


def read_money(text: str) -> tuple[Decimal | None, Form]:
    """Read an amount in dollars: up to nine digits, at most two decimals."""
    text = text.strip(" ")
    if not text:
        return None, Form.MISSING
    if not _money.match(text) or "\n" in text:
        return None, Form.UNREADABLE
    return Decimal(text), Form.OK


def read_code(text: str) -> tuple[str | None, Form]:
    """Read an HCPCS/CPT code: five characters after trim and upper-case."""
    return _read_word(text, _code)


def read_modifier(text: str) -> tuple[str | None, Form]:
    """Read a modifier: two characters after trim and upper-case."""
    return _read_word(text, _modifier)


def read_place(text: str) -> tuple[str | None, Form]:
    """Read a place of service: two digits."""
    return _read_word(text, _place)


def read_date(text: str) -> tuple[date | None, Form]:
    """Read a date written ``2025-11-03`` or ``20251103``; never guess."""
    text = text.strip(" ")
    if not text:
        return None, Form.MISSING
    if "\n" in text:
        return None, Form.UNREADABLE
    if _compact_date.match(text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if not _date.match(text):
        return None, Form.UNREADABLE
    try:
        return date.fromisoformat(text), Form.OK
    except ValueError:
        return None, Form.UNREADABLE


def _read_word(text: str, pattern: re.Pattern[str]) -> tuple[str | None, Form]:
    trimmed = text.strip(" ")
    if not trimmed:
        return None, Form.MISSING
    # str.upper() turns "ß" into "SS"; the pattern must see ASCII only.
    word = trimmed.upper() if trimmed.isascii() else trimmed
    if not pattern.match(word) or "\n" in word:
        return None, Form.UNREADABLE
    return word, Form.OK if word == trimmed else Form.REPAIRED
