"""Workbooks as they come, and as nobody should send them: every row is a line, rejected, or blank."""

import base64
import io
import zipfile
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from tests.codebook.xlsx import write_xlsx

from claimrules.files import sheet_marks, workbook
from claimrules.files.workbook import OLE
from claimrules.formats.errors import ReadError
from claimrules.formats.open import open_lines
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected

pytest.importorskip("python_calamine")

HEADER: Final = '<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c>' + "".join(
    f'<c r="{letter}1" t="inlineStr"><is><t>{name}</t></is></c>'
    for letter, name in (("B", "units"), ("C", "charge"), ("D", "note"))
)
GOOD: Final = '<row r="9"><c r="A9"><v>99213</v></c><c r="B9"><v>1</v></c></row>'

OLD: Final = (
    "eNrtWE1oE0EU/mbzH9o0qanQiiEUrBpzib3YQ7sqaE+W6kURoabNCqFtItt60INWa46C4EnxUujFS9WLP+hBbx4KFT0IgpDo0ZOg"
    "4KHN+ubtbppoD13QojLfZt68eTNv5u28Ny+7+3olUV142FPDTxiCD3UrgmCTTFCJuI04qN+yJOvWYSqWwj+FSJgcGQzgWftySPpQ"
    "+rsGDQ/8L4kCH6mcwXmMlEtGegtxmG3IC2nDIFGBuySJoZut6mQ6wXQb0/s88jnTgyy5wXSQxlbFaazoI5kDThSf0nq5LwY572PW"
    "ec+SHLrwSkbxlZvCHhvAIbOYn/o7O1L+NiyC/DZslAwzP1VFkhy4iG9WGvjqntQXaSXfWrkAyb+3ykMbyG9pfmAO1lkO8Aol12Wf"
    "7eCZVWTJy4DfLhPlgkHNC6Xi7EwUmC4XiueKhjmWI+HAwP5cf1TmZj7L8Zaz3M4x3ka0gA7mExzpccrWq/e+vDk2PqqPsWSO87ed"
    "5XdJw2DhqtQg5Rj3+Bo0wxr7mF7jWXcw38M0SZZT3Tfa5TBH53nMde7to3X6GW/13U38HuIrn48/SVU+6XuJXxquXUouvdMX0Esb"
    "UyB9ec0jK7Lizm2Jp7pbCycjfGDa/Ut2CGtxx3bL+SvrwBqizCaY2i25O6LR0py9ktpiA23B2nI/LmtRti7Bex7QwsRL7YyQuhrP"
    "1aqrNXSD2On4xd5fyxkYQkrIn29I68QjOZ4S2zqiUFBQUFBQUFBQUPAMwc+m9lO9fOYPOO8NIee7zhqVuvpM8t/iBMp0zdKL6RGU"
    "qDZx0VP8bEdAuHOJTeq43wslTtLqJiYxznZMeo5feu8TzfezacX47ztCXteve7HzD6//A1mwyO4="
)
"""A workbook of the old kind: a row with an error, and one whose formula has no value."""


def test_a_workbook(tmp_path: Path) -> None:
    """Numbers as text, empty rows are none, cells beyond the header reject their row."""
    sheet: list[list[str | float]] = [
        [""],
        ["code", "units", "modifier_1"],
        ["G0105", 2, 50],
        [],
        ["G0121", 1.5, ""],
        ["G0101", 1, "", "beyond"],
    ]
    with open_lines(write_xlsx(tmp_path / "made.xlsx", sheet)) as reader:
        entries = list(reader)
    lines = [entry for entry in entries if isinstance(entry, ClaimLine)]
    assert [(line.code, line.units, line.modifiers) for line in lines] == [
        ("G0105", Decimal(2), ("50",)),
        ("G0121", Decimal("1.5"), ()),
    ]
    assert isinstance(entries[2], Rejected)
    assert (entries[2].line, entries[2].reason) == (6, "has cells beyond the columns of the header")


def made(folder: Path, rows: str, *, state: str = "") -> bytes:
    """Write a workbook whose first sheet has these rows as its XML."""
    path = write_xlsx(folder / "made.xlsx", [["code"]])
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.endswith("sheet1.xml"):
                text = text.partition("<sheetData>")[0] + f"<sheetData>{rows}</sheetData></worksheet>"
            new.writestr(name, text.replace('sheetId="1"', f'sheetId="1" {state}'))
    return out.getvalue()


def read(raw: bytes) -> tuple[list[str], list[tuple[int, str]], tuple[str, ...]]:
    """Give the lines in shorthand, the rows that are rejected with their reasons, and the notes."""
    lines, rejected = [], []
    with open_lines(io.BytesIO(raw)) as reader:
        for entry in reader:
            if isinstance(entry, ClaimLine):
                lines.append(str(entry))
            else:
                rejected.append((entry.line or 0, entry.reason))
    return lines, rejected, reader.notes


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="{}" t="e"><v>#N/A</v></c>',
        "<c r='{}' s='1' t='e'><f>1/0</f><v>#DIV/0!</v></c>",
        '<c r="{}"><f>1+1</f></c>',
        '<c r="{}"><f t="shared" si="0"/><v/></c>',
        '<c r="{}"><f>A1</f><v></v></c>',
        '<c r="{}" t="str"><f>A1</f></c>',
    ],
)
def test_a_cell_without_a_value_rejects_its_row(tmp_path: Path, cell: str) -> None:
    """Where it is read, alone in its row or not; elsewhere it does not matter."""
    rows = (
        '<row r="2">' + cell.format("A2") + "</row>",
        '<row r="3"><c r="A3"><v>99213</v></c>' + cell.format("C3") + "</row>",
        '<row r="4"><c r="A4"><v>99214</v></c>' + cell.format("D4") + "</row>",
        GOOD,
        '<row r="11">' + cell.format("B11") + "</row>",
    )
    lines, rejected, _ = read(made(tmp_path, HEADER + "</row>" + "".join(rows)))
    assert lines == ["99214 x?", "99213"]
    assert [row for row, _ in rejected] == [2, 3, 11]
    assert all(reason.startswith("holds an error (such as #N/A)") for _, reason in rejected)


def test_a_formula_has_the_value_it_had(tmp_path: Path) -> None:
    """An empty text is one too: the cell is blank. Numbers are as they are shown."""
    row = (
        '<row r="2"><c r="A2" t="str"><f>B1</f><v>99213</v></c><c r="B2" t="str"><f>""</f><v></v></c>'
        '<c r="C2"><f>33.5*0.6</f><v>20.099999999999998</v></c></row>'
    )
    assert read(made(tmp_path, f"{HEADER}</row>{row}"))[:2] == (["99213 x? $20.10"], [])


def test_a_hidden_sheet_is_told(tmp_path: Path) -> None:
    """It is read: what it holds may be meant."""
    lines, _, notes = read(made(tmp_path, f"{HEADER}</row>{GOOD}", state='state="hidden"'))
    assert lines == ["99213"]
    assert "the sheet is hidden in the workbook, and is read all the same" in notes


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row><c r="$XFD$1048576"><v>1</v></c></row>',
        "<row><c s='1' r = 'ZZZZZZZ99999999999'><v>1</v></c></row>",
        '<x:row xmlns:x="x"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
        "<row>" + "<c><v>1</v></c>" * 5_000 + "</row>" + "<row><c><v>1</v></c></row>" * 5_000,
        "<row>" + "<c><v>1</v></c>" * 5_000 + '</row><row r="900000"><c><v>1</v></c></row>',
    ],
)
def test_a_sheet_that_reaches_too_far_is_refused(tmp_path: Path, rows: str) -> None:
    """The reader of cells would ask for the memory of the whole rectangle, and end the process."""
    with pytest.raises(
        ReadError, match=r"sheet Sheet1 reaches over .* rows and .* columns: delete the empty"
    ):
        read(made(tmp_path, f"{HEADER}</row>{rows}"))


def test_a_cell_that_never_ends_is_refused(tmp_path: Path) -> None:
    """It would be held, piece after piece."""
    endless = '<row r="2"><c r="A2" t="inlineStr"><is><t>' + "x" * (4 << 20)
    with pytest.raises(ReadError, match="a cell of more than 1,048,576 bytes"):
        read(made(tmp_path, f"{HEADER}</row>{endless}"))


def test_cells_are_found_across_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the sheet is cut."""
    rows = "".join(
        f'<row r="{number}"><c r="A{number}"><v>99213</v></c><c r="B{number}"><f>A1+{number}</f></c></row>'
        for number in range(2, 40)
    )
    raw = made(tmp_path, f"{HEADER}</row>{rows}")
    for size in (7, 64, 1_000):
        monkeypatch.setattr(sheet_marks, "_CHUNK", size)
        assert [row for row, _ in read(raw)[1]] == list(range(2, 40))


def test_a_cell_that_tells_no_place_is_not_lost(tmp_path: Path) -> None:
    """Few writers leave the place out; its row could not be told."""
    with pytest.raises(ReadError, match="do not say where they stand; open it in a spreadsheet"):
        read(made(tmp_path, HEADER + "</row><row><c><f>1+1</f></c></row>"))


def test_a_locked_workbook() -> None:
    """It is no damaged one: nobody need fetch it again."""
    raw = OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    with pytest.raises(ReadError, match="is locked by a password; save it without one"):
        read(raw)


def test_a_member_that_is_larger_than_it_says(tmp_path: Path) -> None:
    """The declared size is what the limit looks at: another is a damaged file."""
    raw = made(tmp_path, f"{HEADER}</row>" + GOOD * 50)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        size = next(each.file_size for each in archive.infolist() if each.filename.endswith("sheet1.xml"))
    with pytest.raises(ReadError, match="damaged"):
        read(raw.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little")))


def test_what_is_blank_in_an_old_workbook_may_be_an_error() -> None:
    """Its reader gives errors as blank cells, and nothing else tells them: so that is said."""
    lines, rejected, notes = read(zlib.decompress(base64.b64decode(OLD)))

    assert (lines, rejected) == (["99213", "99213 x?"], [])
    assert any("#N/A" in note and "save it as .xlsx" in note for note in notes)


def test_a_binary_workbook_is_not_scanned(tmp_path: Path) -> None:
    """Its sheets are no XML."""
    out = io.BytesIO(made(tmp_path, GOOD))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/workbook.bin", b"")

    assert workbook.marks_in(out.getvalue(), 1 << 20, "") is None
    assert workbook.marks_in(made(tmp_path, GOOD), 1 << 20, "") is not None
