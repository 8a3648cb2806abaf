"""``claimrules scenarios``: run and freeze."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

GOOD = """
[[claims]]
title = "Both sides"
lines = ["G0105-50 2025-11-03 @22"]
expect = [{ rule = "BILAT101" }]
"""
BAD = GOOD.replace("Both", "Two").replace("BILAT101", "BILAT102")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two files of claims."""
    (tmp_path / "b").mkdir()
    (tmp_path / "a.claims.toml").write_text(GOOD, "utf-8")
    (tmp_path / "b" / "b.claims.toml").write_text(GOOD + BAD, "utf-8")
    return tmp_path


def flat(text: str) -> str:
    """Give a text without its line ends and indents."""
    return " ".join(text.split())


def test_a_folder_is_run(run: Run, folder: Path) -> None:
    """Exit code 1 where something is not as expected; the text says what."""
    ended = run("scenarios", "run", str(folder))

    assert ended.code == 1
    assert f"FAILED  Two sides\n  {folder}/b/b.claims.toml:7\n" in ended.out
    assert "line 1: BILAT102: expected fired, but it is passed [code.bilateral = 0" in ended.out
    assert "3 claims of 2 files: 2 as expected, 1 not" in ended.out
    assert run("scenarios", "run", str(folder / "a.claims.toml")).code == 0


def test_the_object_of_json(run: Run, folder: Path) -> None:
    """Every claim with its place and problems, and the book by its content."""
    found = run("scenarios", "run", str(folder), "--format", "json").data

    assert (found["passed"], found["failed"], len(found["book"])) == (2, 1, 64)
    last = found["files"][1]["claims"][1]
    assert (last["title"], last["line"], last["passed"]) == ("Two sides", 7, False)
    assert "BILAT102" in last["problems"][0]


def test_a_file_that_cannot_be_used_does_not_keep_the_others_from_running(run: Run, folder: Path) -> None:
    """Exit code 2, and no traceback; nobody's id."""
    (folder / "c.claims.toml").write_text(
        "[[claims]]\ntitle = 'x'\nlines = ['G0105 patient:ID777 nonsense:x']\n", "utf-8"
    )

    ended = run("scenarios", "run", str(folder))

    assert ended.code == 2
    assert "c.claims.toml:1: [[claims]] 1: lines 1: this key is none of the shorthand's" in flat(ended.out)
    assert "1 file could not be used" in ended.out
    assert "ID777" not in ended.out + ended.err
    assert run("scenarios", "freeze", str(folder)).code == 2
    assert not list(folder.rglob("*.frozen.toml"))


def test_freeze_and_run_again(run: Run, folder: Path) -> None:
    """What is seen stands beside each file; another book is told, with exit code 1."""
    path = folder / "a.claims.toml"
    path.write_text(GOOD.replace('expect = [{ rule = "BILAT101" }]\n', ""), "utf-8")
    assert "nothing is expected" in run("scenarios", "run", str(path)).out

    ended = run("scenarios", "freeze", str(path))

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"{folder}/a.frozen.toml: 1 claim, code book ")
    assert run("scenarios", "run", str(path)).code == 0
    kept = folder / "a.frozen.toml"
    kept.write_text(kept.read_text("utf-8").replace('book = "', 'book = "0'), "utf-8")
    again = run("scenarios", "run", str(path))
    assert again.code == 1
    assert "a.frozen.toml was frozen with the code book 0" in again.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", __file__), "is no folder, and its name does not end in .claims.toml"),
        (("run", "none.claims.toml"), "there is no such file or folder"),
        (("run",), "required: DIR"),
        ((), "required: COMMAND"),
        (("thaw", "x"), "invalid choice"),
    ],
)
def test_what_cannot_be_run(run: Run, words: tuple[str, ...], said: str) -> None:
    """The remedy, and exit code 2."""
    ended = run("scenarios", *words)

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
