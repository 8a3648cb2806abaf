"""claimrules over a Polars frame: the findings and the five outcomes of every rule, from one pass."""

from pathlib import Path
from typing import Any, Final

import polars as pl
from tests.benchmarks.peers.eight import EIGHT, Pair, checker

NAME: Final = "the same with all outcomes counted"
CHECKS: Final = EIGHT


def run(lines: Path, codes: Path) -> Any:
    """Find claim, line and rule, and count; the codes are in the starter."""
    del codes
    result = checker().check_frame(pl.scan_csv(lines, infer_schema=False))
    return result.findings.lazy().collect(), result.summary


def pairs(found: Any) -> set[Pair]:
    """As claim, line and rule."""
    return set(found[0].select("claim_id", "line_id", "rule").iter_rows())
