"""Where a pair rule asks which of two lines came first, equal lines on both sides are told apart."""

from datetime import date

import attrs
import pytest
from tests.engine.test_agreement import agree

from claimrules.codebook import CodeBook
from claimrules.engine.frame import check_frame
from claimrules.engine.history import Coverage
from claimrules.engine.line import Checker
from claimrules.expr.parse import Scope, parse
from claimrules.model.claim import ClaimLine
from claimrules.rulebook.select import Rulebook
from claimrules.testing.frames import frame_of, row_of

DAY = date(2025, 11, 3)
ENGINES = ("polars", "pandas", "pyarrow", "duckdb")


def lines_of(*modifiers: str) -> list[ClaimLine]:
    """Lines of one patient, day and code, in their order: each with one modifier or none."""
    plain = ClaimLine(code="G0130", from_date=DAY, patient="P1", provider="1234567893", claim_id="C1")
    return [
        attrs.evolve(plain, line_id=str(number), modifiers=tuple(filter(None, (word,))))
        for number, word in enumerate(modifiers, 1)
    ]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("when", "proofs"),
    [
        ("other.seq < line.seq and other.component != line.component", {"4": (3, "1"), "6": (1, "4")}),
        ("not other.seq < line.seq and other.component != line.component", {"4": (2, "5")}),
        ("other.component != line.component or other.seq < line.seq", {"4": (5, "1"), "6": (5, "1")}),
    ],
)
def test_only_lines_of_its_side_prove(engine: str, when: str, proofs: dict[str, tuple[int, str]]) -> None:
    """Three equal lines before a line with TC and two after it: their number, and the first of them."""
    pytest.importorskip(engine)
    [rule] = Rulebook.load(select="PCTC108").rules
    rule = attrs.evolve(rule, when=parse(when, Scope(scope="pair", sets={})), texts={})
    rules = Rulebook((rule,), (rule,), {}, frozenset({rule.code}))
    lines = lines_of("", "", "", "TC", "", "")

    agree(lines, CodeBook.starter(), rules, Coverage(), engine)

    result = check_frame(Checker(rulebook=rules), frame_of([row_of(line) for line in lines], engine))
    columns = ("line_id", "other_count", "other_line_id")
    found = result.local(result.found.select(*columns))
    said = {
        line: (count, first) for line, count, first in zip(*(found[name] for name in columns), strict=True)
    }
    assert {line: said[line] for line in proofs} == proofs
