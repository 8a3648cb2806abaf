"""What rules that look around say in a frame is said once of each line: the counts are those of the lines."""

from datetime import date

import pytest

from claimrules import Checker, ClaimLine, Rulebook
from claimrules.model.finding import Outcome
from claimrules.rulebook.rule import Example
from claimrules.testing.example_book import example_book

pl = pytest.importorskip("polars")
DAY = date(2025, 11, 3)
COLUMNS = ("claim_id", "line_id", "patient", "provider", "code", "from_date", "to_date")
EXAMPLE = Example(
    kind=Outcome.FIRED,
    title="two of a pair, a base and its family",
    lines=(),
    codes={
        "G0121": {"status": "A", "multiple_procedure": "2"},
        "G0105": {"status": "A", "multiple_procedure": "3", "endoscopic_base": "G0121"},
        "G0104": {"status": "A", "multiple_procedure": "0"},
    },
    pairs=(("G0121", "G0105", "0"),),
    complete=True,
)


@pytest.mark.parametrize("rule", ["NCCI101", "MULT105"])
def test_a_line_that_only_proves_is_counted_once(rule: str) -> None:
    """A partner that meets nobody itself is judged with the lines that stand alone, and not again."""
    lines = [
        ClaimLine(
            code=code,
            from_date=DAY,
            to_date=DAY,
            claim_id="C1",
            line_id=str(number),
            patient="P1",
            provider="1234567893",
        )
        for number, code in enumerate(("G0121", "G0105", "G0104"))
    ]
    checker = Checker(example_book(EXAMPLE), rulebook=Rulebook.load(select=[rule], preview=True))
    frame = pl.DataFrame([{name: getattr(line, name) for name in COLUMNS} for line in lines])
    counts = checker.check_frame(frame).summary.rules[rule]

    assert counts == checker.check_lines(lines).rules[rule]
    assert counts.fired == 1
