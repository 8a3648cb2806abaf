"""The segments of the line or claim at hand as they stand, for the raw text of what is rejected."""

from typing import Final

from claimrules.formats.raw import LONGEST_RAW, Raw
from claimrules.formats.x12.segments import BLANK


class Held:
    """Takes every segment, and lets go of those before the line or claim at hand, and of what is too much."""

    def __init__(self) -> None:
        """Hold nothing."""
        self._pieces: Final[list[tuple[int, str]]] = []
        self._size = 0
        self._left_out = 0
        self._now = 0

    def add(self, offset: int, piece: str) -> None:
        """Take a segment with its terminator, and with the blanks before it."""
        self._now = offset
        self._pieces.append((offset, piece))
        self._size += len(piece)

    def trim(self, start: int | None) -> None:
        """Hold what came from there on; nothing where no claim is open."""
        if start is None or start == self._now:
            offset, piece = self._pieces[-1]
            self._pieces[:] = [] if start is None else [(offset, piece.lstrip(BLANK))]
            self._size, self._left_out = sum(len(each) for _, each in self._pieces), 0
        if self._size > LONGEST_RAW:
            offset, piece = self._pieces.pop()
            excess = min(self._size - LONGEST_RAW, len(piece))
            self._size, self._left_out = self._size - excess, self._left_out + excess
            if excess < len(piece):
                self._pieces.append((offset, piece[:-excess]))

    def end(self, offset: int) -> None:
        """Say that the file ends there."""
        self._now = offset

    def raw_of(self, start: int) -> Raw | None:
        """Give what stands from a segment up to the one at hand, or that one alone where it begins there."""
        end = self._now if start < self._now else start + 1
        text = "".join(piece for offset, piece in self._pieces if start <= offset < end).lstrip(BLANK)
        data = text.encode("latin-1")
        left_out = self._left_out if start < self._now else 0
        return Raw(data[:LONGEST_RAW], len(data) + left_out) if data else None
