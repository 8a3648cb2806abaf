"""Reads one part of the NCCI procedure-to-procedure edits as published: tabs, six lines of header.

The file does not say its setting, quarter or part: its name does (``ccipra-v302r0-f1``: practitioner,
version 30.2, first part). The column ``*=in existence prior to 1996`` is not kept: it is blank in every
record seen, and no rule asks for it. Sources: the file; NCCI Policy Manual, chapter I, sections A to Q.
"""

import re
from collections.abc import Iterable
from typing import Final

from claimrules.codebook.notes import Notebook
from claimrules.codebook.readers import naming, values
from claimrules.codebook.readers.published import PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.relations import key_range
from claimrules.codebook.tables import PairRow, PairTable
from claimrules.model.edition import Edition, Kind, Table
from claimrules.model.period import OPEN_END, quarter_end

_EXAMPLE: Final = "ccipra-v302r0-f1.txt"
_INDICATORS: Final = frozenset("019")
_WIDTH: Final = 7
_HEAD: Final = re.compile(r"column 1\W+column 2\b", re.IGNORECASE)
_HEADER_LINES: Final = 20
_PART: Final = re.compile(r"[-_ ]f(\d{1,2})(?!\d)", re.IGNORECASE)


def detect(file: PublishedFile) -> bool:
    """Say whether the head of a file is that of procedure-to-procedure edits."""
    return _HEAD.search(file.head) is not None and "modifier" in file.head.lower()


def read(file: PublishedFile) -> ReadResult:
    """Read one part.

    Raises:
        BuildError: setting or quarter are not known, or no record can be read.
    """
    setting = naming.setting(file, _EXAMPLE)
    effective = naming.effective_date(file, _EXAMPLE)
    reading = _Reading()
    reading.records(file)
    if not reading.rows:
        text = "has a header but no record that can be read; download it again"
        raise file.error(text)
    first, last = min(reading.rows), max(reading.rows)
    edition = Edition(
        name=f"NCCI pairs {naming.quarter_name(effective)}",
        table=Table.NCCI_PAIRS,
        setting=setting,
        part=_part(file),
        effective=effective,
        ends=quarter_end(effective),
        kind=Kind.CUMULATIVE,
        covers=(key_range(first, last),),
        complete=reading.judge_extent(),
        source_file=file.name,
        sha256=file.sha256,
        rows=reading.kept,
    )
    table = PairTable(edition=edition, rows=reading.rows)
    return ReadResult(tables=(table,), skipped=reading.skipped.notes(), warnings=reading.warnings.notes())


def _part(file: PublishedFile) -> str:
    found = _PART.search(file.name)
    return f"f{int(found[1])}" if found else ""


def _cells(file: PublishedFile) -> Iterable[tuple[int, list[str]]]:
    """Give the cells of every line; tabs, as published, are split here because there are millions."""
    if "\t" not in file.head:
        return file.rows()
    return ((number, line.split("\t")) for number, line in enumerate(file.lines(), start=1))


class _Reading:
    """The records read so far. Equal cells are parsed once: four million records share some thousand."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], tuple[PairRow, ...]] = {}
        self.kept = 0
        self.skipped, self.warnings = Notebook(), Notebook()
        self._codes: dict[str, str] = {}
        self._terms: dict[tuple[str, ...], PairRow | str] = {}

    def records(self, file: PublishedFile) -> None:
        """Read every record below the header."""
        started, number = False, 0
        for number, cells in _cells(file):
            if len(cells) == _WIDTH and (started or self._starts(cells)):
                started = True
                self._record(number, cells)
            elif started and any(cells):
                self._refuse("does not have seven columns: is the file cut off?", number)
            elif not started and number > _HEADER_LINES:
                text = f"no record in the first {_HEADER_LINES} lines; download it again"
                raise file.error(text)

    def judge_extent(self) -> bool:
        """Say whether every record was read, so that a pair in its range that is absent is no edit."""
        if not self._terms or not self.skipped.notes():
            return True
        text = "records were skipped: an absent pair proves nothing"
        self.warnings.add(text, self.skipped.notes()[0].lines[0])
        return False

    def _starts(self, cells: list[str]) -> bool:
        return self._code(cells[0]) != "" and self._code(cells[1]) != ""

    def _record(self, number: int, cells: list[str]) -> None:
        first, second = self._code(cells[0]), self._code(cells[1])
        if not first or not second:
            self._refuse("column 1 or column 2 is no code of five characters", number)
            return
        terms = (cells[3], cells[4], cells[5], cells[6])
        row = self._terms.get(terms)
        if row is None:
            row = self._terms.setdefault(terms, _term(terms))
        if isinstance(row, str):
            self._refuse(row, number)
            return
        self.kept += 1
        key = (first, second)
        earlier = self.rows.get(key)
        if earlier is None:
            self.rows[key] = (row,)
        elif row in earlier:
            self.warnings.add("the same record stands there more than once; it counts once", number)
        else:
            if any(_overlap(row, other) for other in earlier):
                text = "a pair stands there twice for the same days; the later, then the milder edit counts"
                self.warnings.add(text, number)
            self.rows[key] = (*earlier, row)

    def _refuse(self, why: str, number: int) -> None:
        self.skipped.add(why, number)

    def _code(self, text: str) -> str:
        """Give a code, the same object every time; blank for what is none."""
        known = self._codes.get(text)
        if known is None:
            stripped = text.strip().upper()
            known = self._codes.setdefault(text, stripped if values.is_code(stripped) else "")
        return known


def _overlap(one: PairRow, other: PairRow) -> bool:
    if one.modifier_indicator == "9" or other.modifier_indicator == "9":
        return False
    days = max(one.effective, other.effective), min(one.deletion, other.deletion)
    never = one.effective == one.deletion or other.effective == other.deletion
    return days[0] <= days[1] and not never and one.modifier_indicator != other.modifier_indicator


def _term(cells: tuple[str, ...]) -> PairRow | str:
    effective, deletion, indicator, rationale = (cell.strip() for cell in cells)
    first = values.compact_date(effective)
    last = OPEN_END if deletion == "*" else values.compact_date(deletion)
    if first is None or last is None:
        return "a date is not of the form YYYYMMDD"
    if last < first:
        return "is deleted before it takes effect"
    if indicator not in _INDICATORS:
        return f"modifier indicator {indicator[:3]!r} is none of 0, 1, 9"
    return PairRow(first, last, indicator, rationale)
