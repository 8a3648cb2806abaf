"""The tables of a code book that was made in memory."""

from collections.abc import Iterable
from typing import Final

from claimrules.codebook.digest import content_hash
from claimrules.codebook.tables import AnyTable, FeeSchedule


class MemoryTables:
    """Tables given as they are."""

    def __init__(self, tables: Iterable[AnyTable]) -> None:
        """Keep the tables in the order given; of equal editions the later one speaks."""
        self.tables: Final = tuple(tables)
        self.editions: Final = tuple(table.edition for table in self.tables)
        self.content_hash: Final = content_hash(self.tables)
        schedules = (table for table in self.tables if isinstance(table, FeeSchedule))
        self._codes = frozenset(code for schedule in schedules for code in schedule.rows)

    def table(self, position: int) -> AnyTable:
        """Give the table of ``editions[position]``."""
        return self.tables[position]

    def fee_schedule_codes(self) -> frozenset[str]:
        """Every code that any fee schedule edition holds."""
        return self._codes
