"""A page of text: wrapped lines of spans, which a terminal may colour; none of it controls a terminal."""

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

WIDTH: Final = 100
MARK: Final = "mark"
"""The role of a word that stands between « and »; a terminal shows it bold, without the two."""
_ACTIVE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_marked = re.compile(r"(«[^«»]+»)")


class Span(NamedTuple):
    """A piece of a line; ``role`` says what it is: a severity, ``head``, ``dim``, or nothing."""

    text: str
    role: str = ""


def safe(text: str) -> str:
    """Write control and direction characters as escapes, so that a value cannot drive a terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(c) if unicodedata.category(c) in _ACTIVE else c for c in text)


def _escaped(character: str) -> str:
    number = ord(character)
    if number < 1 << 8:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 1 << 16 else f"\\U{number:08x}"


class Page:
    """Lines of spans, in the order in which they were added."""

    def __init__(self, width: int = WIDTH) -> None:
        """Start empty; text is wrapped to ``width`` characters."""
        self.width: Final = width
        self.lines: list[tuple[Span, ...]] = []

    def add(self, *spans: Span | str) -> None:
        """Add one line as it is."""
        made = (Span(part) if isinstance(part, str) else part for part in spans)
        self.lines.append(tuple(Span(safe(span.text), span.role) for span in made))

    def gap(self) -> None:
        """Add a blank line, unless there is one, or nothing, above."""
        if self.lines and self.lines[-1]:
            self.lines.append(())

    def wrap(self, text: str, *, first: str = "", rest: str | None = None, role: str = "") -> None:
        """Add a paragraph; ``first`` begins its first line, ``rest`` the others."""
        lines = textwrap.wrap(
            safe(text.replace("\n", " ").strip()),
            self.width,
            initial_indent=first,
            subsequent_indent=" " * len(first) if rest is None else rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in lines or [first.rstrip()]:
            self.lines.append((Span(line, role),))

    def marked(self, text: str, *, first: str = "") -> None:
        """Add a paragraph in which some words stand between « and »."""
        start = len(self.lines)
        self.wrap(text, first=first)
        for number, line in enumerate(self.lines[start:], start):
            parts = [part for part in _marked.split("".join(span.text for span in line)) if part]
            self.lines[number] = tuple(Span(part, MARK if _marked.fullmatch(part) else "") for part in parts)

    def table(self, rows: Iterable[Sequence[str]], *, indent: str = "", role: str = "") -> None:
        """Add rows whose cells stand below each other; the last cell is wrapped."""
        cells = [[safe(cell) for cell in row] for row in rows]
        if not cells:
            return
        widths = [max(map(len, column)) for column in list(zip(*cells, strict=True))[:-1]]
        for row in cells:
            pairs = zip(row, widths, strict=False)
            self.wrap(row[-1], first=indent + "".join(f"{cell:<{wide}}  " for cell, wide in pairs), role=role)

    @property
    def text(self) -> str:
        """The page as plain text."""
        return "".join("".join(span.text for span in line).rstrip() + "\n" for line in self.lines)
