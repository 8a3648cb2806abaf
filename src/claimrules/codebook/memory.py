"""The tables of a code book that was made in memory."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import Any, Final

from claimrules.codebook.among import PairColumns
from claimrules.codebook.digest import content_hash
from claimrules.codebook.documents import Documents
from claimrules.codebook.search import SearchHit, find, index_of
from claimrules.codebook.tables import CODE_LISTS, AnyTable, PairRow, PairTable, Span, spans_of


class MemoryTables:
    """Tables given as they are."""

    def __init__(self, tables: Iterable[AnyTable]) -> None:
        """Keep the tables in the order given; of equal editions the later one speaks."""
        self.tables: Final = tuple(tables)
        self.editions: Final = tuple(table.edition for table in self.tables)
        self.content_hash: Final = content_hash(self.tables)
        listing = (table for table in self.tables if table.edition.table in CODE_LISTS)
        self._codes = frozenset(str(code) for table in listing for code in table.rows)

    def table(self, position: int) -> AnyTable:
        """Give the table of ``editions[position]``."""
        return self.tables[position]

    def entry(self, position: int, code: str) -> object:
        """Give what ``editions[position]`` holds of a code."""
        rows: Mapping[Any, object] = self.tables[position].rows
        return rows.get(code)

    def pairs(self, position: int, column_1: str, column_2: str) -> tuple[PairRow, ...]:
        """Give the edits of a pair, past ones included."""
        table = self.tables[position]
        return table.rows.get((column_1, column_2), ()) if isinstance(table, PairTable) else ()

    def pairs_among(self, position: int, codes: frozenset[str]) -> PairColumns:
        """Give every edit both of whose codes are among ``codes``."""
        table, found = self.tables[position], PairColumns()
        for (column_1, column_2), edits in table.rows.items() if isinstance(table, PairTable) else ():
            if column_1 in codes and column_2 in codes:
                found.add([column_1] * len(edits), [column_2] * len(edits), edits)
        return found

    def edits(self, position: int) -> Iterator[tuple[str, str, PairRow]]:
        """Give every edit, in the order of the codes of column 1."""
        table = self.tables[position]
        for (column_1, column_2), edits in sorted(table.rows.items()) if isinstance(table, PairTable) else ():
            yield from ((column_1, column_2, edit) for edit in edits)

    def spans(self, position: int) -> set[Span]:
        """Give the different first and last days of the rows of an add-on, HCPCS or modifier edition."""
        return spans_of(self.tables[position])

    def documents(self) -> Documents:
        """Give no pages: a book in memory holds tables only."""
        return Documents()

    def search(self, query: str, limit: int) -> tuple[SearchHit, ...]:
        """Find codes by the words of their descriptors."""
        with closing(index_of(self.tables)) as index:
            return find(index, query, limit)

    def known_codes(self) -> frozenset[str]:
        """Every code that any fee schedule or HCPCS edition holds."""
        return self._codes
