"""SV1 and SV2 to the fields of a line, each with the form in which it arrived."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from claimrules.formats.cells import read_modifiers
from claimrules.model.form import Form, read_code, read_date, read_money, read_place, read_units

KEPT: Final = 1 << 14
_UNITS: Final = frozenset(("UN", "DA", "F2", "UNIT", ""))
_MINUTES: Final = "MJ"
_MODIFIERS: Final = slice(2, 6)
_PADDING: Final = [""] * 8
_revenue_code = re.compile(r"(\d{1,4})(?:\.0*)?", re.ASCII)
_bare = re.compile(r"(-?)(\d*)(?:\.(\d*))?", re.ASCII)


class Product(NamedTuple):
    """The composite of a service: its code, and up to four modifiers; what follows is a description."""

    code: str | None = None
    modifiers: tuple[str, ...] | None = ()
    unreadable: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()


@lru_cache(KEPT)
def read_product(text: str, component: str) -> Product:
    """Read ``HC:G0105:50``; what is not qualified as HCPCS is no code of it."""
    parts = text.split(component)
    if parts[0].strip().upper() != "HC":
        return Product()
    code, form = read_code("".join(parts[1:2]))
    modifiers, how = read_modifiers(parts[_MODIFIERS])
    forms = {"code": form, "modifiers": how}
    return Product(code, modifiers, _in_form(forms, Form.UNREADABLE), _in_form(forms, Form.REPAIRED))


def _in_form(forms: dict[str, Form], form: Form) -> tuple[str, ...]:
    return tuple(name for name, each in forms.items() if each is form)


@lru_cache(KEPT)
def number(text: str, read: Callable[[str], tuple[Decimal | None, Form]]) -> tuple[Decimal | None, Form]:
    """Read a number as X12 may write it: ``.5``, ``100.``, leading and trailing zeros."""
    found = _bare.fullmatch(text.strip())
    if found and (found[2] or found[3]):
        decimals = (found[3] or "").rstrip("0")
        whole = found[2].lstrip("0") or "0"
        text = f"{found[1]}{whole}{'.' if decimals else ''}{decimals}"
    return read(text)


@lru_cache(KEPT)
def days(qualifier: str, text: str) -> tuple[date | None, date | None] | None:
    """Read a date (``D8``, ``DT``) or a range (``RD8``); ``None`` where it cannot be read."""
    if qualifier.strip() == "RD8":
        first, dash, last = text.strip().partition("-")
        ends = read_date(first)[0], read_date(last)[0]
        return ends if dash and None not in ends else None
    day, form = read_date(text.strip()[:8])
    return (day, day) if form is Form.OK else None


def read_service(tag: str, elements: list[str], component: str, claim_place: str) -> dict[str, Any]:
    """Give the fields of a line but for its ids and dates, with ``unreadable`` and ``repaired``."""
    fields = elements + _PADDING if len(elements) < len(_PADDING) else elements
    return _professional(fields, component, claim_place) if tag == "SV1" else _hospital(fields, component)


def _professional(fields: list[str], component: str, claim_place: str) -> dict[str, Any]:
    values = _service(fields, component)
    values["place_of_service"], form = _place(fields[4] or claim_place)
    values["diagnosis_pointers"] = _pointers(fields[6], component)
    if form is Form.UNREADABLE:
        values["unreadable"] += ("place_of_service",)
    return values


def _hospital(fields: list[str], component: str) -> dict[str, Any]:
    values = _service(fields[1:], component)
    values["revenue_code"] = _revenue(fields[0].strip())
    values["noncovered_charge"], _ = number(fields[6], read_money)
    return values


def _service(fields: list[str], component: str) -> dict[str, Any]:
    """The elements that SV1 and SV2 share."""
    code, modifiers, unreadable, repaired = read_product(fields[0], component)
    charge, charge_form = number(fields[1], read_money)
    units, units_form = number(fields[3], read_units)
    unit = fields[2].strip().upper()
    if unit != _MINUTES and unit not in _UNITS:
        units, units_form = None, Form.UNREADABLE
    if charge_form is Form.UNREADABLE:
        unreadable += ("charge",)
    if units_form is Form.UNREADABLE:
        unreadable += ("units",)
    return {
        "code": code,
        "modifiers": modifiers,
        "charge": charge,
        "units": units,
        "minutes": _whole(units) if unit == _MINUTES else None,
        "unreadable": unreadable,
        "repaired": repaired,
    }


@lru_cache(KEPT)
def _revenue(text: str) -> str | None:
    """A revenue code has four digits; the leading 0 is often left out, and decimals are sometimes added."""
    if not text:
        return None
    found = _revenue_code.fullmatch(text)
    return found[1].rjust(4, "0") if found else text


_place = lru_cache(KEPT)(read_place)


def _whole(units: Decimal | None) -> int | None:
    return int(units) if units is not None and units == units.to_integral_value() else None


@lru_cache(KEPT)
def _pointers(text: str, component: str) -> int:
    return sum(1 for part in text.split(component) if part.strip())
