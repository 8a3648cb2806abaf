"""``claimrules check`` on every format: recognised, said, counted."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.formats.claims_837 import CLAIM, LINE, claims
from tests.formats.claims_fhir import HCPCS, NPI, claim, coding, item

Run = Callable[..., Any]

ROW = {"code": "G0105", "modifier_1": "50", "units": 1, "from_date": "2025-11-03"}
CSV = "code,modifier_1,units,from_date\nG0105,50,1,2025-11-03\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("claims.837", claims(*CLAIM, *LINE)),
        ("claims.csv.gz", gzip.compress(CSV.encode(), mtime=0)),
        ("claims.jsonl", json.dumps(ROW).encode()),
        ("claims", CSV.replace(",", "|").encode()),
    ],
)
def test_a_finding_in_every_format(run: Run, tmp_path: Path, name: str, content: bytes) -> None:
    """The same finding, whatever holds the line."""
    path = tmp_path / name
    path.write_bytes(content)
    data = run("check", str(path), "--select", "BILAT101", "--format", "json").data
    assert [finding["rule"] for finding in data["findings"]] == ["BILAT101"]
    assert (data["summary"]["lines"], data["summary"]["rejected"]) == (1, 0)


def test_the_setting_comes_from_the_format(run: Run, tmp_path: Path) -> None:
    """A hospital's bill is an outpatient's, and a stay is rejected with its byte unless it is asked for."""
    path = tmp_path / "claims.837"
    for place, counts in (("13:A:1", (1, 0)), ("11:A:1", (0, 1))):
        path.write_bytes(claims(f"CLM*C*1***{place}", "LX*1", "SV2*0450*HC:G0105:50*1*UN*1", LINE[2]))
        data = run("check", str(path), "--format", "json", "--select", "BILAT101,OPPS").data
        assert (data["summary"]["checked"], data["summary"]["rejected"]) == counts
    assert path.read_bytes()[data["rejected"][0]["offset"] :].startswith(b"LX*1")
    data = run("check", str(path), "--format", "json", "--setting", "outpatient").data
    assert data["summary"]["checked"] == 1


def test_options_of_reading(run: Run, tmp_path: Path) -> None:
    """A preset, the format of dates, the format of the file; each fault names its remedy."""
    path = tmp_path / "claims.txt"
    path.write_text("code,dos,modifier_1\nG0105,11/10/2025,50\n")
    refused = run("check", str(path))
    assert (refused.code, "--date-format m/d/yyyy" in refused.err) == (2, True)
    taken = run("check", str(path), "--date-format", "m/d/yyyy", "--select", "BILAT101")
    assert "from_date is read as m/d/yyyy" in taken.err
    assert "2025-11-10" in taken.out
    assert "the header has no HCPCS_CD" in run("check", str(path), "--preset", "cms-rif-carrier").err
    assert "ISA segment" in run("check", str(path), "--input-format", "837").err
    assert run("check", str(path), "--input-format", "doc").code == 2


def test_a_wrong_count_is_said_on_standard_error(run: Run, tmp_path: Path) -> None:
    """A file that says of itself that something is missing."""
    path = tmp_path / "claims.837"
    path.write_bytes(claims(*CLAIM, *LINE).replace(b"SE*14", b"SE*15"))
    assert "SE counts 15 segments, 14 stand there" in run("check", str(path), "--select", "BILAT101").err


THERAPY = ("LX*1", "SV1*HC:97110:GP*100*UN*2***1", "DTP*472*D8*20251103")
ANAESTHESIA = ("LX*2", "SV1*HC:00790:AA*100*MJ*1441***1", "DTP*472*D8*20251103")


def test_minutes_that_no_line_gives_are_not_asked_for(run: Run, tmp_path: Path) -> None:
    """Therapy is billed in units on an 837 and in FHIR: rules on minutes are not run, and listed so."""
    bill, resource = tmp_path / "claims.837", tmp_path / "claims.json"
    bill.write_bytes(claims(*CLAIM, *THERAPY))
    units = {"sequence": 1, "productOrService": coding((HCPCS, "97110")), "servicedDate": "2025-11-03"}
    resource.write_text(json.dumps(claim({**units, "quantity": {"value": 2}})))
    for path in (bill, resource):
        summary = run("check", str(path), "--format", "json", "--select", "UNIT").data["summary"]
        assert {"rule": "UNIT204", "inputs": ["minutes"]}.items() <= _left(summary, "UNIT204").items()
        assert not [each for each in summary["unknown"] if "UNIT204" in each["rules"]]
    bill.write_bytes(claims(*CLAIM, *ANAESTHESIA))
    timed = {
        **units,
        "productOrService": coding((HCPCS, "00790")),
        "quantity": {"value": 1441, "code": "min"},
    }
    resource.write_text(json.dumps(claim(timed)))
    for path in (bill, resource):
        data = run("check", str(path), "--select", "ANES103", "--format", "json").data
        assert [finding["rule"] for finding in data["findings"]] == ["ANES103"]
        summary = run("check", str(path), "--select", "UNIT,ANES", "--format", "json").data["summary"]
        assert "minutes" not in {name for each in summary["not_run"] for name in each["inputs"]}


def _left(summary: Any, rule: str) -> Any:
    return next(each for each in summary["not_run"] if each["rule"] == rule)


def test_an_npi_that_cannot_be_in_every_format(run: Run, tmp_path: Path) -> None:
    """The check digit of a provider is looked at where the format says that it is an NPI."""
    bill, resource = tmp_path / "claims.837", tmp_path / "claims.json"
    bill.write_bytes(claims(*CLAIM, *LINE).replace(b"1234567893", b"1234567890"))
    own = {"identifier": {"system": NPI, "value": "1234567890"}}
    resource.write_text(json.dumps(claim(item(), provider=own)))
    for path in (bill, resource):
        data = run("check", str(path), "--format", "json", "--select", "NPI").data
        assert [finding["rule"] for finding in data["findings"]] == ["NPI101"]


def test_what_has_no_columns_is_told_no_map(run: Run, tmp_path: Path) -> None:
    """An option that does nothing for the file is no remedy: a table is, or what the format can say."""
    bill, resource, table = tmp_path / "claims.837", tmp_path / "claims.json", tmp_path / "claims.csv"
    bill.write_bytes(claims(*CLAIM, *LINE))
    resource.write_text(json.dumps(claim(item())))
    table.write_text(CSV)
    for path in (bill, resource):
        said = " ".join(run("check", str(path)).out.split())
        assert "--map" not in said
        assert "minutes (4)" in said.partition("quantity (MJ in SV103, min in FHIR): ")[2]
        assert "specialty (4)" in said.partition("with a column NAME: ")[2]
        data = run("check", str(path), "--format", "json").data
        remedies = {each["input"]: each["remedy"] for each in data["summary"]["inputs_not_given"]}
        assert remedies["specialty"].endswith("with a column specialty")
        assert remedies["minutes"].startswith("minutes of anaesthesia as the quantity")
    assert "--map NAME=COLUMN: " in run("check", str(table), str(bill)).out
    told = run("check", str(table), str(bill), "--map", "code=code").err
    assert f"{bill}: --map names columns, of which an 837 or FHIR file has none" in told
    assert f"{table}: --map" not in told
