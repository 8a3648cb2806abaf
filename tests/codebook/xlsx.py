"""Writes the smallest workbook that a spreadsheet opens: sheets of numbers and inline text."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LINKS: Final = "application/vnd.openxmlformats-package.relationships+xml"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_ROOT: Final = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)

Cells = Sequence[Sequence[str | float]]


def write_xlsx(path: Path, rows: Cells, *others: Cells) -> Path:
    """Write ``rows`` from cell A1 on; empty text leaves its cell out, numbers are number cells.

    ``others`` are further sheets; they are called Sheet1, Sheet2 and so on.
    """
    sheets = dict(enumerate((rows, *others), start=1))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in {
            **_parts(len(sheets)),
            **{_place(n): _sheet(rows) for n, rows in sheets.items()},
        }.items():
            archive.writestr(name, _DECLARATION + part)
    return path


def _place(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _sheet(rows: Cells) -> str:
    data = "".join(_row(number, cells) for number, cells in enumerate(rows, start=1))
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{data}</sheetData></worksheet>'


def _parts(count: int) -> dict[str, str]:
    """Give the parts that say which sheets there are."""
    numbers = range(1, count + 1)
    overrides = "".join(
        f'<Override PartName="/{_place(n)}" ContentType="{_TYPES}.worksheet+xml"/>' for n in numbers
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    names = "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="{_LINKS}"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
            f"{overrides}</Types>"
        ),
        "_rels/.rels": _ROOT,
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>'
        ),
    }


def _row(number: int, cells: Sequence[str | float]) -> str:
    written = "".join(_cell(f"{_letters(column)}{number}", cell) for column, cell in enumerate(cells))
    return f'<row r="{number}">{written}</row>'


def _cell(place: str, value: str | float) -> str:
    if value == "":
        return ""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def _letters(column: int) -> str:
    """``A`` for 0, ``Z`` for 25, ``AA`` for 26."""
    prefix = _letters(column // 26 - 1) if column >= 26 else ""
    return prefix + chr(ord("A") + column % 26)
