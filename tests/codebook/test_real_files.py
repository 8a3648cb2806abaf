"""The published files themselves, where they lie beside the repository."""

from datetime import date
from pathlib import Path

import pytest

from claimrules.codebook import CodeBook, build_book

DATA = Path(__file__).parents[3] / "shared" / "data" / "pfs"
JANUARY_2022, JANUARY_2023 = DATA / "PPRRVU22_JAN.csv", DATA / "PPRRVU23_JAN.csv"
JULY_2026 = DATA / "PPRRVU2026_Jul_nonQPP.excerpt.redacted.csv"

pytestmark = pytest.mark.skipif(not JANUARY_2023.exists(), reason="the published files are not there")


def test_the_january_2023_file_is_kept_whole(tmp_path: Path) -> None:
    """All 18,010 records, and the end-of-file mark reported."""
    report = build_book([JANUARY_2023], tmp_path / "book.sqlite")
    (file,) = report.files
    assert (file.edition.name, file.edition.released) == ("RVU23A", date(2023, 1, 30))
    assert (file.rows, file.extent, file.warnings) == (18_010, "complete", ())
    assert [str(note) for note in file.skipped] == [
        "an end-of-file mark (one 0x1A character), not a record (line 18021)"
    ]
    book = CodeBook.open(tmp_path / "book.sqlite")
    found = book.code("47383", on=date(2023, 2, 1))
    assert (found.status, found.pctc, found.global_days, found.multiple_procedure) == ("A", "0", "010", "2")
    assert (found.bilateral, found.assistant, found.co_surgeon, found.team) == ("0", "1", "0", "0")
    assert (found.imaging_family, found.in_force, found.rows) == ("99", "yes", frozenset({""}))
    assert book.code("99999", on=date(2023, 2, 1)).in_force == "unlisted"
    assert book.code("84165", on=date(2023, 2, 1), row="26").pctc == "6"


def test_three_years_in_one_book(tmp_path: Path) -> None:
    """Old and new layout; what one year lacks and another has is known to be not in force."""
    book_path = tmp_path / "book.sqlite"
    report = build_book([JANUARY_2023, JANUARY_2022, JULY_2026], book_path)
    assert [(e.name, e.rows, e.complete) for e in report.editions] == [
        ("RVU22A", 17_600, True),
        ("RVU23A", 18_010, True),
        ("RVU26C", 61, False),
    ]
    book = CodeBook.open(book_path)
    assert book.code("G0106", on=date(2022, 2, 1)).rows == frozenset({"", "26", "TC"})
    assert book.code("99241", on=date(2023, 2, 1)).in_force == "no"
    anaesthesia = book.code("00100", on=date(2026, 8, 1))
    assert (anaesthesia.status, anaesthesia.pricing, str(anaesthesia.conversion_factor)) == (
        "J",
        "9",
        "33.4009",
    )
