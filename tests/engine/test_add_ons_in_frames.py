"""Rules on primaries in frames meet the lines whose code may be a primary: the line engine looks at all."""

from datetime import date
from random import Random

import pytest
from tests.engine.test_agreement import agree

from claimrules import ClaimLine, CodeBook, Rulebook
from claimrules.codebook import AddOnRow, AddOnTable
from claimrules.engine.history import Coverage
from claimrules.model.edition import Edition, Kind, Table

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
ADD_ONS = (("G0001", "G0002"), ("G0003", "G0001"), ("G0003", "G0002"), ("G0004", "G0009"))
"""An add-on of a plain code, one whose primary is an add-on, one whose primary nobody bills."""
CODES = (*("G0001", "G0002", "G0003", "G0004", "G0005", "G0006") * 4, None)


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("engine", ["polars", "polars-lazy", "pyarrow"])
def test_primaries_met_are_those_of_the_line_engine(engine: str, complete: bool) -> None:
    """Of an excerpt, the primaries of a code that it lacks are unknown, and every line beside may be one."""
    edition = Edition(
        name="AOC", table=Table.ADD_ON, effective=FIRST, ends=LAST, kind=Kind.CUMULATIVE, complete=complete
    )
    rows: dict[str, tuple[AddOnRow, ...]] = {}
    for code, primary in ADD_ONS:
        rows[code] = (*rows.get(code, ()), AddOnRow(primary, "1", FIRST))
    book = CodeBook.from_tables([AddOnTable(edition=edition, rows=rows)])
    draw = Random(7)  # noqa: S311 (lines, not secrets)
    lines = [
        ClaimLine(
            code=draw.choice(CODES),
            from_date=draw.choice((*(date(2025, 11, 3), date(2025, 11, 4), date(2025, 11, 9)) * 5, None)),
            patient=draw.choice((*(f"P{number}" for number in range(30)), None)),
            provider=draw.choice(("1234567893", "1245319599")),
            claim_id=f"C{number // 4}",
            line_id=str(number),
        )
        for number in range(180)
    ]

    agree(lines, book, Rulebook.load(select=("AOC",)), Coverage(), engine)
