"""The add-on code edits as published: workbook, text, fixed width."""

from datetime import date
from pathlib import Path

import pytest
from tests.codebook.xlsx import write_xlsx

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers import add_on, mue
from claimrules.codebook.readers.containers import open_published
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import AddOnRow, AddOnTable
from claimrules.model.edition import Edition, Kind, Table

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "addon" / "AOC_V2026Q2-MCR.xlsx"
NAME = "AOC_V2026Q2-MCR.csv"

NOTICE = '"Codes are copyright of their owner. \nMark®, restrictions apply.",,,,,,,\n'
COLUMNS = (
    "AOC_Edit_Type",
    "Add-On_Code",
    "AOC_DelDT",
    "Primary_Code",
    "Primary_Code_DelDT",
    "AOC_Edit_EffDT",
    "AOC_Edit_DelDT",
    "Special_Instruction_Notes",
)
HEADER = ",".join(COLUMNS) + "\n"
RECORDS = (
    "1,G2212,,G0463,,2024001,,\n"
    "1,G2212,2025365,G0402,2025181,2013091,2025365,\n"
    "2,V2785,,CCCCC,,2016366,,Contractor Defined Primary Codes\n"
)


def _published(folder: Path, text: str, name: str = NAME, declared: Declared | None = None) -> PublishedFile:
    path = folder / name
    path.write_bytes(text.encode("latin-1"))
    (file,) = open_published(path, declared or Declared())
    assert isinstance(file, PublishedFile)
    return file


def _table(result: ReadResult) -> tuple[Edition, dict[str, tuple[AddOnRow, ...]]]:
    (table,) = result.tables
    assert isinstance(table, AddOnTable)
    return table.edition, dict(table.rows)


def test_a_file_as_published(tmp_path: Path) -> None:
    """Days of the year, the contractor's primary, and the earliest deletion counts."""
    file = _published(tmp_path, NOTICE + HEADER + RECORDS)
    assert add_on.detect(file)
    assert not mue.detect(file)
    edition, rows = _table(add_on.read(file))
    assert rows == {
        "G2212": (
            AddOnRow(primary="G0463", type="1", effective=date(2024, 1, 1)),
            AddOnRow(
                primary="G0402",
                type="1",
                effective=date(2013, 4, 1),
                deletion=date(2025, 6, 30),
            ),
        ),
        "V2785": (
            AddOnRow(
                primary="",
                type="2",
                effective=date(2016, 12, 31),
                note="Contractor Defined Primary Codes",
            ),
        ),
    }
    assert edition == Edition(
        name="Add-on codes 2026Q2",
        table=Table.ADD_ON,
        effective=date(2026, 4, 1),
        ends=date(2026, 6, 30),
        kind=Kind.CUMULATIVE,
        source_file=NAME,
        sha256=file.sha256,
        rows=3,
    )


@pytest.mark.parametrize(
    ("note", "settings"),
    [
        ("G0463 (Practitioner Only)", "professional"),
        ("G2212 may be reported by facilities only", "outpatient"),
        ("Contractor Defined Primary Codes", ""),
    ],
)
def test_a_note_may_limit_the_setting(tmp_path: Path, note: str, settings: str) -> None:
    """The note stays as it is."""
    text = f"{HEADER}1,G2212,,G0463,,2024001,,{note}\n"
    _, rows = _table(add_on.read(_published(tmp_path, text)))
    assert (rows["G2212"][0].settings, rows["G2212"][0].note) == (settings, note)


def test_a_workbook_with_quotes_and_numbers(tmp_path: Path) -> None:
    """Dates as numbers, a note in quotes, empty records at the end."""
    pytest.importorskip("python_calamine")
    note = '"Based on a manual, chapter 12"'
    path = write_xlsx(
        tmp_path / "AOC_V2026Q2-MCR.xlsx",
        [
            ["A notice", *[""] * 7],
            list(COLUMNS),
            [3, "G2212", "", "G0463", "", 2024001, 2025365, note],
            [""] * 8,
        ],
    )
    (file,) = open_published(path, Declared())
    assert isinstance(file, PublishedFile)
    assert add_on.detect(file)
    _, rows = _table(add_on.read(file))
    assert rows["G2212"] == (
        AddOnRow(
            primary="G0463",
            type="3",
            effective=date(2024, 1, 1),
            deletion=date(2025, 12, 31),
            note="Based on a manual, chapter 12",
        ),
    )


def test_fixed_width_text(tmp_path: Path) -> None:
    """The same fields without a header; blanks at the end may be cut."""
    text = (
        "1G2212       G0463       2024001\n"
        "1G22122025365G0402202518120130912025365G0463 (Practitioner Only)\n"
        "2V2785       CCCCC       2016366       Contractor Defined Primary Codes\n"
        "2V2785       CCCC        2016366       \n"
    )
    file = _published(tmp_path, text, "AOC_V2026Q2-MCR.txt")
    assert add_on.detect(file)
    result = add_on.read(file)
    _, rows = _table(result)
    assert [row.primary for row in rows["G2212"]] == ["G0463", "G0402"]
    assert rows["G2212"][1].deletion == date(2025, 6, 30)
    assert rows["G2212"][1].settings == "professional"
    assert rows["V2785"][0].primary == ""
    assert [note.lines for note in result.skipped] == [(4,)]


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    """Tabs, another order, a column more."""
    names = [*reversed(COLUMNS), "New"]
    cells = dict(zip(COLUMNS, "1 G2212 - G0463 - 2024001 - x".replace("-", "").split(" "), strict=True))
    text = "\t".join(names) + "\n" + "\t".join(cells.get(name, "new") for name in names) + "\n"
    _, rows = _table(add_on.read(_published(tmp_path, text)))
    assert rows == {"G2212": (AddOnRow(primary="G0463", type="1", effective=date(2024, 1, 1), note="x"),)}


def test_what_is_skipped_is_counted(tmp_path: Path) -> None:
    """Codes that lost their zeros, types and dates that cannot be."""
    text = (
        "1,54,,G0463,,2024001,,\n"
        "1,G2212,,,,2024001,,\n"
        "4,G2212,,G0463,,2023001,,\n"
        "1,G2212,,G0463,,20230101,,\n"
        "1,G2212,,G0463,,2023001,2023366,\n"
        "1,G2212,,G0463,,2022001,,a\0b\n"
        "\x1a\n"
    )
    result = add_on.read(_published(tmp_path, HEADER + RECORDS + text))
    assert _table(result)[0].rows == 3
    assert [str(note) for note in result.skipped] == [
        "Add-On_Code is no code of five characters (zeros lost in a spreadsheet?) (line 5)",
        "Primary_Code is no code of five characters (zeros lost in a spreadsheet?) (line 6)",
        "AOC_Edit_Type is none of 1, 2, 3 (line 7)",
        "a date is no YYYYDDD (2 times, lines 8, 9)",
        "holds NUL bytes (line 10)",
        "an end-of-file mark (one 0x1A character), not a record (line 11)",
    ]


def test_duplicates_and_edits_that_never_were(tmp_path: Path) -> None:
    """The same pair with another date is another edit; the same date is a duplicate."""
    text = (
        "1,G2212,,G0463,,2024001,,\n"
        "3,G2212,,G0463,,2024001,,\n"
        "1,G2212,,G0463,,2025001,2024366,\n"
        "1,G2212,,G0463,,2026001,2026001,\n"
    )
    result = add_on.read(_published(tmp_path, HEADER + RECORDS + text))
    edition, rows = _table(result)
    assert (edition.rows, len(rows["G2212"])) == (5, 4)
    warnings = [str(note) for note in result.warnings]
    assert warnings[:3] == [
        "G2212: an edit is there more than once, the first record counts; they agree (line 5)",
        "G2212: an edit is there more than once, the first record counts; they disagree (line 6)",
        "an edit is deleted before it takes effect: it was never in force (line 7)",
    ]


def _whole(last: str, extra: str = "") -> str:
    records = "".join(f"1,G2212,,A{number:04},,2024001,,\n" for number in range(6_000))
    return f"{HEADER}{records}1,{last},,G0463,,2024001,,\n{extra}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (_whole("U0005"), None),
        (_whole("U0005", "\x1a\n"), None),
        (_whole("G2213"), "no add-on code starts with U: was the file cut off?"),
        (_whole("U0005", "1,G2212,,,,2024001,,\n"), "records were skipped"),
        (HEADER + RECORDS, "3 records, a whole file has more than 6000"),
    ],
)
def test_whether_a_file_is_whole(tmp_path: Path, text: str, why: str | None) -> None:
    """Only then an absent code is known to be no add-on code."""
    result = add_on.read(_published(tmp_path, text))
    said = [note.text.rpartition("proves nothing: ")[2] for note in result.warnings]
    assert (_table(result)[0].complete, said) == (why is None, [why] if why else [])


@pytest.mark.parametrize(
    ("text", "name", "error"),
    [
        (HEADER.replace("Primary_Code_DelDT", "x") + RECORDS, NAME, "line 1: .*lacks Primary_Code_DelDT"),
        ("a,b\n", NAME, "no record holds the header"),
        ("a,b\n" * 100, NAME, "no record holds the header"),
        (HEADER, NAME, "no record that can be read"),
        (HEADER + RECORDS, "aoc.csv", "does not say its quarter: .*AOC_V2026Q2.*--effective"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str, name: str, error: str) -> None:
    """Every error names the file, what is wrong, and what to do."""
    with pytest.raises(BuildError, match=error) as caught:
        add_on.read(_published(tmp_path, text, name))
    assert str(tmp_path / name) in str(caught.value)


def test_what_is_no_such_file(tmp_path: Path) -> None:
    """Records without a header, other fixed-width text, another table."""
    for text in (RECORDS, "1G2212 something else\n" * 5, "Column 1\tColumn 2\nG2212\tG0463\n"):
        assert not add_on.detect(_published(tmp_path, text))


def test_medicaid_edits_are_not_medicares(tmp_path: Path) -> None:
    """The name says whose they are."""
    edition, _ = _table(add_on.read(_published(tmp_path, HEADER + RECORDS, "AOC_V2026Q2-MCD.csv")))
    assert (edition.name, edition.program) == ("Medicaid Add-on codes 2026Q2", "medicaid")


@pytest.mark.skipif(not FILE.exists(), reason="the published file is not there")
def test_the_edits_of_april_2026() -> None:
    """9,000 edits are read; 723 add-on codes are active."""
    pytest.importorskip("python_calamine")
    (file,) = open_published(FILE, Declared())
    assert isinstance(file, PublishedFile)
    assert add_on.detect(file)
    result = add_on.read(file)
    edition, rows = _table(result)
    assert (edition.name, edition.rows, edition.complete) == ("Add-on codes 2026Q2", 9_000, True)
    assert (result.skipped, result.warnings) == ((), ())
    edits = [row for found in rows.values() for row in found]
    assert len(edits) == 9_000
    active = [
        (code, row)
        for code, found in rows.items()
        for row in found
        if row.effective <= edition.effective <= row.deletion
    ]
    assert (len(active), len({code for code, _ in active})) == (7_740, 723)
    assert [len({code for code, row in active if row.type == kind}) for kind in "123"] == [669, 42, 12]
    assert sum(row.deletion == row.effective for row in edits) == 18
    assert [sum(row.settings == setting for row in edits) for setting in ("professional", "outpatient")] == [
        4,
        5,
    ]
    assert sum(not row.primary for row in edits) == 55
