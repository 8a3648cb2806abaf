"""Files, folders and patterns in one call: which files are meant, and what is said of the others."""

import bz2
import gzip
import json
import resource
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.formats.claims_837 import CLAIM, LINE, claims

from claimrules.cli.errors import Stop
from claimrules.cli.inputs import inputs_of

HEADER = "code,modifier_1,units,from_date\n"
FIRES = "G0105,50,1,2025-11-03\n"
FEW = ("--select", "BILAT", "--as-of", "2026-01-01", "--exit-zero")


def fill(folder: Path, *names: str) -> Path:
    """Write a table of one line under each name."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER + FIRES, encoding="utf-8")
    return folder


def test_a_folder_is_walked_in_the_order_of_names(tmp_path: Path) -> None:
    """Known kinds are taken, packed ones too; the others are named, and counted where they are many."""
    fill(tmp_path, "b.csv", "a.csv", "sub/c.CSV.gz", "d.gz", "e.837", "~$e.xlsx", ".hidden/f.csv", "g.pdf.gz")
    fill(tmp_path, "a.findings.csv", "notes.md")
    found = inputs_of([str(tmp_path)])

    assert [path.relative_to(tmp_path).as_posix() for path in found.paths] == [
        *("a.csv", "b.csv", "d.gz", "e.837", "sub/c.CSV.gz"),
    ]
    assert len(found.notes) == 1
    assert (
        "5 files of other kinds passed over: .hidden, a.findings.csv, g.pdf.gz and 2 more" in found.notes[0]
    )


def test_a_pattern_is_expanded(tmp_path: Path) -> None:
    """A quoted pattern stands for the files that it fits, in the order of their names."""
    fill(tmp_path, "b.csv", "a.csv", "x.txt", "sub/deep/c.csv")
    patterns = [str(tmp_path / name) for name in ("*.csv", "**/c.csv")]

    assert [path.name for path in inputs_of(patterns).paths] == ["a.csv", "b.csv", "c.csv"]


def test_a_file_may_be_called_like_a_pattern(tmp_path: Path) -> None:
    """What is there by that name is meant."""
    fill(tmp_path, "a[1].csv", "a1.csv")

    assert [path.name for path in inputs_of([str(tmp_path / "a[1].csv")]).paths] == ["a[1].csv"]


def test_a_file_that_is_given_twice_is_read_once(run: Run, tmp_path: Path) -> None:
    """By itself and in its folder: its lines are no duplicates of themselves, and it is said."""
    fill(tmp_path, "a.csv", "b.csv")
    ended = run("check", str(tmp_path), str(tmp_path / "a.csv"), "--format", "json", *FEW)

    assert ended.data["summary"]["lines"] == 2
    assert "1 file given more than once: each is read once" in ended.err


@pytest.mark.parametrize("word", ["", "*.csv"])
def test_nothing_to_read_is_an_error(run: Run, tmp_path: Path, word: str) -> None:
    """An empty folder and a pattern that fits nothing say so."""
    (tmp_path / "picture.png").write_bytes(b"")
    ended = run("check", str(tmp_path / word))

    assert (ended.code, ended.out) == (2, "")
    assert ("no file has a name like that" if word else "the folder holds no file of claims") in ended.err


@pytest.mark.parametrize(
    "words",
    [
        ("check", ""),
        ("globals", " "),
        ("check", "a.csv", "--history", ""),
        ("book", "build", "", "--output", "b"),
        ("scenarios", "run", ""),
    ],
)
def test_a_blank_name_is_no_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """A shell writes it where a variable is not set: the folder one is in was not meant."""
    monkeypatch.chdir(tmp_path)
    fill(tmp_path, "a.csv")
    ended = run(*words)

    assert (ended.code, ended.out) == (2, "")
    assert "the name of a file is blank" in ended.err


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("exprots", "exports"),
        ("exports/clams.csv", "exports/claims.csv"),
        ("exprots/claims.csv", "exports/claims.csv"),
    ],
)
def test_what_was_meant_is_named(run: Run, tmp_path: Path, word: str, meant: str) -> None:
    """A folder or a file with a slip in its name: the one that is called nearly so."""
    fill(tmp_path, "exports/claims.csv")
    ended = run("check", str(tmp_path / word), *FEW)

    assert ended.code == 2
    assert ended.err.endswith(f"(No such file or directory); did you mean {tmp_path / meant}?\n")


def test_what_is_like_nothing_there_names_nothing(run: Run, tmp_path: Path) -> None:
    """A folder of that name has no such file either."""
    fill(tmp_path, "exports/claims.csv")
    for word in ("zzz", "exprots/zzz.csv"):
        assert "did you mean" not in run("check", str(tmp_path / word), *FEW).err


def test_standard_input_stands_once() -> None:
    """It can be read once."""
    with pytest.raises(Stop, match="stands twice"):
        inputs_of(["-", "-"])


def test_what_a_run_writes_is_no_input_of_the_next(run: Run, tmp_path: Path) -> None:
    """Findings and report lie in the folder that is read, and a second run reads the same files."""
    fill(tmp_path, "a.csv")
    words = (
        "check",
        str(tmp_path),
        "--findings",
        str(tmp_path / "f.csv"),
        "--output",
        str(tmp_path / "o.txt"),
    )
    first, second = run(*words, *FEW), run(*words, *FEW)

    assert (first.code, second.code) == (0, 0)
    assert "passed over: f.csv, o.txt" in second.err


def test_each_file_is_what_its_content_says(run: Run, tmp_path: Path) -> None:
    """Format, columns and dates are found file by file; each is counted in the report."""
    fill(tmp_path, "a.csv")
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(b"HCPCS|DOS\nG0121|11/30/2025\nG0121|11/29/2025\n"))
    (tmp_path / "c.json.bz2").write_bytes(bz2.compress(b'[{"code": "G0105", "from_date": "2025-11-03"}]'))
    (tmp_path / "d.837").write_bytes(claims(*CLAIM, *LINE))
    ended = run("check", str(tmp_path), *FEW)
    told = " ".join(ended.out.split())

    assert "lines 5 5 checked 0 rejected" in told
    assert "files 4" in told
    assert f"{tmp_path / 'b.txt.gz'}: 2 records" in told
    assert "b.txt.gz: HCPCS is read as code" in ended.err


def test_a_file_that_is_no_claims_is_named(run: Run, tmp_path: Path) -> None:
    """It stops the run, with its fault: a file is never left out in silence."""
    fill(tmp_path, "a.csv")
    (tmp_path / "b.csv").write_text("name,age\nx,1\n", encoding="utf-8")
    ended = run("check", str(tmp_path), *FEW)

    assert ended.code == 2
    assert f"{tmp_path / 'b.csv'}: no column holds the code" in ended.err


def test_files_of_one_name_are_told_apart_by_their_path(run: Run, tmp_path: Path) -> None:
    """Lines without an id have the path before their number then."""
    fill(tmp_path, "jan/a.csv", "feb/a.csv")
    found = run("check", str(tmp_path), "--format", "json", *FEW).data["findings"]

    assert [each["line_id"] for each in found] == [
        f"{tmp_path / name}:1" for name in ("feb/a.csv", "jan/a.csv")
    ]


@pytest.mark.parametrize(("files", "parts"), [(10_000, "1"), (500, "2")])
def test_ten_thousand_files(run: Run, tmp_path: Path, files: int, parts: str) -> None:
    """No descriptor is held for each, every line is checked, and the report stays short."""
    names = [f"{number // 1000}/{number:05}.csv" for number in range(files)]
    fill(tmp_path, *names)
    (tmp_path / "0" / "00350.csv").write_text(HEADER + FIRES + "G0105\n", encoding="utf-8")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))
    try:
        words = ("--partitions", parts, "--engine", "python", "--no-findings-file")
        ended = run("check", str(tmp_path), *words, *FEW)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    told = " ".join(ended.out.split())

    assert f"lines {files + 1:,} {files:,} checked 1 rejected" in told
    assert "BILAT101" in told
    assert f"files {files:,}" in told
    assert len((ended.out + ended.err).splitlines()) < 60


def test_frames_take_many_files(run: Run, tmp_path: Path) -> None:
    """The frame engine says of many files, in one piece and in parts, what the line engine says."""
    pytest.importorskip("polars")
    fill(tmp_path, *(f"{number:03}.csv" for number in range(70)))
    ways = (("python", "1"), ("polars", "1"), ("polars", "3"))
    said = [
        run("check", str(tmp_path), "--engine", engine, "--partitions", parts, "--format", "json", *FEW).data
        for engine, parts in ways
    ]

    assert said[0]["run"]["records"] == [1] * 70
    assert said[1]["run"] == said[2]["run"] == said[0]["run"]
    assert said[1]["summary"] == said[2]["summary"] == said[0]["summary"]
    findings = [sorted(map(json.dumps, each["findings"])) for each in said]
    assert findings[1] == findings[2] == findings[0]


def test_a_history_may_be_a_folder(run: Run, tmp_path: Path) -> None:
    """Its files prove, and are told; standard input is none."""
    fill(tmp_path, "claims.csv", "past/a.csv", "past/b.csv")
    claims_file, past = str(tmp_path / "claims.csv"), str(tmp_path / "past")
    found = run("check", claims_file, "--history", past, "--format", "json", *FEW)

    assert len(found.data["run"]["history"]["files"]) == 2
    assert run("check", claims_file, "--history", "-", *FEW).code == 2
