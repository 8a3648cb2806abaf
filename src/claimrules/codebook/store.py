"""Reading a code book file: opened in milliseconds, the rows of an edition read once, on first use."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from claimrules.codebook.among import KeptAmong, PairColumns, Read, read_among
from claimrules.codebook.documents import Documents, load_documents
from claimrules.codebook.errors import BookError
from claimrules.codebook.reading import (
    Terms,
    read_editions,
    read_edits,
    read_partners,
    read_spans,
    read_table,
    read_terms,
)
from claimrules.codebook.schema import APPLICATION_ID, SCHEMA_VERSION
from claimrules.codebook.search import SearchHit, find
from claimrules.codebook.tables import CODE_LISTS, AnyTable, PairRow, Span

T = TypeVar("T")

_MAGIC: Final = b"SQLite format 3\x00"
_BUILD: Final = "build one with: claimrules book build FILES... --output BOOK"
_FEW: Final = 256
"""So many column 1 codes are read one by one before those that were read in bulk are sorted by pair."""
_PARTNERS_KEPT: Final = 500_000
# About 110 bytes each: 55 MB. A claim export names some hundred codes with some hundred partners each.


class StoredTables:
    """The tables of a code book file. It keeps no connection: these neither cross threads nor pickle.

    Raises:
        BookError: the file is missing, not a code book, damaged, or of another layout.
    """

    def __init__(self, path: Path) -> None:
        """Read the editions; the rows stay in the file."""
        self.path: Final = path.absolute()
        _check_header(self.path)
        with self._connection() as book:
            _check_schema(self.path, book)
            self.content_hash: Final[str] = _hash_of(book)
            found = read_editions(book)
        self._ids: Final = tuple(number for number, _, _ in found)
        self.editions: Final = tuple(edition for _, _, edition in found)
        self._lock = threading.Lock()
        self._loaded: dict[int, AnyTable] = {}
        self._codes: frozenset[str] | None = None
        self._documents: Documents | None = None
        self._terms: Terms | None = None
        self._partners: dict[tuple[int, str], dict[str, tuple[PairRow, ...]]] = {}
        self._partners_kept = 0
        self._among: dict[int, KeptAmong] = {}

    def table(self, position: int) -> AnyTable:
        """Give the table of ``editions[position]``; it is read once."""
        found = self._loaded.get(position)
        if found is not None:
            return found
        with self._lock:
            if position not in self._loaded:
                edition, number = self.editions[position], self._ids[position]
                self._loaded[position] = self.ask(lambda book: read_table(book, number, edition))
            return self._loaded[position]

    def entry(self, position: int, code: str) -> object:
        """Give what ``editions[position]`` holds of a code, without reading all of it."""
        edition, number = self.editions[position], self._ids[position]
        table = self._loaded.get(position) or self.ask(lambda book: read_table(book, number, edition, code))
        rows: Mapping[Any, object] = table.rows
        return rows.get(code)

    def pairs(self, position: int, column_1: str, column_2: str) -> tuple[PairRow, ...]:
        """Give the edits of a pair; all edits of its column 1 are read at once and kept."""
        known = self._partners.get((position, column_1))
        if known is None:
            found = self._of_those_kept(position, column_1, column_2)
            if found is not None:
                return found
            known = self._read_partners(position, column_1)
        return known.get(column_2, ())

    def _of_those_kept(self, position: int, column_1: str, column_2: str) -> tuple[PairRow, ...] | None:
        """The edits of a pair, where many are asked for and those among many codes are kept."""
        kept = self._among.get(position)
        return None if kept is None or len(self._partners) < _FEW else kept.of(column_1, column_2)

    def pairs_among(self, position: int, codes: frozenset[str]) -> PairColumns:
        """Give every edit both of whose codes are among ``codes``; what was read is kept."""
        kept = self._among.get(position)
        if kept is None:
            kept = self._among.setdefault(position, KeptAmong(self._reads_among(position)))
        return kept.among(codes)

    def _reads_among(self, position: int) -> Read:
        number, terms = self._ids[position], self._known_terms()
        return lambda firsts, seconds: self.ask(lambda book: read_among(book, number, firsts, seconds, terms))

    def edits(self, position: int) -> Iterator[tuple[str, str, PairRow]]:
        """Give every edit in the order of column 1, as it is read."""
        number, terms = self._ids[position], self._known_terms()
        with self._connection() as book:
            self._check_hash(book)
            yield from read_edits(book, number, terms)

    def _known_terms(self) -> Terms:
        if self._terms is None:
            self._terms = self.ask(read_terms)
        return self._terms

    def spans(self, position: int) -> set[Span]:
        """Give the different first and last days of the rows of an add-on, HCPCS or modifier edition."""
        return self.ask(lambda book: read_spans(book, self._ids[position], self.editions[position].table))

    def documents(self) -> Documents:
        """Give the code pages and profiles, bound to codes; read once."""
        if self._documents is None:
            self._documents = self.ask(load_documents)
        return self._documents

    def search(self, query: str, limit: int) -> tuple[SearchHit, ...]:
        """Find codes, pages and profiles by the words that they hold."""
        return self.ask(lambda book: find(book, query, limit))

    def known_codes(self) -> frozenset[str]:
        """Every code that any fee schedule or HCPCS edition holds; read once."""
        if self._codes is None:
            query = " UNION ".join(f"SELECT code FROM {table.value}" for table in CODE_LISTS)  # noqa: S608 (constants)
            self._codes = self.ask(lambda book: frozenset(code for (code,) in book.execute(query)))
        return self._codes

    def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Put a question to the file, if it still is the book that was opened.

        Raises:
            BookError: it was rebuilt since, or is damaged.
        """
        with self._connection() as book:
            self._check_hash(book)
            return question(book)

    def _check_hash(self, book: sqlite3.Connection) -> None:
        if _hash_of(book) != self.content_hash:
            msg = f"{self.path}: was rebuilt after it was opened; open it again"
            raise BookError(msg)

    def _read_partners(self, position: int, column_1: str) -> dict[str, tuple[PairRow, ...]]:
        number, terms = self._ids[position], self._known_terms()
        found = self.ask(lambda book: read_partners(book, number, column_1, terms))
        if self._partners_kept > _PARTNERS_KEPT:
            self._partners.clear()
            self._partners_kept = 0
        self._partners_kept += len(found) + 1
        return self._partners.setdefault((position, column_1), found)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            book = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)
        except sqlite3.Error as error:
            msg = f"{self.path}: cannot be opened ({error}); {_BUILD}"
            raise BookError(msg) from error
        try:
            yield book
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
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
    except IsADirectoryError as error:
        msg = f"{path}: is a folder; name the code book in it"
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
        msg = f"{path}: has layout {version}, this claimrules reads {SCHEMA_VERSION}; update claimrules"
        raise BookError(msg)
    if version < SCHEMA_VERSION:
        msg = f"{path}: has the old layout {version}, this claimrules reads {SCHEMA_VERSION}; build it anew"
        raise BookError(msg)


def _hash_of(book: sqlite3.Connection) -> str:
    (value,) = book.execute("SELECT content_hash FROM book").fetchone()
    return str(value)
