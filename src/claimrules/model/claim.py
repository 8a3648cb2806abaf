"""A claim and its service lines, as they stand on the claim form."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

import attrs

from claimrules.model.form import Form


class Setting(StrEnum):
    """Which tables and rules govern a line."""

    PROFESSIONAL = "professional"
    OUTPATIENT = "outpatient"
    ASC = "asc"
    DME = "dme"


_UNIT_DECIMALS, _MONEY_DECIMALS = 3, 2
_UNIT_LIMIT, _MONEY_LIMIT = Decimal(10) ** 7, Decimal(10) ** 9


_FIRST_YEAR, _LAST_YEAR = 1800, 2199
_code, _modifier, _place = (re.compile(pattern) for pattern in ("[0-9A-Z]{5}", "[0-9A-Z]{2}", "[0-9]{2}"))
_Check = Callable[[object, "attrs.Attribute[Any]", Any], None]


def _number(decimals: int, limit: Decimal) -> _Check:
    def check(_line: object, field: "attrs.Attribute[Any]", value: Any) -> None:  # noqa: ANN401 (a caller may give anything)
        if value is None:
            return
        if not isinstance(value, Decimal) or not value.is_finite():
            msg = f"{field.name}: a finite Decimal is needed; write Decimal('1')"
            raise ValueError(msg)
        # Exact whatever decimal context the caller has set: normalize() would round.
        denominator = value.as_integer_ratio()[1]
        if abs(value) >= limit or 10**decimals % denominator:
            msg = f"{field.name}: must be below {limit}, with at most {decimals} decimals"
            raise ValueError(msg)

    return check


def _shape(pattern: re.Pattern[str], says: str) -> _Check:
    def check(_line: object, field: "attrs.Attribute[Any]", value: object) -> None:
        for text in value if isinstance(value, tuple) else (value,):
            if text is not None and not (isinstance(text, str) and pattern.fullmatch(text)):
                remedy = f"where it cannot be read, give None and unreadable=({field.name!r},)"
                msg = f"{field.name}: {says}; {remedy}"
                raise ValueError(msg)

    return check


def _day(_line: object, field: "attrs.Attribute[Any]", value: date | None) -> None:
    if value is not None and not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        msg = f"{field.name}: years from {_FIRST_YEAR} to {_LAST_YEAR} are read; give None for an open end"
        raise ValueError(msg)


@attrs.frozen(kw_only=True)
class ClaimLine:
    """One service line: this code, with these modifiers, so many units, on this date, at this place.

    ``None`` is *unknown*, never *none*; ``modifiers = ()`` says that there are none. Units are units
    of service (at most three decimals), ``charge`` is in dollars. ``unreadable`` and ``repaired``
    name the fields that a reader found in that form (``form.units`` … of the rule language).

    Raises:
        ValueError: a field has not the shape that its form has (five characters of a code …), or a
            number is not finite or has too many digits; the text gives the remedy, never the value.
    """

    code: str | None = attrs.field(default=None, validator=_shape(_code, "five characters, 0-9 and A-Z"))
    modifiers: tuple[str, ...] | None = attrs.field(
        default=(), validator=_shape(_modifier, "a tuple of two characters each, 0-9 and A-Z")
    )
    units: Decimal | None = attrs.field(default=Decimal(1), validator=_number(_UNIT_DECIMALS, _UNIT_LIMIT))
    from_date: date | None = attrs.field(default=None, validator=_day)
    to_date: date | None = attrs.field(
        default=attrs.Factory(lambda self: self.from_date, takes_self=True), validator=_day
    )
    place_of_service: str | None = attrs.field(default=None, validator=_shape(_place, "two digits"))
    charge: Decimal | None = attrs.field(default=None, validator=_number(_MONEY_DECIMALS, _MONEY_LIMIT))
    setting: Setting = Setting.PROFESSIONAL
    revenue_code: str | None = None
    line_id: str | None = attrs.field(default=None, repr=False)
    claim_id: str | None = attrs.field(default=None, repr=False)
    patient: str | None = attrs.field(default=None, repr=False)
    provider: str | None = attrs.field(default=None, repr=False)
    billing_provider: str | None = attrs.field(default=None, repr=False)
    group: str | None = attrs.field(default=None, repr=False)
    specialty: str | None = None
    documentation: bool | None = None
    teaching: bool | None = None
    narrative: bool | None = None
    minutes: int | None = None
    dose: Decimal | None = attrs.field(default=None, validator=_number(_UNIT_DECIMALS, _UNIT_LIMIT))
    diagnosis_pointers: int | None = None
    unreadable: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the shorthand ``"47383-50 x2 2025-11-03 @22"``; ``str(line)`` is its inverse.

        Raises:
            ShorthandError: a word of the text is none of the shorthand's.
        """
        from claimrules.model.shorthand import parse_line  # noqa: PLC0415 (the two modules need each other)

        return cls(**parse_line(text))

    def __str__(self) -> str:
        from claimrules.model.shorthand import format_line  # noqa: PLC0415 (the two modules need each other)

        return format_line(self)

    def form(self, field: str) -> Form:
        """Say how ``field`` arrived."""
        if field in self.unreadable:
            return Form.UNREADABLE
        if field in self.repaired:
            return Form.REPAIRED
        return Form.MISSING if getattr(self, field) is None else Form.OK


@attrs.frozen(kw_only=True)
class Claim:
    """A bill: its lines, and what is said once for all of them.

    A line's own patient or billing provider goes before the claim's. Dates are calendar days.
    """

    lines: tuple[ClaimLine, ...]
    claim_id: str | None = attrs.field(default=None, repr=False)
    patient: str | None = attrs.field(default=None, repr=False)
    billing_provider: str | None = attrs.field(default=None, repr=False)
    birth_date: date | None = attrs.field(default=None, repr=False, validator=_day)
    death_date: date | None = attrs.field(default=None, repr=False, validator=_day)
    received_date: date | None = attrs.field(default=None, validator=_day)
    diagnoses: tuple[str, ...] | None = attrs.field(default=None, repr=False)
    condition_codes: tuple[str, ...] | None = None
