"""Findings that depend on others, in frames: the line engine looks at the same proofs."""

import random

import attrs
import polars as pl
import pytest
from tests.pairs_made import FIRST, LAST, pair_book

from claimrules import Checker, ClaimLine, Rulebook
from claimrules.codebook import PairRow

CODES = ("G0101", "G0102", "G0103", "G0104", "G0105", "G0121")


@pytest.mark.parametrize("seed", range(4))
def test_what_depends_is_the_same_line_by_line_and_in_a_frame(seed: int) -> None:
    """Chains, circles, and more proofs than are told: each finding has the same severity."""
    draw = random.Random(seed)  # noqa: S311 (a test)
    pairs = [(one, two) for one in CODES for two in CODES if one != two and draw.random() < 0.3]
    book = pair_book(*((*pair, PairRow(FIRST, LAST, "1")) for pair in pairs))
    checker = Checker(book, Rulebook.load(select=("NCCI101", "NCCI102")))
    rows = [
        {
            "claim_id": "c",
            "line_id": f"{number:03d}",
            "patient": draw.choice("abcccccccc"),
            "provider": "1234567893",
            "code": draw.choice(CODES),
            "modifier_1": draw.choice(("", "", "", "59")),
            "from_date": "2025-11-03",
        }
        for number in range(60)
    ]

    framed = checker.check_frame(pl.DataFrame(rows)).findings

    lines = [_line(row) for row in rows]
    told = checker.check_lines(lines).findings
    one = {(each.rule, each.line_id): each.severity.value for each in told}
    assert one
    assert one == {(row["rule"], row["line_id"]): row["severity"] for row in framed.rows(named=True)}
    assert any(each.depends_on and len(each.other_line_ids) > 1 for each in told)


def _line(row: dict[str, str]) -> ClaimLine:
    text = f"{row['code']}{'-59' if row['modifier_1'] else ''} {row['from_date']} by:{row['provider']}"
    line = ClaimLine.parse(text)
    return attrs.evolve(line, claim_id=row["claim_id"], line_id=row["line_id"], patient=row["patient"])
