"""Bytes to segments, streaming: each with its place, whatever terminates it.

Text here is Latin-1, one character a byte, so that places are bytes; ``words`` gives elements their
real characters.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from claimrules.formats.stream import Stream
from claimrules.formats.x12.delimiters import Delimiters, guessed, of_header

LONGEST_SEGMENT: Final = 1 << 16
"""Bytes; a longer one is damaged, and never held in memory."""
TOO_LONG: Final = "?"
"""Stands for a segment that is too long."""

BLANK: Final = "\r\n \t\x00\x1a"
"""What may stand between segments."""

LEADS: Final = ("\n", "\r\n")
"""What usually stands between them."""

_CHUNK: Final = 1 << 17
_PART: Final = 256
_MARK: Final = b"\xef\xbb\xbf"
_TAG: Final = len("ISA")
_HEADER: Final = 512
"""Bytes within which an interchange header ends."""


class Segment(NamedTuple):
    """One segment: its first byte, its text without the terminator, and whether that was there.

    ``piece`` is the segment as it stands, with the blanks before it.
    """

    offset: int
    text: str
    ended: bool
    piece: str


class Batch(NamedTuple):
    """Segments one after the other without their terminators, each with the blanks before it.

    It is ``plain`` where line ends stand between segments only.
    """

    offset: int
    pieces: list[str]
    terminator: str
    plain: bool

    def parts(self) -> Iterator[tuple[int, list[str]]]:
        """Give them by a few hundred, each time with the first byte: what is made of them is soon let go."""
        offset = self.offset
        for first in range(0, len(self.pieces), _PART):
            part = self.pieces[first : first + _PART]
            yield offset, part
            offset += sum(map(len, part)) + len(part)

    def segments(self) -> Iterator[Segment]:
        """Give them one by one; blanks and line ends between them belong to none."""
        offset = self.offset
        for piece in self.pieces:
            raw = piece.lstrip(BLANK)
            if raw:
                yield Segment(offset + len(piece) - len(raw), joined(raw), True, piece + self.terminator)  # noqa: FBT003 (it ended)
            offset += len(piece) + 1


class Segments:
    """The segments of a stream; ``delimiters`` are those of the interchange that is being read."""

    def __init__(self, stream: Stream) -> None:
        """Look at the head alone; ``delimiters`` is ``None`` where it tells none."""
        self._stream = stream
        self._base = 0
        self._buffer = ""
        head = stream.head(_CHUNK).removeprefix(_MARK).decode("latin-1").lstrip(BLANK)
        self.inferred = head[:3] != "ISA"
        self.delimiters: Delimiters | None = guessed(head) if self.inferred else of_header(head)

    def __iter__(self) -> Iterator[Batch | Segment]:
        """Give every segment: many at once, and alone what is too long or ends with the stream."""
        if self._stream.head(len(_MARK)) == _MARK:
            self._base = len(self._stream.read(len(_MARK)))
        while more := self._stream.read(_CHUNK):
            self._buffer += more.decode("latin-1")
            yield from self._complete()
            while len(self._buffer) > LONGEST_SEGMENT:
                yield Segment(self._base, TOO_LONG, ended=True, piece=self._buffer)
                self._skip()
                yield from self._complete()
        rest = self._buffer.strip(BLANK)
        if rest:
            offset = self._base + self._buffer.index(rest)
            yield Segment(offset, joined(rest), ended=False, piece=self._buffer)

    def _complete(self) -> Iterator[Batch]:
        """Give the segments of the buffer that are whole, and keep the rest; a header begins a batch."""
        passed = 0
        while True:
            at = self._header_from(passed)
            terminator = self._now.segment
            end = self._buffer.rfind(terminator) + 1 if at is None else at
            if end:
                text = self._buffer[:end]
                pieces = text.split(terminator)
                pieces.pop()
                yield Batch(self._base, pieces, terminator, _is_plain(text, terminator))
                self._keep_from(self._base + end)
            if at is None or self._is_short():
                return
            self._turn()
            passed = _TAG

    def _header_from(self, at: int) -> int | None:
        """Where the next interchange header of the buffer begins."""
        if self._buffer.find("ISA", at) < 0:
            return None
        first = len(self._buffer) - len(self._buffer.lstrip(BLANK))
        if first >= at and self._buffer.startswith("ISA", first):
            return first
        found = _header(self._now.segment).search(self._buffer, at)
        return found.end() - _TAG if found else None

    def _is_short(self) -> bool:
        """Whether the buffer may end within the header that begins it."""
        return len(self._buffer) < _HEADER and bool(self._stream.head(1))

    def _turn(self) -> None:
        """Take over the delimiters of the interchange that begins the buffer."""
        self.delimiters = of_header(self._buffer[:_HEADER]) or self.delimiters

    def _keep_from(self, start: int) -> None:
        self._base, self._buffer = start, self._buffer[start - self._base :]

    @property
    def _now(self) -> Delimiters:
        if self.delimiters is None:
            message = "segments without delimiters"
            raise RuntimeError(message)
        return self.delimiters

    def _skip(self) -> None:
        """Pass over the rest of a segment that is too long."""
        self._base += len(self._buffer)
        self._buffer = ""
        while more := self._stream.read(_CHUNK).decode("latin-1"):
            at = more.find(self._now.segment)
            if at >= 0:
                self._base += at + 1
                self._buffer = more[at + 1 :]
                return
            self._base += len(more)


def words(text: str) -> str:
    """Give a text its real characters: UTF-8, else Windows-1252.

    Raises:
        UnicodeDecodeError: it is neither.
    """
    if text.isascii():
        return text
    raw = text.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def joined(raw: str) -> str:
    """Take out line ends: some programs wrap an interchange at a fixed width."""
    return raw.replace("\r", "").replace("\n", "") if "\n" in raw or "\r" in raw else raw


def _is_plain(text: str, terminator: str) -> bool:
    """Whether every line end follows a terminator; where one is not of the usual kind it is not."""
    ends = sum(text.count(end) for end in "\r\n" if end != terminator)
    before = terminator + text
    return ends == sum(
        len(lead) * before.count(terminator + lead) for lead in LEADS if terminator not in lead
    )


@cache
def _header(terminator: str) -> re.Pattern[str]:
    return re.compile(f"{re.escape(terminator)}[{BLANK}]*ISA")
