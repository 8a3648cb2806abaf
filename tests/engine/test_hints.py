"""Hints: what a finding on pairs or units adds to its advice, where a condition is known to hold."""

from datetime import date

import pytest
from tests.codebook.made import fees, mues
from tests.pairs_made import FIRST, LAST, pair_book

from claimrules import Checker, Claim, ClaimLine, CodeBook, Rulebook
from claimrules.codebook import PairRow

LIABLE = "make the patient liable"


def advice(book: CodeBook, rule: str, *texts: str) -> list[str]:
    """Give the advice on each line that a rule finds fault with."""
    lines = tuple(ClaimLine.parse(f"{text} 2025-11-03 by:1234567893") for text in texts)
    checker = Checker(book, Rulebook.load(select=(rule,)), inputs=("narrative",))
    return [finding.advice for finding in checker.check(Claim(claim_id="c", lines=lines)).findings]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("G0105-76", "22, 50, 51, 76 and 77"),
        ("G0105-GA", LIABLE),
        ("G0105-GX", LIABLE),
        ("G0105 text:yes", "another encounter it is XE"),
    ],
)
def test_a_pair_tells_what_does_not_help_and_what_would(line: str, words: str) -> None:
    """Modifiers that bypass nothing, a notice to the patient, a note that tells of another encounter."""
    book = pair_book(("G0121", "G0105", PairRow(FIRST, LAST, "1")))

    [plain] = advice(book, "NCCI102", "G0105", "G0121")
    [hinted] = advice(book, "NCCI102", line, "G0121")

    assert hinted.startswith(plain)
    assert words in hinted.removeprefix(plain)


def test_a_pair_without_bypass_says_that_the_modifier_is_in_vain() -> None:
    """59 on a pair of indicator 0."""
    book = pair_book(("G0121", "G0105", PairRow(FIRST, LAST, "0")))

    assert "indicator 0" in advice(book, "NCCI101", "G0105-59", "G0121")[0]
    assert "indicator 0" not in advice(book, "NCCI101", "G0105", "G0121")[0]


@pytest.mark.parametrize(
    ("lines", "words", "count"),
    [
        (("G0412-RT", "G0412-LT"), "Both sides are one line, modifier 50, one unit.", 2),
        (("G0412 x2",), "Both sides are one line, modifier 50, one unit.", 1),
        (("G0412-E1-GA x3",), LIABLE, 1),
        (("G0412-E1 x3",), "On two eyelids", 1),
    ],
)
def test_units_above_the_limit_tell_of_sides_notices_and_eyelids(
    lines: tuple[str, ...], words: str, count: int
) -> None:
    """Both sides as two units or lines meet an edit of one unit; a notice shifts nothing."""
    day = date(2025, 10, 1)
    book = CodeBook.from_tables([fees(day, {"G0412": "1"}), mues(day, {"G0412": 1})])
    said = advice(book, "MUE102", *lines)

    assert len(said) == count
    assert all(words in text for text in said)
    assert not any(LIABLE in text for text in said) or "GA" in lines[0]
