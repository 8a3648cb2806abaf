"""A check in parts says what a check in one piece says."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

HEADER = "claim_id,line_id,patient,provider,code,modifier_1,units,from_date,charge\n"
FEW = ("--select", "BILAT,FMT,DUP,MUE", "--as-of", "2026-01-01", "--exit-zero")


def claims(lines: int) -> str:
    """Lines of some patients: duplicates across claims, claims that name several patients, blank patients."""
    made = []
    for number in range(lines):
        patient = "" if number % 7 == 0 else f"P{number * 5 % 23}"
        day = f"2025-1{number % 3}-0{1 + number % 4}"
        code, modifier = ("G0105", "50") if number % 3 else ("G0121", "")
        made.append(f"C{number // 2 % 31},{number},{patient},1234567893,{code},{modifier},2,{day},10.00\n")
    return HEADER + "".join(made)


def told(run: Run, folder: Path, *words: str) -> tuple[dict[str, Any], list[list[str]]]:
    """The summary of a check, and its findings in an order of their own."""
    path = folder / "findings.csv"
    data = run("check", *words, "--findings", str(path), "--format", "json", *FEW).data
    with path.open(encoding="utf-8", newline="") as stream:
        found = sorted(csv.reader(stream))
    summary = data["summary"]
    for entry in summary["unknown"]:
        entry["what"] = entry["what"].partition(": ")[0]
    summary["unknown"].sort(key=json.dumps)
    return summary, found


@pytest.mark.parametrize("engine", ["python", "polars", "duckdb"])
def test_parts_say_what_the_whole_says(run: Run, tmp_path: Path, engine: str) -> None:
    """Counts and findings are the same in one piece and in five, also where claims name several patients."""
    if engine != "python":
        pytest.importorskip(engine)
    path = tmp_path / "claims.csv"
    path.write_text(claims(150), encoding="utf-8")
    one, several = (
        told(run, tmp_path, str(path), "--engine", engine, "--partitions", number) for number in ("1", "5")
    )

    assert len(one[1]) > 100
    assert several == one


@pytest.mark.parametrize("engine", ["python", "polars"])
def test_history_is_set_aside_with_its_patients(run: Run, tmp_path: Path, engine: str) -> None:
    """Lines of a history prove in parts what they prove in one piece; those that are checked too are not."""
    if engine != "python":
        pytest.importorskip(engine)
    path, past = tmp_path / "claims.csv", tmp_path / "past.csv"
    path.write_text(claims(60), encoding="utf-8")
    past.write_text(claims(150).replace("\nC", "\nD") + claims(9).split("\n", 1)[1], encoding="utf-8")
    words = (str(path), "--history", str(past), "--history-complete-from", "2025-01-01", "--engine", engine)
    one, several = (told(run, tmp_path, *words, "--partitions", number) for number in ("1", "9"))
    ended = run("check", *words, "--partitions", "9", "--format", "json", *FEW)
    history = ended.data["run"]["history"]

    assert several == one
    assert (history["lines"], history["twins"]) == (150, 9)


@pytest.mark.parametrize("engine", ["python", "polars"])
def test_what_a_void_without_a_patient_takes_back_is_not_parted_from_it(
    run: Run, tmp_path: Path, engine: str
) -> None:
    """Else a claim that was taken back would make another one a duplicate."""
    if engine != "python":
        pytest.importorskip(engine)
    header = HEADER.replace("\n", ",frequency,replaces\n")
    line = "1234567893,G0105,,1,2025-11-03,10.00"
    claims = [f"N{number},1,P{number},{line},1,\n" for number in range(9)]
    earlier = [f"O{number},1,P{number},{line},1,\nV{number},1,,{line},8,O{number}\n" for number in range(9)]
    path, past = tmp_path / "claims.csv", tmp_path / "past.csv"
    path.write_text(header + "".join(claims), encoding="utf-8")
    past.write_text(header + "".join(earlier), encoding="utf-8")
    words = (str(path), "--history", str(past), "--history-complete-from", "2025-01-01", "--engine", engine)
    one, several = (told(run, tmp_path, *words, "--partitions", number) for number in ("1", "7"))

    assert several == one
    assert not one[0]["rules"]["DUP101"]["fired"]


@pytest.mark.parametrize("engine", ["python", "polars"])
def test_lines_of_mixed_claims_stand_in_the_order_of_the_file(run: Run, tmp_path: Path, engine: str) -> None:
    """Of two lines of a claim that are the same, whoever is named, the second is told."""
    if engine != "python":
        pytest.importorskip(engine)
    path = tmp_path / "claims.csv"
    lines = [
        f"C{number // 2},{number},P{number * 7 % 61},1234567893,G0105,,1,2025-11-03,10.00\n"
        for number in range(80)
    ]
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    words = (str(path), "--engine", engine)
    one, several = (told(run, tmp_path, *words, "--partitions", number) for number in ("1", "9"))

    assert several == one
    assert [row[1] for row in one[1] if row[2] == "DUP103"]


def test_no_line_is_lost_of_a_file_that_is_not_plain(run: Run, tmp_path: Path) -> None:
    """Ragged rows and NUL bytes are rejected in parts too, and all else is checked."""
    path = tmp_path / "claims.csv"
    path.write_bytes(claims(40).encode() + b"C1,1,P1\n" + b"C1,1,P1,12\x00,G0105,50,1,2025-11-03,1\n")
    one, several = (told(run, tmp_path, str(path), "--partitions", number) for number in ("1", "3"))

    assert several == one
    assert several[0]["lines"] == several[0]["checked"] + several[0]["rejected"]
    assert several[0]["rejected"] > 0


@pytest.mark.parametrize("number", ["1", "3"])
def test_a_header_alone_is_checked(run: Run, tmp_path: Path, number: str) -> None:
    """No line is no fault."""
    path = tmp_path / "claims.csv"
    path.write_text(HEADER, encoding="utf-8")
    ended = run("check", str(path), "--partitions", number, "--format", "json", *FEW)

    assert ended.code == 0
    assert ended.data["summary"]["lines"] == 0


def test_more_parts_than_anybody_means_are_refused(run: Run, tmp_path: Path) -> None:
    """Each takes its time, also where it holds no line."""
    path = tmp_path / "claims.csv"
    path.write_text(claims(2), encoding="utf-8")
    ended = run("check", str(path), "--partitions", "999999999", *FEW)

    assert (ended.code, ended.out) == (2, "")
    assert "--partitions 999999999: takes at most 10,000" in ended.err
