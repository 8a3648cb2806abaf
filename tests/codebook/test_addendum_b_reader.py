"""Reading OPPS Addendum B: as published, and as the plain CSV made from it."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.codebook.xlsx import write_xlsx

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers import asc
from claimrules.codebook.readers.addendum_b import detect, read
from claimrules.codebook.readers.containers import open_published
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import FactTable
from claimrules.model.edition import Kind, Table
from claimrules.model.published import OppsRow

DERIVED_FILE = (
    Path(__file__).resolve().parents[3] / "shared" / "data" / "opps" / "addendum_b_2026_04_derived.csv.gz"
)
NAME = "2026_January_Web_Addendum_B.12232025.csv"
TITLE = (
    "Addendum B.-Final OPPS Payment by HCPCS Code for CY 2026,,,,,,,,,\n"
    "January 2026 Addendum B,,,,,,,,,\n"
    "CPT codes and descriptions only are copyright 2025 American Medical Association.\xa0 "
    "All Rights Reserved.,,,,,,,,,\n"
    ",,,,,,,,,\n"
)
HEADER = (
    "HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate,National Unadjusted Copayment,"
    'Minimum Unadjusted Copayment,"Note: Actual copayments would be lower due to the cap on copayments",'
    "* Indicates a Change\n"
)
RECORDS = (
    "A4341\xff,Wound dressing\xffb,N,,,,,,,\n"
    'C9001,Implant of a kind,J1,5114,77.9400,"$7,105.33 ",.,"$1,421.07 ",,*\n'
    "G0463,Clinic visit,J2,5012,1.4879,$136.02 ,$27.21 ,$27.21 ,,\n"
    "J9001,Drug of a kind,K,9000,,$0.574 ,.,$0.12 ,,\n"
)
PLAIN = (
    "HCPCSCode,ShortDescriptor,StatusIndicator,PaymentRate,Changed?,Source\n"
    '"A4341\xa0","Wound dressing b","N",,false,"2026-04"\n'
    '"G0463","Clinic visit","J2",136.02,true,"2026-04"\n'
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


def texts(result: ReadResult) -> list[str]:
    """Give the warnings without their places, the one on completeness left out."""
    return [note.text for note in result.warnings if "not a complete addendum" not in note.text]


def test_the_published_layout(tmp_path: Path) -> None:
    """Amounts lose their dollar sign and commas, a lone point is no amount, stray bytes go."""
    file = published(tmp_path, NAME, TITLE + HEADER + RECORDS)

    result = read(file)

    assert detect(file)
    assert not asc.detect(file)
    assert table_of(result).rows == {
        "A4341": OppsRow(short_description="Wound dressing b", status_indicator="N"),
        "C9001": OppsRow(
            short_description="Implant of a kind",
            status_indicator="J1",
            apc="5114",
            weight=Decimal("77.9400"),
            rate=Decimal("7105.33"),
            minimum_copayment=Decimal("1421.07"),
        ),
        "G0463": OppsRow(
            short_description="Clinic visit",
            status_indicator="J2",
            apc="5012",
            weight=Decimal("1.4879"),
            rate=Decimal("136.02"),
            national_copayment=Decimal("27.21"),
            minimum_copayment=Decimal("27.21"),
        ),
        "J9001": OppsRow(
            short_description="Drug of a kind",
            status_indicator="K",
            apc="9000",
            rate=Decimal("0.574"),
            minimum_copayment=Decimal("0.12"),
        ),
    }
    assert not texts(result)


def test_the_edition_of_the_published_layout(tmp_path: Path) -> None:
    """The release above the header says the quarter, the end of the file name the day of release."""
    edition = table_of(read(published(tmp_path, NAME, TITLE + HEADER + RECORDS))).edition

    assert (edition.name, edition.table, edition.kind) == (
        "Addendum B 2026Q1",
        Table.ADDENDUM_B,
        Kind.SNAPSHOT,
    )
    assert (edition.effective, edition.ends) == (date(2026, 1, 1), date(2026, 3, 31))
    assert edition.released == date(2025, 12, 23)
    assert (edition.rows, edition.complete, edition.covers) == (4, False, ())


def test_the_plain_layout(tmp_path: Path) -> None:
    """The column Source says the quarter, whatever the file is called."""
    file = published(tmp_path, "b.csv", PLAIN)

    table = table_of(read(file))

    assert detect(file)
    assert (table.edition.name, table.edition.effective) == ("Addendum B 2026Q2", date(2026, 4, 1))
    assert table.rows["A4341"] == OppsRow(short_description="Wound dressing b", status_indicator="N")
    assert table.rows["G0463"] == OppsRow(
        short_description="Clinic visit", status_indicator="J2", rate=Decimal("136.02")
    )


def test_tabs_and_a_header_with_other_columns(tmp_path: Path) -> None:
    """Columns are found by their names: an older file has a comment indicator between them."""
    text = (
        "January 2014 Addendum B\t\t\t\t\n"
        "HCPCS Code\tCI\tShort Descriptor\tSI\tAPC\tPayment Rate\n"
        "G0463\tCH\tClinic visit\tX\t0634\t92.53\n"
    )

    table = table_of(read(published(tmp_path, "b.txt", text)))

    assert table.edition.name == "Addendum B 2014Q1"
    assert table.rows["G0463"] == OppsRow(
        short_description="Clinic visit", status_indicator="X", apc="0634", rate=Decimal("92.53")
    )


def test_a_workbook(tmp_path: Path) -> None:
    """Numbers lose the noise of binary fractions; an APC gets its zeros back, and the book says so."""
    pytest.importorskip("python_calamine")
    rows: list[list[str | float]] = [
        ["Addendum B.-Final OPPS Payment by HCPCS Code for CY 2026"],
        ["HCPCS\nCode", "Short Descriptor", "SI", "APC", "Relative\nWeight", "Payment Rate"],
        ["G0463", "Clinic visit", "J2", 5012, 1.4879, 136.01999999999998],
        ["J9001", "Drug of a kind", "K", 701, "", 0.574],
    ]
    file = only(write_xlsx(tmp_path / "2026_July_Web_Addendum_B.xlsx", rows))

    result = read(file)
    table = table_of(result)

    assert detect(file)
    assert table.edition.effective == date(2026, 7, 1)
    assert table.rows["G0463"] == OppsRow(
        short_description="Clinic visit",
        status_indicator="J2",
        apc="5012",
        weight=Decimal("1.4879"),
        rate=Decimal("136.02"),
    )
    assert table.rows["J9001"] == OppsRow(
        short_description="Drug of a kind", status_indicator="K", apc="0701", rate=Decimal("0.574")
    )
    assert texts(result) == ["apc: zeros were lost in a spreadsheet; filled up to four digits"]


def test_what_looks_wrong_is_remarked_on(tmp_path: Path) -> None:
    """An impossible value is left open, a repeated code counts once; both are located."""
    text = (
        "G0001,One,ZZ,5012,1.0,$1.00,,,,\n"
        "G0002,Two,q1,50121,a,$1.00,,,,\n"
        "G0001,One,S,5012,1.0,$1.00,,,,\n"
        "G0002,Two,Q1,,,$1.00,,,,\n"
    )

    result = read(published(tmp_path, NAME, TITLE + HEADER + text))

    assert texts(result) == [
        "status_indicator: 'ZZ' is not a value it can have; left open",
        "status_indicator: 'q1' is printed in small letters; read as 'Q1'",
        "apc: not a number of four digits; left open",
        "weight: 'a' is not an amount; left open",
        "G0001 is there more than once, the first record counts; they disagree in status_indicator",
        "G0002 is there more than once, the first record counts; they agree",
    ]
    assert result.warnings[0].lines == (6,)
    assert table_of(result).edition.rows == 2


def test_what_is_no_record_is_counted(tmp_path: Path) -> None:
    """Nothing is dropped without a word."""
    text = (
        "G0001,One,S,5012,1.0,$1.00,,,,\n"
        "463,Zeros lost,S,5012,1.0,$1.00,,,,\n"
        "G0003,No status,,5012,1.0,$1.00,,,,\n"
        "G0004,Comma unquoted,S,5012,1.0,$1,100.00,,,,,\n"
        "G0005,Too many,S,5012,1.0,$1,100.00,.,$1,100.00,,*,more\n"
        "G0006,\0,S,5012,1.0,$1.00,,,,\n"
        "* This is a note,,,,,,,,,\n"
        "\x1a\n"
    )

    result = read(published(tmp_path, NAME, TITLE + HEADER + text))

    assert [(note.text, note.lines) for note in result.skipped] == [
        ("HCPCS Code '463' is no code of five characters (zeros lost in a spreadsheet?)", (7,)),
        ("has no status indicator", (8,)),
        ("has more filled cells than the header has names", (10,)),
        ("holds NUL bytes", (11,)),
        ("a note, not a record", (12,)),
        ("an end-of-file mark (one 0x1A character), not a record", (13,)),
    ]
    assert set(table_of(result).rows) == {"G0001", "G0004"}


def many(last: str) -> str:
    """Make the records of a file that is large enough to be whole."""
    codes = [f"{letter}{number:04d}" for letter in "AG" for number in range(8000)]
    return "".join(f"{code},Item,N,,,,,,,\n" for code in [*codes, last])


def test_a_whole_file_is_complete(tmp_path: Path) -> None:
    """It is large, ends with a V code, and lost nothing."""
    result = read(published(tmp_path, NAME, TITLE + HEADER + many("V5364")))

    assert table_of(result).edition.complete
    assert not result.warnings


@pytest.mark.parametrize(
    ("records", "why"),
    [
        (RECORDS, "4 records, where a whole file has more than 15000"),
        (many("G9999"), "no V codes: was the file cut off?"),
        (many("V5364") + "463,Zeros lost,S,,,,,,,\n", "records were left out"),
    ],
)
def test_a_file_that_is_not_whole_is_not_complete(tmp_path: Path, records: str, why: str) -> None:
    """The warning says why."""
    result = read(published(tmp_path, NAME, TITLE + HEADER + records))

    assert not table_of(result).edition.complete
    text = f"not a complete addendum, an absent code proves nothing: {why}"
    assert result.warnings[-1].text == text


def test_the_quarter_can_be_declared(tmp_path: Path) -> None:
    """A final rule's addendum says the year only; its name may say nothing."""
    text = "Addendum B.-Final OPPS Payment by HCPCS Code for CY 2026,,\n" + HEADER + RECORDS
    declared = Declared(effective=date(2026, 1, 1))

    assert table_of(read(published(tmp_path, "b.csv", text, declared))).edition.name == "Addendum B 2026Q1"
    with pytest.raises(BuildError, match=r"does not say its quarter.*--effective"):
        read(published(tmp_path, "b.csv", text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TITLE + HEADER, "has a header but no record that can be read"),
        (TITLE + HEADER.replace("Payment Rate", "Rate") + RECORDS, r"line 5: .* no column 'Payment Rate'"),
        (TITLE.replace("Final", "Proposed") + HEADER + RECORDS, "line 5: is of a proposed rule"),
        (TITLE, "the header, which starts with 'HCPCS Code', is missing"),
        (PLAIN + '"G0464","Other","S",1.00,true,"2026-07"\n', "Source names more than one quarter"),
        (TITLE + HEADER + RECORDS + '"G0464,cut', "a quote is opened and not closed"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    """The error says what is wrong and where."""
    with pytest.raises(BuildError, match=said):
        read(published(tmp_path, NAME, text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HCPCS,MOD,DESCRIPTION,STATUS\n",
        "Addendum A.-Final OPPS APCs for CY 2026\nAPC,Group Title,SI,Relative Weight,Payment Rate\n",
        "Addendum C.-HCPCS Codes by APC\nAPC,HCPCS Code,Short Descriptor,SI,Payment Rate,\n",
        "Addendum BB -- ASC Ancillary Services\nHCPCS Code,,Short Descriptor,April 2026 Payment Rate\n",
        "HCPCS Code,Short Descriptor,Practitioner Services MUE Values\n",
    ],
)
def test_other_files_are_not_taken_for_it(tmp_path: Path, text: str) -> None:
    """It is known by its columns, and by no other addendum being named."""
    assert not detect(published(tmp_path, "x.csv", text or "nothing"))


STATUS_COUNTS = (
    "A 2027 B 1008 C 1438 E1 1349 E2 45 F 1 G 108 H 20 H1 13 J1 3449 J2 13 K 528 K1 6 L 49 M 1556 N 2084 "
    "P 4 Q1 739 Q2 179 Q3 183 Q4 1349 R 41 S 678 S1 320 T 1052 U 17 V 23 Y 780"
)


@pytest.mark.skipif(not DERIVED_FILE.exists(), reason="the real file is not here")
def test_the_real_file() -> None:
    """April 2026: every record is kept, and every status is known."""
    file = only(DERIVED_FILE)

    result = read(file)
    table = table_of(result)

    assert detect(file)
    assert (table.edition.name, table.edition.rows, table.edition.complete) == (
        "Addendum B 2026Q2",
        19_059,
        True,
    )
    assert (result.skipped, result.warnings) == ((), ())
    words = STATUS_COUNTS.split()
    assert Counter(row.status_indicator for row in opps_rows(table).values()) == {
        status: int(count) for status, count in zip(words[::2], words[1::2], strict=True)
    }
    assert opps_rows(table)["47383"].status_indicator == "J1"


def opps_rows(table: FactTable) -> dict[str, OppsRow]:
    """Give the rows as what they are."""
    return {code: row for code, row in table.rows.items() if isinstance(row, OppsRow)}
