"""The Restructured BETOS Classification System: two headers, several assignments of one code."""

from datetime import date
from pathlib import Path

import pytest

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers import rbcs
from claimrules.codebook.readers.containers import open_published
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.model.edition import Kind, Table
from claimrules.model.published import RbcsRow

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "rbcs" / "rbcs_2024_derived.csv.gz"

DERIVED = (
    "hcpcs_code,rbcs_procedure,rbcs_category,rbcs_subcategory,rbcs_family,"
    "hcpcs_date_added,hcpcs_date_ended,rbcs_date_effective\n"
)
PUBLISHED = (
    "HCPCS_Cd,RBCS_ID,RBCS_Cat,RBCS_Cat_Desc,RBCS_Cat_Subcat,RBCS_Subcat_Desc,RBCS_FamNumb,RBCS_Family_Desc,"
    "RBCS_Major_Ind,HCPCS_Cd_Add_Dt,HCPCS_Cd_End_Dt,RBCS_Assignment_Eff_Dt,RBCS_Assignment_End_Dt\n"
)
WALKER = RbcsRow(
    category="DME",
    subcategory="Other DME",
    family="No RBCS Family",
    procedure="Non-Procedure",
    added=date(1986, 1, 1),
    ended=None,
    effective=date(2014, 1, 1),
)


def published(tmp_path: Path, text: str, name: str = "RBCS_RY2024.csv") -> PublishedFile:
    """Put a file where the reader finds it."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (file,) = open_published(path, Declared())
    assert isinstance(file, PublishedFile)
    return file


def read(tmp_path: Path, text: str) -> ReadResult:
    """Read a file that is recognised."""
    file = published(tmp_path, text)
    assert rbcs.detect(file)
    return rbcs.read(file)


def rows(result: ReadResult) -> dict[str, object]:
    """Give the rows of the only table."""
    (table,) = result.tables
    return dict(table.rows)


def test_both_headers_give_the_same_rows(tmp_path: Path) -> None:
    """Words and ISO dates, or M, N, O and US dates; an end of 9999 is none."""
    derived = DERIVED + "E0100,Non-Procedure,DME,Other DME,No RBCS Family,1986-01-01,9999-12-31,2014-01-01\n"
    as_published = PUBLISHED + (
        "E0100,DO000N,D,DME,DO,Other DME,000,No RBCS Family,N,01/01/1986,12/31/9999,1/1/2014,12/31/9999\n"
    )
    assert rows(read(tmp_path, derived)) == rows(read(tmp_path, as_published)) == {"E0100": WALKER}


def test_the_newer_header(tmp_path: Path) -> None:
    """Later releases call the first day of an assignment the start of its analysis."""
    header = PUBLISHED.replace("RBCS_Assignment_Eff_Dt", "RBCS_Analysis_Start_Dt")
    text = header + "E0100,DO000N,D,DME,DO,Other DME,000,No RBCS Family,N,19860101,,01/01/2014,\n"
    assert rows(read(tmp_path, text)) == {"E0100": WALKER}


def test_the_edition_is_of_a_year(tmp_path: Path) -> None:
    """It is in the name of the file, and says nothing of codes that it does not list."""
    result = read(tmp_path, DERIVED + "E0100,Other,DME,Other DME,,,,\n")
    edition = result.tables[0].edition
    assert (edition.name, edition.table, edition.kind) == ("RBCS 2024", Table.RBCS, Kind.CUMULATIVE)
    assert (edition.effective, edition.ends) == (date(2024, 1, 1), date(2024, 12, 31))
    assert (edition.covers, edition.complete, edition.rows) == ((), False, 1)


def test_the_latest_assignment_counts(tmp_path: Path) -> None:
    """Wherever it stands; the earlier ones are counted as skipped, each at its line."""
    text = DERIVED + (
        "E0100,Other,Old,,,,,2015-01-01\n"
        "E0100,Other,New,,,,,2017-01-01\n"
        "E0100,Other,Mid,,,,,2016-01-01\n"
        "E0100,Other,None,,,,,\n"
    )
    result = read(tmp_path, text)
    row = rows(result)["E0100"]
    assert isinstance(row, RbcsRow)
    assert (row.category, row.effective) == ("New", date(2017, 1, 1))
    (note,) = result.skipped
    assert (note.count, note.lines) == (3, (2, 4, 5))
    assert result.warnings == ()


def test_a_record_that_stands_twice(tmp_path: Path) -> None:
    """With the same date the first one counts, and the warning says whether they agree."""
    first, other = "E0100,Other,DME,,,,,2015-01-01\n", "E0100,Other,Test,,,,,2015-01-01\n"
    said = [str(note) for note in read(tmp_path, DERIVED + first + first + other).warnings]
    assert said == [
        "E0100 is there twice with one date, the first record counts; they agree (line 3)",
        "E0100 is there twice with one date, the first record counts; they disagree (line 4)",
    ]


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """A key that is no code is skipped; a bad date or word is left open."""
    text = DERIVED + "100,Other,DME,,,,,\nE0100,X,DME,,,1986-02-30,2014-13-01,\n\x1a\n"
    result = read(tmp_path, text)
    row = rows(result)["E0100"]
    assert isinstance(row, RbcsRow)
    assert (row.procedure, row.added, row.ended) == (None, None, None)
    assert [note.lines for note in result.skipped] == [(2,), (4,)]
    assert [note.text for note in result.warnings] == [
        "ended: '2014-13-' is no date; left open",
        "procedure: 'X' is none of Major, Other, Non-Procedure; left open",
        "added: '1986-02-' is no date; left open",
    ]


def test_a_column_that_is_missing(tmp_path: Path) -> None:
    """The error gives its names in both headers."""
    file = published(tmp_path, DERIVED.replace("rbcs_family,", "") + "E0100,Other,DME,,,,\n")
    with pytest.raises(BuildError, match="lacks rbcs_family_desc or rbcs_family; use the file as published"):
        rbcs.read(file)


def test_no_record(tmp_path: Path) -> None:
    """A header alone is an error."""
    with pytest.raises(BuildError, match="has no RBCS record that can be read"):
        read(tmp_path, DERIVED)


def test_no_year(tmp_path: Path) -> None:
    """A name without a year needs the date of the caller."""
    file = published(tmp_path, DERIVED + "E0100,Other,DME,,,,,\n", "rbcs.csv")
    with pytest.raises(BuildError, match=r"keep the published name \(for example RBCS_RY2024.csv\)"):
        rbcs.read(file)


@pytest.mark.parametrize("text", ["HCPC,SEQNUM,RECID\n", "code,category\n", "hcpcs_code,value\n"])
def test_other_files_are_not_recognised(tmp_path: Path, text: str) -> None:
    """A column of codes alone is not enough."""
    assert not rbcs.detect(published(tmp_path, text))


@pytest.mark.skipif(not REAL.exists(), reason="the file is not here")
def test_the_real_file() -> None:
    """17,033 records of 15,522 codes."""
    (file,) = open_published(REAL, Declared())
    assert isinstance(file, PublishedFile)
    assert rbcs.detect(file)
    result = rbcs.read(file)
    (note,) = result.skipped
    assert (len(rows(result)), note.count, result.warnings) == (15522, 1511, ())
    row = rows(result)["47383"]
    assert isinstance(row, RbcsRow)
    assert (row.category, row.family, row.procedure) == ("Procedure", "No RBCS Family", "Other")
