"""What a caller gives, checked by its kind before it is used: an error says what to give, never the value."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from os import PathLike
from types import UnionType
from typing import Any, Final, TypeVar

from claimrules.model.checks import A_DATE, is_day
from claimrules.model.claim import ClaimLine, Setting

T = TypeVar("T")

COLUMNS: Final = "each field has its column, both as text: write {'code': 'hcpcs_cd'}"
A_CODE: Final = "codes are text: write '99213'"
_code = re.compile("[0-9A-Z]{5}")
ROWS: Final = ("", "26", "TC", "53")
"""The rows that a fee schedule may have of a code."""


def need(value: object, kind: type[Any] | UnionType, remedy: str) -> None:
    """Refuse what is of another kind.

    Raises:
        TypeError: it is.
    """
    if not isinstance(value, kind):
        msg = f"{remedy} (given: {type(value).__name__})"
        raise TypeError(msg)


def need_asked(on: date | None, setting: Setting | str, *codes: object) -> None:
    """Refuse to look codes up that are none, on a day that is none, or for a setting that is none.

    A number finds no code, silently: codes are text, for ``"00100"`` is not 100.

    Raises:
        TypeError: a code is no text, or the day no date.
        ValueError: a code has not the shape of one, or the setting is none.
    """
    for code in codes:
        need_code(code)
    need_day("on", on)
    if setting.__class__ is not Setting:
        Setting(setting)


def need_code(code: object) -> None:
    """Refuse what has not the shape of a code: no table holds ``"g0105"``, and would say so of it.

    Raises:
        TypeError: it is no text.
        ValueError: it is none.
    """
    if code.__class__ is str and _code.fullmatch(code):
        return
    need(code, str, A_CODE)
    need_shape(code, _code, "codes have five characters, 0-9 and A-Z: write '99213' or 'G0105'")


def need_shape(text: object, pattern: re.Pattern[str], says: str) -> None:
    """Refuse a text of another shape.

    Raises:
        ValueError: it has.
    """
    if not pattern.fullmatch(str(text)):
        raise ValueError(says)


def need_path(value: object, remedy: str) -> None:
    """Refuse what is no path.

    Raises:
        TypeError: it is none.
    """
    need(value, str | PathLike, remedy)


def need_each(values: Iterable[T], kind: type[Any] | UnionType, remedy: str) -> tuple[T, ...]:
    """Take several values, and refuse what is none: a text is its letters, a mapping its keys.

    Raises:
        TypeError: something is none.
    """
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        need(values, tuple, remedy)
    found = tuple(values)
    for value in found:
        need(value, kind, remedy)
    return found


def need_day(name: str, value: object) -> None:
    """Refuse what is no calendar day; ``None`` is one that is not known.

    Raises:
        TypeError: it is none.
    """
    if value is not None and not is_day(value):
        msg = f"{name}: {A_DATE}"
        raise TypeError(msg)


def need_lines(lines: Iterable[ClaimLine], says: str) -> tuple[ClaimLine, ...]:
    """Take lines, and refuse what is none.

    Raises:
        TypeError: something is none.
    """
    if isinstance(lines, str | ClaimLine) or not isinstance(lines, Iterable):
        need(lines, tuple, says)
    found = tuple(lines)
    for line in found:
        if line.__class__ is not ClaimLine:
            need(line, ClaimLine, says)
    return found


def need_row(row: str) -> None:
    """Refuse what is no row of a fee schedule.

    Raises:
        ValueError: it is none.
    """
    if row not in ROWS:
        msg = "row: write '' for the whole service, or '26', 'TC' or '53'"
        raise ValueError(msg)
