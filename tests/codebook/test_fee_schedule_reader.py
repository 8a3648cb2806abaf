"""The relative value file as published, in CSV and as a workbook, and what is not the published file."""

import csv
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.codebook.xlsx import write_xlsx

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers import fee_schedule, fee_schedule_derived, fee_schedule_fixed
from claimrules.codebook.readers.fee_schedule_record import COMPLETE_ABOVE
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import FeeRow, FeeSchedule

Published = Callable[..., Path]
Opened = Callable[..., PublishedFile]
Read = Callable[..., ReadResult]


@pytest.fixture
def read(published: Published, opened: Opened) -> Read:
    """Write a relative value file and read it."""
    return lambda *records, **parts: fee_schedule.read(opened(published(*records, **parts)))


def _table(result: ReadResult) -> FeeSchedule:
    (table,) = result.tables
    assert isinstance(table, FeeSchedule)
    return table


def _rows(result: ReadResult) -> dict[str, dict[str, FeeRow]]:
    return {code: dict(rows) for code, rows in _table(result).rows.items()}


def _few(result: ReadResult) -> list[str]:
    """Give the warnings, but for the one that an excerpt is no complete schedule."""
    return [str(note) for note in result.warnings if "not a complete schedule" not in note.text]


def test_every_field_is_read_by_its_column(read: Read) -> None:
    """Text stays text, percentages become whole percent; a blank mark is not set, other blanks are open."""
    cells = {
        "code": "47383",
        "label": '"Perq ablation, ""x"""',
        "status": "A ",
        "not_used": "+",
        "nonfacility_na": "NA",
        "global_days": "010",
        "pre": ".10",
        "intra": "0.80",
        "post": "0.1",
        "supervision": "6A",
        "nonfacility": "NA",
    }
    result = read([cells])
    assert _rows(result)["47383"][""] == FeeRow(
        label='Perq ablation, "x"',
        status="A",
        not_used="+",
        pctc="0",
        global_days="010",
        pre=10,
        intra=80,
        post=10,
        multiple_procedure="2",
        bilateral="0",
        assistant="1",
        co_surgeon="0",
        team="0",
        supervision="6A",
        imaging_family="99",
        nonfacility_na="NA",
        facility_na="",
        endoscopic_base="",
        work_rvu=Decimal("3.26"),
        facility_pe_rvu=Decimal("1.79"),
        malpractice_rvu=Decimal("0.43"),
        conversion_factor=Decimal("32.3465"),
    )
    assert not _few(result)
    edition = _table(result).edition
    days = (date(2025, 10, 1), date(2025, 12, 31))
    assert (edition.name, edition.effective, edition.ends) == ("RVU25D", *days)
    assert (edition.released, edition.rows, edition.complete) == (date(2025, 9, 11), 1, False)
    assert edition.covers == ("nnnnn", "nnnnT", "nnnnF")


@pytest.mark.parametrize(
    ("month", "name", "effective"),
    [
        ("January", "RVU24A", date(2024, 1, 1)),
        ("APRIL", "RVU24B", date(2024, 4, 1)),
        ("July", "RVU24C", date(2024, 7, 1)),
        ("October", "RVU24D", date(2024, 10, 1)),
    ],
)
def test_the_title_names_the_edition(read: Read, month: str, name: str, effective: date) -> None:
    """The month of the release gives the letter and the quarter."""
    title = f"2024 National Physician Fee Schedule Relative Value File {month} Release"
    edition = _table(read(title=title)).edition
    assert (edition.name, edition.effective) == (name, effective)


def test_a_header_that_moved_is_found(published: Published, opened: Opened) -> None:
    """More lines above, quotes around the names: no harm."""
    file = opened(published(above=["", ",,more words,,", ",,,,,"]))
    assert fee_schedule.detect(file)
    assert not fee_schedule_fixed.detect(file)
    assert not fee_schedule_derived.detect(file)
    assert "G0105" in _rows(fee_schedule.read(file))


def test_the_pricing_indicator_came_in_2026(read: Read) -> None:
    """32 columns; the two conversion factors of that year stand in twin files, one edition."""
    title = "2026 National Physician Fee Schedule Relative Value File July Release"
    result = read(
        [{"pricing": "9", "conversion_factor": "33.4009"}],
        name="PPRRVU2026_Jul_nonQPP.csv",
        title=title,
        pricing=True,
    )
    row = _rows(result)["G0105"][""]
    assert (row.pricing, row.conversion_factor) == ("9", Decimal("33.4009"))
    assert _table(result).edition.name == "RVU26C"


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("PPRRVU24_JAN.csv", "RVU24A"),
        ("rvu24b_april.csv", "RVU24B"),
        ("PPRRVU2024_Jul_nonQPP.csv", "RVU24C"),
        ("RVU2024D.csv", "RVU24D"),
        ("RVU24AR.csv", "RVU24AR"),
    ],
)
def test_without_its_title_the_name_tells_the_edition(read: Read, name: str, edition: str) -> None:
    """Of the file; the published names of all years."""
    assert _table(read(title="Relative values", name=name)).edition.name == edition


def test_a_reissue_is_told_by_the_name_of_the_archive(published: Published, opened: Opened) -> None:
    """Its title reads like that of the first issue."""
    title = "2024 National Physician Fee Schedule Relative Value File January Release"
    path = published(title=title, released="RELEASED 03/08/2024", name="PPRRVU24_JAN.csv")
    archive = path.with_name("rvu24ar-0.zip")
    with zipfile.ZipFile(archive, "w") as written:
        written.write(path, path.name)
    edition = _table(fee_schedule.read(opened(archive))).edition
    assert (edition.name, edition.effective) == ("RVU24AR", date(2024, 1, 1))
    assert edition.released == date(2024, 3, 8)
    assert _table(fee_schedule.read(opened(path))).edition.name == "RVU24A"
    other = path.rename(path.with_name("PPRRVU_RVU23AR.csv"))
    assert _table(fee_schedule.read(opened(other))).edition.name == "RVU24A"


def test_the_caller_can_tell_the_quarter(published: Published, opened: Opened) -> None:
    """Where neither content nor names do; else the error says what to do."""
    path = published(title="Relative values")
    with pytest.raises(BuildError, match=r"PPRRVU\.csv: the file does not say its quarter: .*--effective"):
        fee_schedule.read(opened(path))
    edition = _table(fee_schedule.read(opened(path, Declared(effective=date(2021, 7, 1))))).edition
    assert (edition.name, edition.ends) == ("RVU21C", date(2021, 9, 30))


@pytest.mark.parametrize("released", ["", "RELEASED 13/45/2025", "RELEASED soon"])
def test_a_missing_release_date_is_a_warning(read: Read, released: str) -> None:
    """The quarter is known without it; only reissues cannot be told apart."""
    result = read(released=released)
    assert _table(result).edition.released is None
    assert "no readable 'RELEASED mm/dd/yyyy' line" in str(result.warnings[0])


def test_a_header_with_other_columns_is_refused(published: Published, opened: Opened) -> None:
    """The error names file, line and column."""
    path = published()
    path.write_bytes(path.read_bytes().replace(b"BILAT", b"TWICE"))
    with pytest.raises(BuildError, match=r"line 5: no column named 'BILAT SURG'"):
        fee_schedule.read(opened(path))
    path.write_bytes(path.read_bytes().replace(b"TWICE", b"BILAT").replace(b"ASST", b"BILAT"))
    with pytest.raises(BuildError, match=r"more than one column named 'BILAT SURG'"):
        fee_schedule.read(opened(path))
    path.write_text("HCPCS,MOD,DESCRIPTION\nG0105,,x\n")
    assert fee_schedule.detect(opened(path))
    with pytest.raises(BuildError, match="no header of two lines"):
        fee_schedule.read(opened(path))


def test_a_header_without_records_is_refused(read: Read) -> None:
    """An end-of-file mark alone is no record."""
    with pytest.raises(BuildError, match="no record that can be read"):
        read([])


def test_records_that_cannot_be_used_are_skipped_with_reason_and_line(read: Read) -> None:
    """The others are kept."""
    records = [
        {},
        "G0121,,too,short",
        {"code": "G010"},
        {"code": "G0121", "row": "50"},
        {"code": "G0121", "label": "nul\0"},
        "",
        {"code": "G0118"},
    ]
    result = read(records)
    assert sorted(_rows(result)) == ["G0105", "G0118"]
    assert [str(note) for note in result.skipped] == [
        "has 4 columns where the header has 31 (line 7)",
        "HCPCS 'G010' is no code of five characters (line 8)",
        "MOD '50' is none of blank, 26, TC, 53 (line 9)",
        "holds NUL bytes (line 10)",
        "an end-of-file mark (one 0x1A character), not a record (line 12)",
    ]


def test_impossible_values_are_left_open_and_counted(read: Read) -> None:
    """A value that the record layout does not know is worse than none; so is a blank."""
    bad = {"global_days": "20", "bilateral": "7", "pre": "1.5", "work": "-1", "endoscopic_base": "?"}
    bad |= {"team": "", "malpractice": "0.1234567"}
    result = read([bad, bad | {"code": "G0121"}])
    row = _rows(result)["G0105"][""]
    assert (row.global_days, row.bilateral, row.pre, row.work_rvu, row.endoscopic_base) == (None,) * 5
    assert (row.team, row.malpractice_rvu) == (None, None)
    assert {
        "global_days: '20' is not a value it can have; left open (2 times, lines 6, 7)",
        "pre: '1.5' is not a value it can have; left open (2 times, lines 6, 7)",
        "team: blank, which it never is as published; left open (2 times, lines 6, 7)",
    } <= set(_few(result))
    assert len(_few(result)) == 7


def test_of_repeated_records_the_first_counts(read: Read) -> None:
    """The warning says whether they disagree, and in what."""
    result = read([{}, {}, {"bilateral": "1", "team": "2"}, {"row": "53"}])
    assert _rows(result)["G0105"][""].bilateral == "0"
    assert _few(result) == [
        "G0105 is there more than once, the first record counts; they agree (line 7)",
        "G0105 is there more than once, the first record counts; they disagree in bilateral, team (line 8)",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"", b"\xef\xbb\xbf"), (b"scrn", b"scr\xe9"), (b"scrn", "scré".encode()), (b"\r\n", b"\n")],
)
def test_encodings_and_line_ends_make_no_difference(
    published: Published, opened: Opened, old: bytes, new: bytes
) -> None:
    """A byte order mark, Latin-1, UTF-8, and lines of either kind."""
    path = published()
    raw = path.read_bytes()
    path.write_bytes(raw.replace(old, new) if old else new + raw)
    assert fee_schedule.detect(opened(path))
    row = _rows(fee_schedule.read(opened(path)))["G0105"][""]
    assert row.label in ("Colorectal scrn; hi risk ind", "Colorectal scré; hi risk ind")


def _as_number(cell: str) -> str | float:
    """Do what a spreadsheet does, but for the columns that are published as text."""
    if cell.startswith("0") and "." not in cell and cell != "0":
        return cell
    try:
        return float(cell)
    except ValueError:
        return cell


def test_a_workbook_reads_like_the_csv(published: Published, opened: Opened) -> None:
    """Its cells are numbers: 9 for "9", 0 for "0.00"; what has leading zeros is text."""
    pytest.importorskip("python_calamine")
    records = [{}, {"code": "47383", "row": "26", "global_days": "010", "pre": "0.10"}, {"row": "53"}]
    path = published(records)
    with path.open(newline="", encoding="latin-1") as file:
        rows = [[_as_number(cell) for cell in record] for record in csv.reader(file)]
    book = write_xlsx(path.with_suffix(".xlsx"), [*rows, *[[""] * 31] * 9_805])
    assert fee_schedule.detect(opened(book))
    text, sheet = fee_schedule.read(opened(path)), fee_schedule.read(opened(book))
    assert _rows(sheet) == _rows(text)
    assert repr(_rows(sheet)) == repr(_rows(text))
    assert (sheet.skipped, sheet.warnings) == (text.skipped, text.warnings)
    assert _table(sheet).edition.rows == 3


def _many(count: int, last: str) -> list[dict[str, str]]:
    numbers = [*range(10_000, 10_000 + count - 1), int(last)]
    return [{"code": f"{number:05}", "label": ""} for number in numbers]


def test_a_whole_file_is_complete(read: Read) -> None:
    """Enough records, up to the last codes, and none lost."""
    whole = _many(COMPLETE_ABOVE + 1, "99607")
    assert _table(read(whole)).edition.complete
    few = read(whole[1:])
    assert not _table(few).edition.complete
    assert "15000 records, where a whole schedule has more than 15000" in str(few.warnings)


def test_a_damaged_whole_file_is_not_complete(read: Read) -> None:
    """Where records were lost or the end is missing, an absent code proves nothing, and it says so."""
    whole = _many(COMPLETE_ABOVE + 2, "99607")
    lost = read([*whole, "99608,,short"])
    assert not _table(lost).edition.complete
    assert "records were skipped" in str(lost.warnings)
    cut = read(whole[:-1])
    assert not _table(cut).edition.complete
    assert "was the file cut off?" in str(cut.warnings)


def test_ten_thousand_kinds_of_faults_stay_small(read: Read) -> None:
    """A hostile file cannot make the report grow without bound."""
    result = read([{}, *({"code": f"x{number}"} for number in range(10_000))])
    assert len(result.skipped) <= 1001
    assert sum(note.count for note in result.skipped) == 10_001
