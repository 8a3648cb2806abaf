"""Plain Python: a loop with eight conditions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.peers.eight import ASSISTANT, EIGHT, Pair, facts

NAME: Final = "a loop in Python"
CHECKS: Final = EIGHT


def run(lines: Path, codes: Path) -> list[Pair]:
    """Find claim, line and rule."""
    return [(line["claim_id"], line["line_id"], rule) for line in facts(lines, codes) for rule in fired(line)]


def fired(line: dict[str, Any]) -> Iterator[str]:
    """The checks that the line fails."""
    carried = line["modifiers"]
    if line["assistant"] == "1" and any(modifier in ASSISTANT for modifier in carried):
        yield "ASST101"
    if line["bilateral"] == "0" and "50" in carried:
        yield "BILAT101"
    if line["co_surgeon"] == "0" and "62" in carried:
        yield "COSG101"
    if line["mai"] == "1" and line["from_date"] == line["to_date"] and line["units"] > line["mue"] >= 1:
        yield "MUE101"
    if line["pctc"] != "1" and line["has_26"] == "N" and "26" in carried:
        yield "PCTC101"
    if line["pctc"] != "1" and line["has_tc"] == "N" and "TC" in carried:
        yield "PCTC102"
    if line["status"] == "N":
        yield "STAT103"
    if line["team"] == "0" and "66" in carried:
        yield "TEAM101"


def pairs(found: list[Pair]) -> set[Pair]:
    """As claim, line and rule."""
    return set(found)
