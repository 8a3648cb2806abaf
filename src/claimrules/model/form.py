"""The one normaliser: what raw text becomes, and in which form it arrived.

The patterns are plain enough for every engine's regular expressions; the frame
engine applies the very same ones (design, decision 1).
"""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

UNITS_PATTERN: Final = r"[0-9]{1,7}(\.[0-9]{1,3})?"
MONEY_PATTERN: Final = r"-?[0-9]{1,9}(\.[0-9]{1,2})?"
_AMOUNT: Final = r"(([0-9]{1,9}|[0-9]{1,3}(,[0-9]{3}){1,2})(\.[0-9]{1,2}0{0,8})?|\.[0-9]{1,2}0{0,8})"
WRITTEN_MONEY_PATTERN: Final = rf"(-? ?\$? ?|\$ ?- ?){_AMOUNT}|\$? ?{_AMOUNT} ?-|\$? ?\( ?\$? ?{_AMOUNT} ?\)"
"""Money as spreadsheets and ledgers write it; it is read, and the field is repaired."""
NEGATIVE_MARK: Final = "[-(]"
BESIDE_AMOUNT: Final = "[^0-9.]"
"""What stands beside the digits of written money, and what in it says that they count below zero."""
CODE_PATTERN: Final = "[0-9A-Za-z]{5}"
MODIFIER_PATTERN: Final = "[0-9A-Za-z]{2}"
PLACE_PATTERN: Final = "[0-9]{2}"
NAMED_PLACE_PATTERN: Final = "[0-9]{2} {0,2}[-:] {0,2}[A-Za-z][ -~]*"
# A real day of the years 1800 to 2199: the expression itself knows the lengths of the months.
_YEAR, _LEAP = "(18|19|20|21)[0-9]{2}", "((18|19|20|21)(0[48]|[2468][048]|[13579][26])|2000)"
_DAYS: Final = (
    f"{_YEAR}{{0}}(0[1-9]|1[0-2]){{0}}(0[1-9]|1[0-9]|2[0-8])",
    f"{_YEAR}{{0}}(0[13-9]|1[0-2]){{0}}(29|30)",
    f"{_YEAR}{{0}}(0[13578]|1[02]){{0}}31",
    f"{_LEAP}{{0}}02{{0}}29",
)
DATE_PATTERN: Final = "|".join(f"({part.replace('{0}', '-')})" for part in _DAYS)
COMPACT_DATE_PATTERN: Final = "|".join(f"({part.replace('{0}', '')})" for part in _DAYS)
_CENT: Final = Decimal("0.01")
MAX_MODIFIERS: Final = 4
"""The patterns match a whole text; a lower-case letter is read, and the field is repaired."""

(
    _units,
    _money,
    _written_money,
    _negative_mark,
    _beside_amount,
    _code,
    _modifier,
    _place,
    _named_place,
    _date,
    _compact_date,
) = (
    re.compile(pattern)
    for pattern in (
        UNITS_PATTERN,
        MONEY_PATTERN,
        WRITTEN_MONEY_PATTERN,
        NEGATIVE_MARK,
        BESIDE_AMOUNT,
        CODE_PATTERN,
        MODIFIER_PATTERN,
        PLACE_PATTERN,
        NAMED_PLACE_PATTERN,
        DATE_PATTERN,
        COMPACT_DATE_PATTERN,
    )
)


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
    if not _units.fullmatch(text):
        return None, Form.UNREADABLE
    return Decimal(text), Form.OK


def read_money(text: str) -> tuple[Decimal | None, Form]:
    """Read an amount in dollars: up to nine digits, at most two decimals, zeros beyond them aside.

    What spreadsheets write around it is left out: ``$1,020.50``, ``(45.00)``, ``45.00-``.
    """
    text = text.strip(" ")
    if not text:
        return None, Form.MISSING
    if _money.fullmatch(text):
        return Decimal(text), Form.OK
    if not _written_money.fullmatch(text):
        return None, Form.UNREADABLE
    amount = Decimal(_beside_amount.sub("", text)).quantize(_CENT)
    return -amount if amount and _negative_mark.search(text) else amount, Form.REPAIRED


def read_code(text: str) -> tuple[str | None, Form]:
    """Read an HCPCS/CPT code: five characters after trim and upper-case."""
    return _read_word(text, _code)


def read_modifier(text: str) -> tuple[str | None, Form]:
    """Read a modifier: two characters after trim and upper-case."""
    return _read_word(text, _modifier)


def read_plain_place(text: str) -> tuple[str | None, Form]:
    """Read a place of service: two digits."""
    return _read_word(text, _place)


def read_place(text: str) -> tuple[str | None, Form]:
    """Read a place of service; with its name behind it, as exports give it, it is repaired."""
    value, form = read_plain_place(text)
    if form is Form.UNREADABLE and _named_place.fullmatch(named := text.strip(" ")):
        return named[:2], Form.REPAIRED
    return value, form


def read_date(text: str) -> tuple[date | None, Form]:
    """Read a date written ``2025-11-03`` or ``20251103``; never guess."""
    text = text.strip(" ")
    if not text:
        return None, Form.MISSING
    if _date.fullmatch(text) or _compact_date.fullmatch(text):
        return date.fromisoformat(text), Form.OK
    return None, Form.UNREADABLE


def _read_word(text: str, pattern: re.Pattern[str]) -> tuple[str | None, Form]:
    text = text.strip(" ")
    if not text:
        return None, Form.MISSING
    if not pattern.fullmatch(text):
        return None, Form.UNREADABLE
    word = text.upper()
    return word, Form.OK if word == text else Form.REPAIRED
