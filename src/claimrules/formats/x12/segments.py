"""Bytes to segments, streaming: each with its place, whatever terminates it.

Text here is Latin-1, one character a byte, so that places are bytes; ``words`` gives elements their
real characters.
"""

from collections.abc import Iterator
from typing import Final

from claimrules.formats.stream import Stream
from claimrules.formats.x12.delimiters import Delimiters, guessed, of_header

LONGEST_SEGMENT: Final = 1 << 16
"""Bytes; a longer one is damaged, and never held in memory."""
TOO_LONG: Final = "?"
"""Stands for a segment that is too long."""

BLANK: Final = "\r\n \t\x00\x1a"
"""What may stand between segments."""

_CHUNK: Final = 1 << 17
_MARK: Final = b"\xef\xbb\xbf"
_HEADER: Final = 512
"""Bytes within which an interchange header ends."""

Segment = tuple[int, str, bool]
"""One segment: its first byte, its text without the terminator, and whether that was there."""


class Segments:
    """The segments of a stream; ``delimiters`` are those of the interchange that is being read.

    ``piece`` is the segment given last as it stands, with the blanks before it and without its terminator.
    """

    def __init__(self, stream: Stream) -> None:
        """Look at the head alone; ``delimiters`` is ``None`` where it tells none."""
        self._stream = stream
        self._base = 0
        self._buffer = self.piece = ""
        head = stream.head(_CHUNK).removeprefix(_MARK).decode("latin-1").lstrip(BLANK)
        self.inferred = head[:3] != "ISA"
        self.delimiters: Delimiters | None = guessed(head) if self.inferred else of_header(head)

    def __iter__(self) -> Iterator[Segment]:
        """Give every segment; blanks and line ends between them belong to none."""
        if self._stream.head(len(_MARK)) == _MARK:
            self._base = len(self._stream.read(len(_MARK)))
        while more := self._stream.read(_CHUNK):
            self._buffer += more.decode("latin-1")
            yield from self._complete()
            while len(self._buffer) > LONGEST_SEGMENT:
                self.piece = self._buffer
                yield self._base, TOO_LONG, True
                self._skip()
                yield from self._complete()
        rest = self._buffer.strip(BLANK)
        if rest:
            self.piece = self._buffer
            yield self._base + self._buffer.index(rest), _joined(rest), False

    def _complete(self) -> Iterator[Segment]:
        """Give the segments of the buffer that are whole, and keep the rest."""
        turned = True
        while turned:
            pieces = self._buffer.split(self._now.segment)
            rest, offset, turned = pieces.pop(), self._base, False
            for piece in pieces:
                raw = piece.lstrip(BLANK)
                start = offset + len(piece) - len(raw)
                if raw[:3] == "ISA":
                    if self._is_short(start):
                        self._keep_from(start)
                        return
                    turned = self._turn(start)
                    if turned:
                        break
                if raw:
                    self.piece = piece
                    yield start, _joined(raw) if "\n" in raw or "\r" in raw else raw, True
                offset += len(piece) + 1
            if not turned:
                self._keep_from(offset)
                raw = rest.lstrip(BLANK)
                turned = raw[:3] == "ISA" and self._turn(offset + len(rest) - len(raw))

    def _is_short(self, start: int) -> bool:
        """Whether the buffer may end within the header that starts there."""
        return start - self._base > len(self._buffer) - _HEADER and bool(self._stream.head(1))

    def _turn(self, start: int) -> bool:
        """Take over the delimiters of another interchange, where they differ, and go on from there."""
        at = start - self._base
        found = of_header(self._buffer[at : at + _HEADER])
        if found is None or found == self.delimiters or self._is_short(start):
            return False
        self.delimiters = found
        self._keep_from(start)
        return True

    def _keep_from(self, start: int) -> None:
        self._base, self._buffer = start, self._buffer[start - self._base :]

    @property
    def _now(self) -> Delimiters:
        if self.delimiters is None:
            message = "segments without delimiters"
            raise RuntimeError(message)
        return self.delimiters

    @property
    def terminator(self) -> str:
        """What ends the segment given last."""
        return self._now.segment

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


def _joined(raw: str) -> str:
    """Take out line ends: some programs wrap an interchange at a fixed width."""
    return raw.replace("\r", "").replace("\n", "")
