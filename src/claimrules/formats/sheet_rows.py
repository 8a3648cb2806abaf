"""The sheets of a workbook as rows; each sheet that holds something is a table."""

from collections.abc import Iterator
from typing import Final

from claimrules.files.workbook import Sheet, WorkbookError, cell_text, sheets_in
from claimrules.formats.errors import ReadError
from claimrules.formats.raw import Raw
from claimrules.formats.records import Record
from claimrules.formats.stream import Stream

LARGEST: Final = 512 * 2**20
"""Bytes of a workbook when unpacked: it is held in memory."""
_HIDDEN: Final = "the sheet is hidden in the workbook, and is read all the same"
_NOT_SCANNED: Final = (
    "errors (such as #N/A) and formulas without their values look blank in a workbook of this kind "
    "(.xls, .xlsb), and are read so; save it as .xlsx, where such rows are rejected"
)
_NO_VALUE: Final = (
    "holds an error (such as #N/A), or a formula without its value, in a column that is read; "
    "open it in a spreadsheet, mend and save it"
)


class SheetRows:
    """The rows of one sheet below its header, the first row that holds something.

    What the cells hold that are not ``used`` does not matter.
    """

    def __init__(self, sheet: Sheet) -> None:
        """Find the header."""
        self._grid, self._unvalued = sheet.grid, sheet.unvalued
        top = next(number for number, row in enumerate(sheet.grid) if any(cell != "" for cell in row))
        cells = [cell_text(cell) for cell in sheet.grid[top]]
        while cells and not cells[-1].strip():
            cells.pop()
        self.header = cells
        self.top: Final = top + 1
        self._used = frozenset(range(len(cells)))
        said = ((_HIDDEN, sheet.hidden), (_NOT_SCANNED, not sheet.scanned))
        self.notes: tuple[str, ...] = tuple(text for text, holds in said if holds)

    def use(self, places: frozenset[int]) -> None:
        """Read the columns at these places only."""
        self._used = places

    def __iter__(self) -> Iterator[Record]:
        """Give every row that holds something, once; numbers are those of the sheet."""
        width, last = len(self.header), max([len(self._grid), *(row + 1 for row in self._unvalued)])
        for number in range(self.top + 1, last + 1):
            cells = self._cells(number)
            lacking = self._unvalued.get(number - 1, frozenset()) & self._used
            if not lacking and not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[width:]):
                yield Record(number, None, [], "has cells beyond the columns of the header")
            elif lacking:
                yield Record(number, None, [], _NO_VALUE)
            else:
                yield Record(number, None, (cells + [""] * width)[:width])

    def raw_of(self, record: Record) -> Raw:
        """Give a row as a JSON list of the texts of its cells."""
        return Raw.written(self._cells(record.line))

    def _cells(self, number: int) -> list[str]:
        return [cell_text(cell) for cell in self._grid[number - 1]] if number <= len(self._grid) else []


def sheets_of(stream: Stream) -> list[tuple[str, SheetRows]]:
    """Give every sheet that holds something, with its title.

    Raises:
        ReadError: the extra is not installed, or the workbook is damaged, empty, locked, or far too large.
    """
    raw = stream.seekable_copy().read(LARGEST + 1)
    try:
        sheets = sheets_in(raw, LARGEST, "delete the empty rows and columns, or save it as CSV")
    except WorkbookError as error:
        raise ReadError(str(error)) from error
    found = [
        (sheet.title, SheetRows(sheet))
        for sheet in sheets
        if any(cell != "" for row in sheet.grid for cell in row)
    ]
    if not found:
        msg = "is a workbook without any cell; the first row must name the columns"
        raise ReadError(msg)
    return found
