"""The content hash: what a book says, in sorted order, whatever the file, its bytes or its age."""

import hashlib
from collections.abc import Iterable, Iterator

from claimrules.codebook.tables import AnyTable, FeeSchedule, MueTable
from claimrules.model.edition import Edition

_SEPARATOR = "\x1f"


def content_hash(tables: Iterable[AnyTable]) -> str:
    """Give the SHA-256 of a book that holds these tables."""
    return combine((table.edition, table_digest(table)) for table in tables)


def combine(parts: Iterable[tuple[Edition, str]]) -> str:
    """Give the SHA-256 of a book from its editions and the digests of their rows."""
    lines = sorted(f"{_edition(edition)}{_SEPARATOR}{digest}" for edition, digest in parts)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def table_digest(table: AnyTable) -> str:
    """Give the SHA-256 of the rows of one edition."""
    digest = hashlib.sha256()
    for row in _rows(table):
        digest.update(_SEPARATOR.join("" if cell is None else str(cell) for cell in row).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _rows(table: AnyTable) -> Iterator[tuple[object, ...]]:
    if isinstance(table, FeeSchedule):
        for code in sorted(table.rows):
            for row, fee in sorted(table.rows[code].items()):
                yield (code, row, *fee)
    elif isinstance(table, MueTable):
        for code in sorted(table.rows):
            yield (code, *table.rows[code])
    else:
        for key, values in sorted(table.rows.items()):
            for value in sorted(values):
                yield (key, *value)


def _edition(edition: Edition) -> str:
    """Everything that bears on an answer; not the file that it came from."""
    cells = (
        edition.table,
        edition.setting,
        edition.effective,
        edition.ends,
        edition.name,
        edition.kind,
        " ".join(edition.covers),
        edition.complete,
        edition.released or "",
    )
    return _SEPARATOR.join(str(cell) for cell in cells)
