"""Published text files: bytes to lines, whatever their encoding, and lines to cells."""

import csv
import hashlib
from pathlib import Path

import attrs

from claimrules.codebook.errors import BuildError


@attrs.frozen(kw_only=True)
class TextFile:
    """The lines of a file, the first is line 1, and the SHA-256 of its bytes."""

    name: str
    sha256: str
    lines: tuple[str, ...]


def read_text_file(path: Path) -> TextFile:
    """Read a text file.

    Raises:
        BuildError: it cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise BuildError(msg) from error
    lines = decode(raw).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return TextFile(name=path.name, sha256=hashlib.sha256(raw).hexdigest(), lines=tuple(lines))


def decode(raw: bytes) -> str:
    """Decode UTF-8, with or without its mark, else Latin-1, which the older files use."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def cells_of(line: str) -> list[str]:
    """Split one line of CSV into stripped cells; a quote that is not closed ends with its line."""
    if '"' not in line:
        return [cell.strip() for cell in line.split(",")]
    try:
        return [cell.strip() for cell in next(csv.reader((line,)))]
    except (csv.Error, StopIteration):
        return [line]
