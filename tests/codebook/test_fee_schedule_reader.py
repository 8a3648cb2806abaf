"""The relative value file as published, with its quirks, and what is not the published file."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from claimrules.codebook import BuildError, FeeRow, FeeSchedule
from claimrules.codebook.readers import fee_schedule
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.readers.text import cells_of

Published = Callable[..., Path]


def _rows(result: ReadResult) -> dict[str, dict[str, FeeRow]]:
    assert isinstance(result.table, FeeSchedule)
    return {code: dict(rows) for code, rows in result.table.rows.items()}


def test_every_field_is_read_by_its_column(published: Published) -> None:
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
    path = published([cells])
    result = fee_schedule.read(path)
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
    assert not result.warnings
    edition = result.table.edition
    assert (edition.name, edition.effective, edition.ends) == (
        "RVU25D",
        date(2025, 10, 1),
        date(2025, 12, 31),
    )
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
def test_the_title_names_the_edition(published: Published, month: str, name: str, effective: date) -> None:
    """The month of the release gives the letter and the quarter."""
    title = f"2024 National Physician Fee Schedule Relative Value File {month} Release"
    edition = fee_schedule.read(published(title=title)).table.edition
    assert (edition.name, edition.effective) == (name, effective)


def test_a_header_that_moved_is_found(published: Published) -> None:
    """More lines above, and the columns in another order of the known names, do no harm."""
    path = published(above=["", ",,more words,,", ",,,,,"])
    assert fee_schedule.detect(path.read_bytes()[:16_384])
    assert "G0105" in _rows(fee_schedule.read(path))


@pytest.mark.parametrize(
    ("title", "fault"),
    [
        ("Relative values", "says which edition"),
        ("2025 National Physician Fee Schedule", "says which edition"),
    ],
)
def test_a_file_without_its_title_is_refused(published: Published, title: str, fault: str) -> None:
    """An edition that cannot be dated is of no use; the error says how the title reads."""
    with pytest.raises(BuildError, match=f"{fault}.*<Month> Release"):
        fee_schedule.read(published(title=title))


@pytest.mark.parametrize("released", ["", "RELEASED 13/45/2025", "RELEASED soon"])
def test_a_missing_release_date_is_a_warning(published: Published, released: str) -> None:
    """The quarter is known without it; only reissues cannot be told apart."""
    result = fee_schedule.read(published(released=released))
    assert result.table.edition.released is None
    assert "no readable 'RELEASED mm/dd/yyyy' line" in str(result.warnings[0])


def test_a_header_with_other_columns_is_refused(published: Published) -> None:
    """The error names file, line and column."""
    path = published()
    path.write_bytes(path.read_bytes().replace(b"BILAT", b"TWICE"))
    with pytest.raises(BuildError, match=r"line 5: no column named 'BILAT SURG'"):
        fee_schedule.read(path)
    path.write_bytes(path.read_bytes().replace(b"TWICE", b"BILAT").replace(b"ASST", b"BILAT"))
    with pytest.raises(BuildError, match=r"more than one column named 'BILAT SURG'"):
        fee_schedule.read(path)
    path.write_text("HCPCS,MOD,DESCRIPTION\nG0105,,x\n")
    with pytest.raises(BuildError, match="no header of two lines"):
        fee_schedule.read(path)


def test_a_header_without_records_is_refused(published: Published) -> None:
    """An end-of-file mark alone is no record."""
    with pytest.raises(BuildError, match="no record that can be read"):
        fee_schedule.read(published([]))


def test_records_that_cannot_be_used_are_skipped_with_reason_and_line(published: Published) -> None:
    """The others are kept."""
    records = [
        {},
        "G0121,,too,short",
        {"code": "100"},
        {"code": "G0121", "row": "50"},
        {"code": "G0121", "label": "nul\0"},
        {"code": "G0117", "label": '"a quote that is not closed'},
        {"code": "G0118"},
        "",
    ]
    result = fee_schedule.read(published(records))
    assert sorted(_rows(result)) == ["G0105", "G0118"]
    assert [str(note) for note in result.skipped] == [
        "has 4 columns where the header has 31 (line 7)",
        "HCPCS '100' is no code of five characters (zeros lost in a spreadsheet?) (line 8)",
        "MOD '50' is none of blank, 26, TC, 53 (line 9)",
        "holds NUL bytes (line 10)",
        "has 3 columns where the header has 31 (line 11)",
        "an end-of-file mark (one 0x1A character), not a record (line 13)",
    ]


def test_impossible_values_are_left_open_and_counted(published: Published) -> None:
    """A value that the record layout does not know is worse than none."""
    bad = {"global_days": "10", "bilateral": "7", "pre": "1.5", "work": "-1", "endoscopic_base": "?"}
    result = fee_schedule.read(published([bad, bad | {"code": "G0121"}]))
    row = _rows(result)["G0105"][""]
    assert (row.global_days, row.bilateral, row.pre, row.work_rvu, row.endoscopic_base) == (None,) * 5
    assert [str(note) for note in result.warnings][:2] == [
        "global_days: '10' is not a value it can have; left open (2 times, lines 6, 7)",
        "pre: '1.5' is not a value it can have; left open (2 times, lines 6, 7)",
    ]
    assert len(result.warnings) == 5


def test_of_repeated_records_the_first_counts(published: Published) -> None:
    """The warning says whether they disagree, and in what."""
    result = fee_schedule.read(published([{}, {}, {"bilateral": "1", "team": "2"}, {"row": "53"}]))
    assert _rows(result)["G0105"][""].bilateral == "0"
    assert [str(note) for note in result.warnings] == [
        "G0105 is there more than once, the first record counts; they agree (line 7)",
        "G0105 is there more than once, the first record counts; they disagree in bilateral, team (line 8)",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"", b"\xef\xbb\xbf"), (b"scrn", b"scr\xe9"), (b"scrn", "scré".encode()), (b"\r\n", b"\n")],
)
def test_encodings_and_line_ends_make_no_difference(published: Published, old: bytes, new: bytes) -> None:
    """A byte order mark, Latin-1, UTF-8, and lines of either kind."""
    path = published()
    raw = path.read_bytes()
    path.write_bytes(raw.replace(old, new) if old else new + raw)
    assert fee_schedule.detect(path.read_bytes())
    row = _rows(fee_schedule.read(path))["G0105"][""]
    assert row.label in ("Colorectal scrn; hi risk ind", "Colorectal scré; hi risk ind")


def test_a_quote_never_swallows_the_next_line() -> None:
    """Each line is split by itself; a cell beyond the limit of the csv module is one cell."""
    assert cells_of('a, "b,c" ,d') == ["a", '"b', 'c"', "d"]
    assert cells_of('a,"b,c",d') == ["a", "b,c", "d"]
    assert cells_of('a,"b,c') == ["a", "b,c"]
    assert len(cells_of('"' + "x" * 200_000)) == 1


def _many(count: int, last: str) -> list[dict[str, str]]:
    numbers = [*range(10_000, 10_000 + count - 1), int(last)]
    return [{"code": f"{number:05}", "label": ""} for number in numbers]


def test_a_whole_file_is_complete(published: Published) -> None:
    """Enough records, up to the last codes, and none lost."""
    whole = _many(fee_schedule.COMPLETE_ABOVE + 1, "99607")
    assert fee_schedule.read(published(whole)).table.edition.complete
    few = fee_schedule.read(published(whole[1:]))
    assert (few.table.edition.complete, few.warnings) == (False, ())


def test_a_damaged_whole_file_is_not_complete(published: Published) -> None:
    """Where records were lost or the end is missing, an absent code proves nothing, and it says so."""
    whole = _many(fee_schedule.COMPLETE_ABOVE + 2, "99607")
    lost = fee_schedule.read(published([*whole, "99608,,short"]))
    assert not lost.table.edition.complete
    assert "records were skipped" in str(lost.warnings)
    cut = fee_schedule.read(published(whole[:-1]))
    assert not cut.table.edition.complete
    assert "was the file cut off?" in str(cut.warnings)


def test_ten_thousand_kinds_of_faults_stay_small(published: Published) -> None:
    """A hostile file cannot make the report grow without bound."""
    result = fee_schedule.read(published([{}, *({"code": f"x{number}"} for number in range(10_000))]))
    assert len(result.skipped) <= 1001
    assert sum(note.count for note in result.skipped) == 10_001
