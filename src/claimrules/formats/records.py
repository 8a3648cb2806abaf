"""Bytes to records: physical lines, their text, and the cells of a record; no cell has a meaning here.

One bad line costs itself, never the file: a quote that is never closed rejects the line that opened
it, and reading goes on with the next.
"""

import csv
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol

from claimrules.formats.raw import LONGEST_RAW, Raw

LONGEST_LINE: Final = 1 << 20
"""Bytes; a longer line is rejected, and never held in memory."""
MOST_LINES: Final = 50
"""Physical lines that one quoted record may span."""

_CHUNK: Final = 1 << 16
BOM: Final = b"\xef\xbb\xbf"
_END_MARK: Final = "is an end-of-file mark (one 0x1A character), not a record"
_UNCLOSED: Final = "opens a quote that is not closed where a cell ends"


class Source(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Read up to ``size`` bytes; none at the end."""


class Record(NamedTuple):
    """One record: the number and first byte of its first physical line, and its cells, or why it has none.

    ``source`` is what its ``Rows`` know it by.
    """

    line: int
    offset: int | None
    cells: list[str]
    fault: str = ""
    source: Any = None


class _Line(NamedTuple):
    number: int
    offset: int
    text: str
    fault: str
    raw: bytes
    size: int


class Records:
    """The records of a stream, one after the other; blank lines are no records."""

    def __init__(self, stream: Source) -> None:
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
            return _faulty(line, line.fault)
        if line.text.strip(" ") == "\x1a":
            return _faulty(line, _END_MARK)
        if '"' in line.text:
            return self._quoted(line, delimiter, width)
        return _checked(line, _without_spare(line.text.split(delimiter), delimiter, width), width)

    def _take(self) -> _Line | None:
        return self._back.popleft() if self._back else next(self._lines, None)

    def _quoted(self, line: _Line, delimiter: str, width: int | None) -> Record:
        """Read a record with quotes, over as many lines as it needs; give them back if it is none."""
        taken: list[_Line] = []
        try:
            cells = next(csv.reader(self._feed(line, taken), delimiter=delimiter, strict=True))
        except (csv.Error, StopIteration):
            record = _faulty(line, _UNCLOSED)
        else:
            record = _checked(line, _without_spare(cells, delimiter, width), width)
            if taken:
                record = _faulty(line, _UNCLOSED) if record.fault else record._replace(source=(line, *taken))
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


def _without_spare(cells: list[str], delimiter: str, width: int | None) -> list[str]:
    """Drop the blank cell behind a delimiter that ends the row, as in CMS files.

    Not where a comma divides: there an unquoted one more likely shifted the cells.
    """
    spare = width is not None and len(cells) == width + 1 and not cells[-1].strip() and delimiter != ","
    return cells[:-1] if spare else cells


def _checked(line: _Line, cells: list[str], width: int | None) -> Record:
    if width is None or len(cells) == width:
        return Record(line.number, line.offset, cells, "", (line,))
    return _faulty(line, _another_width(len(cells), width))


@lru_cache(1 << 10)
def _another_width(found: int, width: int) -> str:
    """Say so in one text for all such lines: a wrong file has millions of them."""
    return f"has {found} column{'' if found == 1 else 's'} where the header has {width}"


def _faulty(line: _Line, fault: str) -> Record:
    if line.size > LONGEST_RAW:
        line = line._replace(text="", raw=line.raw[:LONGEST_RAW])
    return Record(line.number, line.offset, [], fault, (line,))


def raw_of(record: Record) -> Raw:
    """Give a record as it stands in the file, over all of its lines; the end of the last is left out."""
    lines: tuple[_Line, ...] = record.source
    data = b"".join(line.raw for line in lines)
    size = sum(line.size for line in lines)
    bare = data.rstrip(b"\r\n") if len(data) == size else data
    return Raw(bare[:LONGEST_RAW], size - len(data) + len(bare))


def _numbered(stream: Source) -> Iterator[_Line]:
    for number, (offset, bare, raw, size) in enumerate(physical_lines(stream, LONGEST_LINE), 1):
        if bare is None:
            yield _Line(number, offset, "", f"is longer than {LONGEST_LINE:,} bytes", raw, size)
            continue
        text = decoded(bare)
        fault = "" if text is not None else "holds bytes that are neither UTF-8 nor Windows-1252"
        yield _Line(number, offset, text or "", fault, raw, size)


def decoded(raw: bytes) -> str | None:
    """Decode UTF-8, else Windows-1252, which spreadsheets write; ``None`` where it is neither."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


Physical = tuple[int, bytes | None, bytes, int]
"""A line: its first byte, its text or ``None`` where it is too long, itself or its beginning, its size."""


def physical_lines(stream: Source, longest: int) -> Iterator[Physical]:
    """Split at CRLF, LF and CR, mixed as they come; the size of a line counts its end.

    A byte order mark at the top is no part of the text of the first line.
    """
    offset, held, size, front = 0, list[bytes](), 0, b""
    for chunk in iter(lambda: stream.read(_CHUNK), b""):
        # A CR at the end may be half of a CRLF: it waits.
        if held and (held[-1].endswith(b"\r") or b"\n" in chunk or b"\r" in chunk):
            chunk, held = b"".join((*held, chunk)), []  # noqa: PLW2901 (what waited goes first)
        pieces = chunk.splitlines(keepends=True)
        rest = b"" if pieces[-1].endswith(b"\n") else pieces.pop()
        for piece in pieces:
            whole = size + len(piece)
            if front or whole > longest:
                yield offset, None, front or piece[:LONGEST_RAW], whole
            else:
                yield offset, _bare(piece, offset), piece, whole
            offset, size, front = offset + whole, 0, b""
        if rest:
            held.append(rest)
        waiting = sum(map(len, held))
        if size + waiting > longest:
            front = front or _beginning(held)
            kept = b"\r" if held[-1].endswith(b"\r") else b""
            size, held = size + waiting - len(kept), [kept] if kept else []
    rest = b"".join(held)
    if front:
        yield offset, None, front, size + len(rest)
    elif rest:
        yield offset, _bare(rest, offset), rest, len(rest)


def _beginning(held: list[bytes]) -> bytes:
    found = b""
    for piece in held:
        found += piece[: LONGEST_RAW - len(found)]
    return found


def _bare(line: bytes, offset: int) -> bytes:
    line = line.rstrip(b"\r\n")
    return line if offset else line.removeprefix(BOM)
