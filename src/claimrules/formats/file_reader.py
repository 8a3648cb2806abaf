"""A file that is looked into, closed, and opened again for its lines: thousands of them hold none open."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from claimrules.formats.open import open_lines
from claimrules.formats.reader import LineReader, ReadOptions
from claimrules.formats.stream import Stream
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected


class FileReader(LineReader):
    """The lines of one file; it is open while they are read."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        """Look into the file.

        Raises:
            ReadError: it cannot be opened, is of no known format, or lacks what its format needs.
        """
        super().__init__(Stream(io.BytesIO(), str(path)))
        self._path, self._options = path, options
        self._size = path.stat().st_size
        self._now: LineReader | None = None
        with open_lines(path, options) as reader:
            self._look(reader)

    def _look(self, reader: LineReader) -> None:
        self._inputs, self._assumptions, self._notes = reader.inputs, reader.assumptions, reader.notes
        self.refused, self.has_columns = reader.refused, reader.has_columns

    @contextmanager
    def opened(self) -> Iterator[LineReader]:
        """Open the file itself."""
        with open_lines(self._path, self._options) as self._now:
            yield self._now
            self._look(self._now)
        self._now = None

    def __iter__(self) -> Iterator[ClaimLine | Rejected]:
        """Give every record of the file."""
        with self.opened() as reader:
            for entry in reader:
                self.place = reader.place
                yield entry

    @property
    def notes(self) -> tuple[str, ...]:
        """What was concluded, and what is odd."""
        return self._notes

    @property
    def inputs(self) -> frozenset[str]:
        """The optional inputs that the file offers."""
        return self._inputs

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What is taken for granted because the file does not say it."""
        return self._assumptions

    @property
    def progress(self) -> tuple[int, int | None]:
        """Bytes read, and how many there are."""
        return (0, self._size) if self._now is None else self._now.progress
