"""A run that was killed goes on, and ends as an undisturbed one."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.cli.test_parts import FEW, claims

WORDS = (*FEW, "--partitions", "12", "--engine", "python")


@pytest.mark.parametrize("engine", ["python", "polars"])
def test_a_killed_run_goes_on(run: Run, tmp_path: Path, engine: str) -> None:
    """After kill -9 in the middle the same command writes the same findings, and cleans up."""
    if engine != "python":
        pytest.importorskip(engine)
    more = (*FEW, "--partitions", "12" if engine == "python" else "6", "--engine", engine)
    path, kept = tmp_path / "claims.csv", tmp_path / "kept"
    header, *rows = claims(6000).splitlines(keepends=True)
    alone = (f"K{number}{row[row.index(',') :]}" for number, row in enumerate(rows))
    path.write_text(header + "".join(alone), encoding="utf-8")
    whole, resumed = tmp_path / "whole.csv", tmp_path / "resumed.csv"
    run("check", str(path), "--findings", str(whole), *more)
    words = ("check", str(path), "--findings", str(resumed), "--resume", str(kept), *more)
    with subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-m", "claimrules", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as process:
        while process.poll() is None and len(list(kept.glob("part-*.json"))) < 2:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    done = sorted(each.name for each in kept.glob("part-*.json"))

    assert done
    assert process.returncode == -signal.SIGKILL
    assert not resumed.exists()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in kept.iterdir()} == {0o600}
    assert run(*words).code == 0
    texts = [each.read_text(encoding="utf-8") for each in (resumed, whole)]
    if engine != "python":  # frames keep no order of rows
        texts = ["".join(sorted(text.splitlines(keepends=True))) for text in texts]
    assert texts[0] == texts[1]
    assert not kept.exists()


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
