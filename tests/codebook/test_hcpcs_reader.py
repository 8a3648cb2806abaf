"""The HCPCS Level II file: fixed-width text and columns, codes and modifiers, records that continue."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.codebook.xlsx import write_xlsx

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers import hcpcs
from claimrules.codebook.readers.containers import open_published
from claimrules.codebook.readers.hcpcs_text import COLUMNS
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import FactTable
from claimrules.model.edition import Edition, Kind, Table
from claimrules.model.published import HcpcsRow, ModifierRow

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "hcpcs"
ANNUAL, OCTOBER = "HCPC2019_CONTR_ANWEB.txt", "HCPC2020_OCT_anweb.txt"
DISCLAIMER = "***Disclaimers\t\t\t\r\n*Brand names may appear.\xa0 \t\t\t\r\n\r\n"

WALKER = {
    "LONG DESCRIPTION": "Walker, invented, with a seat and",
    "SHORT DESCRIPTION": "Walker invented",
    "PRICE1": "32",
    "MULT PI": "A",
    "CIM1": "60-9",
    "MCM1": "2100",
    "MCM2": "4107.6",
    "STATUTE": "1834",
    "XREF1": "E0999",
    "XREF2": "QM",
    "COV": "D",
    "ASC GRP": "YY",
    "ASC DT": "20080101",
    "PROCNOTE": "0088",
    "BETOS": "D1E",
    "TOS1": "R",
    "TOS2": "P",
    "ANEST BU": "  0",
    "ADD DT": "19860101",
    "ACT EFF DT": "20200101",
    "TERM DT": "20191231",
    "ACTION CD": "D",
}
PLAIN = {"LONG DESCRIPTION": "Thing", "COV": "C", "ADD DT": "20060101", "ACTION CD": "N"}


def record(key: str, kind: str, cells: dict[str, str]) -> str:
    """Write one record of 320 characters."""
    line = [" "] * 320
    line[5:10] = "00100"
    for name, text in {**cells, "HCPC": f"{key:>5}", "RECID": kind}.items():
        place = COLUMNS[name]
        line[place] = text.ljust(place.stop - place.start)
    return "".join(line)


def columns(*records: tuple[str, str, dict[str, str]]) -> list[list[str]]:
    """Write the header and the records of the form that has columns."""
    names = ["HCPC", "SEQNUM", *list(COLUMNS)[1:]]
    published = [name.replace("MULT PI", "MULT_PI").replace("ASC ", "ASC_") for name in names]
    rows = [
        [{**cells, "HCPC": f"{key:>5}", "SEQNUM": "0010", "RECID": kind}.get(name, "") for name in names]
        for key, kind, cells in records
    ]
    return [["Note on coverage, invented"], [], published, *rows]


def published(tmp_path: Path, name: str, content: str | bytes) -> PublishedFile:
    """Put a file where the reader finds it."""
    path = tmp_path / name
    path.write_bytes(content.encode("latin-1") if isinstance(content, str) else content)
    (file,) = open_published(path, Declared())
    assert isinstance(file, PublishedFile)
    return file


def of_text(tmp_path: Path, *records: str, name: str = OCTOBER) -> ReadResult:
    """Read records of the text form below the disclaimers."""
    file = published(tmp_path, name, DISCLAIMER + "\r\n".join(records) + "\r\n")
    assert hcpcs.detect(file)
    return hcpcs.read(file)


def of_csv(
    tmp_path: Path, *records: tuple[str, str, dict[str, str]], name: str = "HCPC2026_OCT_ANWEB.csv"
) -> ReadResult:
    """Read records of the form that has columns, as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(columns(*records))
    file = published(tmp_path, name, text.getvalue())
    assert hcpcs.detect(file)
    return hcpcs.read(file)


def code(result: ReadResult, key: str) -> HcpcsRow:
    """Give the row of a code."""
    row = table(result, Table.HCPCS).rows[key]
    assert isinstance(row, HcpcsRow)
    return row


def modifier(result: ReadResult, key: str) -> ModifierRow:
    """Give the row of a modifier."""
    row = table(result, Table.MODIFIERS).rows[key]
    assert isinstance(row, ModifierRow)
    return row


def table(result: ReadResult, which: Table) -> FactTable:
    """Give one of the two tables."""
    (found,) = (table for table in result.tables if table.edition.table is which)
    assert isinstance(found, FactTable)
    return found


def notes(kind: Any) -> list[str]:
    """Give the notes as text, that on the extent left out."""
    return [str(note) for note in kind if not note.text.startswith("not complete")]


def test_every_field_of_a_code(tmp_path: Path) -> None:
    """Each field stands in its column; numbered columns keep the filled ones; 4 continues 3."""
    continued = record("E0100", "4", {"LONG DESCRIPTION": "wheels"})
    result = of_text(tmp_path, record("E0100", "3", WALKER), continued)
    assert code(result, "E0100") == HcpcsRow(
        short_description="Walker invented",
        long_description="Walker, invented, with a seat and wheels",
        pricing=("32",),
        multiple_pricing="A",
        coverage_manual=("60-9",),
        claims_manual=("2100", "4107.6"),
        statute="1834",
        cross_references=("E0999", "QM"),
        coverage="D",
        asc_group="YY",
        asc_date=date(2008, 1, 1),
        processing_note="0088",
        betos="D1E",
        type_of_service=("R", "P"),
        anesthesia_units=0,
        added=date(1986, 1, 1),
        action_effective=date(2020, 1, 1),
        termination=date(2019, 12, 31),
        action="D",
    )
    assert (notes(result.skipped), notes(result.warnings)) == ([], [])


def test_both_forms_agree(tmp_path: Path) -> None:
    """Text, CSV and XLSX of the same records give the same rows."""
    pytest.importorskip("python_calamine")
    records = (("A1", "7", PLAIN), ("E0100", "3", WALKER), ("E0100", "4", {"LONG DESCRIPTION": "wheels"}))
    text = of_text(tmp_path, *(record(*each) for each in records))
    (sheet,) = open_published(write_xlsx(tmp_path / "HCPC2020_OCT_anweb.xlsx", columns(*records)), Declared())
    assert isinstance(sheet, PublishedFile)
    assert hcpcs.detect(sheet)
    for other in (of_csv(tmp_path, *records), hcpcs.read(sheet)):
        assert [table.rows for table in other.tables] == [table.rows for table in text.tables]


def test_a_workbook_that_holds_numbers(tmp_path: Path) -> None:
    """A record identification and dates may be number cells: 7.0 is 7."""
    pytest.importorskip("python_calamine")
    rows: list[list[str | float]] = [list(row) for row in columns(("J5", "7", PLAIN))]
    header = rows[2]
    rows[3][header.index("RECID")] = 7.0
    rows[3][header.index("ADD DT")] = 20201001.0
    (sheet,) = open_published(write_xlsx(tmp_path / "HCPC2020_OCT_anweb.xlsx", rows), Declared())
    assert isinstance(sheet, PublishedFile)
    assert modifier(hcpcs.read(sheet), "J5").added == date(2020, 10, 1)


def test_modifiers_are_a_table_of_their_own(tmp_path: Path) -> None:
    """Padded modifiers lose their blanks; both tables are of one edition."""
    result = of_csv(
        tmp_path, ("A1", "7.0", PLAIN), ("A1", "8", {"LONG DESCRIPTION": "two"}), ("E0100", "3", PLAIN)
    )
    assert modifier(result, "A1").long_description == "Thing two"
    codes, modifiers = (table.edition for table in result.tables)
    assert (codes.table, codes.name, codes.covers, codes.rows) == (Table.HCPCS, "HCPCS 2026Q4", ("Annnn",), 1)
    assert (modifiers.table, modifiers.name, modifiers.covers) == (Table.MODIFIERS, "HCPCS 2026Q4", ())
    assert {codes.kind, modifiers.kind} == {Kind.CUMULATIVE}
    assert not codes.complete


def test_an_excerpt_of_modifiers_gives_no_table_of_codes(tmp_path: Path) -> None:
    """An empty table would stand before the older ones."""
    result = of_csv(tmp_path, ("A1", "7", PLAIN))
    assert [table.edition.table for table in result.tables] == [Table.MODIFIERS]


def test_impossible_values_are_left_open(tmp_path: Path) -> None:
    """A coverage, an action, a date that cannot be is unknown, and a warning says so."""
    faulty = {"COV": "Z", "ACTION CD": "Q", "PRICE1": "7", "LABCERT1": "31", "XREF1": "CPT", "ANEST BU": "x"}
    result = of_text(tmp_path, record("E0100", "3", {**PLAIN, **faulty, "TERM DT": "20191301"}))
    row = code(result, "E0100")
    assert (row.coverage, row.action, row.termination, row.anesthesia_units) == (None,) * 4
    assert row.pricing == row.lab_certification == row.cross_references == ()
    said = notes(result.warnings)
    assert "TERM DT: '20191301' is not a value it can have; left open (line 4)" in said
    assert {text.split(":")[0] for text in said} == {
        "COV", "ACTION CD", "PRICE", "LABCERT", "XREF", "ANEST BU", "TERM DT",
    }  # fmt: skip


def test_a_code_that_stands_twice(tmp_path: Path) -> None:
    """The first record counts, whether they agree or not; its continuations are not mixed."""
    other = {**PLAIN, "COV": "M"}
    result = of_text(
        tmp_path,
        record("E0100", "3", PLAIN),
        record("E0100", "3", PLAIN),
        record("E0100", "3", other),
        record("E0100", "4", {"LONG DESCRIPTION": "more"}),
    )
    assert code(result, "E0100").long_description == "Thing"
    assert notes(result.warnings) == [
        "E0100 is there more than once, the first record counts; they agree (line 5)",
        "E0100 is there more than once, the first record counts; they disagree (line 6)",
    ]
    assert table(result, Table.HCPCS).edition.rows == 1


def test_records_that_cannot_be_kept_are_counted(tmp_path: Path) -> None:
    """Each has its reason and its line; an end-of-file mark and empty lines are no records."""
    good = record("E0100", "3", PLAIN)
    result = of_text(
        tmp_path,
        good,
        record("E0200", "4", {"LONG DESCRIPTION": "of no record"}),
        record("E0300", "3", PLAIN)[:200],
        record("e0400", "3", PLAIN),
        "page 2",
        good.replace("E0100", "E\x00100"),
        "",
        "\x1a",
    )
    assert list(table(result, Table.HCPCS).rows) == ["E0100"]
    assert sorted(notes(result.skipped)) == [
        "HCPC 'e0400' is no code of five characters (line 7)",
        "continues a record that is not the one before it (line 5)",
        "cut off: a first record fills 293 characters or more (line 6)",
        "holds NUL bytes (line 9)",
        "no record of the published layout (line 8)",
    ]


def test_a_record_of_no_known_kind(tmp_path: Path) -> None:
    """A record identification other than 3, 4, 7, 8 is skipped; a last 0x1A is no record."""
    result = of_csv(tmp_path, ("E0100", "3", PLAIN), ("E0200", "5", PLAIN), ("\x1a", "", {}))
    assert notes(result.skipped) == ["RECID '5' is none of 3, 4, 7, 8 (line 5)"]


@pytest.mark.parametrize(
    ("name", "edition", "effective", "ends"),
    [
        (ANNUAL, "HCPCS 2019Q1", date(2019, 1, 1), date(2019, 3, 31)),
        (OCTOBER, "HCPCS 2020Q4", date(2020, 10, 1), date(2020, 12, 31)),
    ],
)
def test_the_name_says_the_quarter(
    tmp_path: Path, name: str, edition: str, effective: date, ends: date
) -> None:
    """The annual file has no quarter and starts its year."""
    said = of_text(tmp_path, record("E0100", "3", PLAIN), name=name).tables[0].edition
    assert (said.name, said.effective, said.ends, said.source_file) == (edition, effective, ends, name)


def test_a_name_that_says_nothing(tmp_path: Path) -> None:
    """The error gives the remedy, and the declared date is one."""
    file = published(tmp_path, "codes.txt", record("E0100", "3", PLAIN))
    with pytest.raises(BuildError, match=r"does not say its quarter: keep the published name .* --effective"):
        hcpcs.read(file)
    (file,) = open_published(tmp_path / "codes.txt", Declared(effective=date(2021, 4, 1)))  # type: ignore[assignment]
    assert hcpcs.read(file).tables[0].edition.name == "HCPCS 2021Q2"


def test_a_column_that_is_missing(tmp_path: Path) -> None:
    """The error names the columns and the line of the header."""
    rows = columns(("E0100", "3", PLAIN))
    drop = rows[2].index("TERM DT")
    text = "\n".join(",".join(row[:drop] + row[drop + 1 :]) for row in rows)
    file = published(tmp_path, "HCPC2026_OCT_ANWEB.csv", text)
    with pytest.raises(BuildError, match="line 3: the header lacks TERM DT; use the file as published"):
        hcpcs.read(file)


def test_a_header_and_nothing_else(tmp_path: Path) -> None:
    """A file without one record is an error, not an empty table."""
    with pytest.raises(BuildError, match="holds no HCPCS record that can be read"):
        of_csv(tmp_path)


def whole(tmp_path: Path, name: str, *more: str, last: str = "V5364") -> tuple[Edition, list[str]]:
    """Read a file of as many codes as a whole one has; give the edition of codes and its warnings."""
    letters = (f"{letter}{number:04}" for letter in "AEGJKL" for number in range(1001))
    records = [record(key, "3", PLAIN) for key in (*letters, last)]
    result = of_text(tmp_path, *records, *more, name=name)
    return table(result, Table.HCPCS).edition, [note.text for note in result.warnings]


def test_a_whole_file_is_complete(tmp_path: Path) -> None:
    """Enough codes, the last one there, nothing lost, and a quarter in its name."""
    edition, said = whole(tmp_path, OCTOBER)
    assert (edition.complete, edition.rows, said) == (True, 6007, [])


@pytest.mark.parametrize(
    ("name", "more", "last", "why"),
    [
        (ANNUAL, (), "V5364", "an annual file is published before its year"),
        (OCTOBER, (), "T2000", "no code starts with V5: was the file cut off"),
        (OCTOBER, ("page 2",), "V5364", "records were skipped"),
    ],
)
def test_a_file_that_is_not_whole(
    tmp_path: Path, name: str, more: tuple[str, ...], last: str, why: str
) -> None:
    """An absent code then proves nothing, and a warning says why."""
    edition, said = whole(tmp_path, name, *more, last=last)
    assert not edition.complete
    assert any(why in text for text in said)


def test_an_excerpt_is_not_complete(tmp_path: Path) -> None:
    """The warning says how many codes it has and a whole file would."""
    (note,) = of_text(tmp_path, record("V5364", "3", PLAIN)).warnings
    assert note.text.endswith("1 codes, where whole files have 6,000 and more")


@pytest.mark.parametrize(
    "text",
    [
        "HCPCS,MOD,DESCRIPTION,CODE\nG0105,53,Thing,A\n",
        "hcpcs_code,rbcs_category\nE0100,DME\n",
        "G0105   Thing of a fixed width                     A",
        "HCPC means Healthcare Common Procedure; SEQNUM and RECID are explained below.",
    ],
)
def test_other_files_are_not_recognised(tmp_path: Path, text: str) -> None:
    """Neither form is seen in another layout."""
    assert not hcpcs.detect(published(tmp_path, "HCPC2020_OCT_anweb.txt", text))


def real(name: str) -> ReadResult:
    """Read a file as published."""
    (file,) = open_published(DATA / name, Declared())
    assert isinstance(file, PublishedFile)
    assert hcpcs.detect(file)
    return hcpcs.read(file)


@pytest.mark.skipif(not (DATA / ANNUAL).exists(), reason="the published file is not here")
def test_the_published_text_of_2019() -> None:
    """Every record is kept; its termination dates begin in 2014 for codes."""
    result = real(ANNUAL)
    codes, modifiers = (table.rows for table in result.tables)
    assert (len(codes), len(modifiers), result.skipped) == (6440, 360, ())
    assert notes(result.warnings) == ["XREF: 'CPT' is not a value it can have; left open (line 9895)"]
    assert not result.tables[0].edition.complete
    ends = [row.termination for row in codes.values() if isinstance(row, HcpcsRow) and row.termination]
    assert (len(ends), min(ends)) == (506, date(2014, 6, 30))
    assert modifier(result, "AD").long_description == (
        "Medical supervision by a physician: more than four concurrent anesthesia procedures"
    )


@pytest.mark.skipif(not (DATA / "HCPC2020_OCT_anweb.xlsx").exists(), reason="the published file is not here")
def test_the_published_workbook_of_2020() -> None:
    """Every record is kept, the continued one of G0503 and the number cells of J5 too."""
    pytest.importorskip("python_calamine")
    result = real("HCPC2020_OCT_anweb.xlsx")
    codes, modifiers = result.tables
    assert (codes.edition.rows, modifiers.edition.rows, result.skipped) == (6825, 371, ())
    assert codes.edition.complete
    assert (code(result, "G0503").long_description or "").endswith(
        "treatment goals and are prepared for discharge from active treatment"
    )
    assert modifier(result, "J5").added == date(2020, 10, 1)


@pytest.mark.skipif(not (DATA / "HCPC2026_OCT_ANWEB.excerpt.csv").exists(), reason="the excerpt is not here")
def test_the_excerpt_of_2026() -> None:
    """Thirteen modifiers and no code."""
    (modifiers,) = real("HCPC2026_OCT_ANWEB.excerpt.csv").tables
    assert (modifiers.edition.table, modifiers.edition.rows) == (Table.MODIFIERS, 13)
    assert not modifiers.edition.complete
