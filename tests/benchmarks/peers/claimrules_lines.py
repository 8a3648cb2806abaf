"""claimrules line by line: findings with their texts, and the five outcomes of every rule."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.peers.eight import EIGHT, Pair, checker, facts

from claimrules import CheckResult, ClaimLine

NAME: Final = "claimrules line by line"
CHECKS: Final = EIGHT


def run(lines: Path, codes: Path) -> CheckResult:
    """Check all lines."""
    return checker().check_lines(read(lines, codes))


def read(lines: Path, codes: Path) -> Iterator[ClaimLine]:
    """The lines as values."""
    for line in facts(lines, codes):
        yield line_of(line)


def line_of(line: dict[str, Any]) -> ClaimLine:
    """A line as a value."""
    return ClaimLine(
        code=line["code"],
        modifiers=tuple(line["modifiers"]),
        units=Decimal(str(line["units"])),
        from_date=date.fromisoformat(line["from_date"]),
        to_date=date.fromisoformat(line["to_date"]),
        place_of_service=line["place_of_service"],
        charge=Decimal(line["charge"]),
        claim_id=line["claim_id"],
        line_id=line["line_id"],
        patient=line["patient"],
        provider=line["provider"],
    )


def pairs(found: CheckResult) -> set[Pair]:
    """As claim, line and rule."""
    return {(each.claim_id or "", each.line_id or "", each.rule) for each in found.findings}
