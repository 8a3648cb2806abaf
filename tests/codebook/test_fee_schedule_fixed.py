"""The relative value file in its fixed-width text form."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from claimrules.codebook.readers import fee_schedule, fee_schedule_derived, fee_schedule_fixed
from claimrules.codebook.readers.fee_schedule_record import COMPLETE_ABOVE
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import FeeRow, FeeSchedule

Opened = Callable[..., PublishedFile]
Text = Callable[..., PublishedFile]

_CELLS = {
    "code": "G0105",
    "row": "",
    "label": "Colorectal scrn; hi risk ind",
    "status": "A",
    "work_rvu": "  3.26",
    "nonfacility_pe_rvu": "  6.44",
    "facility_pe_rvu": "  1.79",
    "malpractice_rvu": " 0.43",
    "pctc": "0",
    "global_days": "010",
    "pre": ".10",
    "intra": ".80",
    "post": ".10",
    "multiple_procedure": "3",
    "bilateral": "0",
    "assistant": "1",
    "co_surgeon": "0",
    "team": "0",
    "endoscopic_base": "G0121",
    "conversion_factor": " 32.3465",
    "supervision": "09",
    "imaging_family": "99",
}
_REST = {(91, 96): " 10.13", (97, 102): "  5.48", (144, 144): "0", (152, 157): "  0.00", (159, 164): "  0.00"}
_HEAD = [
    "HDR CPT CODES AND DESCRIPTIONS ONLY ARE COPYRIGHT ",
    "HDR RESERVED.                                     ",
]


def _record(**cells: str) -> str:
    line = [" "] * 171
    places = {fee_schedule_fixed.POSITIONS[name]: cell for name, cell in {**_CELLS, **cells}.items()}
    for (first, _), cell in {**_REST, **places, (165, 171): "   0.00"}.items():
        line[first - 1 : first - 1 + len(cell)] = cell
    return "".join(line)


@pytest.fixture
def text(tmp_path: Path, opened: Opened) -> Text:
    """Write a file of lines below the published head."""

    def write(
        *lines: str,
        name: str = "PPRRVU2025_Oct.txt",
        declared: Declared = Declared(),  # noqa: B008 (a frozen value)
    ) -> PublishedFile:
        path = tmp_path / name
        path.write_bytes("".join(f"{line}\r\n" for line in [*_HEAD, *lines]).encode("latin-1"))
        return opened(path, declared)

    return write


def _table(result: ReadResult) -> FeeSchedule:
    (table,) = result.tables
    assert isinstance(table, FeeSchedule)
    return table


def _row(result: ReadResult) -> FeeRow:
    return _table(result).rows["G0105"][""]


def test_every_field_is_read_by_its_position(text: Text) -> None:
    """``.10`` is ten percent; the columns are those of the record layout."""
    file = text(_record())
    detected = [reader.detect(file) for reader in (fee_schedule, fee_schedule_fixed, fee_schedule_derived)]
    assert detected == [False, True, False]
    result = fee_schedule_fixed.read(file)
    assert _row(result) == FeeRow(
        label="Colorectal scrn; hi risk ind",
        status="A",
        pctc="0",
        global_days="010",
        pre=10,
        intra=80,
        post=10,
        multiple_procedure="3",
        bilateral="0",
        assistant="1",
        co_surgeon="0",
        team="0",
        endoscopic_base="G0121",
        supervision="09",
        imaging_family="99",
        nonfacility_na="",
        facility_na="",
        work_rvu=Decimal("3.26"),
        nonfacility_pe_rvu=Decimal("6.44"),
        facility_pe_rvu=Decimal("1.79"),
        malpractice_rvu=Decimal("0.43"),
        conversion_factor=Decimal("32.3465"),
    )
    assert not result.skipped
    assert len(_record()) == 171


def test_the_name_tells_the_edition(text: Text) -> None:
    """The header lines name the year of a copyright, not of the schedule."""
    edition = _table(fee_schedule_fixed.read(text(_record(), name="PPRRVU24_JAN.txt"))).edition
    assert (edition.name, edition.effective, edition.rows) == ("RVU24A", date(2024, 1, 1), 1)
    declared = Declared(effective=date(2023, 4, 1))
    edition = _table(fee_schedule_fixed.read(text(_record(), name="x.txt", declared=declared))).edition
    assert (edition.name, edition.ends) == ("RVU23B", date(2023, 6, 30))


def test_rows_and_marks_are_read(text: Text) -> None:
    """NA stands right behind its expense; the mark of what is not used stands in column 59."""
    marked = _record(code="G0121", row="53", status="N", not_used="+", nonfacility_na="NA", facility_na="NA")
    result = fee_schedule_fixed.read(text(_record(), marked, "\x1a"))
    row = _table(result).rows["G0121"]["53"]
    assert (row.not_used, row.nonfacility_na, row.facility_na) == ("+", "NA", "NA")
    assert _row(result).not_used == ""
    assert [str(note) for note in result.skipped] == [
        "an end-of-file mark (one 0x1A character), not a record (line 5)"
    ]


def test_a_mark_that_is_never_set_says_nothing(text: Text) -> None:
    """The record layout does not list column 59: then it is open, not blank."""
    assert _row(fee_schedule_fixed.read(text(_record()))).not_used is None


def test_the_pricing_indicator_is_filler_before_2026(text: Text) -> None:
    """Column 121."""
    line = _record(pricing="9")
    assert _row(fee_schedule_fixed.read(text(line))).pricing is None
    assert _row(fee_schedule_fixed.read(text(line, name="PPRRVU2026_Jul_QPP.txt"))).pricing == "9"


def test_records_whose_columns_moved_are_lost_and_counted(text: Text) -> None:
    """They would give wrong values that look right."""
    good = [_record(code=f"{number:05}") for number in range(10_000, 10_001 + COMPLETE_ABOVE)]
    moved = _record(code="G0121").replace("Colorectal", "Colo")
    result = fee_schedule_fixed.read(text(*good, _record(code="99607"), moved, _record(code="G0117")[:100]))
    assert [str(note) for note in result.skipped] == [
        "is not laid out like the record layout says; did its columns move? (2 times, lines 15005, 15006)"
    ]
    assert not _table(result).edition.complete
    assert "records were skipped" in str(result.warnings)
    whole = fee_schedule_fixed.read(text(*good, _record(code="99607")))
    assert _table(whole).edition.complete
