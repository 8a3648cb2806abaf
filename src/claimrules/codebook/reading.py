"""Reads the rows of one edition from a code book file."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from claimrules.codebook.cells import columns_of, record_of
from claimrules.codebook.schema import DECIMAL, FEE_FIELDS
from claimrules.codebook.tables import (
    FACT_ROWS,
    AddOnRow,
    AddOnTable,
    AnyTable,
    FactTable,
    FeeRow,
    FeeSchedule,
    MueRow,
    MueTable,
    PairRow,
    PairTable,
    Span,
)
from claimrules.model.edition import Edition, Kind, Table

_DECIMALS: Final = tuple(index for index, name in enumerate(FEE_FIELDS) if name in DECIMAL)
_EDITION_COLUMNS: Final = (
    "id, digest, name, table_name, program, setting, effective, part, ends, kind, covers, complete,"
    " released, source_file, sha256, row_count"
)
_BY_COLUMN_1: Final = "SELECT column_2, term FROM pairs WHERE edition = ? AND column_1 = ?"

Terms = dict[int, PairRow]


def read_editions(book: sqlite3.Connection) -> list[tuple[int, str, Edition]]:
    """Give number, digest and edition of everything that the book holds, in a fixed order."""
    query = (
        f"SELECT {_EDITION_COLUMNS} FROM editions"  # noqa: S608 (constants)
        " ORDER BY table_name, program, setting, effective, part"
    )
    return [(int(number), str(digest), _edition(cells)) for number, digest, *cells in book.execute(query)]


def read_table(book: sqlite3.Connection, number: int, edition: Edition, code: str | None = None) -> AnyTable:
    """Read all rows of one edition, or those of one code."""
    table = edition.table
    if table is Table.NCCI_PAIRS:
        return PairTable(edition=edition, rows=_pair_rows(book, number))
    if table is Table.FEE_SCHEDULE:
        found = _select(book, table, ("code", "modifier", *FEE_FIELDS), number, code)
        return FeeSchedule(edition=edition, rows=_fee_rows(found))
    if table is Table.ADD_ON:
        found = _select(book, table, ("code", *AddOnRow._fields), number, code)
        return AddOnTable(edition=edition, rows=_add_on_rows(found))
    if table is Table.MUE:
        found = _select(book, table, ("code", *MueRow._fields), number, code)
        return MueTable(edition=edition, rows={each: MueRow(*cells) for each, *cells in found})
    row = FACT_ROWS[table]
    names = ("code", *(name for name, _ in columns_of(row)))
    found = _select(book, table, names, number, code)
    return FactTable(edition=edition, rows={each: record_of(row, cells) for each, *cells in found})


def _select(
    book: sqlite3.Connection, table: Table, names: tuple[str, ...], number: int, code: str | None
) -> sqlite3.Cursor:
    columns = ", ".join(f'"{name}"' for name in names)
    query = f"SELECT {columns} FROM {table.value} WHERE edition = ?"  # noqa: S608 (constants)
    return (
        book.execute(query, (number,))
        if code is None
        else book.execute(f"{query} AND code = ?", (number, code))
    )


def read_spans(book: sqlite3.Connection, number: int, table: Table) -> set[Span]:
    """Read the different first and last days of the rows of an add-on, HCPCS or modifier edition.

    The day of a record's last action, from which its facts hold, is a first day too.
    """
    columns = (
        ["effective, deletion"] if table is Table.ADD_ON else ["added, termination", "action_effective, NULL"]
    )
    queries = (f"SELECT DISTINCT {each} FROM {table.value} WHERE edition = ?" for each in columns)  # noqa: S608 (constants)
    return {(_day(start), _day(end)) for each in queries for start, end in book.execute(each, (number,))}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def read_terms(book: sqlite3.Connection) -> Terms:
    """Read what the pairs' terms are: dates, modifier indicator, rationale."""
    query = "SELECT id, effective, deletion, modifier_indicator, rationale FROM pair_terms"
    return {
        term: PairRow(date.fromisoformat(effective), date.fromisoformat(deletion), indicator, rationale)
        for term, effective, deletion, indicator, rationale in book.execute(query)
    }


def read_partners(
    book: sqlite3.Connection, number: int, column_1: str, terms: Terms
) -> dict[str, tuple[PairRow, ...]]:
    """Read every edit whose column 1 is ``column_1``, by column 2."""
    return _grouped(
        (column_2, terms[term]) for column_2, term in book.execute(_BY_COLUMN_1, (number, column_1))
    )


def read_edits(book: sqlite3.Connection, number: int, terms: Terms) -> Iterator[tuple[str, str, PairRow]]:
    """Read every edit, in the order of the codes."""
    query = "SELECT column_1, column_2, term FROM pairs WHERE edition = ? ORDER BY column_1, column_2"
    for column_1, column_2, term in book.execute(query, (number,)):
        yield column_1, column_2, terms[term]


def _grouped(found: Iterator[tuple[str, PairRow]]) -> dict[str, tuple[PairRow, ...]]:
    partners: dict[str, tuple[PairRow, ...]] = {}
    for column_2, edit in found:
        earlier = partners.get(column_2)
        partners[column_2] = (*earlier, edit) if earlier else (edit,)
    return partners


def _pair_rows(book: sqlite3.Connection, number: int) -> dict[tuple[str, str], tuple[PairRow, ...]]:
    terms = read_terms(book)
    rows: dict[tuple[str, str], tuple[PairRow, ...]] = {}
    query = "SELECT column_1, column_2, term FROM pairs WHERE edition = ?"
    for column_1, column_2, term in book.execute(query, (number,)):
        key, edit = (column_1, column_2), terms[term]
        rows[key] = (*rows[key], edit) if key in rows else (edit,)
    return rows


def _add_on_rows(found: sqlite3.Cursor) -> dict[str, tuple[AddOnRow, ...]]:
    rows: dict[str, list[AddOnRow]] = {}
    for code, primary, kind, effective, deletion, settings, note in found:
        days = date.fromisoformat(effective), date.fromisoformat(deletion)
        rows.setdefault(code, []).append(AddOnRow(primary, kind, *days, settings, note))
    return {code: tuple(edits) for code, edits in rows.items()}


def _edition(cells: list[object]) -> Edition:
    name, table, program, setting, effective, part, ends, kind, covers, complete, released, *source = cells
    file, sha256, count = source
    return Edition(
        name=str(name),
        table=Table(str(table)),
        program=str(program),
        setting=str(setting),
        effective=date.fromisoformat(str(effective)),
        part=str(part),
        ends=date.fromisoformat(str(ends)),
        kind=Kind(str(kind)),
        covers=tuple(str(covers).split()),
        complete=bool(complete),
        released=_day(str(released)) if released else None,
        source_file=str(file),
        sha256=str(sha256),
        rows=int(str(count)),
    )


def _fee_rows(found: sqlite3.Cursor) -> dict[str, dict[str, FeeRow]]:
    """Make the rows of a schedule, column by column; equal cells are kept once, most of them repeat."""
    rows: dict[str, dict[str, FeeRow]] = {}
    cells = tuple(zip(*found.fetchall(), strict=True))
    if not cells:
        return rows
    codes, modifiers, *columns = cells
    fields = (_once(column, decimal=at in _DECIMALS) for at, column in enumerate(columns))
    fees = map(FeeRow._make, zip(*fields, strict=True))
    for code, modifier, fee in zip(codes, _once(modifiers), fees, strict=True):
        rows.setdefault(code, {})[modifier] = fee
    return rows


def _once(column: Sequence[Any], *, decimal: bool = False) -> Iterator[Any]:
    """The cells of a column, each of those that are equal the same object."""
    known = {cell: cell for cell in column}
    if decimal:
        known = {cell: None if cell is None else Decimal(cell) for cell in known}
    return map(known.__getitem__, column)
