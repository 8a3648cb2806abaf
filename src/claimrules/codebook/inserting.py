"""Puts the rows of one edition into a code book file."""

import sqlite3
from collections.abc import Iterator

from claimrules.codebook.cells import cells_of
from claimrules.codebook.schema import FEE_FIELDS
from claimrules.codebook.tables import AddOnTable, AnyTable, FactTable, FeeSchedule, MueTable, PairTable


def insert_rows(book: sqlite3.Connection, number: int, table: AnyTable) -> None:
    """Put the rows of ``table`` under the edition ``number``, in the order of their key."""
    if isinstance(table, PairTable):
        _insert(book, "pairs", 4, _pair_rows(book, number, table))
    elif isinstance(table, FeeSchedule):
        _insert(book, "fee_schedule", len(FEE_FIELDS) + 3, _fee_rows(number, table))
    elif isinstance(table, MueTable):
        rows = ((number, code, *row) for code, row in sorted(table.rows.items()))
        _insert(book, "mue", 5, rows)
    elif isinstance(table, FactTable):
        found = sorted(table.rows.items())
        if found:
            width = len(cells_of(found[0][1])) + 2
            facts = ((number, code, *cells_of(row)) for code, row in found)
            _insert(book, table.edition.table.value, width, facts)
    else:
        _insert(book, "add_on", 8, _add_on_rows(number, table))


def _insert(book: sqlite3.Connection, table: str, width: int, rows: Iterator[tuple[object, ...]]) -> None:
    places = ", ".join("?" for _ in range(width))
    book.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 (constants)


def _fee_rows(number: int, table: FeeSchedule) -> Iterator[tuple[object, ...]]:
    for code, rows in sorted(table.rows.items()):
        for row, fee in sorted(rows.items()):
            yield (number, code, row, *(_cell(value) for value in fee))


def _add_on_rows(number: int, table: AddOnTable) -> Iterator[tuple[object, ...]]:
    for code, rows in sorted(table.rows.items()):
        for row in sorted(rows):
            yield (number, code, *(str(value) for value in row))


def _pair_rows(book: sqlite3.Connection, number: int, table: PairTable) -> Iterator[tuple[object, ...]]:
    query = "SELECT effective, deletion, modifier_indicator, rationale, id FROM pair_terms"
    terms: dict[tuple[object, ...], int] = {tuple(cells): term for *cells, term in book.execute(query)}
    known: dict[object, int] = {}
    for (first, second), edits in sorted(table.rows.items()):
        for edit in edits:
            term = known.get(edit)
            if term is None:
                cells = tuple(str(value) for value in edit)
                if cells not in terms:
                    terms[cells] = len(terms) + 1
                    book.execute("INSERT INTO pair_terms VALUES (?, ?, ?, ?, ?)", (terms[cells], *cells))
                term = known.setdefault(edit, terms[cells])
            yield (number, first, second, term)


def _cell(value: object) -> object:
    return value if value is None or isinstance(value, int | str) else str(value)
