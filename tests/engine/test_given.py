"""What is given in place of a book, a claim or a code is refused at once, with what to give."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from claimrules import Checker, Claim, ClaimLine, CodeBook, Rulebook

DAY = date(2025, 11, 3)
NOON = datetime(2025, 11, 3, 12)  # noqa: DTZ001 (no instant)
LINE = ClaimLine.parse("G0105-50 2025-11-03")
BOOK: Any = CodeBook.starter()
CHECKER: Any = Checker(rulebook=Rulebook.load("BILAT101"))
MAKE: Any = Checker


@pytest.mark.parametrize(
    ("slip", "remedy"),
    [
        pytest.param(lambda: MAKE("my.book"), r"CodeBook\.open\(path\) \(given: str\)", id="book is a path"),
        pytest.param(lambda: MAKE(Rulebook.load("BILAT101")), r"CodeBook\.open", id="book is a rulebook"),
        pytest.param(
            lambda: MAKE(rulebook="BILAT"), r"Rulebook\.load\(select=\.\.\.\)", id="rulebook is a selector"
        ),
        pytest.param(lambda: MAKE(as_of="2025-11-03"), r"date\(2025, 11, 3\)", id="as_of is a text"),
        pytest.param(lambda: CHECKER.check_line("G0105"), r"ClaimLine\.parse", id="line is a text"),
        pytest.param(
            lambda: CHECKER.check([LINE]), r"Claim\(lines=lines\), or check_lines", id="claim is a list"
        ),
        pytest.param(
            lambda: CHECKER.check(Claim(lines=(LINE,)), [LINE]),
            r"History\(lines, complete_from",
            id="history is a list",
        ),
        pytest.param(lambda: Claim(lines="G0105"), r"lines: ClaimLines are needed", id="lines are a text"),  # type: ignore[arg-type]
        pytest.param(
            lambda: BOOK.code(99213, on=DAY),
            r"codes are text: write '99213' \(given: int\)",
            id="code is a number",
        ),
        pytest.param(lambda: BOOK.mue(99213, on=DAY), "codes are text", id="MUE of a number"),
        pytest.param(lambda: BOOK.pair("99213", 36415, on=DAY), "codes are text", id="pair of a number"),
        pytest.param(lambda: BOOK.primaries(99292, on=DAY), "codes are text", id="primaries of a number"),
        pytest.param(lambda: BOOK.code("99213", on="2025-11-03"), "on: a date is needed", id="day is a text"),
        pytest.param(lambda: BOOK.code("99213", on=NOON), r"its \.date\(\)", id="day is a datetime"),
    ],
)
def test_a_slip_is_told_with_its_remedy(slip: Callable[[], object], remedy: str) -> None:
    """Each would else fail later in words of the inside, or find nothing in silence."""
    with pytest.raises(TypeError, match=remedy):
        slip()


def test_lines_of_a_claim_are_its_own() -> None:
    """A list may be given; what becomes of it later does not change the claim."""
    lines: Any = [LINE]
    claim = Claim(lines=lines)
    lines.clear()

    assert claim.lines == (LINE,)


def test_a_setting_may_be_given_by_its_word() -> None:
    """One that is none is no look-up that fails inside."""
    assert BOOK.code("G0105", on=DAY, setting="professional") == BOOK.code("G0105", on=DAY)
    with pytest.raises(ValueError, match="hospital"):
        BOOK.code("G0105", on=DAY, setting="hospital")
