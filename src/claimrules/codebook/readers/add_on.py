"""Reads the add-on code edits: which primary codes an add-on code goes with, and from when to when.

A notice, then eight columns; dates are YYYYDDD; ``CCCCC`` stands for a primary that the contractor
defines. Published as a workbook and as fixed-width text of the same fields without a header. Source:
NCCI Policy Manual, chapter I, section R (what types 1, 2 and 3 mean).
"""

import re
from collections.abc import Iterator
from typing import Final

from claimrules.codebook.notes import Notebook
from claimrules.codebook.readers import naming
from claimrules.codebook.readers.published import PublishedFile, Row
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.readers.values import is_code, julian_date
from claimrules.codebook.tables import AddOnRow, AddOnTable
from claimrules.model.edition import MEDICAID, Edition, Kind, Table
from claimrules.model.period import OPEN_END, quarter_end

EXAMPLE: Final = "AOC_V2026Q2-MCR.xlsx"

COMPLETE_ABOVE: Final = 6_000
# Records of whole files, measured: 9,000 (2026 Q2); past edits stay in it, so it only grows, and it ends
# with U0005, deleted in 2023: a file that was cut off does not reach U.
LAST_CODES: Final = "U"

CONTRACTOR_DEFINED: Final = "CCCCC"

_COLUMNS: Final = (
    "AOC_Edit_Type",
    "Add-On_Code",
    "AOC_DelDT",
    "Primary_Code",
    "Primary_Code_DelDT",
    "AOC_Edit_EffDT",
    "AOC_Edit_DelDT",
    "Special_Instruction_Notes",
)
_DELETIONS: Final = ("AOC_DelDT", "Primary_Code_DelDT", "AOC_Edit_DelDT")
_FIXED_WIDTHS: Final = ((0, 1), (1, 6), (6, 13), (13, 18), (18, 25), (25, 32), (32, 39), (39, None))
_fixed = re.compile(r"[123][0-9A-Z]{5}[ \d]{7}[0-9A-Z]{5}[ \d]{7}[12]\d{6}([ \d]{7}.*|\s*)", re.ASCII)
_HEADER_WITHIN: Final = 50

_ONLY: Final = {"practitioner only": "professional", "facilities only": "outpatient"}
"""What the note says, and the setting to which it limits the edit."""


def detect(file: PublishedFile) -> bool:
    """Say whether the head holds the header of the add-on edits, or their fixed-width records."""
    head = _plain(file.head)
    return all(_plain(name) in head for name in _COLUMNS[:-1]) or _is_fixed(file)


def read(file: PublishedFile) -> ReadResult:
    """Read one file.

    Raises:
        BuildError: there is no header or it lacks a column, nothing says the quarter, or no record can
            be read.
    """
    reading = _Reading()
    for number, record in _fixed_records(file) if _is_fixed(file) else _records(file):
        reading.record(number, record)
    if not reading.rows:
        text = "has the header of the add-on code edits but no record that can be read; download it again"
        raise file.error(text)
    effective = naming.effective_date(file, EXAMPLE)
    program = naming.program_in(f"{file.name} {file.container}")
    name = f"Add-on codes {naming.quarter_name(effective)}"
    edition = Edition(
        name=f"Medicaid {name}" if program == MEDICAID else name,
        table=Table.ADD_ON,
        program=program,
        effective=effective,
        ends=quarter_end(effective),
        kind=Kind.CUMULATIVE,
        complete=reading.judge_extent(),
        source_file=file.name,
        sha256=file.sha256,
        rows=reading.kept,
    )
    table = AddOnTable(edition=edition, rows={code: tuple(rows) for code, rows in reading.rows.items()})
    return ReadResult(tables=(table,), skipped=reading.skipped.notes(), warnings=reading.warnings.notes())


Record = dict[str, str]


def _records(file: PublishedFile) -> Iterator[tuple[int, Record]]:
    records = file.rows()
    places = _header(file, records)
    for number, cells in records:
        found = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
        yield number, found


def _header(file: PublishedFile, records: Iterator[Row]) -> dict[str, int]:
    for count, (number, cells) in enumerate(records):
        names = [_plain(cell) for cell in cells]
        places = {name: names.index(_plain(name)) for name in _COLUMNS if _plain(name) in names}
        if "Add-On_Code" in places and len(places) > 1:
            missing = [name for name in _COLUMNS if name not in places]
            if missing:
                text = f"the header lacks {', '.join(missing)}; give the file as published"
                raise file.error(text, number)
            return places
        if count > _HEADER_WITHIN:
            break
    text = "no record holds the header (AOC_Edit_Type, Add-On_Code …); give the file as published"
    raise file.error(text)


def _fixed_records(file: PublishedFile) -> Iterator[tuple[int, Record]]:
    begun = False
    for number, line in enumerate(file.lines(), start=1):
        begun = begun or _fixed.fullmatch(line) is not None
        if begun and line.strip():
            cells = [line[start:end].strip() for start, end in _FIXED_WIDTHS]
            yield number, dict(zip(_COLUMNS, cells, strict=True))


def _is_fixed(file: PublishedFile) -> bool:
    lines = [line for line in file.head.splitlines()[:100] if line.strip()]
    return file.is_text and sum(_fixed.fullmatch(line) is not None for line in lines) * 2 > len(lines)


class _Reading:
    """The edits read so far, and the remarks on them."""

    def __init__(self) -> None:
        """Start with no edit."""
        self.rows: dict[str, list[AddOnRow]] = {}
        self.kept = 0
        self._lost = False
        self.skipped, self.warnings = Notebook(), Notebook()
        self._seen: dict[tuple[object, ...], AddOnRow] = {}

    def judge_extent(self) -> bool:
        """Say whether it is a whole file, so that an absent code is known to be no add-on."""
        if self._lost:
            why = "records were skipped"
        elif self.kept <= COMPLETE_ABOVE:
            why = f"{self.kept} records, a whole file has more than {COMPLETE_ABOVE}"
        elif max(self.rows) < LAST_CODES:
            why = f"no add-on code starts with {LAST_CODES}: was the file cut off?"
        else:
            return True
        self.warnings.add(f"not a complete table, an absent code proves nothing: {why}", 1)
        return False

    def record(self, number: int, record: Record) -> None:
        """Keep one edit, or say why not."""
        if "\x1a" in record.values():
            self.skipped.add("an end-of-file mark (one 0x1A character), not a record", number)
            return
        row = _row(record)
        if isinstance(row, AddOnRow):
            self._keep(number, record["Add-On_Code"], row)
        else:
            self._lost = True
            self.skipped.add(row, number)

    def _keep(self, number: int, code: str, row: AddOnRow) -> None:
        first = self._seen.setdefault((code, row.primary, row.effective), row)
        if first is not row:
            text = f"{code}: an edit is there more than once, the first record counts; "
            self.warnings.add(text + ("they agree" if first == row else "they disagree"), number)
            return
        if row.deletion < row.effective:
            self.warnings.add("an edit is deleted before it takes effect: it was never in force", number)
        self.rows.setdefault(code, []).append(row)
        self.kept += 1


def _row(record: Record) -> AddOnRow | str:
    """Read one edit, or say why it cannot be read."""
    if any("\0" in cell for cell in record.values()):
        return "holds NUL bytes"
    for name in ("Add-On_Code", "Primary_Code"):
        if not is_code(record[name]):
            return f"{name} is no code of five characters (zeros lost in a spreadsheet?)"
    if record["AOC_Edit_Type"] not in {"1", "2", "3"}:
        return "AOC_Edit_Type is none of 1, 2, 3"
    effective = julian_date(record["AOC_Edit_EffDT"])
    deletions = [julian_date(record[name]) for name in _DELETIONS if record[name]]
    known = [day for day in deletions if day]
    if effective is None or len(known) < len(deletions):
        return "a date is no YYYYDDD"
    primary, note = record["Primary_Code"], record["Special_Instruction_Notes"]
    return AddOnRow(
        primary="" if primary == CONTRACTOR_DEFINED else primary,
        type=record["AOC_Edit_Type"],
        effective=effective,
        deletion=min(known, default=OPEN_END),
        settings=_settings(note),
        note=note.strip('" '),
    )


def _settings(note: str) -> str:
    lower = note.lower()
    return " ".join(setting for words, setting in _ONLY.items() if words in lower)


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
