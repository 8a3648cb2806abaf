"""The tables of a code book that was made in memory."""

from collections.abc import Iterable
from typing import Final

from claimrules.codebook.digest import content_hash
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

    def pairs(self, position: int, column_1: str, column_2: str) -> tuple[PairRow, ...]:
        """Give the edits of a pair, past ones included."""
        table = self.tables[position]
        return table.rows.get((column_1, column_2), ()) if isinstance(table, PairTable) else ()

    def spans(self, position: int) -> set[Span]:
        """Give the different first and last days of the rows of an add-on or HCPCS edition."""
        return spans_of(self.tables[position])

    def known_codes(self) -> frozenset[str]:
        """Every code that any fee schedule or HCPCS edition holds."""
        return self._codes
