"""The code book: every edition of every table, looked up for a day."""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from claimrules.codebook.book_info import BookInfo, described, info_of
from claimrules.codebook.catalogue import place_table
from claimrules.codebook.changes import Change, Diff, diff_of, history_of, position_of
from claimrules.codebook.documents import Documents
from claimrules.codebook.errors import BookError
from claimrules.codebook.frames import frame_of
from claimrules.codebook.lookup import Lookup
from claimrules.codebook.memory import MemoryTables
from claimrules.codebook.modifiers import modifier_of
from claimrules.codebook.relations import AddOnFact, MueFact, PairFact
from claimrules.codebook.resolve import EditionMode, mode_of
from claimrules.codebook.resolved import codes_arrow
from claimrules.codebook.resolved_pairs import covered_arrow, pairs_arrow
from claimrules.codebook.search import SearchHit
from claimrules.codebook.store import StoredTables
from claimrules.codebook.tables import AnyTable, Tables
from claimrules.model.claim import Setting
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import MEDICARE, PROGRAMS, Edition, Table
from claimrules.model.given import need, need_asked, need_code, need_each, need_path, need_row, need_shape
from claimrules.model.published import ModifierRow, PlaceRow

_OPEN: Final = "a book is opened by its path: write CodeBook.open('my.book')"
_TABLES: Final = "a book in memory is made of tables: write CodeBook.from_tables([FeeSchedule(...)])"
_modifier, _place = re.compile(r"[^a-z\s]{2}"), re.compile("[0-9]{2}")


class CodeBook:
    """Published attributes of codes, by code, day, setting and fee schedule row.

    Immutable, shared between threads, and picklable: one from a file by its path and content hash,
    one in memory with its tables. Two books are equal when their content is. Make one with
    ``starter``, ``open`` or ``from_tables``.
    """

    __slots__ = ("_lookups", "_tables", "is_starter")

    def __init__(self, tables: Tables, *, is_starter: bool = False) -> None:
        """Wrap tables; use ``starter``, ``open`` or ``from_tables`` instead."""
        need(tables, StoredTables | MemoryTables, f"{_OPEN}, or CodeBook.from_tables(tables)")
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
            TypeError: it is no path.
            BookError: the file is missing, not a code book, damaged, or of a newer layout.
        """
        need_path(path, _OPEN)
        return cls(StoredTables(Path(path)))

    @classmethod
    def from_tables(cls, tables: Iterable[AnyTable]) -> Self:
        """Make a book of tables in memory.

        Raises:
            TypeError: something is no table.
        """
        return cls(MemoryTables(need_each(tables, AnyTable, _TABLES)))

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
        found = self._lookups.get(editions) if editions.__class__ is str else None
        return found or self._lookups.setdefault(editions, Lookup(self._tables, mode_of(editions)))

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
        need_asked(on, setting, code)
        need_row(row)
        return self.lookup(editions).slot(on, setting).get(code, row)

    def mue(
        self,
        code: str,
        *,
        on: date | None,
        setting: Setting = Setting.PROFESSIONAL,
        program: str = MEDICARE,
        editions: str = "near",
    ) -> MueFact | Cause:
        """Give the medically unlikely edit of ``code``: units of service, adjudication indicator, rationale.

        Where there is none the cause is given, and it is never unlimited: some values are confidential.
        """
        need_asked(on, setting, code)
        if program not in PROGRAMS:
            msg = f"program: {program!r} is none of {', '.join(PROGRAMS)}"
            raise ValueError(msg)
        return self.lookup(editions).mue(code, on, setting, program)

    def pair(
        self,
        column_1: str,
        column_2: str,
        *,
        on: date | None,
        setting: Setting = Setting.PROFESSIONAL,
        editions: str = "near",
    ) -> PairFact | Cause | None:
        """Give the NCCI edit of a pair in force on a day; ``None`` is known: there is none.

        Column 1 is paid and column 2 denied: ask both ways round if the order is not known.
        """
        need_asked(on, setting, column_1, column_2)
        return self.lookup(editions).pair(column_1, column_2, on, setting)

    def primaries(
        self,
        add_on: str,
        *,
        on: date | None,
        setting: Setting = Setting.PROFESSIONAL,
        editions: str = "near",
    ) -> AddOnFact | Cause | None:
        """Give the primaries of an add-on code on a day; ``None`` is known: it is no add-on code."""
        need_asked(on, setting, add_on)
        return self.lookup(editions).primaries(add_on, on, setting)

    def modifier(self, modifier: str) -> ModifierRow | None:
        """Give what is known of a modifier: the catalogue's words, and what loaded HCPCS files publish.

        ``None`` where neither holds it. Pairs of ambulance origin and destination are no modifiers here.
        """
        need(modifier, str, "modifiers are text: write '25'")
        need_shape(modifier, _modifier, "modifiers have two characters, in capitals: write '25' or 'LT'")
        return modifier_of(self._tables, modifier)

    def place(self, place: str) -> PlaceRow | None:
        """Give a place of service code; ``None`` where it is not assigned."""
        need(place, str, "places are text: write '11'")
        need_shape(place, _place, "places have two digits: write '11' or '02'")
        row = place_table().rows.get(place)
        return row if isinstance(row, PlaceRow) else None

    def history(self, code: str) -> tuple[Change, ...]:
        """Give every change of every attribute of a code across the editions loaded, the oldest first.

        Code pages that are bound to the code add the changes that they note.
        """
        need_code(code)
        return history_of(self._tables, code, self.documents.pages)

    def search(self, query: str, *, limit: int = 20) -> tuple[SearchHit, ...]:
        """Find codes, code pages and profiles that hold the words of ``query``, the best first.

        The last word may be unfinished; a word that looks like the beginning of a code finds codes.
        """
        need(query, str, "a query is text: write 'bilateral 50'")
        need(limit, int, "limit takes a whole number: write 20")
        return self._tables.search(query, max(0, limit))

    def diff(self, before: Edition | str, after: Edition | str) -> Diff:
        """Compare two editions of one table, given as such or by a name that only one edition has.

        Raises:
            BookError: there is no such edition, several have the name, or they are of two tables.
        """
        positions = (position_of(self.editions, each) for each in (before, after))
        return diff_of(self._tables, *positions)

    def to_frame(self, table: Table | str, *, backend: str = "polars") -> Any:  # noqa: ANN401 (a frame)
        """Give every row of every edition of a table as a frame: ``polars``, ``pandas`` or ``pyarrow``.

        Raises:
            ValueError: there is no such table or backend.
            BookError: no edition is loaded, or the backend is not installed.
        """
        return frame_of(self._tables, Table(table), backend)

    def codes_by_day(self, *, editions: EditionMode = "near") -> Any:  # noqa: ANN401 (an Arrow table)
        """Give what the book says of every code, one row for each run of days, as an Arrow table.

        What ``code`` answers, written out: which edition speaks and what its silence means is settled,
        so that a query need only join on code, setting, fee schedule row and day.

        Raises:
            BookError: pyarrow is not installed.
        """
        return codes_arrow(self._tables, mode_of(editions))

    def pairs_by_day(self, *, editions: EditionMode = "near") -> Any:  # noqa: ANN401 (an Arrow table)
        """Give every procedure pair that is an edit, a row for each run of days, as an Arrow table.

        What ``pair`` answers, written out: of several editions that which speaks, of edits that overlap that
        which counts. ``first_day`` and ``last_day`` are both in force.

        Raises:
            BookError: pyarrow is not installed.
        """
        return pairs_arrow(self._tables, mode_of(editions))

    def pairs_covered(self, *, editions: EditionMode = "near") -> Any:  # noqa: ANN401 (an Arrow table)
        """Give the pairs of which it is known, where ``pairs_by_day`` has none, that there is no edit.

        Both codes of the first and of the last pair of a run are written together, column 1 before column 2;
        pairs outside of all runs are unknown on that day, for the file that would hold them is not loaded.

        Raises:
            BookError: pyarrow is not installed.
        """
        return covered_arrow(self._tables, mode_of(editions))

    @property
    def documents(self) -> Documents:
        """Code pages and procedure profiles, with the codes they are bound to."""
        return self._tables.documents()

    def describe(self) -> str:
        """Say in one sentence what the book is."""
        return described(self._tables, is_starter=self.is_starter)

    def info(self) -> BookInfo:
        """Give what ``book info`` shows."""
        return info_of(self._tables, self.path, is_starter=self.is_starter)

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
