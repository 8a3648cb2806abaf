"""Reading the ASC addenda AA and BB, quirks of the published files included."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.codebook.xlsx import write_xlsx

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers import addendum_b
from claimrules.codebook.readers.asc import COVERS, detect, read
from claimrules.codebook.readers.containers import open_published
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import FactTable
from claimrules.model.edition import Kind, Table
from claimrules.model.published import AscRow

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "asc"
COPYRIGHT = (
    "CPT codes and descriptions only are copyright 2025 American Medical Association.\xa0 "
    "All Rights Reserved.,,,,,,\r\n,,,,,,\r\n"
)
TITLE_AA = (
    '"Addendum AA -- ASC Covered Surgical Procedures for CY 2026 \n'
    '(Including Surgical Procedures for Which Payment is Packaged)",,,,,,\r\n' + COPYRIGHT
)
TITLE_BB = (
    "Addendum BB -- ASC Covered Ancillary Services Integral to Covered Surgical Procedures "
    "for CY 2026,,,,,,\r\n" + COPYRIGHT
)
HEADER_AA = (
    "HCPCS Code,,Short Descriptor,Subject to Multiple Procedure Discounting,"
    "April 2026 Payment Indicator,April 2026  Payment Weight  ,April 2026 Payment Rate \r\n"
)
HEADER_BB = (
    "HCPCS Code,,Short Descriptor,Drug and Device Pass-Through Expiration during Calendar Year,"
    "Jan 2023 Payment Indicator,Jan 2023 Payment Weight  ,Jan 2023 Payment Rate ,"
    "Jan 2023 IRA-22 Adjusted Copayment1\r\n"
)
RECORDS_AA = (
    'G0101,,Implant of a kind,Y,J8,136.4272,"$7,683.85 "\r\n'
    "G0104, *,Scope of a kind,N,P3,,$98.71 \r\n"
    "G0518,,Implant removed,N,N1,,\r\n"
)
RECORDS_BB = (
    "J0892,,Drug of a kind,,k5,,,\r\n"
    "J9001,***,Another drug,*,K2,,$1.20,$0.11\r\n"
    "V2790,,Membrane\xffof a kind,,N1,,,\r\n"
)
NOTES = (
    ",,,,,,\r\n"
    '"NOTE 1: Payment indicators for ""office-based"" procedures rest on a comparison.",,,,,,\r\n'
    ",,,,,,\r\n"
    "NOTE 2:  Asterisked codes are temporary.,,,,,,\r\n"
)


def published(
    folder: Path, name: str, content: str | bytes, declared: Declared | None = None
) -> PublishedFile:
    """Write a file and open it; text is written in Latin-1, as some published files are."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("latin-1"))
    return only(path, declared)


def only(path: Path, declared: Declared | None = None) -> PublishedFile:
    """Open a file that holds one published file."""
    (file,) = open_published(path, declared or Declared())
    assert isinstance(file, PublishedFile)
    return file


def table_of(result: ReadResult) -> FactTable:
    """Give the one table that was read."""
    (table,) = result.tables
    assert isinstance(table, FactTable)
    return table


def asc_rows(table: FactTable) -> dict[str, AscRow]:
    """Give the rows as what they are."""
    return {code: row for code, row in table.rows.items() if isinstance(row, AscRow)}


def texts(result: ReadResult) -> list[str]:
    """Give the warnings without their places, the one on completeness left out."""
    return [note.text for note in result.warnings if "not a complete addendum" not in note.text]


def test_addendum_aa(tmp_path: Path) -> None:
    """The title may break over lines; amounts are quoted for their commas; notes are no records."""
    file = published(tmp_path, "AA.csv", TITLE_AA + HEADER_AA + RECORDS_AA + NOTES)

    result = read(file)

    assert detect(file)
    assert not addendum_b.detect(file)
    assert table_of(result).rows == {
        "G0101": AscRow(
            addendum="AA",
            short_description="Implant of a kind",
            payment_indicator="J8",
            multiple_discount="Y",
            weight=Decimal("136.4272"),
            rate=Decimal("7683.85"),
        ),
        "G0104": AscRow(
            addendum="AA",
            short_description="Scope of a kind",
            payment_indicator="P3",
            multiple_discount="N",
            rate=Decimal("98.71"),
        ),
        "G0518": AscRow(
            addendum="AA",
            short_description="Implant removed",
            payment_indicator="N1",
            multiple_discount="N",
        ),
    }
    assert [(note.text, note.count) for note in result.skipped] == [("a note, not a record", 2)]
    assert not texts(result)


def test_the_edition_of_addendum_aa(tmp_path: Path) -> None:
    """The header's cells say the month; AA is one part of the table."""
    edition = table_of(read(published(tmp_path, "x.csv", TITLE_AA + HEADER_AA + RECORDS_AA + NOTES))).edition

    assert (edition.name, edition.table, edition.part) == ("ASC 2026Q2", Table.ASC, "AA")
    assert (edition.kind, edition.covers) == (Kind.SNAPSHOT, COVERS)
    assert (edition.effective, edition.ends) == (date(2026, 4, 1), date(2026, 6, 30))
    assert (edition.rows, edition.complete, edition.source_file) == (3, False, "x.csv")


def test_addendum_bb(tmp_path: Path) -> None:
    """It has no discounting; an indicator in small letters is read, and the book says so."""
    file = published(tmp_path, "BB.csv", TITLE_BB + HEADER_BB + RECORDS_BB + NOTES)

    result = read(file)
    table = table_of(result)

    assert detect(file)
    assert not addendum_b.detect(file)
    assert (table.edition.name, table.edition.part) == ("ASC 2023Q1", "BB")
    assert table.rows == {
        "J0892": AscRow(addendum="BB", short_description="Drug of a kind", payment_indicator="K5"),
        "J9001": AscRow(
            addendum="BB", short_description="Another drug", payment_indicator="K2", rate=Decimal("1.20")
        ),
        "V2790": AscRow(addendum="BB", short_description="Membrane of a kind", payment_indicator="N1"),
    }
    assert texts(result) == ["payment_indicator: 'k5' is printed in small letters; read as 'K5'"]


def test_a_workbook(tmp_path: Path) -> None:
    """The cells of a header may break over lines; empty rows at the end are nothing."""
    pytest.importorskip("python_calamine")
    rows: list[list[str | float]] = [
        ["Addendum AA -- ASC Covered Surgical Procedures for CY 2026"],
        [
            *("HCPCS Code", "", "Short Descriptor", "Subject to Multiple\nProcedure Discounting"),
            *("April 2026\nPayment Indicator", "April 2026\nPayment Weight", "April 2026\nPayment Rate"),
        ],
        ["G0101", "", "Implant of a kind", "Y", "J8", 136.4272, 7683.849999999999],
        ["NOTE 1: of a kind"],
        ["", "", " "],
        ["", "", " "],
    ]
    file = only(write_xlsx(tmp_path / "asc.xlsx", rows))

    table = table_of(read(file))

    assert detect(file)
    assert (table.edition.name, table.edition.part) == ("ASC 2026Q2", "AA")
    assert asc_rows(table)["G0101"].rate == Decimal("7683.85")
    assert asc_rows(table)["G0101"].weight == Decimal("136.4272")


def test_what_looks_wrong_is_remarked_on(tmp_path: Path) -> None:
    """An impossible value is left open, a repeated code counts once; both are located."""
    records = (
        "G0101,,One,Y,J8,1.0,$1.00 \r\n"
        "G0101,,One,Y,J8,1.0,$1.00 \r\n"
        "G0101,,One,Y,G2,1.0,$2.00 \r\n"
        "G0102,,Two,X,W9,one,-1\r\n"
    )

    result = read(published(tmp_path, "AA.csv", TITLE_AA + HEADER_AA + records))

    assert texts(result) == [
        "G0101 is there more than once, the first record counts; they agree",
        "G0101 is there more than once, the first record counts; they disagree in payment_indicator, rate",
        "payment_indicator: 'W9' is not a value it can have; left open",
        "multiple_discount: neither Y nor N; left open",
        "weight: 'one' is not an amount; left open",
        "rate: '-1' is not an amount; left open",
    ]
    assert table_of(result).rows["G0102"] == AscRow(addendum="AA", short_description="Two")
    assert table_of(result).edition.rows == 2


def test_what_is_no_record_is_counted(tmp_path: Path) -> None:
    """Nothing is dropped without a word, and the line is that of the file."""
    records = (
        "G0101,,One,Y,J8,1.0,$1.00 \r\n"
        "101,,Zeros lost,Y,J8,1.0,$1.00 \r\n"
        "G0102,,No indicator,Y,,1.0,$1.00 \r\n"
        "G05"
    )

    result = read(published(tmp_path, "AA.csv", TITLE_AA + HEADER_AA + records))

    assert [(note.text, note.lines) for note in result.skipped] == [
        ("HCPCS Code '101' is no code of five characters (zeros lost in a spreadsheet?)", (7,)),
        ("has no payment indicator", (8,)),
        ("HCPCS Code 'G05' is no code of five characters (zeros lost in a spreadsheet?)", (9,)),
    ]


def many(count: int) -> str:
    """Make the records of an addendum of any size."""
    return "".join(f"G{number:04d},,Item,N,N1,,\r\n" for number in range(count))


def test_a_whole_addendum_is_complete(tmp_path: Path) -> None:
    """It is large, its notes follow, and it lost nothing."""
    result = read(published(tmp_path, "AA.csv", TITLE_AA + HEADER_AA + many(3501) + NOTES))

    assert table_of(result).edition.complete
    assert not result.warnings


@pytest.mark.parametrize(
    ("records", "why"),
    [
        (many(3500) + NOTES, "3500 records, where a whole addendum AA has more than 3500"),
        (many(3501), "no note follows the last record: was the file cut off?"),
        (many(3501) + "101,,Zeros lost,Y,J8,,\r\n" + NOTES, "records were left out"),
    ],
)
def test_an_addendum_that_is_not_whole_is_not_complete(tmp_path: Path, records: str, why: str) -> None:
    """The warning says why."""
    result = read(published(tmp_path, "AA.csv", TITLE_AA + HEADER_AA + records))

    assert not table_of(result).edition.complete
    assert result.warnings[-1].text == f"not a complete addendum, an absent code proves nothing: {why}"


def test_the_quarter_can_come_from_the_name_or_be_declared(tmp_path: Path) -> None:
    """A final rule's addendum says the year only."""
    text = TITLE_AA + HEADER_AA.replace("April 2026", "CY 2026") + RECORDS_AA
    declared = Declared(effective=date(2026, 1, 1))

    named = read(published(tmp_path, "July 2026 ASC addendum AA.csv", text))
    declared_one = read(published(tmp_path, "AA.csv", text, declared))

    assert table_of(named).edition.name == "ASC 2026Q3"
    assert table_of(declared_one).edition.name == "ASC 2026Q1"
    with pytest.raises(BuildError, match=r"does not say its quarter.*--effective"):
        read(published(tmp_path, "AA.csv", text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TITLE_AA + HEADER_AA + NOTES, "has a header but no record that can be read"),
        (
            TITLE_AA + HEADER_AA.replace("Payment Weight", "Weight") + RECORDS_AA,
            "line 5: .* no column 'Payment Weight'",
        ),
        (
            TITLE_AA + HEADER_AA.replace("Subject to Multiple", "Subject") + RECORDS_AA,
            "no column 'Subject to Multiple Procedure Discounting'",
        ),
        (
            TITLE_AA + HEADER_AA.replace("April 2026 Payment Rate", "July 2026 Payment Rate") + RECORDS_AA,
            r"of more than one month \(2026-04-01, 2026-07-01\)",
        ),
        (
            TITLE_AA + HEADER_AA.replace(" \r", ",CY 2025 Payment Rate\r") + RECORDS_AA,
            "more than one column 'Payment Rate'",
        ),
        (TITLE_AA.replace("AA --", "AA -- Proposed") + HEADER_AA + RECORDS_AA, "is of a proposed rule"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    """The error says what is wrong and where."""
    with pytest.raises(BuildError, match=said):
        read(published(tmp_path, "AA.csv", text))


@pytest.mark.parametrize(
    "text",
    [
        "nothing",
        TITLE_AA,
        (TITLE_AA + HEADER_AA).replace("Addendum AA", "Addendum EE"),
        (TITLE_AA + HEADER_AA).replace("Addendum AA", "Addendum FF"),
        (TITLE_AA + HEADER_AA).replace("Addendum AA", "Addendum DD1"),
        "Addendum B.-Final OPPS Payment by HCPCS Code\nHCPCS Code,Short Descriptor,SI,APC,Payment Rate\n",
        "HCPCS,MOD,DESCRIPTION,STATUS\n",
    ],
)
def test_other_files_are_not_taken_for_it(tmp_path: Path, text: str) -> None:
    """Title and header must both be those of AA or BB."""
    assert not detect(published(tmp_path, "AA.csv", text))


REAL = {
    "2023/20230101/AA": ("ASC 2023Q1", "A2 2035 G2 584 J8 490 K5 1 N1 429 P2 93 P3 381 R2 54"),
    "2023/20230101/BB": (
        "ASC 2023Q1",
        "F4 8 H2 17 J7 18 K2 470 K5 91 K7 1 L1 45 N1 998 Z2 333 Z3 54",
    ),
    "2026/20260101/AA": ("ASC 2026Q1", "A2 2011 D2 47 G2 968 J8 775 N1 494 P2 72 P3 403 R2 51"),
    "2026/20260101/BB": (
        "ASC 2026Q1",
        "D1 77 F4 8 H2 17 J7 19 K2 625 K5 39 K7 2 L1 35 L6 13 N1 946 S2 303 Z2 336 Z3 84",
    ),
    "2026/20260401/AA": ("ASC 2026Q2", "A2 2011 D2 47 G2 969 J8 781 N1 498 P2 72 P3 403 R2 51"),
    "2026/20260401/BB": (
        "ASC 2026Q2",
        "D1 77 F4 8 H2 17 J7 20 K2 617 K5 39 K7 2 L1 36 L6 13 N1 957 S2 320 Z2 336 Z3 84",
    ),
}
SMALL_LETTERS = "payment_indicator: 'k5' is printed in small letters; read as 'K5'"
TWICE = "90684 is there more than once, the first record counts; they agree"
REMARKS = {"2026/20260101/BB": [TWICE, SMALL_LETTERS], "2026/20260401/BB": [SMALL_LETTERS]}


@pytest.mark.skipif(not FOLDER.exists(), reason="the real files are not here")
@pytest.mark.parametrize("name", REAL)
def test_the_real_files(name: str) -> None:
    """Every record is kept, but for one code that stands twice; every indicator is known."""
    edition_name, counted = REAL[name]
    words = counted.split()
    counts = {value: int(count) for value, count in zip(words[::2], words[1::2], strict=True)}
    file = only(FOLDER / f"{name}.csv")

    result = read(file)
    table = table_of(result)

    assert detect(file)
    assert (table.edition.name, table.edition.part) == (edition_name, name[-2:])
    assert (table.edition.rows, table.edition.complete) == (sum(counts.values()), True)
    assert Counter(row.payment_indicator for row in asc_rows(table).values()) == counts
    assert texts(result) == REMARKS.get(name, [])
    assert [note.text for note in result.skipped] == ["a note, not a record"]


@pytest.mark.skipif(not FOLDER.exists(), reason="the real files are not here")
@pytest.mark.parametrize("quarter", ["2023/20230101", "2026/20260101", "2026/20260401"])
def test_no_code_is_in_both_addenda(quarter: str) -> None:
    """So the two parts of a quarter never disagree; 47383 is device-intensive in each."""
    surgical, ancillary = (
        asc_rows(table_of(read(only(FOLDER / quarter / f"{part}.csv")))) for part in ("AA", "BB")
    )

    assert not surgical.keys() & ancillary.keys()
    assert (surgical["47383"].payment_indicator, surgical["47383"].multiple_discount) == ("J8", "Y")
