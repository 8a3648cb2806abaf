"""SV1 and SV2 to the fields of a line, each with the form in which it arrived."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from claimrules.formats.cells import read_modifiers
from claimrules.model.form import Form, read_code, read_date, read_money, read_plain_place, read_units

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


class Service(NamedTuple):
    """What SV1 or SV2 says of a line."""

    code: str | None
    modifiers: tuple[str, ...] | None
    charge: Decimal | None
    units: Decimal | None
    minutes: int | None
    unreadable: tuple[str, ...]
    repaired: tuple[str, ...]
    place: str | None = None
    pointers: int | None = None
    revenue_code: str | None = None
    noncovered_charge: Decimal | None = None


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
def money(text: str) -> tuple[Decimal | None, tuple[str, ...]]:
    """Read a charge, and say whether it is unreadable, as what only a spreadsheet writes is here."""
    value, form = _number(text, read_money)
    if form in (Form.UNREADABLE, Form.REPAIRED):
        return None, ("charge",)
    return value, ()


@lru_cache(KEPT)
def quantity(unit: str, text: str) -> tuple[Decimal | None, int | None, tuple[str, ...]]:
    """Read units, the minutes that they are, and say whether they are unreadable."""
    unit = unit.strip().upper()
    if unit != _MINUTES and unit not in _UNITS:
        return None, None, ("units",)
    units, form = _number(text, read_units)
    minutes = _whole(units) if unit == _MINUTES else None
    return units, minutes, ("units",) if form is Form.UNREADABLE else ()


def _number(text: str, read: Callable[[str], tuple[Decimal | None, Form]]) -> tuple[Decimal | None, Form]:
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


def read_service(tag: str, elements: list[str], component: str, claim_place: str) -> Service:
    """Give the fields of a line but for its ids and dates."""
    fields = elements + _PADDING if len(elements) < len(_PADDING) else elements
    return _professional(fields, component, claim_place) if tag == "SV1" else _hospital(fields, component)


def _professional(fields: list[str], component: str, claim_place: str) -> Service:
    code, modifiers, unreadable, repaired = read_product(fields[0], component)
    amount, bad_charge = money(fields[1])
    units, minutes, bad_units = quantity(fields[2], fields[3])
    where, bad_place = _place(fields[4] or claim_place)
    bad = unreadable + bad_charge + bad_units + bad_place
    pointed = _pointers(fields[6], component)
    return Service(code, modifiers, amount, units, minutes, bad, repaired, where, pointed)


def _hospital(fields: list[str], component: str) -> Service:
    revenue, composite, charge, unit, count, _, noncovered, *_ = fields
    code, modifiers, unreadable, repaired = read_product(composite, component)
    amount, bad_charge = money(charge)
    units, minutes, bad_units = quantity(unit, count)
    return Service(
        *(code, modifiers, amount, units, minutes, unreadable + bad_charge + bad_units, repaired),
        revenue_code=_revenue(revenue.strip()),
        noncovered_charge=money(noncovered)[0],
    )


@lru_cache(KEPT)
def _revenue(text: str) -> str | None:
    """A revenue code has four digits; the leading 0 is often left out, and decimals are sometimes added."""
    if not text:
        return None
    found = _revenue_code.fullmatch(text)
    return found[1].rjust(4, "0") if found else text


@lru_cache(KEPT)
def _place(text: str) -> tuple[str | None, tuple[str, ...]]:
    place, form = read_plain_place(text)
    return place, ("place_of_service",) if form is Form.UNREADABLE else ()


def _whole(units: Decimal | None) -> int | None:
    return int(units) if units is not None and units == units.to_integral_value() else None


@lru_cache(KEPT)
def _pointers(text: str, component: str) -> int:
    return sum(1 for part in text.split(component) if part.strip())
