"""A claim and its service lines, as they stand on the claim form."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self

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


def _number(decimals: int, limit: Decimal) -> "attrs.validators._ValidatorType[Decimal | None]":
    def check(_line: object, field: "attrs.Attribute[Decimal | None]", value: Decimal | None) -> None:
        if value is None:
            return
        if not isinstance(value, Decimal) or not value.is_finite():
            msg = f"{field.name}: {value!r} is not a finite Decimal"
            raise ValueError(msg)
        exponent = value.normalize().as_tuple().exponent
        if abs(value) >= limit or (isinstance(exponent, int) and -exponent > decimals):
            msg = f"{field.name}: {value} does not fit; below {limit} with at most {decimals} decimals"
            raise ValueError(msg)

    return check


@attrs.frozen(kw_only=True)
class ClaimLine:
    """One service line: this code, with these modifiers, so many units, on this date, at this place.

    ``None`` is *unknown*, never *none*; ``modifiers = ()`` says that there are none. Units are units
    of service (at most three decimals), ``charge`` is in dollars. ``unreadable`` and ``repaired``
    name the fields that a reader found in that form (``form.units`` … of the rule language).

    Raises:
        ValueError: units or charge are not finite or have too many digits.
    """

    code: str | None = None
    modifiers: tuple[str, ...] | None = ()
    units: Decimal | None = attrs.field(default=Decimal(1), validator=_number(_UNIT_DECIMALS, _UNIT_LIMIT))
    from_date: date | None = None
    to_date: date | None = attrs.field(default=attrs.Factory(lambda self: self.from_date, takes_self=True))
    place_of_service: str | None = None
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

    A line's own patient, provider, setting … goes before the claim's. Dates are calendar days.
    """

    lines: tuple[ClaimLine, ...]
    claim_id: str | None = attrs.field(default=None, repr=False)
    patient: str | None = attrs.field(default=None, repr=False)
    billing_provider: str | None = attrs.field(default=None, repr=False)
    birth_date: date | None = attrs.field(default=None, repr=False)
    death_date: date | None = attrs.field(default=None, repr=False)
    received_date: date | None = None
    diagnoses: tuple[str, ...] | None = attrs.field(default=None, repr=False)
    condition_codes: tuple[str, ...] | None = None
