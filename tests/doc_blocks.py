"""Runs the blocks of a documentation page: what a page shows is what happens.

A ```python block is executed, and its functions ``test_…`` are called; a ```console block runs each
``$ claimrules …`` line. What they print must be what stands below: in the same block for a command, in
a ```text block that follows for Python. ``…`` stands for anything: within a line, or for whole lines
where it stands alone. A block with a path beside its language is written to that file.
"""

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs

from claimrules.cli import main

PROMPT: Final = "$ "
COULD_NOT_RUN: Final = 2
_fence = re.compile(r"^```(\w*)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class PageError(AssertionError):
    """A page shows something else than what happens."""


@attrs.frozen
class Block:
    """A fenced block: its language, the file that it is, its text, and the line on which it starts."""

    language: str
    file: str
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    """Give the fenced blocks of a page in order."""
    return [
        Block(found[1], found[2] or "", found[3], page.count("\n", 0, found.start()) + 1)
        for found in _fence.finditer(page)
    ]


def run_page(page: str) -> int:
    """Run every block of a page in the current folder, in one namespace; give how many were run.

    Raises:
        PageError: something else is printed than the page shows.
    """
    namespace: dict[str, Any] = {"__name__": "page"}
    found, ran = blocks(page), 0
    for number, block in enumerate(found):
        if block.language == "python":
            after = found[number + 1] if number + 1 < len(found) else None
            printed = run_python(block.text, namespace, f"line {block.line}")
            if after and after.language == "text":
                compare(after.text, printed, f"line {after.line}")
        elif block.language == "console":
            run_console(block)
        elif block.file:
            Path(block.file).parent.mkdir(parents=True, exist_ok=True)
            Path(block.file).write_text(block.text, encoding="utf-8")
        else:
            continue
        ran += 1
    return ran


def run_python(text: str, namespace: dict[str, Any], where: str) -> str:
    """Execute a block, call the tests that it defines, and give what was printed."""
    known = set(namespace)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, where, "exec"), namespace)  # noqa: S102 (the pages are ours)
        for name in [each for each in namespace if each not in known and each.startswith("test_")]:
            namespace[name]()
    return printed.getvalue()


def run_console(block: Block) -> None:
    """Run the commands of a block, and compare what each prints, if the block shows it.

    Raises:
        PageError: a line is no command of ours, one could not run, or it prints something else.
    """
    for command, shown in _commands(block):
        words = shlex.split(command)
        if words[0] != "claimrules":
            message = f"line {block.line}: only claimrules is run here, not {words[0]}"
            raise PageError(message)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            code = main(words[1:])
        if code >= COULD_NOT_RUN:
            message = f"line {block.line}: {command}\nended with {code}: {printed.getvalue()}"
            raise PageError(message)
        if shown.strip():
            compare(shown, printed.getvalue(), f"line {block.line}: {command}")


def _commands(block: Block) -> Iterator[tuple[str, str]]:
    """Each command with what stands below it."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def compare(shown: str, printed: str, where: str) -> None:
    """Compare what a page shows with what was printed; blanks at the end of a line do not count.

    Raises:
        PageError: they differ.
    """
    wanted = "".join(_pattern(line) for line in shown.rstrip().split("\n"))
    said = "".join(f"{line.rstrip()}\n" for line in printed.rstrip().split("\n"))
    if not re.fullmatch(wanted, said):
        message = f"{where}: the page shows\n{shown}\nbut this was printed\n{said}"
        raise PageError(message)


def _pattern(line: str) -> str:
    if line.strip() == "…":
        return r"(?:.*\n)*?"
    return r".*".join(re.escape(part) for part in line.rstrip().split("…")) + r"\n"
