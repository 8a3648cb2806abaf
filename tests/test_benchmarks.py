"""The benchmarks run; what they measure is never asserted."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.benchmarks import by_hand
from tests.benchmarks.beside_peers import Size, measure
from tests.benchmarks.peers.eight import EIGHT
from tests.benchmarks.published_files import write_published
from tests.benchmarks.synthetic import COLUMNS, claim_lines, rows

from claimrules import Checker, CodeBook, Rulebook

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ROOT / "tests" / "benchmarks"


def run(
    script: str, *words: str, size: str = "--lines", before: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run one as a user does; ``before`` is a folder whose modules go first."""
    paths = [*([str(before)] if before else []), str(ROOT / "src")]
    command = [sys.executable, str(BENCHMARKS / script), size, "2000", "--rounds", "1", *words]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 (our own)


def test_the_line_engine_prints_its_table() -> None:
    """Three ways to check lines, each with its two numbers, and claims with a history."""
    ended = run("line_engine.py", "--claims", "20")

    assert ended.returncode == 0, ended.stderr
    assert "line engine: 2,000 lines, 12% distinct" in ended.stdout
    assert "lines a second" in ended.stdout
    assert [line.split()[0] for line in ended.stdout.splitlines()[2:]] == [
        "outcomes",
        "check_line",
        "check_lines",
        "check:",
        "check,",
        "check,",
        "check,",
    ]


@pytest.mark.parametrize("engine", ["polars"])
def test_the_frame_engine_prints_its_table(engine: str) -> None:
    """The bare scan, the line rules, all rules, and the memory. DuckDB plans all rules for minutes."""
    pytest.importorskip(engine)
    ended = run("frame_engine.py", "--engine", engine)

    assert ended.returncode == 0, ended.stderr
    assert f"frame engine on {engine}: 2,000 lines, 12% distinct" in ended.stdout
    assert "x bare scan" in ended.stdout
    heads = [" ".join(line.split()[:2]) for line in ended.stdout.splitlines()[2:]]
    assert heads == ["bare scan", "line rules", "all rules", "peak memory"]


def test_a_large_file_keeps_its_lines() -> None:
    """Each size is a row; a line that was lost would end it."""
    pytest.importorskip("polars")
    command = [sys.executable, str(BENCHMARKS / "large_file.py"), "--lines", "500", "1000"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 (our own)

    assert ended.returncode == 0, ended.stderr
    assert [line.split()[0] for line in ended.stdout.splitlines()] == ["lines", "500", "1,000"]


def test_the_peers_find_what_claimrules_finds() -> None:
    """Those of the environment that tests have: the exit code says that all findings are equal."""
    pytest.importorskip("polars")
    ended = run(
        "beside_peers.py", "--few", "1500", "--peers", "claimrules_counts", "duckdb", "pandas", "plain_python"
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    rows = [
        [cell.strip() for cell in line.split("|")] for line in ended.stdout.splitlines() if line[0] == "|"
    ][2:]
    assert "hand-written Polars" in [row[1] for row in rows]
    assert "a loop in Python" in [row[1] for row in rows]
    assert {row[2] for row in rows} == {"8 of 8"}
    assert {row[3] for row in rows} == {"equal"}


def test_each_of_the_eight_checks_fires_in_the_lines() -> None:
    """Else equal findings would prove nothing of it."""
    pytest.importorskip("polars")
    ended = run("beside_peers.py", "--few", "1500", "--peers", "plain_python")

    told = re.findall(r"([A-Z]+\d{3}) ([\d,]+)", ended.stdout.splitlines()[0])
    assert len(told) == 8
    assert all(int(number.replace(",", "")) > 0 for _, number in told)


def test_a_peer_that_finds_something_else_is_told(tmp_path: Path) -> None:
    """Of the checks that it makes; what it cannot say is not held against it."""
    one, other = ("C1", "1", "ASST101"), ("C1", "2", "STAT103")
    size, found = Size(path=tmp_path, lines=2), {one}
    peers = (SimpleNamespace(run=lambda *_: found, pairs=set, CHECKS=c) for c in (EIGHT, ("ASST101",)))

    equal = [measure(peer, size, tmp_path, {one, other}, rounds=1).equal for peer in peers]

    assert equal == [False, True]


def test_the_837_reader_prints_its_numbers() -> None:
    """Megabytes and lines a second, and the peak of memory."""
    command = [sys.executable, str(BENCHMARKS / "x12_reader.py"), "--megabytes", "0.2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 (our own)

    assert ended.returncode == 0, ended.stderr
    assert "837 reader: 0.2 MB" in ended.stdout
    assert "peak memory" in ended.stdout


def test_the_code_book_prints_its_table() -> None:
    """Of files of invented content: every one is recognised and gives something to look up."""
    ended = run("code_book.py", size="--pairs")

    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[0].startswith("code book: 4 files, ")
    assert "35,000 rows in the book" in lines[1]
    assert "54,000 rows in the book" in lines[2]
    heads = [line[:44].strip() for line in lines[3:]]
    looked_up = [f"open, first {name}" for name in ("code", "mue", "pair")]
    assert [head for head in heads if head.startswith("open, ")] == looked_up
    assert heads[-1] == "peak memory of all look-ups"


def test_the_code_book_is_measured_on_files_that_are_given(tmp_path: Path) -> None:
    """A folder, and one more file; tables that are not there are left out."""
    (schedule, *_), add = write_published(tmp_path, 10)
    folder = tmp_path / "given"
    folder.mkdir()
    schedule.rename(folder / schedule.name)

    ended = run("code_book.py", str(folder), "--add", str(add), size="--pairs")

    assert ended.returncode == 0, ended.stderr
    assert "code book: 1 files, " in ended.stdout
    assert "38,000 rows in the book" in ended.stdout
    assert "open, first code" in ended.stdout
    assert "open, first pair" not in ended.stdout


def test_without_polars_the_message_says_what_to_install(tmp_path: Path) -> None:
    """And the exit code is 2."""
    (tmp_path / "polars.py").write_text('raise ModuleNotFoundError("no polars", name="polars")\n')

    ended = run("frame_engine.py", before=tmp_path)

    assert ended.returncode == 2
    assert ended.stderr == "polars is not installed: pip install 'claimrules[batch]'\n"


@pytest.mark.parametrize("share", [0.02, 0.12, 0.9])
def test_as_many_combinations_are_drawn_as_asked_for(share: float) -> None:
    """The same lines from the same seed, one to four a claim, three months of days."""
    drawn = list(rows(3_000, share, seed=7))
    named = [dict(zip(COLUMNS, row, strict=True)) for row in drawn]

    assert drawn == list(rows(3_000, share, seed=7))
    assert len({(*row[4:10], row[12]) for row in drawn}) == round(3_000 * share)
    assert max(Counter(row["claim_id"] for row in named).values()) <= 4
    assert len({row["from_date"][:7] for row in named}) == 3


def test_the_lines_give_something_to_find() -> None:
    """Findings, lines that nothing corrects or denies, and more than one rule."""
    result = Checker().check_lines(claim_lines(2_000, 0.12))

    fired = [code for code, counts in result.rules.items() if counts.fired]
    assert len(fired) > 2
    grave = [found for found in result.findings if found.severity in ("deny", "return")]
    assert len({(found.claim_id, found.line_id) for found in grave}) < 1_000


@pytest.mark.parametrize("name", by_hand.names())
def test_claims_made_by_hand_can_be_read(name: str) -> None:
    """Each has lines, and each wrong one names a rule that there is."""
    rules = {rule.code for rule in Rulebook.load(preview=True).rules}
    for entry in by_hand.claims(name):
        assert by_hand.read_lines(entry["lines"], "C1")
        assert (entry.get("finds") in rules) == (name == by_hand.WRONG), entry["lines"]


def test_a_right_claim_that_is_denied_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is a wrong one that is not found."""
    bilateral = {"lines": ["G0105-50 2025-11-03 @22"]}
    made = {"right": [bilateral], by_hand.WRONG: [{**bilateral, "finds": "BILAT102"}]}
    monkeypatch.setattr(by_hand, "names", lambda: list(made))
    monkeypatch.setattr(by_hand, "claims", made.__getitem__)

    said = list(by_hand.complaints(CodeBook.starter()))

    assert said == [
        "right: return BILAT101 line 1 of ['G0105-50 2025-11-03 @22']",
        "wrong: BILAT102 does not find ['G0105-50 2025-11-03 @22']",
    ]
