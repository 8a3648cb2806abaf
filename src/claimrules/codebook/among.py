"""The NCCI pairs among the codes of large files: read in bulk, and kept for the next part of a file."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from typing import Final

import attrs

from claimrules.codebook.tables import PairRow

_BETWEEN: Final = "\x1f"
_FEW: Final = 64
Read = Callable[[frozenset[str], frozenset[str]], "PairColumns"]
"""Reads the edits whose column 1 and column 2 are among some codes each."""


@attrs.frozen
class PairColumns:
    """Edits, column by column: there are some hundred thousand, and as rows they would weigh much more."""

    column_1: list[str] = attrs.field(factory=list)
    column_2: list[str] = attrs.field(factory=list)
    edits: list[PairRow] = attrs.field(factory=list)

    def add(self, column_1: Iterable[str], column_2: Iterable[str], edits: Iterable[PairRow]) -> None:
        """Take more edits in."""
        self.column_1.extend(column_1)
        self.column_2.extend(column_2)
        self.edits.extend(edits)

    def among(self, codes: frozenset[str]) -> "PairColumns":
        """Those both of whose codes are among ``codes``."""
        rows = zip(self.column_1, self.column_2, self.edits, strict=True)
        found = [row for row in rows if row[0] in codes and row[1] in codes]
        return PairColumns(*map(list, zip(*found, strict=True))) if found else PairColumns()


class KeptAmong:
    """The edits of one edition among the codes that were asked for so far."""

    def __init__(self, read: Read) -> None:
        """Start with none."""
        self._read = read
        self._lock = threading.Lock()
        self._known: tuple[frozenset[str], PairColumns] = (frozenset(), PairColumns())
        self._runs: tuple[frozenset[str], dict[str, list[range]]] | None = None

    def among(self, codes: frozenset[str]) -> PairColumns:
        """Give those both of whose codes are among ``codes``; only what is new is read.

        Whoever asks for what is just being read waits for it.
        """
        with self._lock:
            return self._among(codes)

    def _among(self, codes: frozenset[str]) -> PairColumns:
        known, edits = self._known
        new = codes - known
        if new:
            every, further = known | new, PairColumns()
            for first, second in ((new, every), (known, new)):
                read = self._read(first, second) if first else PairColumns()
                further.add(read.column_1, read.column_2, read.edits)
            further.add(edits.column_1, edits.column_2, edits.edits)
            known, edits = self._known = every, further
        return edits if len(codes) == len(known) else edits.among(codes)

    def of(self, column_1: str, column_2: str) -> tuple[PairRow, ...] | None:
        """Give the edits of a pair; ``None`` where one of its codes was not asked for."""
        codes, edits = self._known
        if column_1 not in codes or column_2 not in codes:
            return None
        found = (
            at
            for run in self._runs_of(codes, edits).get(column_1, ())
            for at in _places(edits.column_2, column_2, run)
        )
        return tuple(edits.edits[at] for at in found)

    def _runs_of(self, codes: frozenset[str], edits: PairColumns) -> dict[str, list[range]]:
        """Where the edits of each column 1 stand: those that were read at once stand together."""
        if self._runs is None or self._runs[0] is not codes:
            runs, first = dict[str, list[range]](), 0
            for column_1, run in groupby(edits.column_1):
                last = first + len([*run])
                runs.setdefault(column_1, []).append(range(first, last))
                first = last
            self._runs = codes, runs
        return self._runs[1]


def _places(texts: list[str], text: str, within: range) -> Iterator[int]:
    """Where a text stands within a part of a list."""
    at = within.start
    with suppress(ValueError):
        while True:
            at = texts.index(text, at, within.stop)
            yield at
            at += 1


def read_among(
    book: sqlite3.Connection,
    number: int,
    firsts: frozenset[str],
    seconds: frozenset[str],
    terms: dict[int, PairRow],
) -> PairColumns:
    """Read every edit whose column 1 is among ``firsts`` and whose column 2 is among ``seconds``.

    The plus keeps SQLite from probing the index for every pair of codes: it reads on along column 1.
    Where few are asked for, it does probe. All partners of a code come as one text.
    """
    for name, codes in (("firsts", firsts), ("seconds", seconds)):
        book.execute(f"CREATE TEMP TABLE {name} (code TEXT PRIMARY KEY) WITHOUT ROWID")
        book.executemany(f"INSERT INTO {name} VALUES (?)", ((code,) for code in codes))  # noqa: S608 (constants)
    partners = "pairs ON column_1 = first.code AND edition = ? WHERE +column_2 IN (SELECT code FROM seconds)"
    if len(seconds) <= _FEW:
        partners = "seconds CROSS JOIN pairs ON column_1 = first.code AND column_2 = seconds.code"
        partners = f"{partners} AND edition = ?"
    query = (
        f"SELECT first.code, group_concat(column_2, char(31)), group_concat(term, char(31))"  # noqa: S608 (constants)
        f" FROM firsts AS first CROSS JOIN {partners} GROUP BY first.code"
    )
    found, texts = PairColumns(), {code: code for code in seconds}
    by_text = {str(term): row for term, row in terms.items()}
    for column_1, column_2, edits in book.execute(query, (number,)):
        codes = column_2.split(_BETWEEN)
        numbers = edits.split(_BETWEEN)
        found.add(
            [column_1] * len(codes),
            map(texts.__getitem__, codes),
            map(by_text.__getitem__, numbers),
        )
    return found
