"""What a resource says once for all of its items: the stay, the diagnoses, the patient's dates."""

from typing import Final

from claimrules.formats.fhir.json import NOTHING, Json, all_codes, at, coded, objects, text
from claimrules.formats.fhir.people import Index
from claimrules.model.facts import REPLACES

DAY: Final = 10
"""Characters of the day in a date with time."""


def day(value: object) -> str:
    """Give the day of a date or a date with time, as it is written there."""
    found = text(value)
    return found[:DAY] if found[DAY : DAY + 1] in ("", "T") else found


def bill_type(resource: Json) -> str:
    """Give the type of bill, where it stands."""
    return next(
        (code for info in _infos(resource, "typeofbill") for code in coded(info.get("code"), "bill_types")),
        "",
    )


def cells_of(resource: Json, index: Index) -> dict[str, str]:
    """Give what the claim says once, by the names of its facts."""
    patient = index.get(text(at(resource, "patient").get("reference")), NOTHING)
    period = at(resource, "billablePeriod")
    cells = {
        "birth_date": day(patient.get("birthDate")),
        "death_date": day(patient.get("deceasedDateTime")),
        "sex": text(patient.get("gender"))[:1],
        "statement_from": day(period.get("start")),
        "statement_to": day(period.get("end")),
        "bill_type": bill_type(resource),
        REPLACES: _replaced(resource),
    }
    for info in _infos(resource, "clmrecvddate"):
        cells["received_date"] = day(info.get("timingDate"))
    for info in _infos(resource, "admissionperiod"):
        stay = at(info, "timingPeriod")
        cells |= {"admission_date": day(stay.get("start")), "discharge_date": day(stay.get("end"))}
    for info in _infos(resource, "discharge-status"):
        cells["patient_status"] = "".join(list(all_codes(info.get("code")))[:1]).rjust(2, "0")
    return {name: cell for name, cell in cells.items() if cell}


def diagnoses_of(resource: Json) -> tuple[dict[str, str], tuple[str, ...]]:
    """Give the version and the principal diagnosis as cells, and all diagnoses; codes have no dots here."""
    cells: dict[str, str] = {}
    found: list[str] = []
    for diagnosis in objects(resource.get("diagnosis")):
        concept = diagnosis.get("diagnosisCodeableConcept")
        ten, nine = coded(concept, "icd_10"), coded(concept, "icd_9")
        for code in (ten or nine)[:1]:
            found.append(code.replace(".", ""))
            cells["icd_version"] = "10" if ten else "9"
            kinds = [kind for each in objects(diagnosis.get("type")) for kind in all_codes(each)]
            if "principal" in kinds:
                cells["principal_diagnosis"] = found[-1]
    return cells, tuple(found)


def _replaced(resource: Json) -> str:
    """Give the id of the prior claim, where it has a frequency: another prior claim is not replaced."""
    if not bill_type(resource):
        return ""
    for each in objects(resource.get("related")):
        if "prior" in all_codes(each.get("relationship")):
            claim = at(each, "claim")
            told = text(claim.get("reference")).rpartition("/")[2]
            told = told or text(at(claim, "identifier").get("value"))
            return told or text(at(each, "reference").get("value"))
    return ""


def _infos(resource: Json, category: str) -> list[Json]:
    found = objects(resource.get("supportingInfo"))
    return [info for info in found if category in all_codes(info.get("category"))]
