"""The MUE tables as published, with their quirks, Medicaid's too."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from tests.codebook.xlsx import write_xlsx

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers import add_on, mue
from claimrules.codebook.readers.containers import open_published
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import MueRow, MueTable
from claimrules.model.edition import Edition, Kind, Table

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "mue"
NAME = "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"

NOTICE = '"Codes are copyright of their owner, who says so at length. \n\nMark®, restrictions apply. ",,,\n'
HEADER = '"HCPCS/\nCPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n'
RECORDS = (
    "A4206,0,3 Date of Service Edit: Clinical,CMS Policy\n"
    "J7175,9000,1 Line Edit,Prescribing Information\n"
    '"A4550","3","2 Date of Service Edit: Policy","Code Descriptor / CPT Instruction"\n'
)


def _published(folder: Path, text: str, name: str = NAME, declared: Declared | None = None) -> PublishedFile:
    path = folder / name
    path.write_bytes(text.encode("latin-1"))
    (file,) = open_published(path, declared or Declared())
    assert isinstance(file, PublishedFile)
    return file


def _table(result: ReadResult) -> tuple[Edition, dict[str, MueRow]]:
    (table,) = result.tables
    assert isinstance(table, MueTable)
    return table.edition, dict(table.rows)


def test_a_table_as_published(tmp_path: Path) -> None:
    """A notice over several lines in Latin-1, a header cell with a line break, a value of 0."""
    file = _published(tmp_path, NOTICE + HEADER + RECORDS)
    assert mue.detect(file)
    assert not add_on.detect(file)
    result = mue.read(file)
    edition, rows = _table(result)
    assert rows == {
        "A4206": MueRow(0, "3", "CMS Policy"),
        "J7175": MueRow(9000, "1", "Prescribing Information"),
        "A4550": MueRow(3, "2", "Code Descriptor / CPT Instruction"),
    }
    assert edition == Edition(
        name="MUE 2024Q3",
        table=Table.MUE,
        setting="professional",
        effective=date(2024, 7, 1),
        ends=date(2024, 9, 30),
        kind=Kind.SNAPSHOT,
        source_file=NAME,
        sha256=file.sha256,
        rows=3,
    )
    assert (result.skipped, result.warnings) == ((), ())


@pytest.mark.parametrize(
    ("words", "setting"),
    [("Outpatient Hospital Services", "outpatient"), ("DME Supplier Services", "dme")],
)
def test_the_setting_comes_from_the_header(tmp_path: Path, words: str, setting: str) -> None:
    """Whatever the file is called."""
    header = HEADER.replace("Practitioner Services", words)
    edition, _ = _table(mue.read(_published(tmp_path, NOTICE + header + RECORDS)))
    assert edition.setting == setting


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    """Tabs, another order, a column more, no notice."""
    text = (
        "MUE Rationale\tPractitioner Services MUE Values\tNew\tHCPCS/CPT Code\tMUE Adjudication Indicator\n"
        "CMS Policy\t2\t\tA4206\t2 Date of Service Edit: Policy\n"
    )
    _, rows = _table(mue.read(_published(tmp_path, text)))
    assert rows == {"A4206": MueRow(2, "2", "CMS Policy")}


def test_a_workbook(tmp_path: Path) -> None:
    """Values are numbers there."""
    pytest.importorskip("python_calamine")
    header = ["HCPCS/\nCPT Code", "DME Supplier Services MUE Values", "MUE Adjudication Indicator"]
    path = write_xlsx(
        tmp_path / "MCR_MUE_DMESupplierServices_Eff_04-01-2025.xlsx",
        [
            ["A notice", "", "", ""],
            [*header, "MUE Rationale"],
            ["A4206", 56, "3 Date of Service Edit: Clinical", "CMS Policy"],
            ["", "", "", ""],
        ],
    )
    (file,) = open_published(path, Declared())
    assert isinstance(file, PublishedFile)
    assert mue.detect(file)
    edition, rows = _table(mue.read(file))
    assert rows == {"A4206": MueRow(56, "3", "CMS Policy")}
    assert (edition.name, edition.setting, edition.ends) == ("MUE 2025Q2", "dme", date(2025, 6, 30))


def test_what_is_skipped_is_counted(tmp_path: Path) -> None:
    """Values that are no whole number, codes that lost their zeros, foreign bytes, a mark of the end."""
    text = (
        "A4207,1.5,3 Date of Service Edit: Clinical,CMS Policy\n"
        "A4208,none,3 Date of Service Edit: Clinical,CMS Policy\n"
        "A4209\n"
        "54,1,3 Date of Service Edit: Clinical,CMS Policy\n"
        "see the manual,,,\n"
        "A4210,1,3 Date of Service Edit: Clinical,CMS\0Policy\n"
        "\x1a\n"
    )
    result = mue.read(_published(tmp_path, NOTICE + HEADER + RECORDS + text))
    assert sorted(_table(result)[1]) == ["A4206", "A4550", "J7175"]
    assert [str(note) for note in result.skipped] == [
        "the MUE value '1.5' is no whole number (line 9)",
        "the MUE value 'none' is no whole number (line 10)",
        "the MUE value '' is no whole number (line 11)",
        "HCPCS/CPT Code 54 is no code of five characters (zeros lost in a spreadsheet?) (line 12)",
        "HCPCS/CPT Code is no code of five characters (zeros lost in a spreadsheet?) (line 13)",
        "holds NUL bytes (line 14)",
        "an end-of-file mark (one 0x1A character), not a record (line 15)",
    ]


def test_an_impossible_indicator_is_left_open(tmp_path: Path) -> None:
    """The value stands, the indicator is unknown, and the book says so."""
    text = "A4207,1,4 Something new,CMS Policy\nA4208,1,,CMS Policy\nA4209,1,12,CMS Policy\n"
    result = mue.read(_published(tmp_path, HEADER + text))
    assert {row.mai for row in _table(result)[1].values()} == {None}
    assert [(note.count, note.lines) for note in result.warnings] == [(1, (3,)), (1, (4,)), (1, (5,))]
    assert "'4 Something ' starts with none of 1, 2, 3; it is left open" in result.warnings[0].text


def test_duplicates(tmp_path: Path) -> None:
    """The first record counts, and whether the others agree is said."""
    text = "A4206,0,3 Date of Service Edit: Clinical,CMS Policy\nJ7175,1,1 Line Edit,CMS Policy\n"
    result = mue.read(_published(tmp_path, HEADER + RECORDS + text))
    edition, rows = _table(result)
    assert (rows["J7175"].value, edition.rows) == (9000, 3)
    assert [str(note) for note in result.warnings] == [
        "A4206 is there more than once, the first record counts; they agree (line 6)",
        "J7175 is there more than once, the first record counts; they disagree (line 7)",
    ]


def test_a_medicaid_table(tmp_path: Path) -> None:
    """Three columns by tabs, no indicator; the name says whose it is, and for whom."""
    text = '"A notice\nin two lines"\nHCPCS/CPT Code\tMUE Value\tMUE Rationale\nA4206\t1\tCMS Policy\n'
    name = "medicaid-ncci-2026-q2-mue-edits-practitioner-services.txt"
    file = _published(tmp_path, text, name)
    assert mue.detect(file)
    result = mue.read(file)
    edition, rows = _table(result)
    assert rows == {"A4206": MueRow(1, None, "CMS Policy")}
    assert (edition.name, edition.program, edition.setting) == (
        "Medicaid MUE 2026Q2",
        "medicaid",
        "professional",
    )
    assert (edition.effective, result.warnings) == (date(2026, 4, 1), ())


@pytest.mark.parametrize(
    ("title", "name", "program"),
    [
        ("Medicaid NCCI edits", "MUE_Eff_07-01-2024.csv", "medicaid"),
        ("A notice", "MCD_MUE_PractitionerServices_Eff_07-01-2024.csv", "medicaid"),
        ("Centers for Medicare & Medicaid Services", NAME, "medicare"),
    ],
)
def test_whose_table_it_is(tmp_path: Path, title: str, name: str, program: str) -> None:
    """By the title or the name; the agency's name is on both."""
    edition, rows = _table(mue.read(_published(tmp_path, f"{title},,,\n{HEADER}{RECORDS}", name)))
    assert (edition.program, rows["A4550"].mai) == (program, "2")


def test_what_is_no_table(tmp_path: Path) -> None:
    """No header, or the words of one in running text."""
    for text in (RECORDS, "The HCPCS/CPT Code has MUE values\n", "HCPCS,MOD,DESCRIPTION\nA4206,,x\n"):
        assert not mue.detect(_published(tmp_path, text))


@pytest.mark.parametrize(
    ("header", "name", "error"),
    [
        (HEADER.replace("MUE Adjudication Indicator", "x"), NAME, r"lacks the column 'MUE Adjudication Ind"),
        (HEADER.replace("MUE Rationale", "x"), NAME, r"line 1: the header lacks the column 'MUE Rationale'"),
        (HEADER.replace("MUE Rationale", "Old MUE Values"), NAME, r"not a report of changes"),
        ("a,b\n", NAME, r"no record holds both"),
        (HEADER, "mue.csv", r"does not say its quarter: .*Eff_07-01-2024.*--effective"),
        (
            HEADER.replace("Practitioner Services ", ""),
            "2024Q3.csv",
            r"does not say its setting: .*--setting",
        ),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, header: str, name: str, error: str) -> None:
    """Every error names the file, what is wrong, and what to do."""
    with pytest.raises(BuildError, match=error) as caught:
        mue.read(_published(tmp_path, header + RECORDS, name))
    assert str(tmp_path / name) in str(caught.value)


def test_a_header_alone_is_no_table(tmp_path: Path) -> None:
    """Nothing to read is an error, not an empty table."""
    with pytest.raises(BuildError, match="no record that can be read"):
        mue.read(_published(tmp_path, NOTICE + HEADER))


def test_the_caller_says_what_the_file_does_not(tmp_path: Path) -> None:
    """By options of the command."""
    header = HEADER.replace("Practitioner Services ", "")
    declared = Declared(effective=date(2025, 1, 1), setting="outpatient")
    edition, _ = _table(mue.read(_published(tmp_path, header + RECORDS, "mue.csv", declared)))
    assert (edition.name, edition.setting) == ("MUE 2025Q1", "outpatient")


@pytest.mark.skipif(not DATA.exists(), reason="the published files are not there")
@pytest.mark.parametrize(
    ("name", "setting", "rows", "zeros", "indicators"),
    [
        ("PractitionerServices", "professional", 14_677, 2_667, {"1": 41, "2": 5_157, "3": 9_479}),
        ("OutpatientHospitalServices", "outpatient", 14_628, 1_435, {"1": 42, "2": 5_802, "3": 8_784}),
        ("DMESupplierServices", "dme", 2_928, 977, {"1": 23, "2": 1_256, "3": 1_649}),
    ],
)
def test_the_tables_of_july_2024(
    name: str, setting: str, rows: int, zeros: int, indicators: dict[str, int]
) -> None:
    """All records are kept, none is remarked on."""
    (file,) = open_published(DATA / f"MCR_MUE_{name}_Eff_07-01-2024.csv.gz", Declared())
    assert isinstance(file, PublishedFile)
    assert mue.detect(file)
    result = mue.read(file)
    edition, table = _table(result)
    assert (edition.name, edition.setting, edition.rows, len(table)) == ("MUE 2024Q3", setting, rows, rows)
    assert Counter(row.mai for row in table.values()) == indicators
    assert sum(row.value == 0 for row in table.values()) == zeros
    assert (edition.complete, result.skipped, result.warnings) == (False, (), ())


@pytest.mark.skipif(not DATA.exists(), reason="the published files are not there")
def test_the_excerpt_of_2026() -> None:
    """44 records."""
    (file,) = open_published(DATA / "MCR_MUE_PractitionerServices_Eff_07-01-2026.excerpt.csv", Declared())
    assert isinstance(file, PublishedFile)
    edition, _ = _table(mue.read(file))
    assert (edition.name, edition.setting, edition.rows) == ("MUE 2026Q3", "professional", 44)
