r"""The records that could not be read, as a file: where each stood, why, and as it stood there.

The raw text is written so that a row is one line, that no spreadsheet takes it for a formula, and that
``raw_bytes`` gives back the very bytes. It is UTF-8; a byte that is none, and a control character but for
the tab, is ``\xNN``, a line end ``\n`` or ``\r``, and a backslash ``\\``. An apostrophe stands before an
apostrophe, ``=``, ``+``, ``-``, ``@`` or tab at its beginning.
"""

import csv
import re
from typing import TYPE_CHECKING, Final, TextIO

from claimrules.formats.findings import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimrules.model.finding import Rejected

COLUMNS: Final = ("file", "line", "offset", "reason", "cut", "raw")

_NAMED: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_BYTES: Final = {escape[1]: char.encode() for char, escape in _NAMED.items()}
_special = re.compile("[\\\\\x00-\x08\x0a-\x1f\x7f\udc80-\udcff]")
_escape = re.compile(rb"\\(x[0-9a-f]{2}|.)")


def rejects_writer(stream: TextIO) -> "Callable[[Rejected], object]":
    """Write the header, and give what writes a row; ``offset`` is blank where it is not known."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    return lambda entry: writer.writerow(_row(entry))


def _row(entry: "Rejected") -> list[object]:
    raw, size = entry.raw or b"", entry.raw_size or 0
    cut = f"the first {len(raw):,} of {size:,} bytes" if size > len(raw) else ""
    return [safe(entry.file), entry.line, entry.offset, safe(entry.reason), cut, raw_cell(raw)]


def raw_cell(raw: bytes) -> str:
    """Write the bytes of a record as one line of text that is no formula."""
    text = _special.sub(_escaped, raw.decode(errors="surrogateescape"))
    return f"'{text}" if text.startswith("'") else str(safe(text))


def raw_bytes(cell: str) -> bytes:
    """Give back the bytes of a record."""
    text = cell.removeprefix("'").encode()
    return _escape.sub(_unescaped, text)


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    return _NAMED.get(char) or f"\\x{ord(char) & 0xFF:02x}"


def _unescaped(found: re.Match[bytes]) -> bytes:
    name = found[1].decode()
    return bytes.fromhex(name[1:]) if len(name) > 1 else _BYTES[name]
