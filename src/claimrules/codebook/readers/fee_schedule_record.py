"""The records of a fee schedule, in whatever layout they came: cells to rows, each kept or counted."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from claimrules.codebook.notes import Notebook
from claimrules.codebook.readers.fee_schedule_issue import Issue
from claimrules.codebook.readers.fee_schedule_value import CODE, read_value, shown
from claimrules.codebook.readers.published import PublishedFile, Row
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.schema import FEE_FIELDS
from claimrules.codebook.tables import ROWS, FeeRow, FeeSchedule
from claimrules.model.edition import Edition, Table, snapshot_end

COVERS: Final = ("nnnnn", "nnnnT", "nnnnF")
"""The shapes of which a whole file lists every code; of the others it lists only some."""

COMPLETE_ABOVE: Final = 15_000
# Records of whole files, measured: 17,346 (2020 D), 17,600 (2022 A), 18,010 (2023 A), 18,664 (2024 C),
# 19,090 (2025 D). They are sorted by code and end with 99607: one that was cut off does not reach 99.
LAST_CODES: Final = "99"

END_OF_FILE: Final = "\x1a"
_SHORT_CODE = re.compile(r"\d{1,4}", re.ASCII)


class Reading:
    """The records read so far, and the remarks on them."""

    def __init__(self, columns: Mapping[str, int], width: int) -> None:
        """Start above the first record; ``columns`` has ``code``, ``row`` and the fields that there are."""
        self.skipped, self.warnings = Notebook(), Notebook()
        self._rows: dict[str, dict[str, FeeRow]] = {}
        self._kept = 0
        self._lost = False
        self._code, self._row, self._width = columns["code"], columns["row"], width
        self._fields = [(name, columns.get(name)) for name in FEE_FIELDS]
        self._values: dict[tuple[str, str], tuple[object, str]] = {}
        self._whole_codes: set[str] = set()

    def read(self, records: Iterable[Row]) -> None:
        """Read every record, each a line and its cells."""
        held = list(records)
        self._whole_codes = {cells[self._code] for _, cells in held if len(cells) == self._width}
        for number, cells in held:
            self._record(number, cells)

    def lose(self, text: str, line: int) -> None:
        """Count a record that cannot be used; the file is no whole schedule any more."""
        self.skipped.add(text, line)
        self._lost = True

    def result(
        self, file: PublishedFile, issue: Issue, first: int, released: date | None = None
    ) -> ReadResult:
        """Give the schedule, whose records began at line ``first``.

        Raises:
            BuildError: no record could be read.
        """
        if not self._kept:
            text = "has no record that can be read; download it again"
            raise file.error(text)
        edition = Edition(
            name=issue.name,
            table=Table.FEE_SCHEDULE,
            effective=issue.effective,
            ends=snapshot_end(issue.effective),
            covers=COVERS,
            complete=self._judge_extent(first),
            released=released,
            source_file=file.name,
            sha256=file.sha256,
            rows=self._kept,
        )
        table = FeeSchedule(edition=edition, rows=self._rows)
        return ReadResult(tables=(table,), skipped=self.skipped.notes(), warnings=self.warnings.notes())

    def _judge_extent(self, first: int) -> bool:
        """Say whether it is a whole file, so that an absent code is known to be absent."""
        if self._kept <= COMPLETE_ABOVE:
            why = f"{self._kept} records, where a whole schedule has more than {COMPLETE_ABOVE}"
        elif self._lost:
            why = "records were skipped"
        elif not max((code for code in self._rows if code.isdecimal()), default="").startswith(LAST_CODES):
            why = f"no code starts with {LAST_CODES}: was the file cut off?"
        else:
            return True
        self.warnings.add(f"not a complete schedule, an absent code proves nothing: {why}", first)
        return False

    def _record(self, number: int, cells: list[str]) -> None:
        if cells[0] == END_OF_FILE:
            self.skipped.add("an end-of-file mark (one 0x1A character), not a record", number)
            return
        code = self._restored(cells[self._code]) if len(cells) == self._width else ""
        if fault := self._fault(cells, code):
            self.lose(fault, number)
            return
        if code != cells[self._code]:
            self.warnings.add("HCPCS: had lost its leading zeros, restored", number)
        row = cells[self._row]
        fee = FeeRow._make(
            None if index is None else self._value(name, cells[index], number) for name, index in self._fields
        )
        rows = self._rows.setdefault(code, {})
        if row in rows:
            self._repeated(f"{code}-{row}" if row else code, rows[row], fee, number)
            return
        rows[row] = fee
        self._kept += 1

    def _restored(self, code: str) -> str:
        """Pad a number to a code, unless that code is in the file as well: then it is another thing."""
        padded = code.zfill(5)
        return padded if _SHORT_CODE.fullmatch(code) and padded not in self._whole_codes else code

    def _fault(self, cells: list[str], code: str) -> str:
        if any("\0" in cell for cell in cells):
            return "holds NUL bytes"
        if len(cells) != self._width:
            return f"has {len(cells)} columns where the header has {self._width}"
        if _SHORT_CODE.fullmatch(code):
            return f"HCPCS {shown(code)} has lost its leading zeros, and {code.zfill(5)} is there as well"
        if not CODE.fullmatch(code):
            return f"HCPCS {shown(code)} is no code of five characters"
        row = cells[self._row]
        return "" if row in ROWS else f"MOD {shown(row)} is none of blank, 26, TC, 53"

    def _repeated(self, key: str, first: FeeRow, again: FeeRow, number: int) -> None:
        differ = [name for name, a, b in zip(FEE_FIELDS, first, again, strict=True) if a != b]
        said = f"they disagree in {', '.join(differ)}" if differ else "they agree"
        self.warnings.add(f"{key} is there more than once, the first record counts; {said}", number)

    def _value(self, field: str, text: str, number: int) -> object:
        read = self._values.get((field, text))
        if read is None:
            read = self._values.setdefault((field, text), read_value(field, text))
        value, remark = read
        if remark:
            self.warnings.add(remark, number)
        return value
