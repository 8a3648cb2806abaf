"""Writing a code book file: whole, beside the old one, then put in its place in one step."""

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from claimrules.codebook.digest import combine, table_digest
from claimrules.codebook.schema import CREATE, FEE_FIELDS, ROW_TABLES
from claimrules.codebook.store import StoredTables
from claimrules.codebook.tables import AnyTable, FeeSchedule, MueTable
from claimrules.model.edition import Edition

Key = tuple[str, str, str]
"""What an edition replaces: the same table, setting and effective date."""

_FEE_PLACES: Final = ", ".join("?" for _ in range(len(FEE_FIELDS) + 3))
_EDITION_PLACES: Final = ", ".join("?" for _ in range(14))


def key_of(edition: Edition) -> Key:
    """Give what an edition replaces."""
    return edition.table.value, edition.setting, edition.effective.isoformat()


def write_book(output: Path, old: StoredTables | None, new: Iterable[AnyTable]) -> str:
    """Write the editions of ``old`` that ``new`` does not replace, and ``new``; give the content hash.

    The file is written beside ``output`` and replaces it at the end; whatever happens before leaves
    ``output`` as it was and removes the part written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{output.name}.", suffix=".building", dir=output.parent)
    os.close(handle)
    building = Path(name)
    try:
        digest = _write(building, old, {key_of(table.edition): table for table in new})
        building.chmod(output.stat().st_mode & 0o777 if output.exists() else 0o644)
        building.replace(output)
    finally:
        building.unlink(missing_ok=True)
    return digest


def _write(path: Path, old: StoredTables | None, new: Mapping[Key, AnyTable]) -> str:
    book = sqlite3.connect(path.absolute().as_uri(), uri=True, isolation_level=None)
    try:
        # The file is nobody's until it is whole: a journal would only be litter.
        book.execute("PRAGMA journal_mode = OFF")
        book.execute("PRAGMA synchronous = OFF")
        book.executescript(CREATE)
        parts = _fill(book, old, new)
        digest = combine(parts)
        book.execute("INSERT INTO book VALUES (?)", (digest,))
    finally:
        book.close()
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
    return digest


def _fill(
    book: sqlite3.Connection, old: StoredTables | None, new: Mapping[Key, AnyTable]
) -> Sequence[tuple[Edition, str]]:
    kept = [
        (key_of(edition), position, edition)
        for position, edition in enumerate(old.editions if old else ())
        if key_of(edition) not in new
    ]
    order = sorted([*((key, position) for key, position, _ in kept), *((key, -1) for key in new)])
    if old:
        book.execute("ATTACH ? AS old", (f"{old.path.as_uri()}?mode=ro",))
    parts: list[tuple[Edition, str]] = []
    book.execute("BEGIN")
    for number, (key, position) in enumerate(order, start=1):
        if old and position >= 0:
            edition, digest = old.editions[position], old.digests[position]
            _copy_rows(book, old.row_id(position), number)
        else:
            edition, digest = new[key].edition, table_digest(new[key])
            _insert_rows(book, number, new[key])
        _insert_edition(book, number, edition, digest)
        parts.append((edition, digest))
    book.execute("COMMIT")
    return parts


def _copy_rows(book: sqlite3.Connection, old: int, number: int) -> None:
    for table in ROW_TABLES:
        columns = [row[1] for row in book.execute(f"PRAGMA main.table_info({table})")][1:]
        names = ", ".join(columns)
        book.execute(
            f"INSERT INTO main.{table} (edition, {names})"  # noqa: S608 (constants)
            f" SELECT ?, {names} FROM old.{table} WHERE edition = ? ORDER BY {columns[0]}",
            (number, old),
        )


def _insert_rows(book: sqlite3.Connection, number: int, table: AnyTable) -> None:
    if isinstance(table, FeeSchedule):
        book.executemany(
            f"INSERT INTO fee_schedule VALUES ({_FEE_PLACES})",  # noqa: S608 (a constant)
            (
                (number, code, row, *(_cell(value) for value in fee))
                for code, rows in sorted(table.rows.items())
                for row, fee in sorted(rows.items())
            ),
        )
    elif isinstance(table, MueTable):
        rows = ((number, code, *row) for code, row in sorted(table.rows.items()))
        book.executemany("INSERT INTO mue VALUES (?, ?, ?, ?, ?)", rows)
    else:
        msg = f"{table.edition.name}: the {table.edition.table.words} cannot be written to a file yet"
        raise TypeError(msg)


def _cell(value: object) -> object:
    return value if value is None or isinstance(value, int | str) else str(value)


def _insert_edition(book: sqlite3.Connection, number: int, edition: Edition, digest: str) -> None:
    book.execute(
        f"INSERT INTO editions VALUES ({_EDITION_PLACES})",  # noqa: S608 (a constant)
        (
            number,
            edition.name,
            edition.table.value,
            edition.setting,
            edition.effective.isoformat(),
            edition.ends.isoformat(),
            edition.kind.value,
            " ".join(edition.covers),
            int(edition.complete),
            edition.released.isoformat() if edition.released else None,
            edition.source_file,
            edition.sha256,
            edition.rows,
            digest,
        ),
    )
