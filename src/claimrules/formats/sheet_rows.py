"""The sheets of a workbook as rows; each sheet that holds something is a table."""

from collections.abc import Iterator
from typing import Final

from claimrules.files.workbook import Grid, WorkbookError, cell_text, grids_of
from claimrules.formats.errors import ReadError
from claimrules.formats.raw import Raw
from claimrules.formats.records import Record
from claimrules.formats.stream import Stream

LARGEST: Final = 512 * 2**20
"""Bytes of a workbook when unpacked: it is held in memory."""


class SheetRows:
    """The rows of one sheet below its header, the first row that holds something."""

    def __init__(self, grid: Grid) -> None:
        """Find the header."""
        self._grid = grid
        self._top = next(number for number, row in enumerate(grid) if any(cell != "" for cell in row))
        cells = [cell_text(cell) for cell in grid[self._top]]
        while cells and not cells[-1].strip():
            cells.pop()
        self.header = cells
        self.notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Record]:
        """Give every row that holds something, once; numbers are those of the sheet."""
        width = len(self.header)
        for number, row in enumerate(self._grid[self._top + 1 :], self._top + 2):
            cells = [cell_text(cell) for cell in row]
            if not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[width:]):
                yield Record(number, None, [], "has cells beyond the columns of the header")
            else:
                yield Record(number, None, (cells + [""] * width)[:width])

    def raw_of(self, record: Record) -> Raw:
        """Give a row as a JSON list of the texts of its cells."""
        return Raw.written([cell_text(cell) for cell in self._grid[record.line - 1]])


def sheets_of(stream: Stream) -> list[tuple[str, SheetRows]]:
    """Give every sheet that holds something, with its title.

    Raises:
        ReadError: the extra is not installed, or the workbook is damaged, empty, or far too large.
    """
    raw = stream.seekable_copy().read(LARGEST + 1)
    try:
        grids = grids_of(raw, LARGEST, "save it as CSV")
    except WorkbookError as error:
        raise ReadError(str(error)) from error
    found = [
        (title, SheetRows(grid)) for title, grid in grids if any(cell != "" for row in grid for cell in row)
    ]
    if not found:
        msg = "is a workbook without any cell; the first row must name the columns"
        raise ReadError(msg)
    return found
