"""The pairs among some codes, read from a file: the same as in memory, whatever was asked before."""

from datetime import date
from pathlib import Path

from tests.codebook import made

from claimrules.codebook import PairRow
from claimrules.codebook.among import PairColumns
from claimrules.codebook.memory import MemoryTables
from claimrules.codebook.store import StoredTables
from claimrules.codebook.writing import building

START = date(2025, 10, 1)
CODES = [f"G{number:04d}" for number in range(100)]


def rows_of(found: PairColumns) -> list[tuple[str, str, PairRow]]:
    """The edits in an order of their own."""
    return sorted(zip(found.column_1, found.column_2, found.edits, strict=True))


def test_what_was_read_is_kept_and_only_what_is_new_is_read(tmp_path: Path) -> None:
    """Few codes, other ones, many more, fewer again: each answer is that of the tables in memory."""
    edits = PairRow(START), PairRow(START, date(2025, 11, 30), "1")
    rows = {
        (one, two): edits[: 1 + at % 2]
        for at, one in enumerate(CODES)
        for two in CODES[at % 7 :: 7]
        if one != two
    }
    table = made.pairs(START, rows)
    with building(tmp_path / "pairs.sqlite", None) as book:
        book.put(table)
        book.finish()
    stored, memory = StoredTables(tmp_path / "pairs.sqlite"), MemoryTables([table])

    for asked in (CODES[:10], CODES[5:20], ["X0001"], CODES, CODES[10:30]):
        found = rows_of(stored.pairs_among(0, frozenset(asked)))
        assert found == rows_of(memory.pairs_among(0, frozenset(asked)))
        assert bool(found) == (asked != ["X0001"])
