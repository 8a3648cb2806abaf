"""Bytes to records: physical lines, their text, and the cells of a record; no cell has a meaning here.

One bad line costs itself, never the file: a quote that is never closed rejects the line that opened
it, and reading goes on with the next.
"""

import csv
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

LONGEST_LINE: Final = 1 << 20
"""Bytes; a longer line is rejected, and never held in memory."""
MOST_LINES: Final = 50
"""Physical lines that one quoted record may span."""

_CHUNK: Final = 1 << 16
_BOM: Final = b"\xef\xbb\xbf"
_UNCLOSED: Final = "a quote is opened and not closed where a cell ends"


class Record(NamedTuple):
    """One record: the number of its first physical line, and its cells, or why it has none."""

    line: int
    cells: list[str]
    fault: str = ""


class _Line(NamedTuple):
    number: int
    text: str
    fault: str = ""


class Records:
    """The records of a stream, one after the other; blank lines are no records."""

    def __init__(self, stream: BinaryIO) -> None:
        """Start at the top; nothing is read yet."""
        self._lines = _numbered(stream)
        self._back: deque[_Line] = deque()

    def head(self) -> str | None:
        """Give the text of the next line that is not blank, and leave it there."""
        line = self._take()
        while line is not None and not _holds_something(line):
            line = self._take()
        if line is None:
            return None
        self._back.appendleft(line)
        return line.text

    def read(self, delimiter: str, width: int | None = None) -> Record | None:
        """Read the next record; one whose number of cells is not ``width`` has a fault."""
        line = self._take()
        while line is not None and not _holds_something(line):
            line = self._take()
        if line is None:
            return None
        if line.fault:
            return Record(line.number, [], line.fault)
        if line.text.strip(" ") == "\x1a":
            return Record(line.number, [], "is an end-of-file mark (one 0x1A character), not a record")
        if '"' in line.text:
            return self._quoted(line, delimiter, width)
        return _checked(line.number, line.text.split(delimiter), width)

    def _take(self) -> _Line | None:
        return self._back.popleft() if self._back else next(self._lines, None)

    def _quoted(self, line: _Line, delimiter: str, width: int | None) -> Record:
        """Read a record with quotes, over as many lines as it needs; give them back if it is none."""
        taken: list[_Line] = []
        try:
            cells = next(csv.reader(self._feed(line, taken), delimiter=delimiter, strict=True))
        except (csv.Error, StopIteration):
            record = Record(line.number, [], _UNCLOSED)
        else:
            record = _checked(line.number, cells, width)
            if record.fault and taken:
                record = Record(line.number, [], _UNCLOSED)
        if record.fault:
            self._back.extendleft(reversed(taken))
        return record

    def _feed(self, line: _Line, taken: list[_Line]) -> Iterator[str]:
        yield line.text + "\n"
        size = len(line.text)
        while len(taken) < MOST_LINES - 1 and size < LONGEST_LINE:
            further = self._take()
            if further is None:
                return
            taken.append(further)
            if further.fault:
                return
            size += len(further.text)
            yield further.text + "\n"


def _holds_something(line: _Line) -> bool:
    return bool(line.fault or line.text.strip(" "))


def _checked(number: int, cells: list[str], width: int | None) -> Record:
    if width is None or len(cells) == width:
        return Record(number, cells)
    found = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
    return Record(number, [], f"has {found} where the header has {width}")


def _numbered(stream: BinaryIO) -> Iterator[_Line]:
    for number, raw in enumerate(_physical_lines(stream), 1):
        if raw is None:
            yield _Line(number, "", f"is longer than {LONGEST_LINE:,} bytes")
        else:
            yield _decoded(number, raw.removeprefix(_BOM) if number == 1 else raw)


def _decoded(number: int, raw: bytes) -> _Line:
    """Decode UTF-8, else Windows-1252, which spreadsheets write."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return _Line(number, raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return _Line(number, "", "holds bytes that are neither UTF-8 nor Windows-1252")


def _physical_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Split at CRLF, LF and CR, mixed as they come; ``None`` stands for a line that is too long."""
    rest, too_long = b"", False
    for chunk in iter(lambda: stream.read(_CHUNK), b""):
        pieces = (rest + chunk).splitlines(keepends=True)
        # A CR at the end may be half of a CRLF.
        rest = b"" if pieces[-1].endswith(b"\n") else pieces.pop()
        for piece in pieces:
            yield None if too_long or len(piece) > LONGEST_LINE else piece.rstrip(b"\r\n")
            too_long = False
        if len(rest) > LONGEST_LINE:
            rest, too_long = (b"\r" if rest.endswith(b"\r") else b""), True
    if too_long:
        yield None
    elif rest:
        yield rest.rstrip(b"\r\n")
