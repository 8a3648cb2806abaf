"""A disk without room: what cannot be written is named with its remedy, and nothing half-written is left."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.cli.test_parts import FEW, claims

from claimrules.cli import main
from claimrules.cli.stopping import tidy_when_stopped

ROOM = 8192


@contextmanager
def little_room() -> Iterator[None]:
    """Let no file grow beyond a few kilobytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--findings", "{}/f.csv"), "--findings {}/f.csv: cannot be written ("),
        (("--findings", "{}/f.parquet"), "--findings {}/f.parquet: cannot be written ("),
        (
            ("--findings", "{}/f.parquet", "--engine", "polars"),
            "--findings {}/f.parquet: cannot be written (",
        ),
        (("--output", "{}/o.json", "--format", "json"), "--output {}/o.json: cannot be written ("),
        (("--rejects", "{}/r.csv"), "--rejects {}/r.csv: cannot be written ("),
        (("--partitions", "2", "--engine", "polars"), "lines cannot be set aside there ("),
        (("--partitions", "2", "--engine", "python"), "lines cannot be set aside there ("),
    ],
)
def test_what_cannot_be_written_is_said(run: Run, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """The option or the folder, and what to do; the command is not to blame, and nothing lies about."""
    if {"polars", "{}/f.parquet"} & {*words}:
        pytest.importorskip("polars")
    path, out = tmp_path / "claims.csv", tmp_path / "out"
    out.mkdir()
    bad = "" if "--engine" in words else "too,few\n" * 500
    path.write_text(claims(2000) + bad, encoding="utf-8")
    with little_room():
        ended = run("check", str(path), *FEW, "--limit", "0", *(word.format(out) for word in words))

    assert (ended.code, ended.out) == (2, "")
    assert said.format(out) in ended.err
    assert "fault of claimrules" not in ended.err
    assert not [*out.iterdir()]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is full")
@pytest.mark.parametrize("words", [("rules",), ("code", "G0105", "--format", "json")])
def test_a_full_standard_output_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """It is no fault of the program."""
    with Path("/dev/full").open("w", encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdout", stream)
        monkeypatch.setattr("claimrules.cli.go_quiet", lambda: None)
        code = main([*words])
        monkeypatch.undo()

    assert code == 2
    assert "what is said could not be written (No space left on device)" in capsys.readouterr().err


def test_who_is_told_to_go_on_goes_on() -> None:
    """Under nohup the end of the terminal is ignored; being told to end is not."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with tidy_when_stopped():
            signal.raise_signal(signal.SIGHUP)
            with pytest.raises(SystemExit, match=str(128 + signal.SIGTERM)):
                signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGHUP, before)
