"""claimrules over a Polars frame: the findings, with their severity, reason code and edition."""

from pathlib import Path
from typing import Any, Final

import polars as pl
from tests.benchmarks.peers.eight import EIGHT, Pair, checker

NAME: Final = "claimrules on Polars"
CHECKS: Final = EIGHT


def run(lines: Path, codes: Path) -> Any:
    """Find claim, line and rule; the codes are in the starter."""
    del codes
    return checker().check_frame(pl.scan_csv(lines, infer_schema=False)).findings.lazy().collect()


def pairs(found: Any) -> set[Pair]:
    """As claim, line and rule."""
    return set(found.select("claim_id", "line_id", "rule").iter_rows())
