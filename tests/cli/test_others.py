"""``rule``, ``rules``, ``code`` and ``book``, and what holds for every command."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import claimrules
from claimrules import __main__
from claimrules.cli import check, main

Run = Callable[..., Any]
Table = Callable[..., str]


def test_rule(run: Run) -> None:
    """By id, in any case, and by name; text and JSON."""
    ended = run("rule", "bilat101")
    assert (ended.code, ended.out.startswith("BILAT101  Modifier 50")) == (0, True)
    name = run("rule", "BILAT101", "--format", "json").data["name"]
    assert run("rule", name).out == ended.out
    assert "did you mean" in run("rule", "BILAT11").err
    assert run("rule", "BILAT11").code == 2


def test_rules(run: Run) -> None:
    """The list follows the selectors."""
    assert "BILAT101  return  Modifier 50" in run("rules").out
    found = run("rules", "--select", "BILAT,TEAM", "--ignore", "TEAM", "--format", "json").data["rules"]
    assert {rule["code"][:5] for rule in found} == {"BILAT"}
    assert "leave no rule" in run("rules", "--select", "BILAT", "--ignore", "ALL").err


def test_code(run: Run) -> None:
    """Text and JSON; a default day is said; what is no code is refused."""
    ended = run("code", "g0105")
    assert (ended.code, "2025-12-31, the last day" in ended.err) == (0, True)
    assert "bilateral" in ended.out
    assert run("code", "G0105", "--on", "2025-11-03", "--format", "json").data["bilateral"] == "0"
    assert run("code", "G010").code == 2
    unknown = run("code", "Z9999", "--on", "2025-11-03")
    assert (unknown.code, "no_code" in unknown.out) == (0, True)
    assert run("code", "G0105", "--on", "3.11.2025").code == 2


def test_book(run: Run, tmp_path: Path) -> None:
    """The starter by default; what is no book or no published file is refused."""
    assert "RVU25D" in run("book", "info").out
    assert run("book", "info", "--format", "json").data["is_starter"] is True
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    assert run("book", "info", str(text)).code == 2
    ended = run("book", "build", str(text), "--output", str(tmp_path / "my.claimbook"))
    assert (ended.code, "no published file that is known here" in ended.err) == (2, True)
    assert not (tmp_path / "my.claimbook").exists()


@pytest.mark.parametrize(
    "command",
    [[], ["check"], ["line"], ["rule"], ["rules"], ["code"], ["book"], ["book", "build"], ["book", "info"]],
)
def test_help_teaches(run: Run, command: list[str]) -> None:
    """Every command explains itself; every option says what it does."""
    ended = run(*command, "--help")
    assert ended.code == 0
    assert "usage: claimrules" in ended.out
    if command != ["book"]:
        assert "examples:\n  claimrules" in ended.out


def test_version(run: Run) -> None:
    """One line."""
    assert run("--version").out == f"claimrules {claimrules.__version__}\n"


@pytest.mark.parametrize(
    "words", [[], ["chekc"], ["check"], ["rule"], ["book"], ["check", "--outptu", "x", "y"]]
)
def test_wrong_commands(run: Run, words: list[str]) -> None:
    """One paragraph, exit code 2."""
    ended = run(*words)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)


ENDS = [
    (KeyboardInterrupt(), 130, ""),
    (BrokenPipeError(), 141, ""),
    (MemoryError(), 2, "out of memory"),
    (ValueError("PATIENT77"), 2, "a fault of claimrules itself (ValueError in "),
    (type("PanicException", (BaseException,), {})("PATIENT77"), 2, "itself (PanicException in "),
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: type(end[0]).__name__)
def test_how_interruptions_end(
    run: Run, table: Table, monkeypatch: pytest.MonkeyPatch, end: tuple[BaseException, int, str]
) -> None:
    """Quietly where a person did it; without a value where it is our fault."""
    error, code, words = end

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(check, "run_large", fail)
    monkeypatch.setattr("claimrules.cli.go_quiet", lambda: None)
    ended = run("check", table("G0105,,1,2025-11-03"))
    assert (ended.code, ended.out) == (code, "")
    assert words in ended.err
    assert "PATIENT77" not in ended.err


def test_the_module_runs() -> None:
    """``python -m claimrules`` is the command; a reader that leaves is no error."""
    command = [sys.executable, "-m", "claimrules", "rules"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 (our own text)
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"ANES101")
        process.stdout.close()
        assert process.wait() in (0, 141)
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_main_takes_the_arguments_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without any given."""
    monkeypatch.setattr(sys, "argv", ["claimrules", "--version"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("claimrules ")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("chek", "claims.csv"), "did you mean check? Choose from check, line, "),
        (
            ("book", "export", "b", "fee_shedule", "f.csv"),
            "did you mean fee_schedule? Choose from fee_schedule, ",
        ),
        (
            ("check", "claims.csv", "--by", "provder"),
            "did you mean provider? Choose from rule, code, provider",
        ),
        (
            ("--book", "b", "check", "a.csv"),
            "--book stands before the command: write claimrules COMMAND, and",
        ),
        (("--book=b", "check", "a.csv"), "--book stands before the command"),
        (
            ("book", "--output", "b", "build", "f.csv"),
            "write claimrules book COMMAND, and --output behind it",
        ),
        ((__file__,), f"a file stands behind a command, as in claimrules check {__file__}."),
        (("rule", "bilat"), "that is a family: claimrules rules --select BILAT lists its rules"),
        (("check", "claims.csv", "--overlay", "none.toml"), "none.toml: there is no such file"),
        (("check", "claims.csv", "--book", "."), "is a folder; name the code book in it"),
        (("check", "claims.csv", "--show", "zzz"), "invalid choice: 'zzz'; choose from info ("),
        (
            ("check", "claims.csv", "--selct=BILAT"),
            "no option --selct; did you mean --select? (claimrules check",
        ),
        (("book", "build", "f.csv", "--output", "b", "-q"), "no option -q (claimrules book build --help"),
    ],
)
def test_a_misspelt_choice_names_the_nearest(run: Run, words: tuple[str, ...], meant: str) -> None:
    """Of commands, tables, values and options alike."""
    ended = run(*words)

    assert (ended.code, ended.out) == (2, "")
    assert meant in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rule", "modifier-50-with-a-sid"), "did you mean modifier-50-with-a-side"),
        (("rule", "BILAT999"), "did you mean BILAT1"),
        (("rule", "zzzzz"), "families: ANES, AOC, "),
        (("modifier", "EH"), "On an ambulance line it tells the trip"),
        (("modifier", "ZZ"), "The catalogue is not complete"),
    ],
)
def test_what_is_not_known_is_told_in_a_line(run: Run, words: tuple[str, ...], said: str) -> None:
    """With what was probably meant; a trip of an ambulance is no unknown modifier."""
    ended = run(*words)

    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert said in ended.err
    assert len(ended.err) < 400


def test_who_interrupts_it_while_it_loads_sees_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading takes most of the time of a short command."""

    class Interrupted:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "claimrules.cli":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "claimrules.cli")
    monkeypatch.delattr(claimrules, "cli")
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    monkeypatch.setenv("_RJEM_MALLOC_CONF", "background_thread:true")

    assert __main__.main() == 130
    assert os.environ["_RJEM_MALLOC_CONF"] == "background_thread:true", "what the user set stands"
