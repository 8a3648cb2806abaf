"""Every comparison of numbers or dates has examples exactly at its limit and next to it."""

import pytest

from claimrules.rulebook.rule import Rule
from claimrules.rulebook.select import Rulebook
from claimrules.testing.mutants import living

RULES = Rulebook.load(preview=True).known


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_examples_stand_at_the_boundaries(rule: Rule) -> None:
    """A limit that could move by one, or include itself, without an example failing is not proven."""
    alive, _ = living(rule, RULES, boundaries=True)
    assert alive == []
