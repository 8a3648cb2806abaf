"""pandera: a schema with eight checks of the whole frame, validated lazily."""

from pathlib import Path
from typing import Any, Final

import pandera.pandas as pa
from tests.benchmarks.peers import pandas as by_hand
from tests.benchmarks.peers.eight import EIGHT, Pair

NAME: Final = "pandera"
CHECKS: Final = EIGHT


def schema() -> Any:
    """Each check says of every line whether it stands; the key tells which do not."""
    return pa.DataFrameSchema({"key": pa.Column(str)}, checks=[check(rule) for rule in EIGHT])


def check(rule: str) -> Any:
    """One check of the frame, named like the rule."""
    return pa.Check(lambda frame: ~by_hand.checks(frame)[rule], name=rule)


def run(lines: Path, codes: Path) -> Any:
    """Find claim, line and rule."""
    frame = by_hand.joined(lines, codes)
    try:
        schema().validate(frame.assign(key=frame["claim_id"]), lazy=True)
    except pa.errors.SchemaErrors as errors:
        failed = errors.failure_cases[["check", "index"]].drop_duplicates()
        rows = frame.loc[failed["index"], ["claim_id", "line_id"]].reset_index(drop=True)
        return rows.assign(rule=failed["check"].to_numpy())
    return frame.head(0)[["claim_id", "line_id"]].assign(rule="")


def pairs(found: Any) -> set[Pair]:
    """As claim, line and rule."""
    return by_hand.pairs(found)
