"""Standard output and standard error: colours where a terminal can show them, plain text elsewhere."""

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final, TextIO

from claimrules.cli.errors import Stop
from claimrules.report.page import MARK, WIDTH, Page, Span, safe

_WIDEST: Final = 120
_DUMB: Final = ("dumb", "unknown")
_STYLES: Final = {
    "deny": "bold red",
    "return": "red",
    "review": "yellow",
    "info": "cyan",
    "good": "green",
    "head": "bold",
    "dim": "dim",
    MARK: "bold",
}


def width() -> int:
    """Give the width to write for: that of the terminal, within reason."""
    if not sys.stdout.isatty():
        return WIDTH
    return max(60, min(_WIDEST, shutil.get_terminal_size((WIDTH, 24)).columns))


def is_plain(stream: TextIO) -> bool:
    """Whether a stream takes text alone: it is no terminal, a dumb one, or its user wants no colours.

    ``NO_COLOR`` (no-color.org) asks for no colours; in text that is printed, its author says, for no bold
    letters either.
    """
    return not stream.isatty() or bool(os.environ.get("NO_COLOR")) or is_dumb()


def is_dumb() -> bool:
    """Whether the terminal says that it knows no escape sequences."""
    return os.environ.get("TERM", "").lower() in _DUMB


def write_page(page: Page, stream: TextIO) -> None:
    """Write a page; in colours if the stream is a terminal that wants them and rich is installed."""
    if not is_plain(stream) and _write_in_colours(page, stream):
        return
    _write(stream, page.text)


def write_json(data: Mapping[str, Any], stream: TextIO) -> None:
    """Write an object as JSON in ASCII, which no terminal and no encoding can spoil.

    The entries of a list at the top (findings, rejected) stand one on a line.
    """
    comma = "{\n"
    for key, value in data.items():
        stream.write(f"{comma}  {json.dumps(key)}: ")
        if isinstance(value, list) and value:
            stream.writelines(_entries(value))
        else:
            stream.write(json.dumps(value, indent=2).replace("\n", "\n  "))
        comma = ",\n"
    stream.write("\n}\n")


def _entries(value: list[Any]) -> Iterator[str]:
    start = "[\n    "
    for entry in value:
        yield start + json.dumps(entry)
        start = ",\n    "
    yield "\n  ]"


def note(text: str) -> None:
    """Say something on standard error."""
    lines = [safe(line) for line in text.split("\n")]
    _write(sys.stderr, "claimrules: " + "\n".join(lines) + "\n")


def need_standard_output() -> None:
    """Refuse to work for nobody: a shell may have closed standard output (``>&-``).

    Raises:
        Stop: it is closed.
    """
    if sys.stdout is None:
        message = "standard output is closed; leave it open, or send it to a file or to /dev/null"
        raise Stop(message)


def go_quiet() -> None:
    """Let what is still buffered go nowhere: whoever read standard output has left."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _write_in_colours(page: Page, stream: TextIO) -> bool:
    try:
        from rich.console import Console  # noqa: PLC0415 (an extra)
        from rich.text import Text  # noqa: PLC0415 (an extra)
    except ImportError:
        return False
    # A blank NO_COLOR says nothing; older releases take it for a wish.
    console = Console(file=stream, highlight=False, soft_wrap=True, no_color=False)
    for line in page.lines:
        console.print(Text.assemble(*((_text(span), _STYLES.get(span.role, "")) for span in line)))
    return True


def _text(span: Span) -> str:
    """Give what a terminal shows of a span: a marked word is bold instead."""
    return span.text[1:-1] if span.role == MARK else span.text
