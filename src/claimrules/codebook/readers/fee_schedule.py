"""Reads the National Physician Fee Schedule Relative Value File, the CSV form as published.

Ten lines of preamble and header, 31 columns until 2025 and 32 from 2026, names that repeat, a last
record of one 0x1A character. Source: the file's record layout (RVUyyQ).
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

from claimrules.codebook.errors import BuildError
from claimrules.codebook.notes import Notebook
from claimrules.codebook.readers.fee_schedule_preamble import Preamble, read_preamble
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.readers.text import cells_of, decode, read_text_file
from claimrules.codebook.schema import BLANK_SPEAKS, DECIMAL, FEE_FIELDS, WHOLE
from claimrules.codebook.tables import ROWS, FeeRow, FeeSchedule
from claimrules.model.edition import Edition, Table, snapshot_end
from claimrules.model.indicator import INDICATORS

COVERS: Final = ("nnnnn", "nnnnT", "nnnnF")
"""The shapes of which a whole file lists every code; of the others it lists only some."""

COMPLETE_ABOVE: Final = 15_000
# Records of whole files, measured: 17,346 (2020 D), 17,600 (2022 A), 18,010 (2023 A), 18,664 (2024 C),
# 19,090 (2025 D). They are sorted by code and end with 99607: one that was cut off does not reach 99.
LAST_CODES: Final = "99"

_END_OF_FILE: Final = "\x1a"
_MARKS = (b"National Physician Fee Schedule Relative Value File", b"HCPCS,MOD,DESCRIPTION")
_CODE = re.compile(r"[0-9A-Z]{5}", re.ASCII)
_NUMBER = re.compile(r"\d{1,7}(\.\d{1,6})?|\.\d{1,6}", re.ASCII)
_NA: Final = "NA"

Rows = dict[str, dict[str, FeeRow]]


def detect(head: bytes) -> bool:
    """Say whether the head of a file is that of a relative value file in CSV."""
    text = decode(head).upper()
    return text.count(",") > text.count("\n") and any(mark.decode().upper() in text for mark in _MARKS)


def read(path: Path) -> ReadResult:
    """Read one file.

    Raises:
        BuildError: the preamble lacks the title, the header or a column, or no record can be read.
    """
    file = read_text_file(path)
    preamble = read_preamble(str(path), file.lines)
    reading = _Reading(preamble)
    for number, line in enumerate(file.lines[preamble.first :], start=preamble.first + 1):
        if line.strip():
            reading.record(number, line)
    if not reading.rows:
        msg = f"{path}: has a header but no record that can be read; download it again"
        raise BuildError(msg)
    edition = Edition(
        name=preamble.name,
        table=Table.FEE_SCHEDULE,
        effective=preamble.effective,
        ends=snapshot_end(preamble.effective),
        covers=COVERS,
        complete=reading.judge_extent(),
        released=preamble.released,
        source_file=file.name,
        sha256=file.sha256,
        rows=reading.kept,
    )
    table = FeeSchedule(edition=edition, rows=reading.rows)
    return ReadResult(table=table, skipped=reading.skipped.notes(), warnings=reading.warnings.notes())


class _Reading:
    """The records read so far, and the remarks on them."""

    def __init__(self, preamble: Preamble) -> None:
        """Start below the header."""
        self.rows: Rows = {}
        self.kept = 0
        self.skipped, self.warnings = Notebook(), Notebook()
        self._lost = False
        self._preamble = preamble
        self._fields = [(name, preamble.columns.get(name)) for name in FEE_FIELDS]
        self._parsed: dict[tuple[str, str], object] = {}
        if preamble.released is None:
            text = "no readable 'RELEASED mm/dd/yyyy' line: a reissue cannot be told from what it replaces"
            self.warnings.add(text, preamble.released_line)

    def judge_extent(self) -> bool:
        """Say whether it is a whole file, so that an absent code is known to be absent."""
        if self.kept <= COMPLETE_ABOVE:
            return False
        if self._lost:
            why = "records were skipped"
        elif not max((code for code in self.rows if code.isdecimal()), default="").startswith(LAST_CODES):
            why = f"no code starts with {LAST_CODES}: was the file cut off?"
        else:
            return True
        text = f"not a complete schedule, an absent code proves nothing: {why}"
        self.warnings.add(text, self._preamble.first)
        return False

    def record(self, number: int, line: str) -> None:
        """Keep one record, or say why not."""
        cells = cells_of(line)
        if fault := self._fault(line, cells):
            self.skipped.add(fault, number)
            self._lost = self._lost or cells[0] != _END_OF_FILE
            return
        code, row = cells[self._preamble.columns["code"]], cells[self._preamble.columns["row"]]
        fee = FeeRow._make(
            None if index is None else self._value(name, cells[index], number) for name, index in self._fields
        )
        rows = self.rows.setdefault(code, {})
        if row in rows:
            self._repeated(code, row, rows[row], fee, number)
            return
        rows[row] = fee
        self.kept += 1

    def _fault(self, line: str, cells: list[str]) -> str:
        if cells[0] == _END_OF_FILE:
            return "an end-of-file mark (one 0x1A character), not a record"
        if "\0" in line:
            return "holds NUL bytes"
        if len(cells) != self._preamble.width:
            return f"has {len(cells)} columns where the header has {self._preamble.width}"
        code, row = cells[self._preamble.columns["code"]], cells[self._preamble.columns["row"]]
        if not _CODE.fullmatch(code):
            return f"HCPCS {_shown(code)} is no code of five characters (zeros lost in a spreadsheet?)"
        return "" if row in ROWS else f"MOD {_shown(row)} is none of blank, 26, TC, 53"

    def _repeated(self, code: str, row: str, first: FeeRow, again: FeeRow, number: int) -> None:
        differ = [name for name, a, b in zip(FEE_FIELDS, first, again, strict=True) if a != b]
        said = f"they disagree in {', '.join(differ)}" if differ else "they agree"
        key = f"{code}-{row}" if row else code
        self.warnings.add(f"{key} is there more than once, the first record counts; {said}", number)

    def _value(self, field: str, text: str, number: int) -> object:
        if not text:
            return "" if field in BLANK_SPEAKS else None
        try:
            return self._parsed[field, text]
        except KeyError:
            pass
        if not _possible(field, text):
            self.warnings.add(f"{field}: {_shown(text)} is not a value it can have; left open", number)
            return None
        return self._parsed.setdefault((field, text), _read_value(field, text))


def _possible(field: str, text: str) -> bool:
    if field in INDICATORS:
        return text in _VALUES[field]
    if field in DECIMAL:
        return text == _NA or _NUMBER.fullmatch(text) is not None
    if field in WHOLE:
        return _NUMBER.fullmatch(text) is not None and _percent(text) is not None
    return field != "endoscopic_base" or _CODE.fullmatch(text) is not None


_VALUES: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(member.value for member in members) for name, members in INDICATORS.items()
}


def _read_value(field: str, text: str) -> object:
    if field in DECIMAL:
        return None if text == _NA else Decimal(text)
    return _percent(text) if field in WHOLE else text


def _percent(text: str) -> int | None:
    """``.10`` and ``0.10`` are ten percent; a part of a percent is not published."""
    percent = Decimal(text) * 100
    return int(percent) if percent == int(percent) and percent <= 100 else None  # noqa: PLR2004 (percent)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 12 else f"{text[:12]}…")  # noqa: PLR2004 (enough to find it)
