"""pyoce: the Outpatient Code Editor on hospital claims, which knows no indicator of the fee schedule."""

from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pyoce
from tests.benchmarks.peers.eight import Pair, facts

NAME: Final = "pyoce"
CHECKS: Final[tuple[str, ...]] = ()
MOST_LINES: Final = 450
"""What the editor takes in one claim."""


def run(lines: Path, codes: Path) -> list[Any]:
    """Edit every claim as one of a hospital's outpatient department."""
    editor, edited = pyoce.IoceComponent(), []
    for claim_id, of_claim in groupby(facts(lines, codes), key=lambda line: line["claim_id"]):
        whole = list(of_claim)
        for start in range(0, len(whole), MOST_LINES):
            edited += [editor.process(claim_of(claim_id, whole[start : start + MOST_LINES]))]
    return edited


def claim_of(claim_id: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """A claim in its words."""
    days = [line["from_date"].replace("-", "") for line in lines]
    return {
        "claimId": claim_id,
        "billType": "131",
        "dateStarted": min(days),
        "dateEnded": max(days),
        "principalDiagnosisCode": {"diagnosis": "J449"},
        "lineItemList": [
            {
                "serviceDate": day,
                "hcpcs": line["code"],
                "hcpcsModifierInputList": [{"hcpcsModifier": each} for each in line["modifiers"]],
                "revenueCode": "0510",
                "unitsInput": str(int(line["units"])),
                "charge": line["charge"].replace(".", ""),
            }
            for day, line in zip(days, lines, strict=True)
        ],
    }


def pairs(found: list[Any]) -> set[Pair]:
    """None: its edits name none of the checks."""
    del found
    return set()
