"""claimrules over a DuckDB relation: the findings, with their severity, reason code and edition."""

from pathlib import Path
from typing import Any, Final

import duckdb
from tests.benchmarks.peers.eight import EIGHT, Pair, checker

NAME: Final = "claimrules on DuckDB"
CHECKS: Final = EIGHT


def run(lines: Path, codes: Path) -> Any:
    """Find claim, line and rule; the codes are in the starter."""
    del codes
    return checker().check_frame(duckdb.read_csv(str(lines), all_varchar=True)).findings.to_arrow_table()


def pairs(found: Any) -> set[Pair]:
    """As claim, line and rule."""
    return set(zip(*(found[name].to_pylist() for name in ("claim_id", "line_id", "rule")), strict=True))
