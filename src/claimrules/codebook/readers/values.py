"""Reads single cells of published files: codes, whole numbers, amounts, dates.

Each function takes the text of a cell, ignores the blanks around it (0xA0 too, which the older files
use), and gives ``None`` or ``False`` for what is not of its kind; none of them raises.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

_CODE: Final = re.compile(r"[0-9A-Z]{5}", re.ASCII)
_MODIFIER: Final = re.compile(r"[0-9A-Z]{2}", re.ASCII)
_WHOLE: Final = re.compile(r"\d{1,9}|\d{1,3}(,\d{3}){1,2}", re.ASCII)
_MONEY: Final = re.compile(r"\$?\s*((\d{1,9}|\d{1,3}(,\d{3}){1,2})(\.\d{0,6})?|\.\d{1,6})", re.ASCII)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_JULIAN: Final = re.compile(r"(\d{4})(\d{3})", re.ASCII)


def filled(text: str) -> str | None:
    """Give the text without the blanks around it, ``None`` where nothing is left."""
    return text.strip() or None


def is_code(text: str) -> bool:
    """Say whether it is shaped like a code: five digits or capital letters, no blank around them."""
    return _CODE.fullmatch(text) is not None


def is_modifier(text: str) -> bool:
    """Say whether it is shaped like a modifier: two digits or capital letters, no blank around them."""
    return _MODIFIER.fullmatch(text) is not None


def whole(text: str) -> int | None:
    """Read a whole number from 0, with or without commas at the thousands."""
    text = text.strip()
    return int(text.replace(",", "")) if _WHOLE.fullmatch(text) else None


def money(text: str) -> Decimal | None:
    """Read an amount or a weight from 0, such as ``$7,683.85``, ``7683.85`` or ``.5``."""
    match = _MONEY.fullmatch(text.strip())
    return Decimal(match[1].replace(",", "")) if match else None


def compact_date(text: str) -> date | None:
    """Read YYYYMMDD."""
    match = _COMPACT.fullmatch(text.strip())
    return _day(int(match[1]), int(match[2]), int(match[3])) if match else None


def julian_date(text: str) -> date | None:
    """Read YYYYDDD: the year and the day of the year, 001 to 365 or 366."""
    match = _JULIAN.fullmatch(text.strip())
    first = _day(int(match[1]), 1, 1) if match else None
    if match is None or first is None or not 1 <= int(match[2]) <= 366:  # noqa: PLR2004 (days of a leap year)
        return None
    days = timedelta(days=int(match[2]) - 1)
    day = first + days if first < date.max - days else date.max
    return day if day.year == first.year else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
