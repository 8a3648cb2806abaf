"""What the readers of the OPPS and ASC addenda share: title, header, and the records below it."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final, Generic, TypeVar

import attrs

from claimrules.codebook.notes import Notebook
from claimrules.codebook.readers.published import PublishedFile, Row
from claimrules.codebook.readers.values import filled, is_code, money
from claimrules.model.indicator import Indicator
from claimrules.model.published import AscRow, OppsRow

AddendumRow = TypeVar("AddendumRow", OppsRow, AscRow)

_header = re.compile(r'(?<![a-z])hcpcs\s*codes?\s*"?\s*[,\t]', re.IGNORECASE)
_title = re.compile(r"\baddendum\s+([a-z]{1,2}\d?)\b", re.IGNORECASE)
_proposed = re.compile(r"\bproposed\b", re.IGNORECASE)
_release = re.compile(r"\.(\d\d)(\d\d)((?:20)?\d\d)(?!\d)")

_END_OF_FILE: Final = "\x1a"
_STRAY: Final = "\xa0\xff\ufffd"
"""A no-break space, and what it became in some of the published files; it follows codes too."""
_BLANKS: Final = str.maketrans(dict.fromkeys(_STRAY, " "))
_PLACES: Final = 6


@attrs.frozen(kw_only=True)
class Header:
    """The header of an addendum: the lines of text above it, its line, its cells."""

    above: tuple[str, ...]
    line: int
    cells: tuple[str, ...]


def header_in(head: str) -> tuple[str, str] | None:
    """Give the letters of the addendum that the text above the header names, and the header, all small.

    The letters are empty where nothing is named; without a column of HCPCS codes there is no header.
    """
    found = _header.search(head)
    if not found:
        return None
    title = _title.search(head, 0, found.start())
    return (title[1] if title else "").lower(), head[found.start() :][:1000].lower()


def squeezed(cell: str) -> str:
    """Give the letters and digits of a header's cell, in small letters: line breaks in it move."""
    return re.sub(r"[^a-z0-9]", "", cell.lower())


def label(text: str) -> str | None:
    """Give a short descriptor, with blanks where the published file has something else for one."""
    return filled(text.translate(_BLANKS))


def released_in(name: str) -> date | None:
    """Give the day of release with which a name ends, such as ``_Addendum_B.03232026``."""
    if not (found := _release.search(name)):
        return None
    try:
        return date(2000 + int(found[3]) % 100, int(found[1]), int(found[2]))
    except ValueError:
        return None


class Addendum(Generic[AddendumRow]):
    """One file while it is read: the records kept so far, and the remarks on them.

    ``kept`` counts the records in ``rows``; ``lost`` says that one was left out; ``ending`` counts the
    notes that follow the last one.
    """

    def __init__(self, file: PublishedFile) -> None:
        """Read as far as the header.

        Raises:
            BuildError: there is no header, or the file is of a proposed rule.
        """
        self.rows: dict[str, AddendumRow] = {}
        self.skipped, self.warnings = Notebook(), Notebook()
        self.lost, self.ending, self.kept = False, 0, 0
        self._file = file
        self._records: Iterator[Row] = file.rows()
        self.header = self._read_header()
        self._code = self.column("hcpcscode", "HCPCS Code")

    def column(self, end: str, name: str) -> int:
        """Give the one column whose squeezed name ends so.

        Raises:
            BuildError: there is none, or more than one; it tells ``name``.
        """
        found = [at for at, cell in enumerate(self.header.cells) if squeezed(cell).endswith(end)]
        if len(found) != 1:
            many = "more than one column" if found else "no column"
            text = f"the header has {many} {name!r}; use the file as published for one quarter"
            raise self._file.error(text, self.header.line)
        return found[0]

    def records(self) -> Iterator[tuple[int, str, list[str]]]:
        """Give line, code and cells of every record; count what is none."""
        width = len(self.header.cells)
        for line, cells in self._records:
            record = cells + [""] * (width - len(cells))
            code = record[self._code].translate(_BLANKS).rstrip()
            if _is_note(record):
                self.skipped.add("a note, not a record", line)
                self.ending += 1
            elif fault := _fault(record, code, width):
                self.skip(fault, line)
            else:
                self.ending = 0
                yield line, code, record

    def skip(self, why: str, line: int) -> None:
        """Leave a record out: from here on the file is not whole, unless only its end was marked."""
        self.skipped.add(why, line)
        self.lost = self.lost or why != _MARKED

    def keep(self, code: str, row: AddendumRow, line: int) -> None:
        """Keep the first record of each code; the later ones are remarked on."""
        self.kept += 1
        if code not in self.rows:
            self.rows[code] = row
            return
        self.kept -= 1
        first = attrs.asdict(self.rows[code])
        differ = [name for name, value in attrs.asdict(row).items() if first[name] != value]
        said = f"they disagree in {', '.join(differ)}" if differ else "they agree"
        self.warnings.add(f"{code} is there more than once, the first record counts; {said}", line)

    def indicator(self, kind: type[Indicator], field: str, text: str, line: int) -> str | None:
        """Read an indicator; one that does not exist is left open."""
        value = text.upper()
        if value not in _values(kind):
            self.warnings.add(f"{field}: {_shown(text)} is not a value it can have; left open", line)
            return None
        if value != text:
            self.warnings.add(f"{field}: {_shown(text)} is printed in small letters; read as {value!r}", line)
        return value

    def amount(self, field: str, text: str, line: int) -> Decimal | None:
        """Read an amount in dollars or a weight; a blank or a lone point says that there is none."""
        if text in {"", "."}:
            return None
        value = money(text if self._file.is_text else _without_noise(text))
        if value is None:
            self.warnings.add(f"{field}: {_shown(text)} is not an amount; left open", line)
        return value

    def judge(self, why: str) -> bool:
        """Say whether the file is whole: records were not left out, and ``why`` names no other reason."""
        if not self.rows:
            text = "has a header but no record that can be read; download it again"
            raise self._file.error(text)
        if reason := why or ("records were left out" if self.lost else ""):
            text = f"not a complete addendum, an absent code proves nothing: {reason}"
            self.warnings.add(text, self.header.line)
        return not reason

    def _read_header(self) -> Header:
        above: list[str] = []
        for line, cells in self._records:
            if any(squeezed(cell) == "hcpcscode" for cell in cells):
                return self._header(above, line, cells)
            above += " ".join(cells).splitlines()
        text = "the header, which starts with 'HCPCS Code', is missing; use the file as published"
        raise self._file.error(text)

    def _header(self, above: list[str], line: int, cells: list[str]) -> Header:
        if any(_proposed.search(text) for text in (*above, *cells)):
            text = "is of a proposed rule, which was never in force; give the final addendum"
            raise self._file.error(text, line)
        width = max(at for at, cell in enumerate(cells, start=1) if cell)
        return Header(above=tuple(above), line=line, cells=tuple(cells[:width]))


@cache
def _values(kind: type[Indicator]) -> frozenset[str]:
    return frozenset(member.value for member in kind)


_MARKED: Final = "an end-of-file mark (one 0x1A character), not a record"


def _is_note(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) == 1 and " " in filled[0]


def _fault(cells: list[str], code: str, width: int) -> str:
    if code == _END_OF_FILE:
        return _MARKED
    if any("\0" in cell for cell in cells):
        return "holds NUL bytes"
    if any(cells[width:]):
        return "has more filled cells than the header has names"
    if not is_code(code):
        return f"HCPCS Code {_shown(code)} is no code of five characters (zeros lost in a spreadsheet?)"
    return ""


def _without_noise(text: str) -> str:
    """A sheet holds binary fractions: 1414.7299999999998 is 1414.73."""
    try:
        return format(round(Decimal(text), _PLACES).normalize(), "f")
    except InvalidOperation:
        return text


def _shown(text: str) -> str:
    return repr(text if len(text) <= 12 else f"{text[:12]}…")  # noqa: PLR2004 (enough to find it)
