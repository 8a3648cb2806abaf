"""Beside a finding of a frame stands the edition that decided it, as the line engine tells."""

from datetime import date
from decimal import Decimal

import pytest
from tests.engine.test_agreement import agree

from claimrules.codebook import CodeBook
from claimrules.codebook.tables import FeeRow, FeeSchedule
from claimrules.engine.history import Coverage
from claimrules.model.claim import ClaimLine
from claimrules.model.edition import Edition, Table
from claimrules.rulebook.select import Rulebook


def _schedule(name: str, start: date, end: date) -> FeeSchedule:
    edition = Edition(name=name, table=Table.FEE_SCHEDULE, effective=start, ends=end)
    days = {"99213": "XXX", "47383": "010", "G0127": "XXX"}
    rows = {code: {"": FeeRow(global_days=value, status="A")} for code, value in days.items()}
    return FeeSchedule(edition=edition, rows=rows)


BOOK = CodeBook.from_tables(
    [
        _schedule("FEE-A", date(2025, 7, 1), date(2025, 9, 30)),
        _schedule("FEE-B", date(2025, 10, 1), date(2025, 12, 31)),
    ]
)


@pytest.mark.parametrize("engine", ["polars", "pyarrow", "duckdb"])
def test_the_operation_of_an_earlier_quarter_names_its_own_edition(engine: str) -> None:
    """A visit in October within the days of an operation in September: the schedule of September decided."""
    days = [("47383", date(2025, 9, 29)), ("99213", date(2025, 10, 2)), ("99213", date(2025, 9, 30))]
    lines = [
        ClaimLine(
            claim_id="C1",
            line_id=str(number),
            patient="P1",
            provider="1234567893",
            code=code,
            units=Decimal(1),
            from_date=day,
            to_date=day,
        )
        for number, (code, day) in enumerate(days)
    ]
    _, result = agree(lines, BOOK, Rulebook.load(select=["GLOB403"]), Coverage(), engine)
    columns = result.local(result.found)
    told = dict(zip(columns["line_id"], columns["edition"], strict=True))
    assert told == {"1": "FEE-A", "2": "FEE-A"}


@pytest.mark.parametrize("engine", ["polars", "pyarrow", "duckdb"])
def test_what_no_table_decided_names_no_edition(engine: str) -> None:
    """A span of more than a month is one whatever the schedule says; an operation's is one by its days."""
    rows = [("G0127", date(2025, 7, 1), date(2025, 8, 5)), ("47383", date(2025, 7, 1), date(2025, 7, 5))]
    lines = [
        ClaimLine(claim_id="C1", line_id=code, code=code, units=Decimal(1), from_date=first, to_date=last)
        for code, first, last in rows
    ]
    _, result = agree(lines, BOOK, Rulebook.load(select=["DATE305"]), Coverage(), engine)
    columns = result.local(result.found)
    assert dict(zip(columns["line_id"], columns["edition"], strict=True)) == {"G0127": "", "47383": "FEE-A"}
