"""Workbooks (XLSX, XLS) as published files, one for each sheet; needs the extra ``excel``."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

import attrs

from claimrules.codebook.readers.published import HEAD_CHARACTERS, PublishedFile
from claimrules.files.workbook import Grid, WorkbookError, cell_text, sheets_in

_HEAD_ROWS: Final = 60


def sheets_of(raw: bytes, workbook: PublishedFile, largest: int) -> Iterator[PublishedFile]:
    """Give each sheet that holds something, as ``workbook`` but for its content.

    Raises:
        BuildError: the extra is not installed, or the workbook is damaged or far too large.
    """
    try:
        sheets = sheets_in(raw, largest, "no published table does")
    except WorkbookError as error:
        raise workbook.error(str(error)) from error
    for sheet in sheets:
        if any(any(cell != "" for cell in row) for row in sheet.grid):
            where = f"{workbook.where} > sheet {sheet.title}" if len(sheets) > 1 else workbook.where
            yield _sheet(sheet.grid, attrs.evolve(workbook, where=where))


def _sheet(grid: Grid, workbook: PublishedFile) -> PublishedFile:
    def cells() -> Iterator[list[str]]:
        return ([cell_text(cell) for cell in row] for row in grid)

    def lines() -> Iterator[str]:
        return ("\t".join(row) for row in cells())

    head = "\n".join(islice((line for line in lines() if line.strip()), _HEAD_ROWS))
    return attrs.evolve(workbook, head=head[:HEAD_CHARACTERS], lines=lines, cells=cells)
