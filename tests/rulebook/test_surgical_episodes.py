"""What the rules on the surgical package say of whole episodes: nothing of the right ones."""

from datetime import date
from typing import Any, Final

import pytest

from claimrules.engine.history import History
from claimrules.engine.line import Checker
from claimrules.model.claim import Claim, ClaimLine
from claimrules.model.finding import Outcome
from claimrules.rulebook.rule import Example
from claimrules.rulebook.select import Rulebook
from claimrules.testing.example_book import example_book

RULES: Final = ["GLOB40", "GLOB41", "SPLIT", "BILAT", "MOD110", "MOD111", "MOD112"]
VISITS: Final = ("99213", "99214", "99232", "99291")
SHARES: Final = {"pre": 10, "intra": 70, "post": 20}
MAJOR: Final = {"global_days": "090", "bilateral": "1", "mue": 1, "mai": "2", **SHARES}
CODES: Final[dict[str, dict[str, Any]]] = {
    "G0412": MAJOR,
    "G0413": MAJOR,
    "G0105": {**MAJOR, "global_days": "000", "bilateral": "0"},
    "G0104": {**MAJOR, "global_days": "010", "bilateral": "0"},
    **{code: {"global_days": "XXX", "bilateral": "0"} for code in (*VISITS, "G0130")},
}
SURGEON: Final = "by:1234567893 group:G1 spec:18 patient:P1"
PARTNER: Final = "by:1245319599 group:G1 spec:18 patient:P1"
OTHER: Final = "by:1558598797 group:G2 spec:41 patient:P1"
RIGHT: Final = {
    "decided the day before, visited after the window": (
        f"99214-57 2025-03-09 {PARTNER}",
        f"G0412-RT 2025-03-10 {SURGEON}",
        f"99213-24 2025-06-08 {PARTNER}",
        f"99213 2025-06-09 {SURGEON}",
    ),
    "one eye after the other, the care shared": (
        f"G0412-54-RT 2025-03-10 {SURGEON}",
        f"G0412-55-RT 2025-03-10 {OTHER}",
        f"G0412-54-79-LT 2025-03-24 {SURGEON}",
        f"G0412-55-79-LT 2025-03-24 {OTHER}",
        f"99213 2025-03-09 {OTHER}",
    ),
    "both sides at once, with an assistant of the group": (
        f"G0412-50 2025-03-10 {SURGEON}",
        f"G0412-50-AS 2025-03-10 {PARTNER}",
        f"99232 2025-03-11 {OTHER}",
    ),
    "a return to the operating room, then critical care for another illness": (
        f"G0412 2025-03-10 {SURGEON}",
        f"G0105-78 2025-03-12 {SURGEON}",
        f"99291-FT 2025-03-13 {SURGEON}",
    ),
    "a minor procedure and a test beside a separate visit": (
        f"99213-25 2025-03-10 {SURGEON}",
        f"G0104 2025-03-10 {SURGEON}",
        f"G0130 2025-03-10 {SURGEON}",
        f"99213 2025-03-21 {PARTNER}",
    ),
}
WRONG: Final[tuple[tuple[str, set[str]], ...]] = (
    (f"99214 2025-03-09 {PARTNER}", {"GLOB402"}),
    (f"G0412-RT 2025-03-10 {SURGEON}", set()),
    (f"G0412-LT 2025-03-10 {SURGEON}", {"BILAT105"}),
    (f"99291-25 2025-03-11 {SURGEON}", {"GLOB412", "MOD112"}),
    (f"G0105 2025-03-12 {SURGEON}", {"GLOB405"}),
    (f"99213-57 2025-06-07 {PARTNER}", {"MOD110"}),
    (f"99213 2025-06-08 {PARTNER}", {"GLOB404"}),
    (f"G0413-79 2025-07-01 {SURGEON}", {"GLOB406"}),
    (f"G0413-55 2025-07-01 {OTHER}", {"SPLIT107"}),
)


def found(lines: tuple[str, ...]) -> dict[str, set[str]]:
    """The rules that are told of each line, where every line of the years around is known."""
    parsed = tuple(map(ClaimLine.parse, lines))
    book = example_book(Example(kind=Outcome.PASSED, title="an episode", lines=parsed, codes=CODES))
    known = History(complete_from=date(2024, 1, 1), complete_to=date(2026, 12, 31), providers="all")
    result = Checker(book, Rulebook.load(select=RULES)).check(Claim(claim_id="episode", lines=parsed), known)
    return {
        str(number): {finding.rule for finding in result.findings if finding.line_id == str(number)}
        for number in range(1, len(lines) + 1)
    }


@pytest.mark.parametrize("lines", RIGHT.values(), ids=RIGHT)
def test_nothing_is_said_of_an_episode_billed_right(lines: tuple[str, ...]) -> None:
    """Neither a denial nor a note, on any line."""
    assert not set().union(*found(lines).values())


def test_the_mistakes_of_an_episode_are_told() -> None:
    """Each on its line, and once: a rule that takes in another speaks for it."""
    lines, expected = zip(*WRONG, strict=True)

    assert list(found(lines).values()) == list(expected)
