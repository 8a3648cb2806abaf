"""What a caller gives, checked by its kind before it is used: an error says what to give, never the value."""

from datetime import date, datetime
from typing import Any

from claimrules.model.claim import Setting


def need(value: object, kind: type[Any], remedy: str) -> None:
    """Refuse what is of another kind.

    Raises:
        TypeError: it is.
    """
    if not isinstance(value, kind):
        msg = f"{remedy} (given: {type(value).__name__})"
        raise TypeError(msg)


def need_asked(on: date | None, setting: Setting | str, *codes: object) -> None:
    """Refuse to look codes up that are no texts, on a day that is none, or for a setting that is none.

    A number finds no code, silently: codes are text, for ``"00100"`` is not 100.

    Raises:
        TypeError: a code is no text, or the day no date.
        ValueError: the setting is none.
    """
    for code in codes:
        need(code, str, "codes are text: write '99213'")
    if on is not None and (not isinstance(on, date) or isinstance(on, datetime)):
        msg = "on: a date is needed; write date(2025, 11, 3), and of a datetime its .date()"
        raise TypeError(msg)
    if setting.__class__ is not Setting:
        Setting(setting)
