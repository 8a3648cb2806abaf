"""Every sample of real claims that lies beside the repository is read, and its lines counted another way."""

import csv
import json
import re
from pathlib import Path

import pytest

from claimrules.formats.errors import ReadError
from claimrules.formats.open import open_lines
from claimrules.formats.x12.reader import X12Reader
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected

CLAIMS = Path(__file__).resolve().parents[3] / "shared" / "data" / "claims"
FILES = sorted(path for path in CLAIMS.rglob("*") if path.is_file()) if CLAIMS.exists() else []
TABLES = [path for path in FILES if path.is_relative_to(CLAIMS / "rif")]
NO_CLAIMS = re.compile(r"beneficiary|export_summary|pde|Field_Mapping")

pytestmark = pytest.mark.skipif(not FILES, reason="the sample claims are not there")


def named(path: Path) -> str:
    """Name a sample by its place."""
    return str(path.relative_to(CLAIMS))


def read(path: Path) -> tuple[int, int]:
    """Count lines, and what is rejected."""
    with open_lines(path) as reader:
        entries = list(reader)
    lines = sum(isinstance(entry, ClaimLine) for entry in entries)
    rejected = sum(isinstance(entry, Rejected) for entry in entries)
    assert lines + rejected == len(entries)
    return lines, rejected


def counted(path: Path) -> int:
    """Count the service lines of a file by the plainest means there are."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".json":
        return len(json.loads(text)["item"])
    if path in TABLES:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return sum(1 for row in csv.reader(stream, delimiter="|") if row) - 1
    return len(re.findall(r"(?:^|[~\s])SV[12]\*", text))


@pytest.mark.parametrize("path", [path for path in FILES if not NO_CLAIMS.search(path.name)], ids=named)
def test_every_line_of_a_sample_is_accounted_for(path: Path) -> None:
    """As many lines, read or rejected, as an independent count finds."""
    assert sum(read(path)) == counted(path) > 0


@pytest.mark.parametrize("path", [path for path in FILES if NO_CLAIMS.search(path.name)], ids=named)
def test_a_file_of_no_claims_is_refused(path: Path) -> None:
    """Beneficiaries, drug events and lists of columns have no code."""
    with pytest.raises(ReadError, match="no column holds the code"):
        read(path)


@pytest.mark.parametrize("path", [path for path in FILES if "x12" in path.parts], ids=named)
def test_claims_of_an_interchange_are_all_seen(path: Path) -> None:
    """The number of CLM segments."""
    if path.suffix == ".csv":
        return
    with open_lines(path) as reader:
        list(reader)
    assert isinstance(reader, X12Reader)
    assert reader.claims == len(re.findall(r"(?:^|[~\s])CLM\*", path.read_text()))


def test_only_bills_that_no_table_covers_are_rejected() -> None:
    """Inpatient stays, nursing, home health, hospice: everything else is read."""
    rejected = {named(path) for path in FILES if not NO_CLAIMS.search(path.name) and read(path)[1]}
    assert rejected == {
        *(f"rif/synthea/{kind}.csv" for kind in ("hha", "hospice", "inpatient", "snf")),
        "x12/databricks/CC_837I_EDI.txt",
        "x12/guide-examples/837_004010X096A1/institutional-ppo-repriced.837",
    }


def test_codes_of_the_samples_are_codes() -> None:
    """Of the interchanges: each line with a code has five characters, and a day."""
    for path in FILES:
        if "guide-examples" in path.parts:
            with open_lines(path) as reader:
                lines = [entry for entry in reader if isinstance(entry, ClaimLine)]
            assert all(line.code and line.from_date and not line.unreadable for line in lines), named(path)
