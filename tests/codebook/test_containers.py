"""What published files come in: plain, gz, ZIP, workbooks; damaged, locked, far too large."""

import gzip
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.codebook import made
from tests.codebook.xlsx import write_xlsx

from claimrules.codebook import BuildError
from claimrules.codebook.readers import containers
from claimrules.codebook.readers.containers import PassedOver, open_published
from claimrules.codebook.readers.published import Declared, PublishedFile

Opened = Callable[..., PublishedFile]

TEXT = made.mue_text({"A4206": 5})


def zipped(path: Path, members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write an archive."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def told(path: Path) -> tuple[list[str], dict[str, str]]:
    """Open a file: the names of what can be read, and why each other member is passed over."""
    found = list(open_published(path, Declared()))
    read = [each.name for each in found if isinstance(each, PublishedFile)]
    passed = {each.where.split(" > ")[1]: each.why for each in found if isinstance(each, PassedOver)}
    return read, passed


def refused(path: Path) -> str:
    """Give the one text of the error of a file that cannot be opened."""
    with pytest.raises(BuildError) as caught:
        list(open_published(path, Declared()))
    (text,) = caught.value.errors
    assert text.startswith(str(path))
    return text.removeprefix(str(path))


def test_what_a_mac_packs_beside_each_file_is_no_table(tmp_path: Path) -> None:
    """It is passed over, named, and never taken for a form of the table beside it."""
    aside = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X"
    members: dict[str, str | bytes] = {
        "__MACOSX/._a.csv": aside,
        "._a.csv": aside,
        ".DS_Store": b"\x00\x00\x00\x01Bud1",
        "a.csv": TEXT,
    }
    read, passed = told(zipped(tmp_path / "a.zip", members))
    assert read == ["a.csv"]
    assert passed == dict.fromkeys(["__MACOSX/._a.csv", "._a.csv", ".DS_Store"], "not a table")


def test_plain_gz_and_zip_hold_the_same(tmp_path: Path, opened: Opened) -> None:
    """The lines are equal; name, container and place say where they come from."""
    plain, packed = tmp_path / "a.csv", tmp_path / "b.csv.gz"
    plain.write_text(TEXT)
    packed.write_bytes(gzip.compress(TEXT.encode()))
    archive = zipped(tmp_path / "c.ZIP", {"deep/er/a.csv": TEXT})
    files = [opened(path) for path in (plain, packed, archive)]
    assert {tuple(file.lines()) for file in files} == {tuple(TEXT.split("\n")[:-1])}
    assert [(file.name, file.container) for file in files] == [
        ("a.csv", "a.csv"),
        ("b.csv", "b.csv"),
        ("a.csv", "c.ZIP"),
    ]
    assert files[2].where == f"{archive} > deep/er/a.csv"
    assert len({file.sha256 for file in files}) == 3


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_damaged_member_is_an_error_however_it_is_packed(tmp_path: Path, method: int) -> None:
    """Never a shorter table."""
    path = zipped(tmp_path / "mue.zip", {"mue.csv": TEXT * 50}, method)
    raw = bytearray(path.read_bytes())
    raw[60:100] = bytes(40)
    path.write_bytes(raw)
    assert "is a damaged ZIP archive" in refused(path)


def test_of_several_forms_of_a_table_the_csv_is_read(tmp_path: Path) -> None:
    """By folder and stem, whatever their case; what is no table is passed over and named."""
    names = ("x/PPRRVU.txt", "x/pprrvu.CSV", "x/PPRRVU.xlsx", "x/GPCI.txt", "y/PPRRVU.txt", "x/Layout.pdf")
    path = zipped(tmp_path / "RVU25D.zip", {"x/": "", **dict.fromkeys(names, TEXT)})
    read, passed = told(path)
    assert read == ["GPCI.txt", "pprrvu.CSV", "PPRRVU.txt"]
    form = "the same table in another form"
    assert passed == {"x/Layout.pdf": "not a table", "x/PPRRVU.txt": form, "x/PPRRVU.xlsx": form}


def test_a_workbook_gives_way_to_text_where_it_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra the text form of the archive is read."""
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    sheet = write_xlsx(tmp_path / "s.xlsx", [["HCPCS"]]).read_bytes()
    path = zipped(tmp_path / "both.zip", {"B.xlsx": sheet, "B.txt": TEXT})
    assert told(path) == (["B.txt"], {"B.xlsx": "the same table in another form"})


def test_a_workbook_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    path = write_xlsx(tmp_path / "b.xlsx", [["HCPCS", "MOD"]])
    assert refused(path) == (": is a workbook, which needs the extra excel: pip install 'claimrules[excel]'")


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_what_was_cut_off_is_an_error(tmp_path: Path, keep: float) -> None:
    """A ZIP archive, a workbook and a gz."""
    archive = zipped(tmp_path / "a.zip", {"a.csv": TEXT * 50})
    workbook = write_xlsx(tmp_path / "a.xlsx", [["a"]] * 500)
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress((TEXT * 50).encode()))
    for path in (archive, workbook, packed):
        raw = path.read_bytes()
        path.write_bytes(raw[: int(len(raw) * keep)])
    assert "is a damaged ZIP archive (File is not a zip file); download it again" in refused(archive)
    assert "is a damaged ZIP archive" in refused(workbook)
    assert "is damaged or cut off" in refused(packed)


def test_a_password(tmp_path: Path) -> None:
    """The member is named, and what to do."""
    path = zipped(tmp_path / "secret.zip", {"a.csv": TEXT})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert refused(path) == " > a.csv: is locked by a password; unpack it and give the file inside"


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ZIP, gz and workbook: whatever unpacks to more than the limit."""
    monkeypatch.setattr(containers, "LARGEST", 2**20)
    bomb = bytes(2**20 + 1)
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(bomb))
    archive = zipped(tmp_path / "a.zip", {"a.csv": bomb})
    workbook = zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": bomb})
    for path in (packed, archive, workbook):
        assert "unpacks to more than 1 MiB: no published table does; it was not read" in refused(path)
    packed.write_bytes(gzip.compress(bytes(2**20)))
    assert told(packed) == (["a.csv"], {})


def test_utf_16_empty_and_missing(tmp_path: Path) -> None:
    """Each says what to do."""
    wide, empty, blank = tmp_path / "wide.csv", tmp_path / "empty.csv", tmp_path / "blank.csv"
    wide.write_bytes(TEXT.encode("utf-16"))
    empty.touch()
    blank.write_text(" \r\n\n")
    assert refused(wide) == ": is UTF-16; use the file as published, or save it in UTF-8"
    assert refused(empty) == refused(blank) == ": is empty; download it again"
    assert (
        refused(tmp_path / "no.csv") == ": cannot be read (No such file or directory); give a published file"
    )
    assert "cannot be read" in refused(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_text_is_utf_8_or_latin_1(tmp_path: Path, opened: Opened, encoding: str) -> None:
    """The older files have 0xA0 in them; line ends and the mark of UTF-8 do not count."""
    path = tmp_path / "a.csv"
    path.write_bytes("G0105,é\xa0\r\nG0121,b\rG0104".encode(encoding))
    assert list(opened(path).lines()) == ["G0105,é\xa0", "G0121,b", "G0104"]


def test_cells(tmp_path: Path, opened: Opened) -> None:
    """Quotes over several lines, the tab where there are more of them, no empty records."""
    path = tmp_path / "a.csv"
    path.write_text('"a\nb",2\n,,\n c ,"d,e"\n')
    assert list(opened(path).rows()) == [(1, ["a\nb", "2"]), (4, ["c", "d,e"])]
    path.write_text("a\tb,c\td\n")
    assert list(opened(path).rows()) == [(1, ["a", "b,c", "d"])]
    for text in ('1,2\na,"b\nc\n', '1,2\na,"b\n' + "c\n" * 500):
        path.write_text(text)
        with pytest.raises(
            BuildError, match=r"line 2: a quote is opened and not closed; is the file cut off\?"
        ):
            list(opened(path).rows())


def test_a_workbook_of_several_sheets(tmp_path: Path) -> None:
    """Each sheet that holds something is a file; numbers are text as they are shown."""
    pytest.importorskip("python_calamine")
    path = write_xlsx(tmp_path / "a.xlsx", [["HCPCS", "MOD"], ["G0105", 26], ["", 1.5]], [["x"]])
    first, second = open_published(path, Declared())
    assert isinstance(first, PublishedFile)
    assert isinstance(second, PublishedFile)
    assert list(first.rows()) == [(1, ["HCPCS", "MOD"]), (2, ["G0105", "26"]), (3, ["", "1.5"])]
    assert (first.head, first.is_text) == ("HCPCS\tMOD\nG0105\t26\n\t1.5", False)
    assert [file.where for file in (first, second)] == [
        f"{path} > sheet {name}" for name in ("Sheet1", "Sheet2")
    ]
    assert [line for _, line in second.rows()] == [["x"]]
    empty = write_xlsx(tmp_path / "b.xlsx", [["x"]], [[""]])
    (only,) = open_published(empty, Declared())
    assert only.where == f"{empty} > sheet Sheet1"


def test_thousands_of_empty_rows_are_no_records(tmp_path: Path, opened: Opened) -> None:
    """A published workbook has 9,805 of them below its records."""
    pytest.importorskip("python_calamine")
    for blank in (" ", ""):
        rows = [["HCPCS"], ["G0105"], *([[blank]] * 9_805), ["G0121"]]
        file = opened(write_xlsx(tmp_path / "a.xlsx", rows))
        assert list(file.rows()) == [(1, ["HCPCS"]), (2, ["G0105"]), (9_808, ["G0121"])]


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    """It is called a workbook and cannot be read as one."""
    pytest.importorskip("python_calamine")
    path = zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": "<workbook", "[Content_Types].xml": "x"})
    old = tmp_path / "a.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    for each in (path, old):
        assert "is a damaged workbook" in refused(each)
