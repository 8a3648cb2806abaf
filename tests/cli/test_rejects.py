"""The file of rejected records: each with its place, why, and the very bytes, readable by its owner alone."""

import bz2
import csv
import gzip
import io
import json
import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run
from tests.codebook.xlsx import write_xlsx
from tests.formats.claims_837 import CLAIM, LINE
from tests.formats.claims_837 import claims as claims_837

from claimrules.formats.raw import LONGEST_RAW
from claimrules.formats.rejects import raw_bytes, raw_cell

HEADER = b"claim_id,line_id,patient,code,units,from_date,setting\n"
GOOD = b"C%d,1,P1,G0105,1,2025-11-03,\n"
FEW = ("--select", "FMT")
BAD = (
    b"C2,1,P1,G0105,1",
    b"C3,1,P1,G0\x00105,1,2025-11-03",
    b"\x1a",
    b"=SUM(A1),1,P1,G0105,1",
    b"'=a, back\\slash,\ttab",
    b"C4,1,P1,\x81\x8d,1,2025-11-03,",
    b"C5,\xef\xbb\xbfx,P1",
    b'"C6,1,P1,G0105,1,2025-11-03',
)
LONG = b"x" * (3 << 20)


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a file of rejects."""
    csv.field_size_limit(1 << 20)
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def rejects(run: Run, claims: Path, *words: str) -> list[dict[str, str]]:
    """Check a file, and give what was rejected; the file says what the report does, and is private."""
    path = claims.parent / "out" / "rejects.csv"
    path.parent.mkdir(exist_ok=True)
    ended = run("check", str(claims), "--rejects", str(path), "--format", "json", *FEW, *words)
    found = rows(path)
    told = ended.data["rejected"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert "it holds raw health data, so only you can read it" in ended.err
    assert len(found) == len(told) == ended.data["summary"]["rejected"]
    assert [(row["line"], row["reason"]) for row in found] == [(str(e["line"]), e["reason"]) for e in told]
    assert all("raw" not in entry for entry in told)
    return found


def nasty() -> bytes:
    """A file with everything bad, between good lines."""
    lines = [GOOD % 1, *(each + end for each, end in zip(BAD, [b"\n", b"\r\n"] * 4, strict=True))]
    return HEADER + b"".join(lines) + GOOD % 7 + LONG + b"\n" + GOOD % 8


@pytest.mark.parametrize("words", [(), ("--partitions", "3"), ("--engine", "python")])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress], ids=["plain", "gz", "bz2"])
def test_every_line_of_text_is_kept(run: Run, tmp_path: Path, words: tuple[str, ...], pack: Any) -> None:
    """The very bytes come back, plain or packed, whole or in parts; what is too long says that it is cut."""
    claims = tmp_path / "claims.csv"
    claims.write_bytes(pack(nasty()))
    found = rejects(run, claims, *words)
    raw = [raw_bytes(row["raw"]) for row in found]

    assert raw[:-1] == list(BAD)
    assert raw[-1] == LONG[:LONGEST_RAW]
    assert [bool(row["cut"]) for row in found] == [False] * len(BAD) + [True]
    assert found[-1]["cut"].startswith("the first 65,536 of 3,145,72")
    assert not any(row["raw"].startswith(("=", "+", "-", "@", "\t")) for row in found)
    whole = nasty()
    assert all(whole[int(row["offset"]) :].startswith(raw) for row, raw in zip(found, raw, strict=True))


def test_standard_input_is_kept_as_it_is_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be read twice is kept all the same."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(nasty())))
    path = tmp_path / "rejects.csv"
    run("check", "-", "--rejects", str(path), *FEW)

    assert [raw_bytes(row["raw"]) for row in rows(path)][:-1] == list(BAD)


def test_a_record_over_several_lines_is_kept_whole(run: Run, tmp_path: Path) -> None:
    """A quoted line end is part of the raw text, which stays one line of the file."""
    claims, record = tmp_path / "claims.csv", b'"C\r\n2",1,"P\n1",G0105,1,2025-11-03,nowhere'
    claims.write_bytes(HEADER + GOOD % 1 + record + b"\r\n" + GOOD % 3)
    found = rejects(run, claims)

    assert [raw_bytes(row["raw"]) for row in found] == [record]
    assert "\n" not in found[0]["raw"]


@pytest.mark.parametrize("engine", ["python", "polars", "duckdb"])
@pytest.mark.parametrize("words", [(), ("--partitions", "2"), ("--partitions", "2", "--resume", "kept")])
def test_engines_reject_the_same(run: Run, tmp_path: Path, engine: str, words: tuple[str, ...]) -> None:
    """A setting that is none costs its line, with place and bytes, and the frame engines do the rest."""
    pytest.importorskip("polars")
    pytest.importorskip("duckdb")
    claims, bad = tmp_path / "claims.csv", b"=C2,1,P9,G0105,1,2025-11-03,nowhere"
    claims.write_bytes(HEADER + GOOD % 1 + bad + b"\r\n" + GOOD % 3 + b"C4,1,P1,G0105,1,2025-11-03,DME\n")
    claims.write_bytes(claims.read_bytes().replace(b"\r\n", b"\n"))
    resume = [str(tmp_path / word) if word == "kept" else word for word in words]
    found = rejects(run, claims, "--engine", engine, *resume)

    assert [(row["line"], row["offset"]) for row in found] == [("3", str(len(HEADER + GOOD % 1)))]
    assert raw_bytes(found[0]["raw"]) == bad
    assert "its setting is none of" in found[0]["reason"]


@pytest.mark.parametrize("engine", ["python", "polars", "duckdb"])
def test_a_row_of_parquet_is_kept_with_all_columns(run: Run, tmp_path: Path, engine: str) -> None:
    """Columns that are no cells stand in the raw text too."""
    pl = pytest.importorskip("polars")
    pytest.importorskip("duckdb")
    claims = tmp_path / "claims.parquet"
    nested = [{"a": [1, 2]}, {"a": [3]}]
    pl.DataFrame(
        {"code": ["G0105"] * 2, "setting": ["", "none"], "x": nested, "b": [b"\x00\xff"] * 2}
    ).write_parquet(claims)
    found = rejects(run, claims, "--engine", engine)

    assert [json.loads(row["raw"]) for row in found] == [
        {"code": "G0105", "setting": "none", "x": {"a": [3]}, "b": "00ff"}
    ]
    assert found[0]["line"] == "2"


def test_json_is_kept_as_it_stands(run: Run, tmp_path: Path) -> None:
    """A line as it is; a member of a list as JSON that says the same, numbers included."""
    claims = tmp_path / "claims.jsonl"
    good, bad = b'{"code": "G0105", "units": 1}', b'{"code":  {"a": 1.50}, "units": 1}'
    claims.write_bytes(
        b"\n".join([good, bad, b"{no json", b"[" + good + b", " + bad + b"]", b'{"code": 1,"code": 2}'])
    )
    found = [raw_bytes(row["raw"]) for row in rejects(run, claims)]

    assert found == [bad, b"{no json", bad.replace(b"  ", b" "), b'{"code": 1,"code": 2}']


def test_items_of_fhir_are_kept(run: Run, tmp_path: Path) -> None:
    """An item that is no line is kept itself; a claim that is none, whole."""
    item = {
        "sequence": 1,
        "net": {"value": 10.50},
        "productOrService": {"coding": [{"system": "x", "code": "1"}]},
    }
    claim = {"resourceType": "Claim", "status": "active", "item": [item]}
    void = {"resourceType": "Claim", "status": "cancelled", "item": []}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": claim}, {"resource": void}]}
    claims = tmp_path / "claims.json"
    claims.write_text(json.dumps(bundle, indent=1), encoding="utf-8")
    found = [row["raw"] for row in rejects(run, claims)]

    assert found == [json.dumps(item), json.dumps(void)]


def test_a_row_of_a_sheet_is_kept(run: Run, tmp_path: Path) -> None:
    """All cells of the row, as a list, those beyond the header too."""
    pytest.importorskip("python_calamine")
    claims = write_xlsx(
        tmp_path / "claims.xlsx", [["code", "units"], ["G0105", 1.0], ["G0105", 1.0, "=more"]]
    )
    found = rejects(run, claims)

    assert [json.loads(row["raw"]) for row in found] == [["G0105", "1", "=more"]]


@pytest.mark.parametrize("end", [b"~", b"~\r\n"])
def test_segments_of_an_837_are_kept(run: Run, tmp_path: Path, end: bytes) -> None:
    """The segments of a line that is rejected, from its own to the next line's, as they stand."""
    claims = tmp_path / "claims.837"
    dental = ("LX*2", "SV3*AD:D0120*10", "DTP*472*D8*20251103", "REF*6R*7")
    empty = ("CLM*C78*300***11:B:1*Y*A*Y*Y", "HI*ABK:K2970")
    text = claims_837(*CLAIM, *LINE, *dental, *LINE, *empty).replace(b"~\n", end)
    long = b"CLM*C79*1***11:B:1" + end + b"REF*" + b"x" * 99 + end
    text = text.replace(b"SE*", long + (b"REF*EA*1" + end) * 9_000 + b"SE*", 1)
    claims.write_bytes(text)
    found = rejects(run, claims)
    raw = [raw_bytes(row["raw"]) for row in found]

    assert raw[0].strip() == end.join(each.encode() for each in (*dental, "")).strip()
    assert raw[1].strip() == end.join(each.encode() for each in (*empty, "")).strip()
    assert len(raw[2]) == LONGEST_RAW
    assert all(text[int(row["offset"]) :].startswith(each) for row, each in zip(found, raw, strict=True))
    sizes = [int(row["cut"].split()[-2].replace(",", "")) for row in found if row["cut"]]
    assert sizes == [len(long + (b"REF*EA*1" + end) * 9_000) - (len(end) - 1)]


@pytest.mark.parametrize(
    "raw",
    [
        bytes(range(256)),
        b"",
        b"'",
        b"'=",
        b"\\x41\\n",
        "\u00e9\ufeff\u2028".encode(),
        b"\xed\xa0\x80",
        b"\t-",
    ],
)
def test_the_bytes_come_back(raw: bytes) -> None:
    """Whatever the bytes, the cell is one line, no formula, and gives them back."""
    cell = raw_cell(raw)

    assert raw_bytes(cell) == raw
    assert not cell.startswith(("=", "+", "-", "@", "\t"))
    assert not {"\n", "\r", "\x00"} & set(cell)


def test_nobody_asked(run: Run, tmp_path: Path) -> None:
    """Without the option no report holds a raw line."""
    claims = tmp_path / "claims.csv"
    claims.write_bytes(nasty())
    ended = run("check", str(claims), "--format", "json", *FEW)

    assert ended.data["summary"]["rejected"] == len(BAD) + 1
    assert "SUM(A1)" not in ended.out + ended.err


LISTENING = (
    "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "runpy.run_module('claimrules', run_name='__main__')"
)
"""The command as a terminal starts it: a job in the background inherits that Ctrl-C is ignored."""


def stopped(child: "subprocess.Popen[bytes]", number: int) -> int:
    """Send a signal until it is heard: one that comes just before a read blocks waits for what is read."""
    for _ in range(60):
        os.kill(child.pid, number)
        with suppress(subprocess.TimeoutExpired):
            return child.wait(1)
    return child.wait(1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_leaves_nothing(tmp_path: Path, number: int) -> None:
    """What stood there before is as it was, and nothing lies beside it."""
    path = tmp_path / "rejects.csv"
    path.write_text("before", encoding="utf-8")
    command = [sys.executable, "-c", LISTENING, "check", "-", "--rejects", str(path), *FEW]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as child:  # noqa: S603 (our own)
        assert child.stdin is not None
        child.stdin.write(nasty())
        child.stdin.flush()
        for _ in range(300):
            if len(list(tmp_path.iterdir())) > 1:
                break
            time.sleep(0.1)
        code = stopped(child, number)

    assert code != 0
    assert path.read_text(encoding="utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
