"""The published fee schedules themselves, where they lie beside the repository."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from claimrules.codebook.readers import fee_schedule, fee_schedule_derived, fee_schedule_fixed
from claimrules.codebook.readers.published import PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import FeeSchedule

Opened = Callable[..., PublishedFile]

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "pfs"
READERS = (fee_schedule, fee_schedule_fixed, fee_schedule_derived)
MARK = "an end-of-file mark (one 0x1A character), not a record"
PUBLISHED = {
    "PPRRVU22_JAN.csv": ("RVU22A", 17_600, date(2021, 12, 15)),
    "PPRRVU22_JAN.xlsx": ("RVU22A", 17_600, date(2021, 12, 15)),
    "PPRRVU23_JAN.csv": ("RVU23A", 18_010, date(2023, 1, 30)),
    "PPRRVU2025_Oct.txt": ("RVU25D", 19_090, None),
    "PPRRVU2026_Jul_nonQPP.excerpt.redacted.csv": ("RVU26C", 61, date(2026, 6, 30)),
    "pprrvu_rvu20d_oct.csv.gz": ("RVU20D", 17_346, None),
    "pprrvu_rvu24c_jul.csv.gz": ("RVU24C", 18_664, None),
}
WHOLE = [name for name in PUBLISHED if "excerpt" not in name]

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the published files are not there")


def _read(file: PublishedFile) -> tuple[ReadResult, FeeSchedule]:
    (reader,) = [reader for reader in READERS if reader.detect(file)]
    result = reader.read(file)
    (table,) = result.tables
    assert isinstance(table, FeeSchedule)
    return result, table


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_record_is_kept(opened: Opened, name: str) -> None:
    """But for the end-of-file mark; exactly one reader knows each file."""
    if name.endswith("xlsx"):
        pytest.importorskip("python_calamine")
    result, table = _read(opened(DATA / name))
    edition = table.edition
    assert (edition.name, edition.rows, edition.released) == PUBLISHED[name]
    assert edition.rows == sum(map(len, table.rows.values()))
    assert edition.complete == (name in WHOLE)
    assert [note.text for note in result.skipped] in ([], [MARK])
    assert not [note for note in result.warnings if "left open" in note.text]


@pytest.mark.parametrize("name", WHOLE)
def test_a_code_that_never_changed_reads_the_same(opened: Opened, name: str) -> None:
    """The indicators of 47383 are the same in every release from 2020 to 2025."""
    if name.endswith("xlsx"):
        pytest.importorskip("python_calamine")
    _, table = _read(opened(DATA / name))
    row = table.rows["47383"][""]
    assert (row.status, row.pctc, row.global_days, row.multiple_procedure) == ("A", "0", "010", "2")
    assert (row.bilateral, row.assistant, row.co_surgeon, row.team) == ("0", "1", "0", "0")
    assert (row.imaging_family, row.supervision, row.pre, row.intra, row.post) == ("99", "09", 10, 80, 10)
    assert table.rows["00100"][""].status == "J"
    assert {code for code, rows in table.rows.items() if "53" in rows} == {"44388", "45378", "G0105", "G0121"}
    assert not [
        code for code, rows in table.rows.items() if rows.get("") and rows[""].multiple_procedure == "1"
    ]


def test_csv_and_workbook_hold_the_same(opened: Opened) -> None:
    """January 2022 in both forms, to the number of decimal places."""
    pytest.importorskip("python_calamine")
    _, text = _read(opened(DATA / "PPRRVU22_JAN.csv"))
    _, sheet = _read(opened(DATA / "PPRRVU22_JAN.xlsx"))
    assert sheet.rows == text.rows
    assert repr(sheet.rows) == repr(text.rows)


def test_what_an_export_lost_is_restored_and_counted(opened: Opened) -> None:
    """October 2020."""
    result, _ = _read(opened(DATA / "pprrvu_rvu20d_oct.csv.gz"))
    assert {note.text: note.count for note in result.warnings if "zeros" in note.text} == {
        "supervision: had lost its leading zeros, restored": 17_318,
        "global_days: had lost its leading zeros, restored": 5_521,
        "HCPCS: had lost its leading zeros, restored": 272,
    }


def test_the_text_form_holds_the_mark_of_what_is_not_used(opened: Opened) -> None:
    """In column 59, which the record layout does not list: 148 records, by status as in the CSV form."""
    _, table = _read(opened(DATA / "PPRRVU2025_Oct.txt"))
    marked = [row.status for rows in table.rows.values() for row in rows.values() if row.not_used == "+"]
    assert {status: marked.count(status) for status in set(marked)} == {"B": 37, "I": 48, "N": 56, "X": 7}
