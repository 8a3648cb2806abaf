"""Writing a code book file: whole, beside the old one, then put in its place in one step."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from claimrules.codebook.digest import combine, table_digest
from claimrules.codebook.documents import document_texts, put_documents, settle_documents
from claimrules.codebook.inserting import insert_rows
from claimrules.codebook.reading import read_editions, read_table
from claimrules.codebook.schema import CREATE, ROW_TABLES
from claimrules.codebook.search import build_index
from claimrules.codebook.tables import AnyTable
from claimrules.model.edition import Edition
from claimrules.model.page import CodePage, ProcedureProfile

Key = tuple[str, str, str, str, str]
"""What an edition replaces: the same table, program, setting, effective date and part."""

_EDITION_PLACES: Final = ", ".join("?" for _ in range(16))


def key_of(edition: Edition) -> Key:
    """Give what an edition replaces."""
    day = edition.effective.isoformat()
    return edition.table.value, edition.program, edition.setting, day, edition.part


class Building:
    """A code book file while it is being written; ``editions`` are those that it holds so far."""

    def __init__(self, book: sqlite3.Connection) -> None:
        """Take the editions that are there already."""
        self._book = book
        found = read_editions(book)
        self._numbers = {key_of(edition): number for number, _, edition in found}
        self._digests = {key_of(edition): digest for _, digest, edition in found}
        self._editions = {key_of(edition): edition for _, _, edition in found}

    @property
    def editions(self) -> Mapping[Key, Edition]:
        """Every edition that the book holds so far."""
        return self._editions

    def digest(self, edition: Edition) -> str:
        """Give the digest of the rows that stand in the place of ``edition``."""
        return self._digests[key_of(edition)]

    def standing(self, edition: Edition) -> AnyTable:
        """Read the table that stands in the place of ``edition``."""
        key = key_of(edition)
        return read_table(self._book, self._numbers[key], self._editions[key])

    def put(self, table: AnyTable, digest: str | None = None) -> None:
        """Write a table, in the place of one with the same key."""
        key, edition = key_of(table.edition), table.edition
        self._drop(key)
        number = 1 + max(self._numbers.values(), default=0)
        digest = digest or table_digest(table)
        insert_rows(self._book, number, table)
        _insert_edition(self._book, number, edition, digest)
        self._numbers[key], self._digests[key], self._editions[key] = number, digest, edition

    def put_documents(self, documents: tuple[CodePage | ProcedureProfile, ...], sha256: str) -> int:
        """Write pages and profiles; give how many took the place of another of the same file and title."""
        return put_documents(self._book, documents, sha256)

    def finish(self) -> tuple[str, tuple[str, ...]]:
        """Bind the documents, make the search index; give the content hash and what stayed unbound."""
        unbound = settle_documents(self._book)
        build_index(self._book)
        parts = ((edition, self._digests[key]) for key, edition in self._editions.items())
        digest = combine(parts, document_texts(self._book))
        self._book.execute("DELETE FROM book")
        self._book.execute("INSERT INTO book VALUES (?)", (digest,))
        return digest, unbound

    def _drop(self, key: Key) -> None:
        number = self._numbers.get(key)
        if number is None:
            return
        for table in (*ROW_TABLES, "editions"):
            column = "id" if table == "editions" else "edition"
            self._book.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))  # noqa: S608 (constants)


@contextmanager
def building(output: Path, old: Path | None) -> Iterator[Building]:
    """Open a book to be written beside ``output``, with the content of ``old``; replace it at the end.

    Whatever happens before the end leaves ``output`` as it was and removes the part written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{output.name}.", suffix=".building", dir=output.parent)
    os.close(handle)
    path = Path(name)
    try:
        if old:
            shutil.copyfile(old, path)
        book = sqlite3.connect(path.absolute().as_uri(), uri=True, isolation_level=None)
        try:
            # The file is nobody's until it is whole: a journal would only be litter.
            book.execute("PRAGMA journal_mode = OFF")
            book.execute("PRAGMA synchronous = OFF")
            if not old:
                book.executescript(CREATE)
            book.execute("PRAGMA cache_size = -65536")
            book.execute("BEGIN")
            yield Building(book)
            book.execute("COMMIT")
        finally:
            book.close()
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())
        path.chmod(output.stat().st_mode & 0o777 if output.exists() else 0o644)
        path.replace(output)
    finally:
        path.unlink(missing_ok=True)


def _insert_edition(book: sqlite3.Connection, number: int, edition: Edition, digest: str) -> None:
    book.execute(
        f"INSERT INTO editions VALUES ({_EDITION_PLACES})",  # noqa: S608 (a constant)
        (
            number,
            edition.name,
            edition.table.value,
            edition.program,
            edition.setting,
            edition.effective.isoformat(),
            edition.part,
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
