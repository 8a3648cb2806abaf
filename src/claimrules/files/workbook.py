"""Workbooks (XLSX, XLS) as grids of text, one for each sheet; needs the extra ``excel``."""

import io
import zipfile
from datetime import date, datetime, time
from typing import Any, BinaryIO, Final

OLE: Final = b"\xd0\xcf\x11\xe0"
_MARK: Final = "xl/workbook"

Grid = list[list[Any]]


class WorkbookError(ValueError):
    """Why a workbook cannot be read."""


def is_workbook(raw: bytes) -> bool:
    """Say whether these bytes are a workbook and not another ZIP archive."""
    return raw.startswith(OLE) or (raw.startswith(b"PK") and is_zipped_workbook(io.BytesIO(raw)))


def is_zipped_workbook(stream: BinaryIO) -> bool:
    """Say whether a ZIP archive is a workbook."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return any(name.startswith(_MARK) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def grids_of(raw: bytes, largest: int, says: str) -> list[tuple[str, Grid]]:
    """Give the title and the cells of every sheet; empty rows at the top count.

    ``says`` tells why it is refused above ``largest`` bytes.

    Raises:
        WorkbookError: the extra is not installed, or the workbook is damaged or far too large.
    """
    _check_size(raw, largest, says)
    try:
        import python_calamine  # noqa: PLC0415 (the extra is needed for workbooks only)
    except ImportError as error:
        text = "is a workbook, which needs the extra excel: pip install 'claimrules[excel]'"
        raise WorkbookError(text) from error
    try:
        book = python_calamine.load_workbook(io.BytesIO(raw))
        sheets = [(title, book.get_sheet_by_name(title)) for title in book.sheet_names]
        return [(title, sheet.to_python(skip_empty_area=False)) for title, sheet in sheets]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _damaged(error) from error


def cell_text(cell: object) -> str:
    """Write a cell as text: a workbook holds whole numbers as floats."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _check_size(raw: bytes, largest: int, says: str) -> None:
    if not raw.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _damaged(error) from error
    if size > largest:
        text = f"unpacks to more than {largest // 2**20} MiB: {says}; it was not read"
        raise WorkbookError(text)


def _damaged(error: Exception) -> WorkbookError:
    return WorkbookError(f"is a damaged workbook ({type(error).__name__}); download it again")
