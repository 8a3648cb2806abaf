"""Reading a code book file: opened in milliseconds, the rows of an edition read once, on first use."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from claimrules.codebook.errors import BookError
from claimrules.codebook.schema import APPLICATION_ID, DECIMAL, FEE_FIELDS, SCHEMA_VERSION
from claimrules.codebook.tables import AnyTable, FeeRow, FeeSchedule, MueRow, MueTable
from claimrules.model.edition import Edition, Kind, Table

_MAGIC = b"SQLite format 3\x00"
_BUILD = "build one with: claimrules book build FILES... --output BOOK"
_DECIMALS: Final = tuple(index for index, name in enumerate(FEE_FIELDS) if name in DECIMAL)
_EDITION_COLUMNS = (
    "id, name, table_name, setting, effective, ends, kind, covers, complete, released, source_file,"
    " sha256, row_count, digest"
)


class StoredTables:
    """The tables of a code book file. It keeps no connection: these neither cross threads nor pickle.

    Raises:
        BookError: the file is missing, not a code book, damaged, or of a newer layout.
    """

    def __init__(self, path: Path) -> None:
        """Read the editions; the rows stay in the file."""
        self.path: Final = path.absolute()
        _check_header(self.path)
        with self._connection() as book:
            _check_schema(self.path, book)
            self.content_hash: Final[str] = _hash_of(book)
            query = f"SELECT {_EDITION_COLUMNS} FROM editions ORDER BY id"  # noqa: S608 (a constant)
            found = book.execute(query).fetchall()
            self._ids: Final = tuple(int(row[0]) for row in found)
            self.digests: Final = tuple(str(row[-1]) for row in found)
            self.editions: Final = tuple(_edition(row) for row in found)
        self._lock = threading.Lock()
        self._loaded: dict[int, AnyTable] = {}
        self._codes: frozenset[str] | None = None

    def table(self, position: int) -> AnyTable:
        """Give the table of ``editions[position]``; it is read once."""
        found = self._loaded.get(position)
        if found is not None:
            return found
        with self._lock:
            if position not in self._loaded:
                self._loaded[position] = self._read(position)
            return self._loaded[position]

    def row_id(self, position: int) -> int:
        """Give the number under which the rows of ``editions[position]`` stand in the file."""
        return self._ids[position]

    def fee_schedule_codes(self) -> frozenset[str]:
        """Every code that any fee schedule edition holds; read once."""
        if self._codes is None:
            with self._same_book() as book:
                found = book.execute("SELECT DISTINCT code FROM fee_schedule")
                self._codes = frozenset(code for (code,) in found)
        return self._codes

    def _read(self, position: int) -> AnyTable:
        edition = self.editions[position]
        with self._same_book() as book:
            if edition.table is Table.FEE_SCHEDULE:
                return FeeSchedule(edition=edition, rows=_fee_rows(book, self._ids[position]))
            query = "SELECT code, value, mai, rationale FROM mue WHERE edition = ?"
            rows = book.execute(query, (self._ids[position],))
            return MueTable(edition=edition, rows={code: MueRow(*row) for code, *row in rows})

    @contextmanager
    def _same_book(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as book:
            if _hash_of(book) != self.content_hash:
                msg = f"{self.path}: was rebuilt after it was opened; open it again"
                raise BookError(msg)
            yield book

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            book = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)
        except sqlite3.Error as error:
            msg = f"{self.path}: cannot be opened ({error}); {_BUILD}"
            raise BookError(msg) from error
        try:
            yield book
        except (sqlite3.Error, ValueError, TypeError) as error:
            msg = f"{self.path}: is damaged ({error}); {_BUILD}"
            raise BookError(msg) from error
        finally:
            book.close()


def _check_header(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            head = stream.read(72)
    except FileNotFoundError as error:
        msg = f"{path}: there is no such file; {_BUILD}"
        raise BookError(msg) from error
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise BookError(msg) from error
    # Bytes 68 to 71 of an SQLite file are its application id.
    if not head.startswith(_MAGIC) or head[68:72] != APPLICATION_ID.to_bytes(4, "big"):
        msg = f"{path}: is not a code book; {_BUILD}"
        raise BookError(msg)


def _check_schema(path: Path, book: sqlite3.Connection) -> None:
    (version,) = book.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        msg = f"{path}: has layout {version}, this claimrules reads up to {SCHEMA_VERSION}; update claimrules"
        raise BookError(msg)


def _hash_of(book: sqlite3.Connection) -> str:
    (value,) = book.execute("SELECT content_hash FROM book").fetchone()
    return str(value)


def _edition(row: tuple[object, ...]) -> Edition:
    _, name, table, setting, effective, ends, kind, covers, complete, released, file, sha256, count, _ = row
    return Edition(
        name=str(name),
        table=Table(str(table)),
        setting=str(setting),
        effective=date.fromisoformat(str(effective)),
        ends=date.fromisoformat(str(ends)),
        kind=Kind(str(kind)),
        covers=tuple(str(covers).split()),
        complete=bool(complete),
        released=date.fromisoformat(str(released)) if released else None,
        source_file=str(file),
        sha256=str(sha256),
        rows=int(str(count)),
    )


def _fee_rows(book: sqlite3.Connection, edition: int) -> dict[str, dict[str, FeeRow]]:
    """Read one schedule; equal texts are kept once, most of them repeat."""
    query = f"SELECT code, modifier, {', '.join(FEE_FIELDS)} FROM fee_schedule WHERE edition = ?"  # noqa: S608 (constants)
    rows: dict[str, dict[str, FeeRow]] = {}
    texts: dict[str, str] = {}
    numbers: dict[str, Decimal] = {}
    for code, modifier, *cells in book.execute(query, (edition,)):
        for index in _DECIMALS:
            text = cells[index]
            if text is not None:
                number = numbers.get(text)
                cells[index] = numbers.setdefault(text, Decimal(text)) if number is None else number
        fee = FeeRow._make(texts.setdefault(cell, cell) if isinstance(cell, str) else cell for cell in cells)
        rows.setdefault(code, {})[texts.setdefault(modifier, modifier)] = fee
    return rows
