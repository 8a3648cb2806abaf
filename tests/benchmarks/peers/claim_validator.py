"""claim-validator: whole claims through its validators; without a fee schedule it makes none of the eight."""

from itertools import groupby
from pathlib import Path
from typing import Any, Final

from claim_validator import validate
from tests.benchmarks.peers.eight import Pair, facts

NAME: Final = "claim-validator"
CHECKS: Final[tuple[str, ...]] = ()


def run(lines: Path, codes: Path) -> list[Any]:
    """Give its own findings on every claim; it takes no code that ends in a letter."""
    found = []
    for _, of_claim in groupby(facts(lines, codes), key=lambda line: line["claim_id"]):
        accepted = [line_of(line) for line in of_claim if line["code"][1:].isdigit()]
        for start in range(0, len(accepted), 50):
            claim = {
                "billing_provider_npi": "1234567893",
                "diagnosis_codes": [{"code": "J06.9"}],
                "lines": accepted[start : start + 50],
            }
            found += validate(claim).findings
    return found


def line_of(line: dict[str, Any]) -> dict[str, Any]:
    """A line in its words."""
    return {
        "procedure_code": line["code"],
        "modifiers": line["modifiers"],
        "charge_amount": float(line["charge"]),
        "units": line["units"],
        "service_date_from": line["from_date"],
        "service_date_to": line["to_date"],
        "place_of_service": line["place_of_service"],
    }


def pairs(found: list[Any]) -> set[Pair]:
    """None: its findings name none of the checks."""
    del found
    return set()
