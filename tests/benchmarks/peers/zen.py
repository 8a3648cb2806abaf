"""zen-engine: eight expressions of its language, compiled once, evaluated with each line.

Its decision tables were slower in a trial with three of the checks, line by line and in a loop.
"""

from pathlib import Path
from typing import Final

import zen
from tests.benchmarks.peers.eight import EIGHT, FACTS, Pair, facts

NAME: Final = "zen-engine"
CHECKS: Final = EIGHT
RULES: Final = {
    "ASST101": "assistant == '1' and some(modifiers, # in ['80', '81', '82', 'AS'])",
    "BILAT101": "bilateral == '0' and '50' in modifiers",
    "COSG101": "co_surgeon == '0' and '62' in modifiers",
    "MUE101": "mai == '1' and from_date == to_date and mue >= 1 and units > mue",
    "PCTC101": "pctc != '1' and has_26 == 'N' and '26' in modifiers",
    "PCTC102": "pctc != '1' and has_tc == 'N' and 'TC' in modifiers",
    "STAT103": "status == 'N'",
    "TEAM101": "team == '0' and '66' in modifiers",
}
NAMED: Final = (*FACTS, "modifiers", "units", "from_date", "to_date")


def run(lines: Path, codes: Path) -> list[Pair]:
    """Find claim, line and rule."""
    rules = {code: zen.compile_expression(text) for code, text in RULES.items()}
    found = []
    for line in facts(lines, codes):
        context = {name: line[name] for name in NAMED}
        fired = (code for code, rule in rules.items() if rule.evaluate(context))
        found += [(line["claim_id"], line["line_id"], code) for code in fired]
    return found


def pairs(found: list[Pair]) -> set[Pair]:
    """As claim, line and rule."""
    return set(found)
