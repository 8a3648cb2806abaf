"""The keys of the shorthand: which field each names, and how its value is read."""

import re
from collections.abc import Callable
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from claimrules.model.claim import EQUIPMENT, Setting
from claimrules.model.form import Form, read_money, read_units

KEYS: Final = {
    "by": "provider",
    "bill": "billing_provider",
    "group": "group",
    "spec": "specialty",
    "patient": "patient",
    "rev": "revenue_code",
    "setting": "setting",
    "doc": "documentation",
    "teaching": "teaching",
    "text": "narrative",
    "minutes": "minutes",
    "dose": "dose",
    "dx": "diagnosis_pointers",
    "noncovered": "noncovered_charge",
    "allowed": "allowed",
    "container": "container",
    "equipment": "equipment",
    "cancelled": "cancelled",
    "purchased": "purchased",
}
"""The field that a key names."""
WORDS: Final = {field: key for key, field in KEYS.items()}
"""The word of the shorthand that says a field, as in ``minutes:45``."""
NUMBER: Final = "a number with at most seven digits and three decimals"
_SETTINGS: Final = {
    "p": Setting.PROFESSIONAL,
    "h": Setting.OUTPATIENT,
    "a": Setting.ASC,
    "d": Setting.DME,
    **{setting.value: setting for setting in Setting},
}

_whole = re.compile(r"\d{1,9}", re.ASCII)


def read_value(key: str, value: str) -> tuple[object, str]:
    """Read the value of a key; give it, ``None`` if it is none, and what to write."""
    reader, remedy = _READERS.get(key, (_verbatim, "a text without blanks"))
    return reader(value), remedy


def close_key(key: str) -> str:
    """Give the key that is most like a text, blank where none is."""
    return next(iter(get_close_matches(key.lower(), KEYS, n=1)), "")


def _verbatim(value: str) -> str | None:
    return value or None


def _read_yes_no(value: str) -> bool | None:
    return {"yes": True, "no": False}.get(value)


def _read_whole(value: str) -> int | None:
    return int(value) if _whole.fullmatch(value) else None


def _read_setting(value: str) -> Setting | None:
    return _SETTINGS.get(value.lower())


def read_amount(value: str) -> Decimal | None:
    """Read plain dollars: the shorthand is no spreadsheet, and repairs nothing."""
    amount, form = read_money(value)
    return amount if form is Form.OK else None


def _read_equipment(value: str) -> str | None:
    return value if value in EQUIPMENT else None


def _read_dose(value: str) -> Decimal | None:
    return read_units(value)[0]


_READERS: Final[dict[str, tuple[Callable[[str], object], str]]] = {
    "setting": (_read_setting, "professional, outpatient, asc or dme (or the letters P H A D)"),
    "doc": (_read_yes_no, "yes or no"),
    "teaching": (_read_yes_no, "yes or no"),
    "text": (_read_yes_no, "yes or no"),
    "minutes": (_read_whole, "a whole number, as in minutes:45"),
    "dose": (_read_dose, f"{NUMBER}, as in dose:2.5"),
    "dx": (_read_whole, "the number of diagnosis pointers, as in dx:2"),
    "noncovered": (read_amount, "dollars, as in noncovered:150"),
    "allowed": (read_amount, "dollars, as in allowed:98.50"),
    "container": (_read_dose, f"{NUMBER}, as in container:50"),
    "equipment": (_read_equipment, "film, computed, digital, ct_noncompliant or ct_compliant"),
    "cancelled": (_read_yes_no, "yes or no"),
    "purchased": (_read_yes_no, "yes or no"),
}
