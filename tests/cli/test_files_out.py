"""The files beside a report: every finding and every rejected record, whole or not at all."""

import csv
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from claimrules.formats.findings import COLUMNS
from claimrules.formats.rejects import raw_bytes

HEADER = "claim_id,line_id,patient,provider,code,modifier_1,units,from_date\n"
LINE = "C{0},1,P{0},1234567893,G0105,50,1,2025-11-03\n"
FEW = ("--select", "BILAT,FMT")
NASTY = (
    HEADER.encode()
    + LINE.format(1).encode()
    + b"C2,1,P2,1234567893,G0105,50,1\n"
    + b"C3,1,P3,1234567893,G0\x00105,50,1,2025-11-03\r\n"
    + b"\n"
    + b"C4,1,P4,1234567893,G0105,50,1,2025-11-03,more\n"
    + LINE.format(5).encode()
    + b'"C6,1,P6,1234567893,G0105,50,1,2025-11-03\n'
    + LINE.format(7).encode()
)


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_lines_in_are_checked_or_rejected(run: Run, tmp_path: Path) -> None:
    """Of a nasty file every record is checked, or stands in the rejects with place and reason."""
    claims, rejects = tmp_path / "claims.csv", tmp_path / "rejects.csv"
    claims.write_bytes(NASTY)
    ended = run("check", str(claims), "--rejects", str(rejects), "--format", "json", "--strict", *FEW)
    summary, found = ended.data["summary"], rows(rejects)

    assert ended.code == 1
    assert summary["lines"] == summary["checked"] + summary["rejected"]
    assert len(found) == summary["rejected"] == len(ended.data["rejected"]) > 0
    assert all(entry["reason"] and int(entry["line"]) > 1 for entry in found)
    assert all(NASTY[int(entry["offset"]) :].startswith(raw_bytes(entry["raw"])) for entry in found)
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600


@pytest.mark.parametrize("engine", ["python", "polars"])
def test_beside_a_file_the_object_holds_the_first(run: Run, tmp_path: Path, engine: str) -> None:
    """With a file of all findings the object holds the first of each rule; the counts stay."""
    if engine == "polars":
        pytest.importorskip("polars")
    claims, path = tmp_path / "claims.csv", tmp_path / "findings.csv"
    claims.write_text(HEADER + "".join(map(LINE.format, range(30))), encoding="utf-8")
    words = ("check", str(claims), "--format", "json", "--engine", engine, *FEW)
    whole = run(*words).data
    ended = run(*words, "--findings", str(path), "--limit", "3").data

    assert ended["summary"] == whole["summary"]
    assert len(whole["findings"]) == len(rows(path)) == 30
    assert ended["findings"] == whole["findings"][:3]


@pytest.mark.parametrize("engine", ["python", "polars"])
@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_every_finding_is_in_the_file(run: Run, tmp_path: Path, suffix: str, engine: str) -> None:
    """The file holds as many findings as the summary counts, whatever the text shows."""
    if engine == "polars" or suffix == ".parquet":
        pytest.importorskip("polars")
    claims, path = tmp_path / "claims.csv", tmp_path / f"findings{suffix}"
    claims.write_text(HEADER + "".join(map(LINE.format, range(30))), encoding="utf-8")
    words = ("check", str(claims), "--findings", str(path), "--limit", "2", "--engine", engine, *FEW)
    summary = run(*words, "--format", "json").data["summary"]
    if suffix == ".parquet":
        import polars as pl  # noqa: PLC0415 (an extra)

        found = pl.read_parquet(path).to_dicts()
    elif suffix == ".csv":
        found = [dict(row) for row in rows(path)]
    else:
        found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    assert len(found) == sum(summary["findings"].values()) >= 30
    assert tuple(found[0]) == COLUMNS
    assert {row["claim_id"] for row in found if row["rule"] == "BILAT101"} == {f"C{n}" for n in range(30)}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(["claims.csv", path.name])


def test_no_cell_is_a_formula(run: Run, tmp_path: Path) -> None:
    """An id that a spreadsheet would run has an apostrophe before it in CSV, and none in JSON Lines."""
    claims = tmp_path / "claims.csv"
    claims.write_text(HEADER + LINE.replace("C{0}", "=1+1").format(1), encoding="utf-8")
    paths = [tmp_path / name for name in ("findings.csv", "findings.jsonl")]
    for path in paths:
        run("check", str(claims), "--findings", str(path), *FEW)

    assert {row["claim_id"] for row in rows(paths[0])} == {"'=1+1"}
    assert '"claim_id": "=1+1"' in paths[1].read_text(encoding="utf-8")


def test_a_failed_run_leaves_what_was_there(run: Run, tmp_path: Path) -> None:
    """Findings of a run that cannot be done replace nothing."""
    path, claims = tmp_path / "findings.csv", tmp_path / "claims.csv"
    path.write_text("before", encoding="utf-8")
    claims.write_bytes(b"")
    ended = run("check", str(claims), "--findings", str(path), *FEW)

    assert ended.code == 2
    assert path.read_text(encoding="utf-8") == "before"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["claims.csv", "findings.csv"]


@pytest.mark.parametrize(
    "words",
    [
        ("--findings", "findings.txt"),
        ("--findings", "claims.csv"),
        ("--findings", "a.csv", "--rejects", "a.csv"),
        ("--findings", "../{0}/a.csv", "--rejects", "a.csv"),
        ("--output", "-"),
        ("--rejects", "-"),
    ],
)
def test_files_that_cannot_be_written_are_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """A suffix of no form, an input, and one file for two things are refused before any work."""
    monkeypatch.chdir(tmp_path)
    Path("claims.csv").write_text(HEADER + LINE.format(1), encoding="utf-8")

    assert run("check", "claims.csv", *(word.format(tmp_path.name) for word in words)).code == 2
    assert [each.name for each in tmp_path.iterdir()] == ["claims.csv"]


@pytest.mark.parametrize("option", ["--output", "--rejects"])
@pytest.mark.parametrize("stands", ["stdin", "stdout"])
def test_what_standard_input_or_output_is_stays(tmp_path: Path, option: str, stands: str) -> None:
    """A file that is written would take its place: also through a name such as ``/dev/stdout``."""
    claims, link = tmp_path / "claims.csv", tmp_path / "link"
    claims.write_text(HEADER + LINE.format(1), encoding="utf-8")
    files = {"stdin": claims, "stdout": tmp_path / "report"}
    files["stdout"].touch()
    link.symlink_to(files[stands])
    command = [sys.executable, "-m", "claimrules", "check", "-", option, str(link)]
    with files["stdin"].open("rb") as given, files["stdout"].open("wb") as taken:
        ended = subprocess.run(command, stdin=given, stdout=taken, stderr=subprocess.PIPE, check=False)  # noqa: S603 (our own)

    assert ended.returncode == 2
    assert b"is standard input or output" in ended.stderr
    assert link.is_symlink()
    assert claims.read_text(encoding="utf-8") == HEADER + LINE.format(1)


def many(folder: Path, lines: int = 1001) -> Path:
    """A file with so many findings."""
    path = folder / "claims.csv"
    path.write_text(HEADER + "".join(map(LINE.format, range(lines))), encoding="utf-8")
    return path


@pytest.mark.parametrize("engine", ["python", "polars"])
def test_many_findings_have_a_file_of_their_own(run: Run, tmp_path: Path, engine: str) -> None:
    """More than a thousand: a file beside the input, which only its owner reads, and which is named."""
    if engine == "polars":
        pytest.importorskip("polars")
    claims = many(tmp_path)
    ended = run("check", str(claims), "--engine", engine, *FEW)
    path = tmp_path / "claims.csv.findings.csv"

    assert len(rows(path)) == 1001
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert f"{path}: 1,001 findings" in ended.err
    assert f"every one in {path}" in " ".join(ended.out.split())
    assert run("check", str(claims), *FEW).code == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["claims.csv", path.name]


@pytest.mark.parametrize(
    "words",
    [("--no-findings-file",), ("--format", "json"), ("--limit", "2", "--findings", "named.csv"), ()],
)
def test_no_file_that_was_not_wanted(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """None if it is refused, JSON tells all, another file is named, or there are only a thousand."""
    monkeypatch.chdir(tmp_path)
    ended = run("check", str(many(tmp_path, 1001 if words else 1000)), *words, *FEW)

    assert ended.code == 1
    assert [each.name for each in tmp_path.glob("*.findings*")] == []
    assert ("--findings FILE.csv" in ended.err) == (words == ("--no-findings-file",))


def test_a_file_of_something_else_stays(run: Run, tmp_path: Path) -> None:
    """What is called like the findings and holds something else is not written over."""
    claims, other = many(tmp_path), tmp_path / "claims.csv.findings.csv"
    other.write_text("mine\n", encoding="utf-8")
    run("check", str(claims), *FEW)

    assert other.read_text(encoding="utf-8") == "mine\n"
    assert len(rows(tmp_path / "claims.csv.findings-2.csv")) == 1001


def test_a_folder_that_cannot_be_written_to_costs_the_file_alone(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report is there, and says that the file is not."""
    claims = many(tmp_path)

    def refuse(**_settings: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("claimrules.cli.output.tempfile.mkstemp", refuse)
    ended = run("check", str(claims), *FEW)

    assert ended.code == 1
    assert "BILAT101" in ended.out
    assert "not written (Permission denied); --findings FILE.csv writes all 1,001 findings" in ended.err


def test_findings_of_a_folder_stand_beside_it(run: Run, tmp_path: Path) -> None:
    """And a second run does not read them."""
    folder = tmp_path / "exports"
    folder.mkdir()
    many(folder)
    for _ in range(2):
        run("check", str(folder), *FEW)
        run("check", str(folder / "*.csv"), *FEW)

    assert len(rows(tmp_path / "exports.findings.csv")) == 1001
    assert len(rows(folder / "claimrules.findings.csv")) == 1001
