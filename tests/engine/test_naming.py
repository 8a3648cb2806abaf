"""A message names the modifiers that a rule counts; the evidence says how many."""

import pytest

from claimrules import Checker, Claim, Rulebook
from claimrules.model.finding import Finding, Outcome
from claimrules.testing.example_book import example_book
from claimrules.testing.examples import CLAIM, rulebook_for

RULES = {rule.code: rule for rule in Rulebook.load(preview=True).known}


def first_finding(code: str) -> tuple[Finding, tuple[str, ...]]:
    """The finding of the first example that fires, and the modifiers of its line."""
    rule = RULES[code]
    example = next(one for one in rule.examples if one.kind is Outcome.FIRED)
    checker = Checker(example_book(example), rulebook_for(rule, ()))
    [finding] = checker.check(Claim(claim_id=CLAIM, lines=example.lines)).findings
    return finding, example.lines[0].modifiers or ()


@pytest.mark.parametrize("code", ["MOD101", "MOD102", "MOD103", "MOD104"])
def test_what_is_counted_is_named(code: str) -> None:
    """The message ends with, or holds, a modifier of the line, and no number stands for it."""
    finding, modifiers = first_finding(code)
    told = finding.message.removesuffix(".").split(": ", 1)[-1].split()

    assert told
    assert set(told) <= set(modifiers)
    counted = [fact.value for fact in finding.evidence if fact.field.startswith("line.modifiers_")]
    assert set(counted) <= {"1"}


def test_only_the_counted_ones_are_named() -> None:
    """The others of the line are left out."""
    finding, modifiers = first_finding("MOD106")

    assert len(modifiers) >= 1
    assert f"carries {modifiers[-1]} on a professional claim" in finding.message
