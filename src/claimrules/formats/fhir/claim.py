"""One Claim or ExplanationOfBenefit as lines: an item is a line, or says why it is none."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

import attrs

from claimrules.formats.bill import setting_of_bill
from claimrules.formats.cells import read_modifiers
from claimrules.formats.fhir.facts import bill_type, cells_of, day, diagnoses_of
from claimrules.formats.fhir.json import (
    Json,
    all_codes,
    at,
    coded,
    codings,
    objects,
    system_of,
    systems,
    text,
)
from claimrules.formats.fhir.people import Index, contained, npi_of, patient_of, rendering
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.facts import ClaimFacts
from claimrules.model.form import Form, read_code, read_date, read_money, read_place, read_units

CLAIMS: Final = ("Claim", "ExplanationOfBenefit")
_KEPT: Final = 8192
_DEAD: Final = ("cancelled", "entered-in-error", "draft")
_BILL: Final = "claim"
_ADDED: Final = "has a line that the payer added (addItem): it stands for billed lines, and nobody billed it"
_DME_TYPES: Final = frozenset(("81", "82"))
_INPATIENT: Final = frozenset(("inpatient", "snf", "hospice", "hha"))
_MINUTES: Final = ("min", "MIN", "MJ")

_read_units, _read_money, _read_date, _read_code, _read_place = (
    lru_cache(_KEPT)(read) for read in (read_units, read_money, read_date, read_code, read_place)
)


class Refused(NamedTuple):
    """Why a resource or an item is no line; ``about`` is the item, else it is the whole resource."""

    reason: str
    about: Any = None


def lines_of(resource: Json, index: Index, given: Setting | None) -> Iterator[ClaimLine | Refused]:
    """Give the lines of a resource; an item that cannot be one costs itself."""
    setting = _setting(resource, given)
    items = resource.get("item")
    if isinstance(setting, Refused):
        yield setting
        return
    if not isinstance(items, list) or not items:
        yield Refused("is a claim without items")
    else:
        known = {**index, **contained(resource)}
        shared = _shared(resource, known, setting)
        for number, item in enumerate(items, 1):
            if isinstance(item, dict):
                yield from _line(resource, item, number, known, shared)
            else:
                yield Refused("holds an item that is no object", item)
    for added in objects(resource.get("addItem")):
        yield Refused(_ADDED, added)


def _setting(resource: Json, given: Setting | None) -> Setting | Refused:
    """Give the setting, or why no table here covers the claim."""
    if why := _bills_nothing(resource):
        return Refused(why)
    kinds = set(coded(resource.get("type"), "claim_types"))
    below = {kind.lower() for part in ("type", "subType") for kind in coded(resource.get(part), "sub_types")}
    medicare = set(coded(resource.get("type"), "medicare_types"))
    if kinds & {"pharmacy", "oral", "vision"}:
        return Refused("is a claim of a pharmacy, a dentist or for glasses, which no table here speaks of")
    if given is not None:
        return given
    if "institutional" in kinds:
        found = None if below & _INPATIENT else setting_of_bill(bill_type(resource))
        return found or Refused(
            "is an inpatient's, home health or hospice bill, which no table here covers; "
            "--setting outpatient checks it as an outpatient's"
        )
    if medicare & _DME_TYPES or "dme" in below:
        return Setting.DME
    return Setting.PROFESSIONAL


def _bills_nothing(resource: Json) -> str:
    if text(resource.get("status")) in _DEAD:
        return "is cancelled, entered in error or a draft: it bills nothing"
    if text(resource.get("use")) not in ("", _BILL):
        return "asks for a decision before the service: it bills nothing"
    return ""


def _shared(resource: Json, index: Index, setting: Setting) -> dict[str, Any]:
    own = text(resource.get("id"))
    identifier = text(at(resource, "identifier").get("value"))
    cells, diagnoses = diagnoses_of(resource)
    facts = ClaimFacts.read(cells_of(resource, index) | cells)
    return {
        "facts": attrs.evolve(facts, diagnoses=diagnoses or None),
        "claim_id": own or identifier or None,
        "patient": patient_of(resource),
        "billing_provider": npi_of(at(resource, "provider"), index),
        "setting": setting,
    }


def _line(
    resource: Json, item: Json, number: int, index: Index, shared: dict[str, Any]
) -> Iterator[ClaimLine | Refused]:
    product = item.get("productOrService")
    codes = {code for system in systems("codes") for code in _codes_in(product, system)}
    if len(codes) > 1:
        yield Refused("has an item with two different codes", item)
        return
    if not codes and any(system_of(each) not in systems("other_codes") for each in codings(product)):
        yield Refused("has an item whose code is of no HCPCS or CPT system", item)
        return
    values: dict[str, Any] = dict(shared)
    forms: dict[str, Form] = {}
    values["code"], forms["code"] = _read_code(next(iter(codes), ""))
    values["modifiers"], forms["modifiers"] = _modifiers(item)
    values["charge"], forms["charge"] = _read_money(_charge(item))
    quantity = at(item, "quantity")
    values["units"], forms["units"] = _read_units(_plain(text(quantity.get("value"))))
    place = "".join(coded(item.get("locationCodeableConcept"), "places")[:1])
    values["place_of_service"], forms["place_of_service"] = _read_place(place)
    _date(values, forms, resource, item)
    if text(quantity.get("code") or quantity.get("unit")) in _MINUTES and values["units"] is not None:
        values["minutes"] = int(values["units"])
    pointers = item.get("diagnosisSequence")
    yield ClaimLine(
        **values,
        line_id=text(item.get("sequence")) or str(number),
        provider=rendering(resource, item, index),
        revenue_code=_revenue(item),
        diagnosis_pointers=len(pointers) if isinstance(pointers, list) else None,
        unreadable=tuple(name for name, form in forms.items() if form is Form.UNREADABLE),
        repaired=tuple(name for name, form in forms.items() if form is Form.REPAIRED),
    )
    for detail in objects(item.get("detail")):
        if coded(detail.get("productOrService"), "codes"):
            yield Refused("has an item with details of their own codes, which are not read", item)


def _codes_in(concept: object, system: str) -> Iterator[str]:
    return (
        code for each in codings(concept) if system_of(each) == system and (code := text(each.get("code")))
    )


def _modifiers(item: Json) -> tuple[tuple[str, ...] | None, Form]:
    """Read the modifiers of the code's systems; one of another system makes all unknown."""
    found: list[str] = []
    for concept in objects(item.get("modifier")):
        codes = coded(concept, "codes")
        if not codes:
            return None, Form.UNREADABLE
        found += codes
    return read_modifiers(found)


def _charge(item: Json) -> str:
    """Give the submitted amount of an item: by its own name, else the only one, else the net."""
    submitted = []
    for adjudication in objects(item.get("adjudication")):
        kinds = set(all_codes(adjudication.get("category")))
        amount = _plain(text(at(adjudication, "amount").get("value")))
        if kinds & set(systems("charges")):
            return amount
        if "submitted" in kinds:
            submitted.append(amount)
    if len(submitted) == 1:
        return submitted[0]
    return "" if submitted else _plain(text(at(item, "net").get("value")))


def _date(values: dict[str, Any], forms: dict[str, Form], resource: Json, item: Json) -> None:
    """Read the days of an item; one without has the claim's, if that is a single day."""
    period = at(item, "servicedPeriod")
    first = day(item.get("servicedDate")) or day(period.get("start"))
    last = day(item.get("servicedDate")) or day(period.get("end")) or first
    if not first and not last:
        whole = at(resource, "billablePeriod")
        if day(whole.get("start")) == day(whole.get("end")):
            first = last = day(whole.get("start"))
    values["from_date"], forms["from_date"] = _read_date(first)
    values["to_date"], forms["to_date"] = _read_date(last)


def _revenue(item: Json) -> str | None:
    found = "".join(coded(item.get("revenue"), "revenue")[:1])
    return (found.rjust(4, "0") if found.isdecimal() else found) or None


def _plain(number: str) -> str:
    """Drop zeros that say nothing, as in ``1.000``."""
    whole, dot, decimals = number.partition(".")
    kept = decimals.rstrip("0")
    return f"{whole}.{kept}" if dot and kept else whole
