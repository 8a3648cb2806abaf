"""The published files themselves, where they lie beside the repository: one book of all of them."""

from datetime import date
from pathlib import Path

import pytest

from claimrules.codebook import BuildReport, CodeBook, PairFact, build_book
from claimrules.codebook.settle import Action
from claimrules.model.claim import Setting
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import Table

SHARED = Path(__file__).resolve().parents[3] / "shared"
DATA, SEEDS = SHARED / "data", SHARED / "seeds"
FOLDERS = ("addon", "asc", "hcpcs", "mue", "opps", "pfs", "ptp", "rbcs")
JANUARY_2022, JANUARY_2023 = DATA / "pfs" / "PPRRVU22_JAN.csv", DATA / "pfs" / "PPRRVU23_JAN.csv"
JULY_2026 = DATA / "pfs" / "PPRRVU2026_Jul_nonQPP.excerpt.redacted.csv"
SECOND_PART = DATA / "ptp" / "ccipra-v302r0-f2.txt.gz"

pytestmark = pytest.mark.skipif(not JANUARY_2023.exists(), reason="the published files are not there")
with_pages = pytest.mark.skipif(not SEEDS.exists(), reason="the pages are not there")

COUNTS = {
    ("Add-on codes 2026Q2", "", "", "add_on"): 9_000,
    ("Addendum B 2026Q2", "", "", "addendum_b"): 19_059,
    ("ASC 2023Q1", "", "AA", "asc"): 4_067,
    ("ASC 2023Q1", "", "BB", "asc"): 2_035,
    ("ASC 2026Q1", "", "AA", "asc"): 4_821,
    ("ASC 2026Q1", "", "BB", "asc"): 2_504,
    ("ASC 2026Q2", "", "AA", "asc"): 4_832,
    ("ASC 2026Q2", "", "BB", "asc"): 2_526,
    ("HCPCS 2019Q1", "", "", "hcpcs"): 6_440,
    ("HCPCS 2019Q1", "", "", "modifiers"): 360,
    ("HCPCS 2020Q4", "", "", "hcpcs"): 6_825,
    ("HCPCS 2020Q4", "", "", "modifiers"): 371,
    ("HCPCS 2026Q4", "", "", "modifiers"): 13,
    ("MUE 2024Q3", "dme", "", "mue"): 2_928,
    ("MUE 2024Q3", "outpatient", "", "mue"): 14_628,
    ("MUE 2024Q3", "professional", "", "mue"): 14_677,
    ("MUE 2026Q3", "professional", "", "mue"): 44,
    ("NCCI pairs 2024Q3", "outpatient", "f1", "ncci_pairs"): 800_000,
    ("NCCI pairs 2024Q3", "outpatient", "f2", "ncci_pairs"): 800_000,
    ("NCCI pairs 2024Q3", "outpatient", "f3", "ncci_pairs"): 175_818,
    ("NCCI pairs 2024Q3", "professional", "f1", "ncci_pairs"): 800_000,
    ("NCCI pairs 2024Q3", "professional", "f2", "ncci_pairs"): 800_000,
    ("NCCI pairs 2024Q3", "professional", "f3", "ncci_pairs"): 800_000,
    ("NCCI pairs 2024Q3", "professional", "f4", "ncci_pairs"): 146_017,
    ("NCCI pairs 2026Q3", "professional", "f1", "ncci_pairs"): 94,
    ("RBCS 2024", "", "", "rbcs"): 15_522,
    ("RVU20D", "", "", "fee_schedule"): 17_346,
    ("RVU22A", "", "", "fee_schedule"): 17_600,
    ("RVU23A", "", "", "fee_schedule"): 18_010,
    ("RVU24C", "", "", "fee_schedule"): 18_664,
    ("RVU25D", "", "", "fee_schedule"): 19_090,
    ("RVU26C", "", "", "fee_schedule"): 61,
}
"""The records of every published file."""

INCOMPLETE = {"RVU26C", "MUE 2024Q3", "MUE 2026Q3", "RBCS 2024", "HCPCS 2019Q1", "HCPCS 2026Q4"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    """Build the book of all files, pages too if they are there."""
    given = [DATA / folder for folder in FOLDERS] + ([SEEDS] if SEEDS.exists() else [])
    return build_book(given, tmp_path_factory.mktemp("whole") / "book.sqlite")


@pytest.fixture
def book(whole: BuildReport) -> CodeBook:
    """Open it."""
    return CodeBook.open(whole.output)


def test_the_january_2023_file_is_kept_whole(tmp_path: Path) -> None:
    """All 18,010 records, and the end-of-file mark reported."""
    report = build_book([JANUARY_2023], tmp_path / "book.sqlite")
    (file,) = report.files
    (settled,) = file.taken
    edition = settled.edition
    assert (edition.name, edition.released) == ("RVU23A", date(2023, 1, 30))
    assert (edition.rows, edition.complete, file.warnings) == (18_010, True, ())
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
    for code in ("0001U", "L1833", "E0601"):
        assert book.code(code, on=date(2023, 2, 1)).in_force is None


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


@pytest.mark.slow
def test_every_file_is_read_whole(whole: BuildReport, book: CodeBook) -> None:
    """The counts are the files'; what says nothing by its silence is marked."""
    told = {(e.name, e.setting, e.part, e.table.value): e.rows for e in whole.editions}
    assert told == COUNTS
    assert book.info().editions == whole.editions
    silent = {edition.name for edition in whole.editions if not edition.complete}
    assert silent == INCOMPLETE
    pairs = {"professional": 0, "outpatient": 0}
    for edition in whole.editions:
        if edition.name == "NCCI pairs 2024Q3":
            pairs[edition.setting] += edition.rows
    assert pairs == {"professional": 2_546_017, "outpatient": 1_775_818}


@pytest.mark.slow
def test_the_report_names_what_was_no_table(whole: BuildReport) -> None:
    """Record layouts and legends; the January 2022 workbook holds what its CSV does."""
    names = [Path(line.split(": ")[0]).name for line in whole.passed_over]
    assert names == ["HCPCS2019_recordlayout.txt", "status-indicators.csv", "RVU25D_record_layout.txt"]
    actions = {Path(file.file).name: [each.action for each in file.taken] for file in whole.files}
    assert actions.pop("PPRRVU22_JAN.xlsx") == [Action.SAME]
    assert {action for each in actions.values() for action in each} == {Action.ADDED}


@pytest.mark.slow
def test_nothing_but_marks_notes_and_earlier_assignments_is_skipped(whole: BuildReport) -> None:
    """No record of a table is lost."""
    kinds = {note.text for file in whole.files if not file.documents for note in file.skipped}
    assert kinds == {
        "an end-of-file mark (one 0x1A character), not a record",
        "a note, not a record",
        "an earlier assignment of a code that has a later one; the latest counts",
    }


@pytest.mark.slow
def test_known_answers(book: CodeBook) -> None:
    """47383 has the same indicators in every release; its pairs, its payment elsewhere."""
    for year, month in ((2020, 11), (2022, 2), (2023, 2), (2024, 8), (2025, 11)):
        found = book.code("47383", on=date(year, month, 3), editions="exact")
        assert (found.status, found.pctc, found.global_days, found.multiple_procedure) == (
            "A",
            "0",
            "010",
            "2",
        )
        assert (found.bilateral, found.assistant, found.co_surgeon, found.team) == ("0", "1", "0", "0")
        assert (found.imaging_family, found.supervision, found.add_on_type) == ("99", "09", "")
    summer = date(2024, 8, 1)
    for setting in (Setting.PROFESSIONAL, Setting.OUTPATIENT, Setting.ASC):
        found = book.code("47383", on=summer, setting=setting)
        assert (found.mue, found.mai) == (1, "2")
        assert isinstance(book.pair("47382", "47383", on=summer, setting=setting), PairFact)
    assert book.pair("47383", "47382", on=summer) is None
    assert book.pair("47382", "47383", on=summer, setting=Setting.DME) is Cause.NO_TABLE
    assert found.first_date == date(2015, 1, 1)


def elsewhere(found: CodeAttributes) -> dict[str, str | None]:
    """Give what a page calls by other names."""
    return {
        "status_indicator": found.opps.status_indicator if found.opps else None,
        "payment_indicator": found.asc.payment_indicator if found.asc else None,
        "mue": str(found.mue) if found.mue is not None else None,
    }


@with_pages
@pytest.mark.slow
def test_the_page_agrees_with_the_published_tables(whole: BuildReport, book: CodeBook) -> None:
    """On every attribute that both have; it is bound to its code, and the profile through it."""
    (page,) = book.documents.pages
    assert page.code == "47383"
    assert [profile.code for profile in book.documents.profiles].count("47383") == 1
    assert len(whole.unbound) == 3
    assert len(page.attributes) == 15
    compared = set()
    for on in (date(2024, 8, 1), date(2025, 11, 3), date(2026, 5, 1)):
        found = book.code("47383", on=on)
        for attribute in page.attributes:
            name = attribute.field or ""
            value = elsewhere(found).get(name, getattr(found, name, None))
            if value is not None:
                assert str(value) == attribute.value, (name, on)
                compared.add(name)
    assert {attribute.field for attribute in page.attributes} - compared <= {"type_of_service", "betos"}


@with_pages
@pytest.mark.slow
@pytest.mark.parametrize("query", ["liver cryoablation", "cryoablation liver", "cryoablation liv"])
def test_the_page_and_the_profile_are_found_first(book: CodeBook, query: str) -> None:
    """Of some twenty thousand codes."""
    first = book.search(query)[:2]
    assert {(hit.kind, hit.code) for hit in first} == {("page", "47383"), ("profile", "47383")}


@pytest.mark.slow
def test_with_one_part_of_four_no_pair_outside_it_is_known(tmp_path: Path) -> None:
    """Its boundaries fall inside the pairs of one column 1 code."""
    build_book([SECOND_PART], tmp_path / "part.sqlite")
    book, on = CodeBook.open(tmp_path / "part.sqlite"), date(2024, 8, 1)
    (edition,) = book.editions
    assert (edition.part, edition.covers) == ("f2", ("27507/99148..49421/11000",))
    assert isinstance(book.pair("47382", "47383", on=on), PairFact)
    assert book.pair("47383", "47382", on=on) is None
    outside = [
        ("0001A", "0591T"),
        ("27507", "97608"),
        ("27507", "99147"),
        ("49421", "11001"),
        ("99213", "99212"),
    ]
    assert {book.pair(*key, on=on) for key in outside} == {Cause.NO_CODE}
    assert book.info().covers[0].lacking == (
        "NCCI pairs 2024Q3: pairs before 27507/99148 and after 49421/11000 are unknown",
    )
    assert Table.FEE_SCHEDULE in book.info().missing
