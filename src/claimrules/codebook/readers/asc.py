"""Reads the ASC addenda AA (surgical procedures) and BB (ancillary services), each a part of one table.

The title, which says which of the two it is, takes several lines; the header's cells name the month
(``April 2026 Payment Indicator``), the second one has no name and holds asterisks. Amounts are written
``"$7,683.85 "``; notes and blank records follow the last code.
"""

from datetime import date
from typing import Final

from claimrules.codebook.readers.addenda import Addendum, header_in, label, released_in, squeezed
from claimrules.codebook.readers.naming import date_in, effective_date, quarter_name
from claimrules.codebook.readers.published import PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import FactTable
from claimrules.model.edition import CODE_SHAPES, Edition, Table, snapshot_end
from claimrules.model.facility_indicator import AscPayment
from claimrules.model.published import AscRow

EXAMPLE: Final = "April 2026 ASC addendum AA.csv"
PARTS: Final = ("AA", "BB")

COVERS: Final = tuple(shape for shape in CODE_SHAPES if shape != "other")
"""The two lists name all that is paid or packaged in a surgical centre, whatever the code's shape."""

COMPLETE_ABOVE: Final = {"AA": 3_500, "BB": 1_500}
# Records of whole files, measured (January 2023, January 2026, April 2026): AA 4,067, 4,821, 4,832;
# BB 2,035, 2,505, 2,526. Three to five notes follow the last record of each.

_DATED: Final = ("paymentindicator", "paymentweight", "paymentrate")
_YES_NO: Final = ("Y", "N")


def detect(file: PublishedFile) -> bool:
    """Say whether the title names Addendum AA or BB, and the header has a payment indicator."""
    if not (found := header_in(file.head)):
        return False
    letters, header = found
    return letters.upper() in PARTS and "paymentindicator" in squeezed(header)


def read(file: PublishedFile) -> ReadResult:
    """Read one file.

    Raises:
        BuildError: a column is missing, the quarter is not said, or no record can be read.
    """
    reading = _Reading(file)
    for line, code, cells in reading.records():
        reading.record(line, code, cells)
    return reading.result()


class _Reading(Addendum[AscRow]):
    """The records read so far, and the columns they stand in."""

    def __init__(self, file: PublishedFile) -> None:
        super().__init__(file)
        self._published = file
        found = header_in(file.head)
        self._part = found[0].upper() if found else ""
        self._label = self.column("shortdescriptor", "Short Descriptor")
        self._payment = self.column("paymentindicator", "Payment Indicator")
        self._weight = self.column("paymentweight", "Payment Weight")
        self._rate = self.column("paymentrate", "Payment Rate")
        name = "Subject to Multiple Procedure Discounting"
        self._discount = self.column(squeezed(name), name) if self._part == "AA" else None
        self._effective = self._date()

    def record(self, line: int, code: str, cells: list[str]) -> None:
        """Keep one record, or say why not."""
        if not cells[self._payment]:
            self.skip("has no payment indicator", line)
            return
        row = AscRow(
            addendum=self._part,
            short_description=label(cells[self._label]),
            payment_indicator=self.indicator(AscPayment, "payment_indicator", cells[self._payment], line),
            multiple_discount=self._yes_no(cells, line),
            weight=self.amount("weight", cells[self._weight], line),
            rate=self.amount("rate", cells[self._rate], line),
        )
        self.keep(code, row, line)

    def result(self) -> ReadResult:
        """Make the table of what was kept."""
        complete = self.judge(self._gap())
        edition = Edition(
            name=f"ASC {quarter_name(self._effective)}",
            table=Table.ASC,
            part=self._part,
            effective=self._effective,
            ends=snapshot_end(self._effective),
            covers=COVERS,
            complete=complete,
            released=released_in(self._published.name) or released_in(self._published.container),
            source_file=self._published.name,
            sha256=self._published.sha256,
            rows=self.kept,
        )
        table = FactTable(edition=edition, rows=self.rows)
        return ReadResult(tables=(table,), skipped=self.skipped.notes(), warnings=self.warnings.notes())

    def _yes_no(self, cells: list[str], line: int) -> str | None:
        value = "" if self._discount is None else cells[self._discount].upper()
        if value and value not in _YES_NO:
            self.warnings.add("multiple_discount: neither Y nor N; left open", line)
        return value if value in _YES_NO else None

    def _gap(self) -> str:
        least = COMPLETE_ABOVE[self._part]
        if self.kept <= least:
            return f"{self.kept} records, where a whole addendum {self._part} has more than {least}"
        return "" if self.ending else "no note follows the last record: was the file cut off?"

    def _date(self) -> date:
        cells = [cell for cell in self.header.cells if squeezed(cell).endswith(_DATED)]
        days = {day for cell in cells if (day := date_in(" ".join(cell.split())))}
        if len(days) > 1:
            months = ", ".join(str(day) for day in sorted(days))
            text = f"the columns are of more than one month ({months}); use the file as published"
            raise self._published.error(text, self.header.line)
        return days.pop() if days else effective_date(self._published, EXAMPLE)
