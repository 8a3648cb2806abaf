"""Turns the words of a code page into published indicators: ``Active Code`` into ``A``.

Sources of the words: National Physician Fee Schedule Relative Value File, attachment A (status); OPPS
Addendum D1 (status indicators); ASC Addendum DD1 (payment indicators); each in the wordings of several
years. Words that two values share are left out: what is ambiguous stays unknown.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from claimrules.model.indicator import INDICATORS

DESCRIPTORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        f"{size} {word}": f"{size}_descriptor"
        for size in ("short", "medium", "long")
        for word in ("descr", "descriptor", "description")
    }
)
"""The field of ``CodePage`` for each name of a descriptor."""

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "status code": "status",
        "global days": "global_days",
        "pc/tc indicator": "pctc",
        "multiple procedures": "multiple_procedure",
        "bilateral surgery": "bilateral",
        "physician supervisions": "supervision",
        "physician supervision": "supervision",
        "assistant surgeon": "assistant",
        "co-surgeons": "co_surgeon",
        "team surgery": "team",
        "diagnostic imaging family": "imaging_family",
        "apc status indicator": "status_indicator",
        "asc payment indicator": "payment_indicator",
        "type of service": "type_of_service",
        "berenson-eggers tos": "betos",
        "mue": "mue",
    }
)
"""The field for each name of an attribute, both in the spelling of ``name_key``."""

_STATUS: Final = {
    "A": ("active code",),
    "B": ("bundled code", "payment for covered services are always bundled"),
    "C": ("carriers price the code", "contractors price the code", "carrier priced", "contractor priced"),
    "D": ("deleted codes", "deleted code"),
    "E": ("excluded from physician fee schedule by regulation",),
    "F": ("deleted discontinued codes",),
    "H": ("deleted modifier",),
    "J": ("anesthesia services", "anesthesia service"),
    "M": ("measurement codes", "measurement code"),
    "N": ("non covered services", "non covered service", "noncovered service", "noncovered services"),
    "P": ("bundled excluded codes", "bundled excluded code"),
    "R": ("restricted coverage",),
    "T": ("injections", "injection"),
    "X": ("statutory exclusion",),
}
_BILL_TYPE = "hospital part b bill type"
_NO_PRICES = "for which pricing information and claims data are not available"
_STATUS_INDICATOR: Final = {
    "A": ("services paid under fee schedule or payment system other than opps",),
    "B": (
        f"codes not recognized by opps when submitted on outpatient {_BILL_TYPE} 12x 13x",
        f"codes that are not recognized by opps when submitted on an outpatient {_BILL_TYPE} 12x and 13x",
    ),
    "C": ("inpatient procedures not paid under opps", "inpatient procedures"),
    "D": ("discontinued codes", "discontinued code"),
    "E1": ("non covered service not paid under opps", "items codes and services not covered by medicare"),
    "E2": (f"items and services {_NO_PRICES}",),
    "F": ("corneal crna and hepatitis b",),
    "G": ("pass through drugs and biologicals",),
    "H": ("pass through device categories",),
    "J1": ("hospital part b services paid through a comprehensive apc",),
    "J2": ("hospital part b services that may be paid through a comprehensive apc",),
    "K": (
        "nonpass through drugs and nonimplantable biologicals including therapeutic radiopharmaceuticals",
        "nonpass through drugs and nonimplantable biologicals",
    ),
    "L": ("influenza vaccine pneumococcal pneumonia vaccine",),
    "M": (
        "items and services not billable to the mac",
        "items and services not billable to the fiscal intermediary mac",
    ),
    "N": ("items and services packaged into apc rates",),
    "P": ("partial hospitalization", "partial hospitalization or intensive outpatient program"),
    "Q1": ("stv packaged codes", "stvx packaged codes"),
    "Q2": ("t packaged codes",),
    "Q3": ("codes that may be paid through a composite apc",),
    "Q4": ("conditionally packaged laboratory tests",),
    "R": ("blood and blood products",),
    "S": (
        "procedure or service not discounted when multiple",
        "significant procedure not discounted when multiple",
    ),
    "T": (
        "procedure or service multiple procedure reduction applies",
        "significant procedure multiple reduction applies",
    ),
    "U": ("brachytherapy sources",),
    "V": ("clinic or emergency department visit",),
    "Y": ("non implantable durable medical equipment",),
}
_OPPS_WEIGHT = "payment based on opps relative payment weight"
_FEE_UNITS = "payment based on mpfs nonfacility pe rvus"
_WITH_SURGERY = "paid separately when provided integral to a surgical procedure on asc list"
_OFFICE = "office based surgical procedure added to asc list in cy 2008 or later"
_RADIOLOGY = (f"radiology service {_WITH_SURGERY}", f"radiology or diagnostic service {_WITH_SURGERY}")
_PAYMENT_INDICATOR: Final = {
    "A2": (f"surgical procedure on asc list in cy 2007 {_OPPS_WEIGHT}",),
    "B5": ("alternative code may be available no payment made",),
    "D5": ("deleted discontinued code no payment made",),
    "F4": ("corneal tissue acquisition hepatitis b vaccine paid at reasonable cost",),
    "G2": (f"non office based surgical procedure added in cy 2008 or later {_OPPS_WEIGHT}",),
    "H2": (f"brachytherapy source {_WITH_SURGERY} payment based on opps rate",),
    "J7": (f"opps pass through device {_WITH_SURGERY} payment contractor priced",),
    "J8": (
        "device intensive procedure paid at adjusted rate",
        "device intensive procedure added to asc list in cy 2008 or later paid at adjusted rate",
    ),
    "K2": (f"drugs and biologicals {_WITH_SURGERY} payment based on opps rate",),
    "K5": (f"items codes and services {_NO_PRICES} no payment made",),
    "K7": ("unclassified drugs and biologicals payment contractor priced",),
    "L1": ("influenza vaccine pneumococcal vaccine packaged item service no separate payment made",),
    "L6": ("new technology intraocular lens special payment",),
    "N1": ("packaged service item no separate payment made",),
    "P2": (f"{_OFFICE} with mpfs nonfacility pe rvus {_OPPS_WEIGHT}",),
    "P3": (f"{_OFFICE} with mpfs nonfacility pe rvus {_FEE_UNITS}",),
    "R2": (f"{_OFFICE} without mpfs nonfacility pe rvus {_OPPS_WEIGHT}",),
    "Z2": tuple(f"{service} {_OPPS_WEIGHT}" for service in _RADIOLOGY),
    "Z3": tuple(f"{service} {_FEE_UNITS}" for service in _RADIOLOGY),
}

_WORDS: Final = {
    field: {words: value for value, wordings in table.items() for words in wordings}
    for field, table in (
        ("status", _STATUS),
        ("status_indicator", _STATUS_INDICATOR),
        ("payment_indicator", _PAYMENT_INDICATOR),
    )
}
_NOT_APPLICABLE: Final = ("concept does not apply", "not applicable")
_SHAPES: Final = {
    "status_indicator": re.compile(r"[A-Z]\d?", re.ASCII),
    "payment_indicator": re.compile(r"[A-Z]\d", re.ASCII),
    "type_of_service": re.compile(r"[0-9A-Z]", re.ASCII),
    "betos": re.compile(r"[A-Z]\d[A-Z]?", re.ASCII),
    "mue": re.compile(r"\d{1,7}", re.ASCII),
}
_VALUE_FIRST = re.compile(r"([0-9A-Z]{1,7})(?:\s*[-–—:]\s.*)?", re.ASCII | re.DOTALL)  # noqa: RUF001 (dashes)
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_PUNCTUATION = re.compile(r"[^0-9a-z]+")


_LONGEST: Final = 300
"""Characters of the longest published words, doubled: what is longer is neither a name nor such words."""


def name_key(name: str) -> str:
    """Write the name of an attribute as ``FIELDS`` has it: no brackets, no case, single spaces."""
    return " ".join(_BRACKETS.sub("", name[:_LONGEST]).casefold().split()).rstrip(" :")


def decode_words(field: str, text: str) -> str | None:
    """Give the published value for what a page prints, or ``None`` where it is not a known one.

    A page prints the value first (``010 - Minor Procedure``), the value alone, or words alone.
    """
    first = _VALUE_FIRST.fullmatch(text)
    if first:
        return first[1] if _is_value(field, first[1]) else None
    if len(text) > _LONGEST:
        return None
    words = _PUNCTUATION.sub(" ", _BRACKETS.sub("", text).casefold()).strip()
    if words in _NOT_APPLICABLE and field in INDICATORS:
        return next((m.value for m in INDICATORS[field] if m.name == "NOT_APPLICABLE"), None)
    table = _WORDS.get(field, {})
    bracketed = _PUNCTUATION.sub(" ", text.casefold()).strip()
    return table.get(words) or table.get(bracketed)


def _is_value(field: str, value: str) -> bool:
    if field in INDICATORS:
        return value in {member.value for member in INDICATORS[field]}
    return _SHAPES[field].fullmatch(value) is not None
