"""claimrules line by line: findings with their texts, and the five outcomes of every rule."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks.peers.eight import EIGHT, Pair, checker, facts
from tests.benchmarks.synthetic import line_of

from claimrules import CheckResult, ClaimLine

NAME: Final = "claimrules line by line"
CHECKS: Final = EIGHT


def run(lines: Path, codes: Path) -> CheckResult:
    """Check all lines."""
    return checker().check_lines(read(lines, codes))


def read(lines: Path, codes: Path) -> Iterator[ClaimLine]:
    """The lines as values."""
    for line in facts(lines, codes):
        yield line_of(line, tuple(line["modifiers"]))


def pairs(found: CheckResult) -> set[Pair]:
    """As claim, line and rule."""
    return {(each.claim_id or "", each.line_id or "", each.rule) for each in found.findings}
