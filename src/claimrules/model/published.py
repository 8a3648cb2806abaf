"""What Medicare publishes about a code, a modifier or a place beside the fee schedule: one record each.

Everything is text as published, but for dates, whole numbers and amounts; ``None`` is a blank cell.
"""

from datetime import date
from decimal import Decimal

import attrs


@attrs.frozen(kw_only=True)
class HcpcsRow:
    """One procedure, item or drug code of HCPCS Level II.

    ``pricing``, ``type_of_service`` and the other tuples hold the filled ones of several columns, in
    order. ``termination`` is the last day on which the code can be used. Source: HCPCS record layout
    (CONTR_ANWEB): columns 12-293 of the text form.
    """

    short_description: str | None = None
    long_description: str | None = None
    pricing: tuple[str, ...] = ()
    multiple_pricing: str | None = None
    coverage_manual: tuple[str, ...] = ()
    claims_manual: tuple[str, ...] = ()
    statute: str | None = None
    lab_certification: tuple[str, ...] = ()
    cross_references: tuple[str, ...] = ()
    coverage: str | None = None
    asc_group: str | None = None
    asc_date: date | None = None
    opps: str | None = None
    opps_policy: str | None = None
    opps_date: date | None = None
    processing_note: str | None = None
    betos: str | None = None
    type_of_service: tuple[str, ...] = ()
    anesthesia_units: int | None = None
    added: date | None = None
    action_effective: date | None = None
    termination: date | None = None
    action: str | None = None


@attrs.frozen(kw_only=True)
class ModifierRow:
    """One modifier: what a published HCPCS file says of it, or what the catalogue of the project does.

    ``name`` is in our own words, ``short_description`` and ``long_description`` are as published.
    ``category`` says what it does to a line; ``indicator`` names the attribute of the code that
    governs it; ``excludes`` are modifiers that cannot stand on the same line; ``settings`` are those in
    which it is used, empty for all. ``termination`` is the last day on which it can be used.
    """

    name: str | None = None
    short_description: str | None = None
    long_description: str | None = None
    category: str | None = None
    indicator: str | None = None
    excludes: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    coverage: str | None = None
    added: date | None = None
    action_effective: date | None = None
    termination: date | None = None
    action: str | None = None
    source: str | None = None


@attrs.frozen(kw_only=True)
class OppsRow:
    """One code of OPPS Addendum B: status indicator, APC, relative weight, amounts in dollars."""

    short_description: str | None = None
    status_indicator: str | None = None
    apc: str | None = None
    weight: Decimal | None = None
    rate: Decimal | None = None
    national_copayment: Decimal | None = None
    minimum_copayment: Decimal | None = None


@attrs.frozen(kw_only=True)
class AscRow:
    """One code of ASC Addendum AA (surgical) or BB (ancillary): payment indicator, weight, rate in dollars.

    ``multiple_discount`` is ``Y`` or ``N`` and stands in Addendum AA only.
    """

    addendum: str
    short_description: str | None = None
    payment_indicator: str | None = None
    multiple_discount: str | None = None
    weight: Decimal | None = None
    rate: Decimal | None = None


@attrs.frozen(kw_only=True)
class RbcsRow:
    """One code of the Restructured BETOS Classification System, with the code's own dates."""

    category: str | None = None
    subcategory: str | None = None
    family: str | None = None
    procedure: str | None = None
    added: date | None = None
    ended: date | None = None
    effective: date | None = None


@attrs.frozen(kw_only=True)
class PlaceRow:
    """One place of service code; ``rate`` is ``facility``, ``nonfacility`` or unknown.

    Source: Medicare Claims Processing Manual (Pub. 100-04), chapter 26, section 10.5.
    """

    name: str
    rate: str | None = None
    added: date | None = None
    ended: date | None = None
