"""The pairs by day say what the book says of every pair, on every day."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from claimrules import CodeBook
from claimrules.codebook import PairFact
from claimrules.codebook.relations import key_range
from claimrules.codebook.resolve import EDITION_MODES, EditionMode
from claimrules.codebook.resolved import FIRST_DAY, LAST_DAY
from claimrules.codebook.resolved_pairs import covered_records, pair_records
from claimrules.codebook.tables import PairRow, PairTable
from claimrules.codebook.writing import building
from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.model.edition import Edition, Kind, Table

CODES = ("G0104", "G0105", "G0121", "G0328")
EVER = date(9999, 12, 31)
Rows = Mapping[tuple[str, str], tuple[PairRow, ...]]


def table(effective: date, rows: Rows, *, complete: bool = True, setting: str = "professional") -> PairTable:
    """An edition of pairs, complete or an excerpt."""
    edition = Edition(
        table=Table.NCCI_PAIRS,
        name=f"PTP {effective}",
        effective=effective,
        ends=date(effective.year, effective.month + 2, 28),
        kind=Kind.CUMULATIVE,
        setting=setting,
        complete=complete,
        covers=(key_range(min(rows), max(rows)),),
        rows=len(rows),
    )
    return PairTable(edition=edition, rows=rows)


def row(first: date, last: date = EVER, indicator: str = "0") -> PairRow:
    """An edit with its days."""
    return PairRow(first, last, indicator, "")


BOOKS = {
    "one": [
        table(
            date(2025, 10, 1),
            {
                ("G0104", "G0105"): (row(date(2020, 1, 1)),),
                ("G0104", "G0121"): (
                    row(date(2020, 1, 1), date(2024, 6, 30)),
                    row(date(2025, 1, 1), indicator="1"),
                ),
                ("G0105", "G0121"): (
                    row(date(2020, 1, 1), indicator="9"),
                    row(date(2021, 1, 1), date(2021, 1, 1)),
                ),
                ("G0121", "G0328"): (row(date(2020, 1, 1)), row(date(2022, 1, 1), indicator="1")),
            },
        )
    ],
    "older": [
        table(
            date(2025, 7, 1),
            {
                ("G0104", "G0105"): (row(date(2021, 4, 1)),),
                ("G0104", "G0328"): (row(date(2021, 4, 1), indicator="1"),),
                ("G0121", "G0328"): (row(date(2019, 1, 1)),),
            },
        ),
        table(
            date(2025, 10, 1),
            {
                ("G0104", "G0105"): (row(date(2021, 4, 1), date(2023, 12, 31), "1"),),
                ("G0104", "G0121"): (row(date(2025, 8, 1)),),
            },
        ),
    ],
    "excerpt": [
        table(
            date(2025, 7, 1),
            {("G0104", "G0105"): (row(date(2021, 4, 1)),), ("G0121", "G0328"): (row(date(2019, 1, 1)),)},
        ),
        table(
            date(2025, 10, 1), {("G0104", "G0105"): (row(date(2025, 10, 1), indicator="1"),)}, complete=False
        ),
        table(date(2025, 10, 1), {("G0105", "G0121"): (row(date(2022, 1, 1)),)}, setting="outpatient"),
    ],
}


def asked(book: CodeBook, mode: EditionMode, pair: tuple[str, str], day: date, setting: Setting) -> str:
    """What the book says: the indicator, ``none``, or ``unknown``."""
    found = book.lookup(mode).pair(*pair, day, setting)
    if isinstance(found, PairFact):
        return found.modifier_indicator
    return "unknown" if isinstance(found, Cause) else "none"


def joined(records: list[Any], covered: list[Any], pair: tuple[str, str], day: date, setting: Setting) -> str:
    """What a query says that joins the two tables."""
    edits = [
        indicator
        for column_1, column_2, where, first, last, indicator in records
        if (column_1, column_2) == pair and where == setting.value and first <= day <= last
    ]
    if edits:
        (indicator,) = edits
        return str(indicator)
    known = any(
        low <= "".join(pair) <= high and where == setting.value and first <= day <= last
        for low, high, where, first, last in covered
    )
    return "none" if known else "unknown"


@pytest.mark.parametrize("mode", EDITION_MODES)
@pytest.mark.parametrize("name", BOOKS)
def test_a_join_says_what_the_book_says(name: str, mode: EditionMode) -> None:
    """For every pair of codes, on the first and the last day of every run and on the days beside them."""
    book = CodeBook.from_tables(BOOKS[name])
    tables = book._tables  # noqa: SLF001 (records without an Arrow table around them)
    records, covered = list(pair_records(tables, mode)), list(covered_records(tables, mode))
    assert records
    edges = {day for each in (*records, *covered) for day in each[3:5]} | {date(2021, 1, 1)}
    around = {edge + timedelta(days=shift) for edge in edges for shift in (-1, 0, 1)}
    days = {day for day in around if FIRST_DAY <= day <= LAST_DAY}
    said = set()
    for pair, day in product(product(CODES, CODES), sorted(days)):
        for setting in (Setting.PROFESSIONAL, Setting.OUTPATIENT):
            wanted = asked(book, mode, pair, day, setting)
            said.add(wanted)
            assert joined(records, covered, pair, day, setting) == wanted, (pair, day, setting)
    assert "unknown" in said


def test_a_stored_book_gives_the_same_edits(tmp_path: Path) -> None:
    """Read as a stream, in the order of the codes."""
    pytest.importorskip("pyarrow")
    memory = CodeBook.from_tables(BOOKS["older"])
    with building(tmp_path / "book", None) as writer:
        for each in BOOKS["older"]:
            writer.put(each)
        writer.finish()
    stored = CodeBook.open(tmp_path / "book")
    assert stored.pairs_by_day().num_rows >= len(CODES) - 1
    assert stored.pairs_by_day().equals(memory.pairs_by_day())
    assert stored.pairs_covered().equals(memory.pairs_covered())
