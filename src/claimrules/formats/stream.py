"""A stream of bytes whose beginning can be looked at without seeking: a file, or standard input."""

import io
import tempfile
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO, Final, cast

from claimrules.files.packed import PackedError
from claimrules.formats.errors import ReadError
from claimrules.model.given import need

STANDARD_INPUT: Final = "standard input"
_BLOCK: Final = 1 << 20


class Stream(io.RawIOBase):
    """The bytes of a source, front to back, once; ``head`` looks ahead and consumes nothing.

    ``path`` is that of a file which holds exactly these bytes. A source that is not ``owned`` stays open.
    """

    def __init__(
        self,
        source: BinaryIO,
        name: str,
        *,
        path: Path | None = None,
        outer: "Stream | None" = None,
        owned: bool = True,
    ) -> None:
        """Take the source, which comes out of the stream ``outer`` if it is unpacked."""
        self.name = name
        self.path = path
        self._source = source
        self._outer = outer
        self._owned = owned
        self._ahead = b""
        self._given = 0
        self._size = path.stat().st_size if path is not None else None
        self._seekable: BinaryIO | None = None

    @classmethod
    def open(cls, source: Path | BinaryIO) -> "Stream":
        """Open a file; a stream that is given stays open.

        Raises:
            TypeError: it is neither a path nor a stream.
            ReadError: it cannot be opened.
        """
        if not isinstance(source, Path):
            if isinstance(source, io.TextIOBase) or not hasattr(source, "read"):
                need(source, Path, "lines are read from a path or a binary stream: write Path('claims.csv')")
            return cls(source, STANDARD_INPUT, owned=False)
        try:
            return cls(source.open("rb"), str(source), path=source)
        except OSError as error:
            msg = f"cannot be read ({error.strerror}); {_remedy(source)}"
            raise ReadError(msg) from error

    def head(self, size: int) -> bytes:
        """Give up to ``size`` bytes from here, and leave them there."""
        while len(self._ahead) < size and (more := self._from_source(size - len(self._ahead))):
            self._ahead += more
        return self._ahead[:size]

    def read(self, size: int = -1) -> bytes:
        """Read up to ``size`` bytes, all of the rest by default; nothing at the end.

        Raises:
            ReadError: the source cannot be read any further.
        """
        if size < 0:
            return b"".join(iter(lambda: self.read(_BLOCK), b""))
        if self._ahead:
            found, self._ahead = self._ahead[:size], self._ahead[size:]
        else:
            found = self._from_source(size)
        self._given += len(found)
        return found

    def read_at_most(self, size: int) -> bytes:
        """Read all of the rest, but stop beyond ``size`` bytes."""
        pieces, total = [], 0
        while total <= size and (more := self.read(_BLOCK)):
            pieces.append(more)
            total += len(more)
        return b"".join(pieces)

    def seekable_copy(self) -> BinaryIO:
        """Give the same bytes where one can go back and forth: the file, or a copy that nobody else sees."""
        if self._seekable is None and self.path is not None:
            self._seekable = self.path.open("rb")
        elif self._seekable is None:
            self._seekable = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 (closed with the stream)
            while more := self.read(_BLOCK):
                self._seekable.write(more)
            self._given = 0
            self._source = self._seekable
        self._seekable.seek(0)
        return self._seekable

    def _from_source(self, size: int) -> bytes:
        try:
            return self._source.read(size) or b""
        except PackedError as error:
            raise ReadError(str(error)) from error
        except OSError as error:
            msg = f"cannot be read any further ({error.strerror or 'the medium fails'})"
            raise ReadError(msg) from error

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read into a buffer, for those who wrap this stream."""
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def tell(self) -> int:
        """How many bytes were given."""
        return self._given

    @property
    def progress(self) -> tuple[int, int | None]:
        """Bytes given of those on disk, and how many there are; ``None`` where that is not known."""
        if self._outer is not None:
            return self._outer.progress
        if self._size is None:
            return 0, None
        return self._given or (self._seekable.tell() if self._seekable else 0), self._size

    def close(self) -> None:
        """Close everything that is owned."""
        if self.closed:
            return
        if self._owned:
            self._source.close()
        if self._seekable is not None:
            self._seekable.close()
        if self._outer is not None:
            self._outer.close()
        super().close()


def _remedy(path: Path) -> str:
    """Say what to give instead: where the file is not there, the one that is called nearly so."""
    if path.is_dir():
        return "give the files in it one by one"
    missing = path
    while not missing.parent.exists() and missing.parent != missing:
        missing = missing.parent
    try:
        names = [] if path.exists() else [each.name for each in missing.parent.iterdir()]
    except OSError:
        names = []
    for name in get_close_matches(missing.name, names, n=1):
        meant = missing.with_name(name) / path.relative_to(missing)
        if meant.exists():
            return f"did you mean {meant}?"
    return "give a file that can be read"
