"""A published file as a reader sees it, whatever it came in: lines of text, or rows of cells."""

import csv
from collections.abc import Callable, Iterator
from datetime import date

import attrs

from claimrules.codebook.errors import BuildError

HEAD_CHARACTERS = 16_384
"""How much of a file ``detect`` is shown, at most."""

_LONGEST_RECORD = 200
"""Lines: a quote that is not closed would else swallow the file as one cell."""

Row = tuple[int, list[str]]


@attrs.frozen(kw_only=True)
class Declared:
    """What the caller says of files that do not say it themselves."""

    effective: date | None = None
    setting: str | None = None
    code: str | None = None


@attrs.frozen(kw_only=True)
class PublishedFile:
    """A plain file, what a ``.gz`` holds, a member of an archive, or a sheet of a workbook.

    ``name`` is its own name, without folder and ``.gz``; ``container`` that of the archive or workbook
    it came in, else the same; ``where`` tells people which it is. ``sha256`` is of the file on disk.
    ``head`` is the beginning as text, the cells of a workbook parted by tabs. ``is_text`` is false for
    the sheet of a workbook.
    """

    name: str
    container: str
    where: str
    sha256: str
    head: str = attrs.field(repr=False)
    is_text: bool = True
    declared: Declared = Declared()
    _lines: Callable[[], Iterator[str]] = attrs.field(repr=False, eq=False)
    _cells: Callable[[], Iterator[list[str]]] | None = attrs.field(repr=False, eq=False, default=None)

    def lines(self) -> Iterator[str]:
        """Give the lines of a text, without their ends; the first is line 1. A sheet: its rows, by tabs."""
        return self._lines()

    def rows(self, delimiter: str | None = None) -> Iterator[Row]:
        """Give every record as its line (or row of the sheet, from 1) and its stripped cells.

        A quoted cell may hold line breaks. Without ``delimiter`` it is the tab where the head has more
        tabs than commas, else the comma. Wholly empty records are left out.

        Raises:
            BuildError: a quote is opened and not closed.
        """
        records = enumerate(self._cells(), start=1) if self._cells else self._records(delimiter)
        for number, cells in records:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield number, stripped

    def error(self, text: str, line: int | None = None) -> BuildError:
        """Make the error that says ``text`` of this file, and of one of its lines."""
        place = f"{self.where}, line {line}" if line else self.where
        return BuildError(f"{place}: {text}")

    def _records(self, delimiter: str | None) -> Iterator[Row]:
        mark = delimiter or ("\t" if self.head.count("\t") > self.head.count(",") else ",")
        lines = enumerate(self.lines(), start=1)
        for number, line in lines:
            if not line.startswith('"') and f'{mark}"' not in line:
                yield number, line.split(mark)
                continue
            record, held = line, 1
            while record.count('"') % 2:
                following = next(lines, None)
                held += 1
                if following is None or held > _LONGEST_RECORD:
                    text = "a quote is opened and not closed; is the file cut off?"
                    raise self.error(text, number)
                record = f"{record}\n{following[1]}"
            yield number, next(csv.reader([record], delimiter=mark, strict=False))
