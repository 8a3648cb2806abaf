"""Workbooks (XLSX, XLS, XLSB) as grids of text, one for each sheet; needs the extra ``excel``."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, BinaryIO, Final

import attrs

from claimrules.files.packed import DAMAGED, is_panic
from claimrules.files.sheet_marks import Marks, NoPlaceError, TooFarError, marks_of

OLE: Final = b"\xd0\xcf\x11\xe0"
_MARK: Final = "xl/workbook"
_BINARY: Final = "xl/workbook.bin"
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_IS_LOCKED: Final = "is locked by a password; save it without one"

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


@attrs.frozen(kw_only=True)
class Sheet:
    """One sheet; ``unvalued`` are the cells that hold an error or a formula without its value: blank here.

    They are known only where the workbook was ``scanned``: the reader of cells gives them as blank.
    """

    title: str
    grid: Grid
    unvalued: Marks = attrs.field(factory=dict)
    hidden: bool = False
    scanned: bool = True


def sheets_in(raw: bytes, largest: int, says: str) -> list[Sheet]:
    """Give every sheet with cells; empty rows at the top count.

    ``says`` tells what to do instead, or why it is refused, above ``largest`` bytes.

    Raises:
        WorkbookError: the extra is not installed, or the workbook is damaged, locked or far too large.
    """
    if raw.startswith(OLE) and _LOCKED in raw:
        raise WorkbookError(_IS_LOCKED)
    marks = marks_in(raw, largest, says)
    try:
        import python_calamine  # noqa: PLC0415 (the extra is needed for workbooks only)
    except ImportError as error:
        text = "is a workbook, which needs the extra excel: pip install 'claimrules[excel]'"
        raise WorkbookError(text) from error
    try:
        book = python_calamine.load_workbook(io.BytesIO(raw))
        shown = python_calamine.SheetVisibleEnum.Visible
        hidden = {each.name for each in book.sheets_metadata if each.visible != shown}
        sheets = [(title, book.get_sheet_by_name(title)) for title in book.sheet_names]
        return [
            Sheet(
                title=title,
                grid=sheet.to_python(skip_empty_area=False),
                unvalued=(marks or {}).get(title, {}),
                hidden=title in hidden,
                scanned=marks is not None,
            )
            for title, sheet in sheets
        ]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _damaged(error) from error
    except BaseException as error:
        if not is_panic(error):
            raise
        raise _damaged(error) from None


def cell_text(cell: object) -> str:
    """Write a cell as text: a workbook holds whole numbers as floats, and shows 15 digits of others."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float):
        return str(float(f"{cell:.15g}"))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def marks_in(raw: bytes, largest: int, says: str) -> Mapping[str, Marks] | None:
    """Look at how large a workbook is before it is held, and at what its cells lack: XML alone tells that."""
    if not raw.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(info.file_size for info in archive.infolist())
            binary = _BINARY in archive.namelist()
        found = marks_of(raw) if size <= largest else None
    except TooFarError as error:
        text = f"{error}: {says}; it was not read"
        raise WorkbookError(text) from error
    except NoPlaceError as error:
        raise WorkbookError(str(error)) from error
    except DAMAGED as error:
        raise _damaged(error) from error
    if found is None:
        text = f"unpacks to more than {largest // 2**20} MiB: {says}; it was not read"
        raise WorkbookError(text)
    return None if binary else found


def _damaged(error: BaseException) -> WorkbookError:
    if type(error).__name__ == "PasswordError":
        return WorkbookError(_IS_LOCKED)
    return WorkbookError(f"is a damaged workbook ({type(error).__name__}); download it again")
