"""Reads OPPS Addendum B, as published (CSV, tab or XLSX) and as the plain CSV made from it.

Published: title, copyright and release above the header ``HCPCS Code,Short Descriptor,SI,APC,Relative
Weight,Payment Rate,National Unadjusted Copayment,Minimum Unadjusted Copayment, …``; amounts as
``"$1,234.50 "``, a lone point where there is none. Plain: ``HCPCSCode,ShortDescriptor,StatusIndicator,
PaymentRate,Changed?,Source`` and nothing above; ``Source`` is the month.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from claimrules.codebook.readers.addenda import Addendum, header_in, label, released_in, squeezed
from claimrules.codebook.readers.naming import date_in, effective_date, quarter_name
from claimrules.codebook.readers.published import PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import FactTable
from claimrules.model.edition import Edition, Table, snapshot_end
from claimrules.model.facility_indicator import OppsStatus
from claimrules.model.published import OppsRow

EXAMPLE: Final = "2026_April_Web_Addendum_B.03232026.csv"
COMPLETE_ABOVE: Final = 15_000
# Records of a whole file, measured: 19,059 (April 2026). They are sorted by code and end with V codes.
LAST_CODES: Final = "V"

_AMOUNTS: Final = {
    "weight": "relativeweight",
    "rate": "paymentrate",
    "national_copayment": "nationalunadjustedcopayment",
    "minimum_copayment": "minimumunadjustedcopayment",
}
_QUARTERS: Final = (1, 4, 7, 10)
_APC_WIDTH: Final = 4
_status = re.compile(r'[,\t"\n ](si|status\s*indicator)\s*"?\s*[,\t]')


def detect(file: PublishedFile) -> bool:
    """Say whether the file has Addendum B's columns, and names no other addendum above them."""
    if not (found := header_in(file.head)):
        return False
    letters, header = found
    names = squeezed(header)
    return letters in {"", "b"} and "paymentrate" in names and _status.search(header) is not None


def read(file: PublishedFile) -> ReadResult:
    """Read one file.

    Raises:
        BuildError: a column is missing, the quarter is not said, or no record can be read.
    """
    reading = _Reading(file)
    for line, code, cells in reading.records():
        reading.record(line, code, cells)
    return reading.result()


class _Reading(Addendum[OppsRow]):
    """The records read so far, and the columns they stand in."""

    def __init__(self, file: PublishedFile) -> None:
        super().__init__(file)
        self._published = file
        names = [squeezed(cell) for cell in self.header.cells]
        self._status = self.column("statusindicator" if "statusindicator" in names else "si", "SI")
        self._label = self.column("shortdescriptor", "Short Descriptor")
        self.column(_AMOUNTS["rate"], "Payment Rate")
        self._amounts = {field: names.index(name) for field, name in _AMOUNTS.items() if name in names}
        self._apc = names.index("apc") if "apc" in names else None
        self._source = names.index("source") if "source" in names else None
        self._sources: set[str] = set()

    def record(self, line: int, code: str, cells: list[str]) -> None:
        """Keep one record, or say why not."""
        if not cells[self._status]:
            self.skip("has no status indicator", line)
            return
        if self._source is not None:
            self._sources.add(cells[self._source])
        row = OppsRow(
            short_description=label(cells[self._label]),
            status_indicator=self.indicator(OppsStatus, "status_indicator", cells[self._status], line),
            apc=self._group(cells, line),
            weight=self._amount("weight", cells, line),
            rate=self._amount("rate", cells, line),
            national_copayment=self._amount("national_copayment", cells, line),
            minimum_copayment=self._amount("minimum_copayment", cells, line),
        )
        self.keep(code, row, line)

    def result(self) -> ReadResult:
        """Make the table of what was kept."""
        complete = self.judge(self._gap())
        effective = self._effective()
        edition = Edition(
            name=f"Addendum B {quarter_name(effective)}",
            table=Table.ADDENDUM_B,
            effective=effective,
            ends=snapshot_end(effective),
            complete=complete,
            released=released_in(self._published.name) or released_in(self._published.container),
            source_file=self._published.name,
            sha256=self._published.sha256,
            rows=self.kept,
        )
        table = FactTable(edition=edition, rows=self.rows)
        return ReadResult(tables=(table,), skipped=self.skipped.notes(), warnings=self.warnings.notes())

    def _amount(self, field: str, cells: list[str], line: int) -> Decimal | None:
        at = self._amounts.get(field)
        return None if at is None else self.amount(field, cells[at], line)

    def _group(self, cells: list[str], line: int) -> str | None:
        text = "" if self._apc is None else cells[self._apc]
        if not text:
            return None
        if not text.isdecimal() or len(text) > _APC_WIDTH:
            self.warnings.add("apc: not a number of four digits; left open", line)
            return None
        if len(text) < _APC_WIDTH:
            self.warnings.add("apc: zeros were lost in a spreadsheet; filled up to four digits", line)
        return text.zfill(_APC_WIDTH)

    def _gap(self) -> str:
        if self.kept <= COMPLETE_ABOVE:
            return f"{self.kept} records, where a whole file has more than {COMPLETE_ABOVE}"
        return "" if max(self.rows).startswith(LAST_CODES) else "no V codes: was the file cut off?"

    def _effective(self) -> date:
        texts = self._sources or self.header.above
        days = {day for text in texts if (day := date_in(text)) and day.month in _QUARTERS}
        if len(days) == 1:
            return days.pop()
        if days and self._sources:
            text = "the column Source names more than one quarter; give one file for each quarter"
            raise self._published.error(text)
        return effective_date(self._published, EXAMPLE)
