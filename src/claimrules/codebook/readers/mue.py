"""Reads the tables of medically unlikely edits: practitioner, outpatient hospital, DME supplier.

One notice over several lines, then a header whose first cell holds a line break; the value column is
named after the setting. No date stands in the file. Medicaid's tables have no adjudication indicator.
Source: NCCI Policy Manual, chapter I, section V.
"""

import re
from itertools import islice
from typing import Final

import attrs

from claimrules.codebook.notes import Notebook
from claimrules.codebook.readers import naming
from claimrules.codebook.readers.published import PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.readers.values import filled, is_code, whole
from claimrules.codebook.tables import MueRow, MueTable
from claimrules.model.edition import MEDICAID, Edition, Table, snapshot_end

EXAMPLE: Final = "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"

_HEADER_WITHIN: Final = 50
"""Records: the published files have the header in the second."""

_code_names = re.compile(r"hcpcs\s*/?\s*(cpt)?\s*codes?|cpt\s+codes?")
_value_names = re.compile(r"mue\s+values?")
_mai = re.compile(r"([123])(?!\d)")


def detect(file: PublishedFile) -> bool:
    """Say whether the head holds the header of an MUE table."""
    head = file.head.lower()
    values = any(_value_names.search(line) and ("," in line or "\t" in line) for line in head.splitlines())
    return values and _code_names.search(head) is not None


def read(file: PublishedFile) -> ReadResult:
    """Read one table.

    Raises:
        BuildError: there is no header, a column is missing or there twice, nothing says the quarter or
            the setting, or no record can be read.
    """
    header = _header(file)
    reading = _Reading(header)
    for number, cells in file.rows():
        if number > header.line:
            reading.record(number, cells)
    if not reading.rows:
        text = "has the header of an MUE table but no record that can be read; download it again"
        raise file.error(text, header.line)
    table = MueTable(edition=_edition(file, header, len(reading.rows)), rows=reading.rows)
    return ReadResult(tables=(table,), skipped=reading.skipped.notes(), warnings=reading.warnings.notes())


@attrs.frozen(kw_only=True)
class _Header:
    """Where the columns stand, and what the words of title and header say of the table."""

    line: int
    code: int
    value: int
    mai: int | None
    rationale: int | None
    setting: str | None
    program: str


def _edition(file: PublishedFile, header: _Header, rows: int) -> Edition:
    effective = naming.effective_date(file, EXAMPLE)
    quarter = naming.quarter_name(effective)
    return Edition(
        name=f"Medicaid MUE {quarter}" if header.program == MEDICAID else f"MUE {quarter}",
        table=Table.MUE,
        setting=header.setting or naming.setting(file, EXAMPLE),
        program=header.program,
        effective=effective,
        ends=snapshot_end(effective),
        source_file=file.name,
        sha256=file.sha256,
        rows=rows,
    )


def _header(file: PublishedFile) -> _Header:
    title = [file.name, file.container]
    for line, cells in islice(file.rows(), _HEADER_WITHIN):
        names = [" ".join(cell.lower().split()) for cell in cells]
        title.extend(names)
        codes = [place for place, name in enumerate(names) if _code_names.fullmatch(name)]
        values = [place for place, name in enumerate(names) if _value_names.search(name)]
        if not codes or not values:
            continue
        if len(codes) > 1 or len(values) > 1:
            text = "more than one column of codes or of MUE values; give the table, not a report of changes"
            raise file.error(text, line)
        header = _Header(
            line=line,
            code=codes[0],
            value=values[0],
            mai=_place("adjudication", names),
            rationale=_place("rationale", names),
            setting=naming.setting_in(names[values[0]]),
            program=naming.program_in("\n".join(title)),
        )
        _check(file, header)
        return header
    text = "no record holds both 'HCPCS/CPT Code' and '… MUE Values'; give the table as published"
    raise file.error(text)


def _check(file: PublishedFile, header: _Header) -> None:
    missing = "MUE Adjudication Indicator" if header.mai is None else "MUE Rationale"
    if header.program == MEDICAID or (header.mai is not None and header.rationale is not None):
        return
    text = (
        f"the header lacks the column {missing!r}; give the table as published "
        "(a Medicaid table has 'medicaid' or 'MCD' in its published name)"
    )
    raise file.error(text, header.line)


def _place(word: str, names: list[str]) -> int | None:
    return next((place for place, name in enumerate(names) if word in name), None)


class _Reading:
    """The records read so far, and the remarks on them."""

    def __init__(self, header: _Header) -> None:
        """Start below the header."""
        self.rows: dict[str, MueRow] = {}
        self.skipped, self.warnings = Notebook(), Notebook()
        self._header = header

    def record(self, number: int, cells: list[str]) -> None:
        """Keep one record, or say why not."""
        code, value = _cell(cells, self._header.code), _cell(cells, self._header.value)
        units = whole(value)
        if fault := _fault(cells, code, value, units):
            self.skipped.add(fault, number)
            return
        row = MueRow(units, self._indicator(cells, number), self._rationale(cells))
        first = self.rows.setdefault(code, row)
        if first is row:
            return
        text = f"{code} is there more than once, the first record counts; "
        self.warnings.add(text + ("they agree" if first == row else "they disagree"), number)

    def _indicator(self, cells: list[str], number: int) -> str | None:
        if self._header.mai is None:
            return None
        text = _cell(cells, self._header.mai)
        if match := _mai.match(text):
            return match[1]
        said = f"the adjudication indicator {text[:12]!r} starts with none of 1, 2, 3; it is left open"
        self.warnings.add(said, number)
        return None

    def _rationale(self, cells: list[str]) -> str | None:
        return None if self._header.rationale is None else filled(_cell(cells, self._header.rationale))


def _fault(cells: list[str], code: str, value: str, units: int | None) -> str:
    if any("\0" in cell for cell in cells):
        return "holds NUL bytes"
    if cells[0] == "\x1a":
        return "an end-of-file mark (one 0x1A character), not a record"
    if not is_code(code):
        shown = f" {code}" if code.isalnum() and len(code) < 7 else ""  # noqa: PLR2004 (code-like)
        return f"HCPCS/CPT Code{shown} is no code of five characters (zeros lost in a spreadsheet?)"
    if units is None:
        return f"the MUE value {value[:12]!r} is no whole number"
    return ""


def _cell(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""
