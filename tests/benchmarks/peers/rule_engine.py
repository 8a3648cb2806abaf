"""rule-engine: eight rules of its language, compiled once, matched with each line."""

from pathlib import Path
from typing import Final

import rule_engine
from tests.benchmarks.peers.eight import EIGHT, Pair, facts

NAME: Final = "rule-engine"
CHECKS: Final = EIGHT
RULES: Final = {
    "ASST101": """assistant == "1" and
        ("80" in modifiers or "81" in modifiers or "82" in modifiers or "AS" in modifiers)""",
    "BILAT101": 'bilateral == "0" and "50" in modifiers',
    "COSG101": 'co_surgeon == "0" and "62" in modifiers',
    "MUE101": 'mai == "1" and from_date == to_date and mue >= 1 and units > mue',
    "PCTC101": 'pctc != "1" and has_26 == "N" and "26" in modifiers',
    "PCTC102": 'pctc != "1" and has_tc == "N" and "TC" in modifiers',
    "STAT103": 'status == "N"',
    "TEAM101": 'team == "0" and "66" in modifiers',
}


def run(lines: Path, codes: Path) -> list[Pair]:
    """Find claim, line and rule."""
    rules = {code: rule_engine.Rule(" ".join(text.split())) for code, text in RULES.items()}
    return [
        (line["claim_id"], line["line_id"], code)
        for line in facts(lines, codes)
        for code, rule in rules.items()
        if rule.matches(line)
    ]


def pairs(found: list[Pair]) -> set[Pair]:
    """As claim, line and rule."""
    return set(found)
