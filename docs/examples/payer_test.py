# ruff: noqa: INP001 (an example, no package)
"""What a payer pins in its tests: pytest payer_test.py."""

from datetime import date

import pytest

from claimrules import Checker, Claim, ClaimLine, Rulebook
from claimrules.testing import assert_clean, assert_fires, assert_outcome

JUDGED = ("ASST", "BILAT", "COSG", "DATE", "MOD", "MUE", "PCTC", "POS", "STAT", "TEAM", "UNIT")
"""For the lines below the starter suffices here; with your own book and a history, leave ``rules`` out."""


@pytest.fixture(scope="session")
def checker() -> Checker:
    """The code book and the rules of all tests here; ``Checker(CodeBook.open(...))`` takes your own."""
    return Checker(rulebook=Rulebook.load(ignore=("DUP104",)), editions="exact", as_of=date(2025, 12, 31))


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("G0105-50 2025-11-03 @22", "BILAT101"),
        ("47383-80 2025-11-03 @22", "ASST101"),
        ("G0412-66 2025-11-03 @21", "TEAM101"),
        ("G0121-26 2025-11-03 @22", "PCTC101"),
        ("A4550 2025-11-03 @11", "STAT101"),
    ],
)
def test_lines_that_must_not_be_paid_as_sent(checker: Checker, line: str, rule: str) -> None:
    """Each with the rule that stops it."""
    assert_fires(line, rule, checker=checker)


@pytest.mark.parametrize(
    "line", ["99213 2025-11-03 @11", "20610-50 2025-11-03 @11", "71046-26 2025-11-03 @22"]
)
def test_lines_that_must_pass(checker: Checker, line: str) -> None:
    """Of these families nothing fires, and nothing is left unknown."""
    assert_clean(f"{line} by:1234567893", rules=JUDGED, checker=checker)


def test_no_rule_at_all_fires(checker: Checker) -> None:
    """All rules together need an add-on table, and say so; what is known of the line breaks none."""
    line = "71046-26 2025-11-03 @22 by:1234567893"

    assert_clean(line, allow_unknown=True, checker=checker)
    with pytest.raises(AssertionError, match="no add-on code table loaded"):
        assert_clean(line, checker=checker)


def test_what_is_not_known_is_not_clean(checker: Checker) -> None:
    """The starter holds no edition for this day."""
    assert_outcome("G0105-50 2024-11-03 @22", "BILAT101", "unknown", checker=checker)
    with pytest.raises(AssertionError, match="no_edition"):
        assert_clean("99213 2024-11-03 @11 by:1234567893", rules=JUDGED, checker=checker)


def test_a_screening_is_not_paid_beside_a_visit(checker: Checker) -> None:
    """A rule that looks at the other lines of the claim."""
    lines = ("99213 2025-11-03 @11 by:1234567893", "G0117 2025-11-03 @11 by:1234567893")
    claim = Claim(claim_id="C1", lines=tuple(ClaimLine.parse(line) for line in lines))

    assert_fires(claim, "STAT107", checker=checker)
