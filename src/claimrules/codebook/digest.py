"""The content hash: what a book says, in sorted order, whatever the file, its bytes or its age."""

import hashlib
from collections.abc import Iterable, Iterator

from claimrules.codebook.cells import cells_of
from claimrules.codebook.tables import AnyTable, FactTable, FeeSchedule, MueTable, PairTable
from claimrules.model.edition import Edition

_SEPARATOR = "\x1f"
_CHUNK = 4096


def content_hash(tables: Iterable[AnyTable], documents: Iterable[str] = ()) -> str:
    """Give the SHA-256 of a book that holds these tables and documents (as JSON)."""
    return combine(((table.edition, table_digest(table)) for table in tables), documents)


def combine(parts: Iterable[tuple[Edition, str]], documents: Iterable[str] = ()) -> str:
    """Give the SHA-256 of a book from its editions, the digests of their rows, and its documents."""
    lines = sorted(f"{_edition(edition)}{_SEPARATOR}{digest}" for edition, digest in parts)
    return hashlib.sha256("\n".join([*lines, *sorted(documents)]).encode()).hexdigest()


def table_digest(table: AnyTable) -> str:
    """Give the SHA-256 of the rows of one edition."""
    digest = hashlib.sha256()
    held: list[str] = []
    for row in _rows(table):
        held.append(row)
        if len(held) == _CHUNK:
            digest.update("".join(held).encode())
            held.clear()
    digest.update("".join(held).encode())
    return digest.hexdigest()


def _rows(table: AnyTable) -> Iterator[str]:
    if isinstance(table, PairTable):
        return _pair_rows(table)
    if isinstance(table, FeeSchedule):
        fees = ((code, *entry) for code, rows in sorted(table.rows.items()) for entry in sorted(rows.items()))
        return (_line((code, row, *fee)) for code, row, fee in fees)
    if isinstance(table, MueTable):
        return (_line((code, *row)) for code, row in sorted(table.rows.items()))
    if isinstance(table, FactTable):
        return (_line((code, *cells_of(row))) for code, row in sorted(table.rows.items()))
    return (_line((code, *row)) for code, rows in sorted(table.rows.items()) for row in sorted(rows))


def _pair_rows(table: PairTable) -> Iterator[str]:
    """Most of what a book holds: the text of the few distinct terms is made once each."""
    terms: dict[object, str] = {}
    for (first, second), edits in sorted(table.rows.items()):
        for edit in edits if len(edits) == 1 else sorted(edits):
            known = terms.get(edit) or terms.setdefault(edit, _line(edit))
            yield f"{first}{_SEPARATOR}{second}{_SEPARATOR}{known}"


def _line(cells: Iterable[object]) -> str:
    return _SEPARATOR.join("" if cell is None else str(cell) for cell in cells) + "\n"


def _edition(edition: Edition) -> str:
    """Everything that bears on an answer; not the file that it came from."""
    cells = (
        edition.table,
        edition.program,
        edition.setting,
        edition.effective,
        edition.part,
        edition.ends,
        edition.name,
        edition.kind,
        " ".join(edition.covers),
        edition.complete,
        edition.released or "",
    )
    return _SEPARATOR.join(str(cell) for cell in cells)
