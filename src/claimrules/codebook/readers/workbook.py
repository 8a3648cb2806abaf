"""Workbooks (XLSX, XLS) as published files, one for each sheet; needs the extra ``excel``."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any, Final

import attrs

from claimrules.codebook.readers.published import HEAD_CHARACTERS, PublishedFile

_HEAD_ROWS: Final = 60
_OLE: Final = b"\xd0\xcf\x11\xe0"
_MARK: Final = "xl/workbook"


def is_workbook(raw: bytes) -> bool:
    """Say whether these bytes are a workbook and not another ZIP archive."""
    if raw.startswith(_OLE):
        return True
    if not raw.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return any(name.startswith(_MARK) for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def sheets_of(raw: bytes, workbook: PublishedFile, largest: int) -> Iterator[PublishedFile]:
    """Give each sheet that holds something, as ``workbook`` but for its content.

    Raises:
        BuildError: the extra is not installed, or the workbook is damaged or far too large.
    """
    _check_size(raw, workbook, largest)
    try:
        import python_calamine  # noqa: PLC0415 (the extra is needed for workbooks only)
    except ImportError as error:
        text = "is a workbook, which needs the extra excel: pip install 'claimrules[excel]'"
        raise workbook.error(text) from error
    try:
        book = python_calamine.load_workbook(io.BytesIO(raw))
        sheets = [(title, book.get_sheet_by_name(title)) for title in book.sheet_names]
        grids = [(title, sheet.to_python(skip_empty_area=False)) for title, sheet in sheets]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        text = f"is a damaged workbook ({type(error).__name__}); download it again"
        raise workbook.error(text) from error
    for title, grid in grids:
        if any(any(cell != "" for cell in row) for row in grid):
            where = f"{workbook.where} > sheet {title}" if len(grids) > 1 else workbook.where
            yield _sheet(grid, attrs.evolve(workbook, where=where))


def _sheet(grid: list[list[Any]], workbook: PublishedFile) -> PublishedFile:
    def cells() -> Iterator[list[str]]:
        return ([_text(cell) for cell in row] for row in grid)

    def lines() -> Iterator[str]:
        return ("\t".join(row) for row in cells())

    head = "\n".join(islice((line for line in lines() if line.strip()), _HEAD_ROWS))
    return attrs.evolve(workbook, head=head[:HEAD_CHARACTERS], lines=lines, cells=cells)


def _text(cell: object) -> str:
    """Write a cell as text: a workbook holds whole numbers as floats."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _check_size(raw: bytes, workbook: PublishedFile, largest: int) -> None:
    if not raw.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(info.file_size for info in archive.infolist()) > largest:
            text = f"unpacks to more than {largest // 2**20} MiB: no published table does; it was not read"
            raise workbook.error(text)
