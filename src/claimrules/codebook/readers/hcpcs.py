"""Reads the HCPCS Level II file (ANWEB), codes and modifiers, as fixed-width text or in columns.

One file gives two tables. Source: HCPCS contractor record (CONTR_ANWEB), record layout 2019.
"""

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

import attrs

from claimrules.codebook.notes import Notebook
from claimrules.codebook.readers import hcpcs_columns, hcpcs_text, naming
from claimrules.codebook.readers.hcpcs_rows import Entry, code_row, modifier_row
from claimrules.codebook.readers.hcpcs_text import Cells
from claimrules.codebook.readers.published import PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import FactTable
from claimrules.model.edition import Edition, Kind, Table
from claimrules.model.period import quarter_end
from claimrules.model.published import HcpcsRow, ModifierRow

COVERS: Final = ("Annnn",)

WHOLE_FROM: Final = 6_000
LAST_CODES: Final = "V5"
# Codes (and modifiers) of whole files, measured: 6,440 (360) in January 2019, 6,825 (371) in October
# 2020. They are sorted, modifiers first, and end with V5364: one that was cut off does not reach V5.

_Row = TypeVar("_Row", HcpcsRow, ModifierRow)

_EXAMPLE: Final = "HCPC2020_OCT_anweb.xlsx"


def detect(file: PublishedFile) -> bool:
    """Say whether it is the HCPCS Level II file, in either form."""
    if file.is_text and hcpcs_text.detect(file.head):
        return True
    return hcpcs_columns.detect(file.head)


def read(file: PublishedFile) -> ReadResult:
    """Read one file into the table of codes and the table of modifiers.

    Raises:
        BuildError: the header lacks a column, the file does not say its quarter, or no record can be read.
    """
    reading = _Reading()
    as_text = file.is_text and hcpcs_text.detect(file.head)
    cells = hcpcs_text.cells_of(file, reading.skipped) if as_text else hcpcs_columns.cells_of(file)
    for entry in _entries(cells, reading.skipped):
        reading.keep(entry)
    if not (reading.codes or reading.modifiers):
        text = "holds no HCPCS record that can be read; download it again"
        raise file.error(text)
    effective = naming.effective_date(file, _EXAMPLE, year_alone=True)
    codes = Edition(
        name=f"HCPCS {naming.quarter_name(effective)}",
        table=Table.HCPCS,
        effective=effective,
        ends=quarter_end(effective),
        kind=Kind.CUMULATIVE,
        covers=COVERS,
        complete=reading.judge_extent(annual=_is_annual(file)),
        source_file=file.name,
        sha256=file.sha256,
        rows=len(reading.codes),
    )
    modifiers = attrs.evolve(codes, table=Table.MODIFIERS, covers=(), rows=len(reading.modifiers))
    tables = (
        FactTable(edition=codes, rows=reading.codes),
        FactTable(edition=modifiers, rows=reading.modifiers),
    )
    return ReadResult(
        # An excerpt may hold codes only, or modifiers only: an empty table would hide an older one.
        tables=tuple(table for table in tables if table.rows),
        skipped=reading.skipped.notes(),
        warnings=reading.warnings.notes(),
    )


class _Reading:
    """The rows read so far, and the remarks on them."""

    def __init__(self) -> None:
        self.codes: dict[str, HcpcsRow] = {}
        self.modifiers: dict[str, ModifierRow] = {}
        self.skipped, self.warnings = Notebook(), Notebook()
        self._last_line = 0

    def keep(self, entry: Entry) -> None:
        """Keep one code or modifier, or say why not."""
        self._last_line = entry.line
        if entry.fault:
            self.skipped.add(entry.fault, entry.line)
        elif entry.is_modifier:
            self._store(entry, self.modifiers, modifier_row(entry, self.warnings))
        else:
            self._store(entry, self.codes, code_row(entry, self.warnings))

    def judge_extent(self, *, annual: bool) -> bool:
        """Say whether the file is whole, so that an absent code is known to be absent."""
        if len(self.codes) < WHOLE_FROM:
            why = f"{len(self.codes):,} codes, where whole files have {WHOLE_FROM:,} and more"
        elif not max(self.codes).startswith(LAST_CODES):
            why = f"no code starts with {LAST_CODES}: was the file cut off?"
        elif self.skipped.notes():
            why = "records were skipped"
        elif annual:
            # Of the codes and modifiers in force on 1 January 2019 the annual file of 2019 lacks 18.
            why = "an annual file is published before its year, and codes are added until then"
        else:
            return True
        self.warnings.add(f"not complete, an absent code proves nothing: {why}", self._last_line)
        return False

    def _store(self, entry: Entry, rows: dict[str, _Row], row: _Row) -> None:
        known = rows.setdefault(entry.key, row)
        if known is row:
            return
        said = "they agree" if known == row else "they disagree"
        text = f"{entry.key} is there more than once, the first record counts; {said}"
        self.warnings.add(text, entry.line)


def _entries(records: Iterable[Cells], skipped: Notebook) -> Iterator[Entry]:
    """Join each first record (3 code, 7 modifier) with those that continue it (4 code, 8 modifier).

    The October 2020 workbook has such a record too: the description of G0503 is longer than a cell.
    """
    entry: Entry | None = None
    for line, cells in records:
        key, kind = cells["HCPC"].strip(), cells["RECID"].removesuffix(".0")
        if kind in ("3", "7"):
            if entry:
                yield entry
            texts = [cells["LONG DESCRIPTION"]]
            entry = Entry(key=key, line=line, is_modifier=kind == "7", cells=cells, descriptions=texts)
        elif kind not in ("4", "8"):
            skipped.add(f"RECID {kind[:2]!r} is none of 3, 4, 7, 8", line)
        elif entry and entry.key == key and entry.is_modifier == (kind == "8"):
            entry.descriptions.append(cells["LONG DESCRIPTION"])
        else:
            skipped.add("continues a record that is not the one before it", line)
    if entry:
        yield entry


def _is_annual(file: PublishedFile) -> bool:
    """Say whether its name gives a year and no quarter, as in ``HCPC2019_CONTR_ANWEB.txt``."""
    names = (file.name, file.container)
    if any(naming.date_in(name) for name in names):
        return False
    return any(naming.date_in(name, year_alone=True) for name in names)
