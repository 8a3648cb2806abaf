"""A run that was killed goes on, and ends as an undisturbed one."""

import errno
import os
import signal
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import attrs
import pytest
from tests.cli.conftest import Ended, Run
from tests.cli.test_parts import FEW, claims
from tests.pairs_made import pair_book

from claimrules import Checker, ClaimLine
from claimrules.cli.journal import Journal, PartDone
from claimrules.codebook import PairRow
from claimrules.model.period import OPEN_END

GOES_ON = "the same command goes on from here"
WORDS = (*FEW, "--partitions", "12", "--engine", "python")


KILLED = """
import os, signal, sys
from claimrules.cli import main
seen, sync = 0, os.fsync
def kill(number):
    global seen
    seen += 1
    if seen == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    sync(number)
os.fsync = kill
main(sys.argv[2:])
"""
"""The command, which kills itself while it writes its n-th file: first what is run, then each part."""


@pytest.mark.parametrize("number", [1, 4])
@pytest.mark.parametrize("engine", ["python", "polars"])
def test_a_killed_run_goes_on(run: Run, tmp_path: Path, engine: str, number: int) -> None:
    """After kill -9, early or in the middle, the same command writes the same findings, and cleans up."""
    if engine != "python":
        pytest.importorskip(engine)
    more = (*FEW, "--partitions", "12" if engine == "python" else "6", "--engine", engine)
    path, kept = tmp_path / "claims.csv", tmp_path / "kept"
    header, *rows = claims(600).splitlines(keepends=True)
    alone = (f"K{number}{row[row.index(',') :]}" for number, row in enumerate(rows))
    path.write_text(header + "".join(alone), encoding="utf-8")
    whole, resumed = tmp_path / "whole.csv", tmp_path / "resumed.csv"
    run("check", str(path), "--findings", str(whole), *more)
    words = ("check", str(path), "--findings", str(resumed), "--resume", str(kept), *more)
    command = [sys.executable, "-c", KILLED, str(number), *words]
    ended = subprocess.run(  # noqa: S603 (our own program)
        command, capture_output=True, check=False, env={**os.environ, "TMPDIR": str(tmp_path)}
    )

    assert ended.returncode == -signal.SIGKILL
    assert len(list(kept.glob("part-*.json"))) == max(0, number - 2)
    assert not resumed.exists()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in kept.iterdir()} == {0o600}
    assert run(*words).code == 0
    texts = [each.read_text(encoding="utf-8") for each in (resumed, whole)]
    if engine != "python":  # frames keep no order of rows
        texts = ["".join(sorted(text.splitlines(keepends=True))) for text in texts]
    assert texts[0] == texts[1]
    assert not kept.exists()


def test_two_runs_at_once_are_kept_apart(run: Run, tmp_path: Path) -> None:
    """A folder that a run is at is not for another one; its end leaves it free."""
    path, kept = tmp_path / "claims.csv", tmp_path / "kept"
    path.write_text(claims(20), encoding="utf-8")
    words = ("check", str(path), "--resume", str(kept), *WORDS)
    seen: list[Ended] = []

    def keep(journal: Journal, number: int, done: PartDone) -> None:
        if not seen:
            seen.append(run(*words))
        write(journal, number, done)

    write = Journal.keep
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "keep", keep)
        first = run(*words)

    assert first.code == 0
    assert seen[0].code == 2
    assert "another run is at it" in seen[0].err
    assert not kept.exists()


def test_a_full_disk_is_said(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be kept ends the run with the remedy; what is kept stays, and it goes on from there."""
    path, kept = tmp_path / "claims.csv", tmp_path / "kept"
    path.write_text(claims(50), encoding="utf-8")
    words = ("check", str(path), "--resume", str(kept), *WORDS)
    with monkeypatch.context() as patch:
        patch.setattr("claimrules.cli.journal.to_json", full)
        ended = run(*words)

    assert (ended.code, ended.out) == (2, "")
    assert f"--resume {kept}: cannot be written (No space left on device); make room" in ended.err
    assert run(*words).code == 0
    assert not kept.exists()


def full(_done: object) -> str:
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("change", ["file", "option"])
def test_another_run_is_refused(run: Run, tmp_path: Path, change: str) -> None:
    """A journal that was begun with other files or options is not gone on with, and nothing is written."""
    path, kept, out = tmp_path / "claims.csv", tmp_path / "kept", tmp_path / "findings.csv"
    path.write_text(claims(50), encoding="utf-8")
    words = ["check", str(path), "--resume", str(kept), "--findings", str(out), *WORDS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("claimrules.cli.check.end_journal", lambda _folder: None)
        run(*words)
    out.unlink()
    if change == "file":
        path.write_text(claims(51), encoding="utf-8")
    else:
        words += ["--editions", "latest"]
    ended = run(*words)

    assert ended.code == 2
    assert "was begun with other" in ended.err
    assert not out.exists()


def test_a_folder_of_something_else_is_refused(run: Run, tmp_path: Path) -> None:
    """What is no journal stays as it is."""
    path, kept = tmp_path / "claims.csv", tmp_path / "kept"
    path.write_text(claims(5), encoding="utf-8")
    kept.mkdir()
    (kept / "notes.txt").write_text("mine", encoding="utf-8")

    assert run("check", str(path), "--resume", str(kept), *WORDS).code == 2
    assert [each.name for each in kept.iterdir()] == ["notes.txt"]


def test_what_a_table_of_pairs_proves_is_read_again(tmp_path: Path) -> None:
    """An edit that has no end says so by a day of the year 9999, which is no date of a claim."""
    checker = Checker(book=pair_book(("G0104", "G0105", PairRow(date(2020, 1, 1)))))
    lines = [
        attrs.evolve(ClaimLine.parse(f"{code} 2025-11-03 @11 by:1234567893"), patient="P", claim_id="C")
        for code in ("G0104", "G0105")
    ]
    done = PartDone(result=checker.check_lines(lines))
    told = [fact for finding in done.result.findings for fact in finding.evidence]

    assert OPEN_END in {fact.holds_to for fact in told}
    with Journal(tmp_path, {}) as journal:
        journal.keep(0, done)
        assert journal.part(0) == done


@pytest.mark.parametrize("fault", [KeyboardInterrupt, SystemExit])
def test_who_stops_a_run_is_told_how_it_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: type[BaseException]
) -> None:
    """Ctrl-C and SIGTERM alike; without a journal there is nothing to go on with."""
    for folder in (tmp_path / "kept", None):
        with pytest.raises(fault), Journal(folder, {}):
            raise fault
    assert capsys.readouterr().err == f"claimrules: --resume {tmp_path / 'kept'}: stopped; {GOES_ON}\n"
