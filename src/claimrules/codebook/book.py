"""The code book: every edition of every table, looked up for a day."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Self, cast

import attrs

from claimrules.codebook.errors import BookError
from claimrules.codebook.lookup import Lookup
from claimrules.codebook.memory import MemoryTables
from claimrules.codebook.resolve import EDITION_MODES, EditionMode
from claimrules.codebook.store import StoredTables
from claimrules.codebook.tables import AnyTable, Tables
from claimrules.model.claim import Setting
from claimrules.model.code import CodeAttributes
from claimrules.model.edition import Edition

BUILD_COMMAND: Final = "claimrules book build FILES... --output BOOK"


@attrs.frozen(kw_only=True)
class BookInfo:
    """What ``book info`` shows: one sentence about the book, its hash and its editions."""

    description: str
    content_hash: str
    path: str
    is_starter: bool
    editions: tuple[Edition, ...]


class CodeBook:
    """Published attributes of codes, by code, day, setting and fee schedule row.

    Immutable, shared between threads, and picklable: one from a file by its path and content hash,
    one in memory with its tables. Two books are equal when their content is. Make one with
    ``starter``, ``open`` or ``from_tables``.
    """

    __slots__ = ("_lookups", "_tables", "is_starter")

    def __init__(self, tables: Tables, *, is_starter: bool = False) -> None:
        """Wrap tables; use ``starter``, ``open`` or ``from_tables`` instead."""
        self._tables = tables
        self._lookups: dict[str, Lookup] = {}
        self.is_starter: Final = is_starter

    @classmethod
    def starter(cls) -> "CodeBook":
        """Give the small book that ships inside the package, the same object every time."""
        return _starter()

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open a code book file; its rows are read on first use.

        Raises:
            BookError: the file is missing, not a code book, damaged, or of a newer layout.
        """
        return cls(StoredTables(Path(path)))

    @classmethod
    def from_tables(cls, tables: Iterable[AnyTable]) -> Self:
        """Make a book of tables in memory."""
        return cls(MemoryTables(tables))

    @property
    def editions(self) -> tuple[Edition, ...]:
        """Every edition, in a fixed order."""
        return self._tables.editions

    @property
    def content_hash(self) -> str:
        """The SHA-256 of all editions and rows, the same however and whenever the book was built."""
        return self._tables.content_hash

    @property
    def path(self) -> Path | None:
        """The file that the book stands in; ``None`` for one in memory."""
        return self._tables.path if isinstance(self._tables, StoredTables) else None

    def lookup(self, editions: str = "near") -> Lookup:
        """Give the look-up for a mode: ``exact``, ``near`` or ``latest``; one each.

        Raises:
            ValueError: there is no such mode.
        """
        found = self._lookups.get(editions)
        if found is not None:
            return found
        if editions not in EDITION_MODES:
            msg = f"editions: {editions!r} is none of {', '.join(EDITION_MODES)}"
            raise ValueError(msg)
        return self._lookups.setdefault(editions, Lookup(self._tables, cast("EditionMode", editions)))

    def code(
        self,
        code: str,
        *,
        on: date | None,
        setting: Setting = Setting.PROFESSIONAL,
        row: str = "",
        editions: str = "near",
    ) -> CodeAttributes:
        """Give what is published about ``code`` for a day; ``row`` is ``""``, ``26``, ``TC`` or ``53``.

        What is not known is ``None``, with its cause in ``missing``; a code that no edition holds is
        no error.
        """
        return self.lookup(editions).slot(on, setting).get(code, row)

    def describe(self) -> str:
        """Say in one sentence what the book is."""
        if self.is_starter:
            tables = (self._tables.table(position) for position in range(len(self.editions)))
            count = len({str(code) for table in tables for code in table.rows})
            return (
                f"This is the starter book: {count} codes of one quarter, for trying things out; "
                f"load the published tables with: {BUILD_COMMAND}"
            )
        words = sorted({edition.table.words for edition in self.editions})
        number = len(self.editions)
        return (
            f"A code book of {number} edition{'s' if number != 1 else ''}: {', '.join(words) or 'no tables'}."
        )

    def info(self) -> BookInfo:
        """Give what ``book info`` shows."""
        return BookInfo(
            description=self.describe(),
            content_hash=self.content_hash,
            path=str(self.path or ""),
            is_starter=self.is_starter,
            editions=self.editions,
        )

    def __repr__(self) -> str:
        kind = "starter" if self.is_starter else str(self.path or "in memory")
        return f"CodeBook({kind}, {len(self.editions)} editions, {self.content_hash[:12]})"

    def __eq__(self, other: object) -> bool:
        return self.content_hash == other.content_hash if isinstance(other, CodeBook) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def __reduce__(self) -> tuple[object, ...]:
        if self.is_starter:
            return _starter, ()
        if isinstance(self._tables, MemoryTables):
            return _from_tables, (self._tables.tables,)
        return _reopen, (str(self.path), self.content_hash)


@cache
def _starter() -> CodeBook:
    from claimrules.codebook.starter import starter_tables  # noqa: PLC0415 (read only when it is used)

    return CodeBook(MemoryTables(starter_tables()), is_starter=True)


def _from_tables(tables: tuple[AnyTable, ...]) -> CodeBook:
    return CodeBook.from_tables(tables)


def _reopen(path: str, content_hash: str) -> CodeBook:
    book = CodeBook.open(path)
    if book.content_hash != content_hash:
        msg = f"{path}: holds another content than when it was pickled; open the book anew and send that"
        raise BookError(msg)
    return book
