"""What the XML of sheets says that a reader of cells does not: how far they reach, which cells lack a value.

A sheet is scanned in pieces, before anything of it is held.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import IO, Final
from xml.etree import ElementTree as ET

from claimrules.files.packed import DAMAGED

MOST_CELLS: Final = 20_000_000
"""Of the rectangle that holds all cells of a sheet: so many are held in memory."""
LONGEST_CELL: Final = 1 << 20
"""Bytes of one cell: a spreadsheet takes 32,767 characters."""
_CHUNK: Final = 1 << 20

_CELL: Final = rb"<(?:\w+:)?c(?=[\s/>])"
_PLACE: Final = rb"\sr\s*=\s*[\"']\$?([A-Za-z]+)\$?([0-9]+)[\"']"
_start, _place, _placed = map(re.compile, (_CELL, _PLACE, _CELL + rb"[^>]*?" + _PLACE))
_plainly_placed = re.compile(rb"<c r=\"([A-Z]+)([0-9]+)\"")
_odd_start = re.compile(rb"<c[\t\n\r]")
_row = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_numbered_row = re.compile(rb"<(?:\w+:)?row\b[^>]*?\sr\s*=\s*[\"']([0-9]+)[\"']")
_error = re.compile(_CELL + rb"([^>]*?\st\s*=\s*[\"']e[\"'][^>]*)>")
_formula = re.compile(
    _CELL + rb"([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_text = re.compile(rb"\st\s*=\s*[\"']str[\"']")

Marks = Mapping[int, frozenset[int]]
"""The columns, from 0, without a value, by row, from 0."""


class TooFarError(ValueError):
    """A sheet that reaches too far to be held; the text says how far."""


class NoPlaceError(ValueError):
    """Cells without a value of which it cannot be told where they stand; the text gives the remedy."""


def marks_of(raw: bytes) -> Mapping[str, Marks]:
    """Give, by the title of each sheet, the cells that hold an error or a formula without its value.

    Raises:
        TooFarError: a sheet is too large to be held.
        NoPlaceError: it cannot be told where such cells stand.
        OSError, ValueError, NotImplementedError …: the archive is damaged (``DAMAGED``), or its XML is.
    """
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        titles = _titles(archive)
        found: dict[str, Marks] = {}
        for info in archive.infolist():
            with archive.open(info) as member:
                title = titles.get(info.filename, info.filename)
                found[title] = _Scan(title).marks(member)
    return found


def _titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """The titles of the sheets, by the names of their members."""
    try:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 (expat bounds entities)
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 (as above)
    except (KeyError, ET.ParseError, *DAMAGED):
        return {}
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            number = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
            target = targets.get(number, "")
            member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found[member] = sheet.get("name", "")
    return found


class _Scan:
    """Reads one sheet."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._rows = self._width = self._cells = 0
        self._loose_rows = self._loose_width = self._here = 0
        self._found: dict[int, set[int]] = {}

    def marks(self, member: IO[bytes]) -> Marks:
        """Give the cells without a value."""
        for piece in self._pieces(member):
            self._reach(piece)
            self._mark(piece)
        return {row: frozenset(columns) for row, columns in self._found.items()}

    def _reach(self, piece: bytes) -> None:
        """Find how far the cells reach; one that tells no place stands behind the last one, at most."""
        places, cells = _plainly_placed.findall(piece), _count(piece)
        if len(places) < cells:
            places = _placed.findall(piece)
        self._cells += cells
        if places:
            self._width = max(self._width, *(_number(letters) for letters in {each[0] for each in places}))
            self._rows = max(self._rows, *map(int, {each[1] for each in places}))
        if len(places) < cells or self._loose_rows:
            first, *others = _row.split(piece)
            for part in (first, *others):
                self._here = _count(part) + (self._here if part is first else 0)
                self._loose_width = max(self._loose_width, self._here)
            self._loose_rows += len(others) or 1
            self._rows = max(self._rows, *map(int, _numbered_row.findall(piece)), 0)
        rows, width = self._rows + self._loose_rows, self._width + self._loose_width
        if max(rows * width, self._cells) > MOST_CELLS:
            msg = f"sheet {self._title} reaches over {rows:,} rows and {width:,} columns"
            raise TooFarError(msg)

    def _pieces(self, member: IO[bytes]) -> Iterator[bytes]:
        """Whole cells, some at a time."""
        held = b""
        while chunk := member.read(_CHUNK):
            held += chunk
            last = max(held.rfind(b"<c"), held.rfind(b"<", 0, max(held.rfind(b":c"), 0)), 0)
            if len(held) - last > LONGEST_CELL + _CHUNK:
                # No cell is so long: what ends the sheet is, and holds none.
                if _start.match(held, last):
                    msg = f"sheet {self._title} has a cell of more than {LONGEST_CELL:,} bytes"
                    raise TooFarError(msg)
                last = len(held) - _CHUNK
            if last > 0:
                yield held[:last]
                held = held[last:]
        yield held

    def _mark(self, piece: bytes) -> None:
        if b"e" in piece and (b'"e"' in piece or b"'e'" in piece):
            for tag in _error.finditer(piece):
                self._add(tag[1])
        if b"<f" in piece or b":f" in piece:
            for cell in _formula.finditer(piece):
                if cell[2] is None or not _text.search(cell[1]):
                    self._add(cell[1])

    def _add(self, tag: bytes) -> None:
        place = _place.search(tag)
        if place is None:
            msg = (
                f"sheet {self._title} has errors, or formulas without their values, in cells that do not say "
                "where they stand; open it in a spreadsheet, mend and save it"
            )
            raise NoPlaceError(msg)
        self._found.setdefault(int(place[2]) - 1, set()).add(_number(place[1]) - 1)


def _count(piece: bytes) -> int:
    """How many cells begin; other elements of the same first letter are none."""
    if b":c" in piece:
        return len(_start.findall(piece))
    return piece.count(b"<c ") + piece.count(b"<c>") + piece.count(b"<c/") + len(_odd_start.findall(piece))


def _number(letters: bytes) -> int:
    """The number of a column, 1 for A."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
