"""A claim and its service lines, as they stand on the claim form."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from types import NoneType
from typing import Final, Self

import attrs

from claimrules.model.checks import day, need_kinds, number, shape, texts
from claimrules.model.facts import ClaimFacts
from claimrules.model.form import Form
from claimrules.model.one_of import OneOf


class Setting(OneOf):
    """Which tables and rules govern a line."""

    PROFESSIONAL = "professional"
    OUTPATIENT = "outpatient"
    ASC = "asc"
    DME = "dme"

    __hash__ = str.__hash__  # that of Enum is slow, and differs from that of an equal text


_UNREAD: Final = "where it cannot be read, give None and unreadable=({field},)"
_code, _modifier, _place = (re.compile(pattern) for pattern in ("[0-9A-Z]{5}", "[0-9A-Z]{2}", "[0-9]{2}"))
_units, _money = number(3, Decimal(10) ** 7), number(2, Decimal(10) ** 9)

EQUIPMENT: Final = ("film", "computed", "digital", "ct_noncompliant", "ct_compliant")
"""How an image was made, as far as the price depends on it."""
_TEXT: Final = {str, NoneType}
_NOTHING: Final = (None,) * 5
_A_TEXT: Final = "a text is needed; write it in quotes"
_KINDS: Final[tuple[tuple[tuple[str, ...], type, str], ...]] = (
    (
        (
            "revenue_code",
            "line_id",
            "claim_id",
            "patient",
            "provider",
            "billing_provider",
            "group",
            "specialty",
        ),
        str,
        _A_TEXT,
    ),
    (
        ("documentation", "teaching", "narrative", "cancelled", "purchased"),
        bool,
        "True, False or None is needed",
    ),
    (("minutes", "diagnosis_pointers"), int, "a whole number is needed; write int(...)"),
)
_equipment = re.compile("|".join(EQUIPMENT))


@attrs.frozen(kw_only=True)
class ClaimLine:
    """One service line: this code, with these modifiers, so many units, on this date, at this place.

    ``None`` is *unknown*, never *none*; ``modifiers = ()`` says that there are none. Units are units
    of service (at most three decimals), ``charge`` is in dollars. ``unreadable`` and ``repaired``
    name the fields that a reader found in that form (``form.units`` … of the rule language).
    ``noncovered_charge`` is the part of the charge that the biller asks no payment for, ``allowed`` the
    amount that the payer takes as the price, where the line was priced, ``container``
    the units of the smallest container that the drug is sold in, ``cancelled`` whether the procedure
    was called off before the patient was prepared, ``purchased`` whether a part of the service was bought
    from somebody else. ``facts`` is what its claim says once, where the
    line stands alone.

    Raises:
        ValueError: a field has not the shape that its form has (five characters of a code …), or a
            number is not finite or has too many digits; the text gives the remedy, never the value.
    """

    code: str | None = attrs.field(
        default=None, validator=shape(_code, "five characters, 0-9 and A-Z", _UNREAD)
    )
    modifiers: tuple[str, ...] | None = attrs.field(
        default=(),
        validator=shape(_modifier, "a tuple of two characters each, 0-9 and A-Z", _UNREAD, several=True),
    )
    units: Decimal | None = attrs.field(default=Decimal(1), validator=_units)
    from_date: date | None = attrs.field(default=None, validator=day)
    to_date: date | None = attrs.field(
        default=attrs.Factory(lambda self: self.from_date, takes_self=True), validator=day
    )
    place_of_service: str | None = attrs.field(default=None, validator=shape(_place, "two digits", _UNREAD))
    charge: Decimal | None = attrs.field(default=None, validator=_money)
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
    dose: Decimal | None = attrs.field(default=None, validator=_units)
    diagnosis_pointers: int | None = None
    noncovered_charge: Decimal | None = attrs.field(default=None, validator=_money)
    allowed: Decimal | None = attrs.field(default=None, validator=_money)
    container: Decimal | None = attrs.field(default=None, validator=_units)
    equipment: str | None = attrs.field(
        default=None, validator=shape(_equipment, "one of " + ", ".join(EQUIPMENT), _UNREAD)
    )
    cancelled: bool | None = None
    purchased: bool | None = None
    facts: ClaimFacts | None = attrs.field(default=None, repr=False)
    unreadable: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse ids that are numbers: they would equal none that is a text."""
        ids = {type(self.line_id), type(self.claim_id), type(self.patient), type(self.provider)}
        ids |= {type(self.revenue_code), type(self.billing_provider), type(self.group), type(self.specialty)}
        plain = ids <= _TEXT and self.setting.__class__ is Setting and not (self.unreadable or self.repaired)
        said = (self.documentation, self.teaching, self.narrative, self.cancelled, self.purchased)
        plain = plain and (self.facts is None or isinstance(self.facts, ClaimFacts))
        if not plain or said != _NOTHING or self.minutes is not None or self.diagnosis_pointers is not None:
            self._need_kinds()

    def _need_kinds(self) -> None:
        for names, kind, says in _KINDS:
            need_kinds({name: getattr(self, name) for name in names}, kind, says)
        texts(self, attrs.fields(ClaimLine).unreadable, self.unreadable)
        texts(self, attrs.fields(ClaimLine).repaired, self.repaired)
        need_kinds(
            {"facts": self.facts}, ClaimFacts, "ClaimFacts are needed; write facts=ClaimFacts(sex='F')"
        )
        if self.setting.__class__ is not Setting:
            if self.setting not in [each.value for each in Setting]:
                msg = f"setting: one of {', '.join(Setting)}"
                raise ValueError(msg)
            object.__setattr__(self, "setting", Setting(self.setting))

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


def _lines(lines: Iterable[ClaimLine]) -> tuple[ClaimLine, ...]:
    """Take any lines; a list that its owner goes on with would change the claim."""
    found = tuple(lines) if isinstance(lines, Iterable) else (None,)
    if not all(isinstance(line, ClaimLine) for line in found):
        msg = "lines: ClaimLines are needed; write lines=[ClaimLine.parse('G0105-50 2025-11-03')]"
        raise TypeError(msg)
    return found


@attrs.frozen(kw_only=True)
class Claim(ClaimFacts):
    """A bill: its lines, and what is said once for all of them.

    A line's own patient, billing provider or facts go before the claim's.
    """

    lines: tuple[ClaimLine, ...] = attrs.field(converter=_lines)
    claim_id: str | None = attrs.field(default=None, repr=False)
    patient: str | None = attrs.field(default=None, repr=False)
    billing_provider: str | None = attrs.field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse ids that are numbers: they would equal none that is a text."""
        ids = {"claim_id": self.claim_id, "patient": self.patient, "billing_provider": self.billing_provider}
        need_kinds(ids, str, _A_TEXT)
