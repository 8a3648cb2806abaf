"""FHIR claims that tests make: an item, a claim, and what is read of them."""

import io
import json
from typing import Any

from claimrules.formats.open import open_lines
from claimrules.formats.reader import LineReader, ReadOptions
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.finding import Rejected

HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CPT = "http://www.ama-assn.org/go/cpt"
LOCAL = "http://example.org/own"
TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
BILL = "https://www.nubc.org/CodeSystem/TypeOfBill"
NPI = "http://hl7.org/fhir/sid/us-npi"


def coding(*pairs: tuple[str, str]) -> dict[str, Any]:
    """Make a concept."""
    return {"coding": [{"system": system, "code": code} for system, code in pairs]}


def item(**more: Any) -> dict[str, Any]:
    """Make an item, as small as one is."""
    return {
        "sequence": 1,
        "productOrService": coding((HCPCS, "G0105")),
        "servicedDate": "2025-11-03",
        "quantity": {"value": 1},
        **more,
    }


def claim(*items: Any, **more: Any) -> dict[str, Any]:
    """Make a claim."""
    return {
        "resourceType": "Claim",
        "id": "C77",
        "status": "active",
        "use": "claim",
        "type": coding((TYPE, "professional")),
        "patient": {"reference": "Patient/M77"},
        "item": list(items),
        **more,
    }


def read(*resources: Any, **options: Setting) -> tuple[list[ClaimLine], list[str], LineReader]:
    """Read resources, one a line: lines, reasons of what is rejected, the reader."""
    raw = "\n".join(json.dumps(resource) for resource in resources).encode()
    with open_lines(io.BytesIO(raw), ReadOptions(input_format="fhir", **options)) as reader:  # type: ignore[arg-type]
        entries = list(reader)
    lines = [entry for entry in entries if isinstance(entry, ClaimLine)]
    return lines, [entry.reason for entry in entries if isinstance(entry, Rejected)], reader


def only(**more: Any) -> ClaimLine:
    """Read one item."""
    (line,), reasons, _ = read(claim(item(**more)))
    assert reasons == []
    return line
