"""Every comparison of numbers or dates has examples exactly at its limit and next to it."""

from typing import Final

import pytest

from claimrules.rulebook.rule import Rule
from claimrules.rulebook.select import Rulebook
from claimrules.testing.mutants import living

RULES = Rulebook.load(preview=True).known

EQUIVALENT: Final = {
    "ANES104": (
        {"when: 225 plus one"},
        "units have three decimals: fifteen of them step by 0.015 minutes, from 2.25 to 2.265",
    ),
    "DUP101": (
        {"when: > became >="},
        "the lines of an example come after those of its history; test_duplicates.py asks of the first line",
    ),
    "DUP102": (
        {"when: > became >="},
        "the lines of an example come after those of its history; test_duplicates.py asks of the first line",
    ),
    "DUP108": (
        {"when: < became <="},
        "a line is never its own partner, so no other line has its number",
    ),
    "MOD115": (
        {"when: < became <="},
        "its two sets share no member, so the two places are never the same",
    ),
    "MULT106": (
        {"when: < became <="},
        "no two lines have the same number",
    ),
    "PCTC108": (
        {"when: < became <="},
        "no two lines have the same number",
    ),
    "THER106": (
        {"when: 2025-01-01 a day earlier", "when: 2026-01-01 a day earlier"},
        "the threshold of a year is the higher one: what is above it is above that of the year before",
    ),
    "THER107": (
        {"when: < became <=", "when: 2025-01-01 a day later", "when: 2026-01-01 a day later"},
        "the threshold of the year before is the lower one: what is below it is below that of the year",
    ),
}
"""Mutants that no example can tell from the rule, and why."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_examples_stand_at_the_boundaries(rule: Rule) -> None:
    """A limit that could move by one, or include itself, without an example failing is not proven."""
    alive, _ = living(rule, RULES, boundaries=True)

    assert set(alive) == EQUIVALENT.get(rule.code, (set(), ""))[0]
