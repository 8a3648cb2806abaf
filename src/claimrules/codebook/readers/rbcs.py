"""Reads the Restructured BETOS Classification System (RBCS), one record for each assignment of a code.

Two headers are known: the published one (``HCPCS_Cd``, ``RBCS_Cat_Desc``, …) and a derived one
(``hcpcs_code``, ``rbcs_category``, …). Source: RBCS data dictionary, data.cms.gov.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from claimrules.codebook.notes import Notebook
from claimrules.codebook.readers import naming, values
from claimrules.codebook.readers.published import PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.tables import FactTable
from claimrules.model.edition import Edition, Kind, Table
from claimrules.model.period import OPEN_END
from claimrules.model.published import RbcsRow

_COLUMNS: Final = {
    "code": ("hcpcs_cd", "hcpcs_code"),
    "category": ("rbcs_cat_desc", "rbcs_category"),
    "subcategory": ("rbcs_subcat_desc", "rbcs_subcategory"),
    "family": ("rbcs_family_desc", "rbcs_family"),
    "procedure": ("rbcs_major_ind", "rbcs_procedure"),
    "added": ("hcpcs_cd_add_dt", "hcpcs_date_added"),
    "ended": ("hcpcs_cd_end_dt", "hcpcs_date_ended"),
    "effective": ("rbcs_assignment_eff_dt", "rbcs_analysis_start_dt", "rbcs_date_effective"),
}
_PROCEDURES: Final = {"M": "Major", "O": "Other", "N": "Non-Procedure"}
_EXAMPLE: Final = "RBCS_RY2024.csv"
_SHOWN: Final = 8
_us_dates = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


def detect(file: PublishedFile) -> bool:
    """Say whether the first line of the head is the header of an RBCS file."""
    first = next(iter(file.head.splitlines()), "")
    return any(_is_header(first.split(mark)) for mark in "\t,")


def read(file: PublishedFile) -> ReadResult:
    """Read one file; of several assignments of a code the latest counts, the others are skipped.

    Raises:
        BuildError: there is no header or it lacks a column, the name holds no year, or no record is read.
    """
    year = naming.effective_date(file, _EXAMPLE, year_alone=True).year
    reading = _Reading()
    columns: Mapping[str, int] = {}
    for number, cells in file.rows():
        if columns:
            reading.keep(number, {name: cells[at] if at < len(cells) else "" for name, at in columns.items()})
        else:
            columns = _places(file, number, cells)
    rows = {code: row for code, (_, row) in reading.kept.items()}
    if not rows:
        text = "has no RBCS record that can be read; download it again"
        raise file.error(text)
    edition = Edition(
        name=f"RBCS {year}",
        table=Table.RBCS,
        effective=date(year, 1, 1),
        ends=date(year, 12, 31),
        kind=Kind.CUMULATIVE,
        source_file=file.name,
        sha256=file.sha256,
        rows=len(rows),
    )
    table = FactTable(edition=edition, rows=rows)
    return ReadResult(tables=(table,), skipped=reading.skipped.notes(), warnings=reading.warnings.notes())


def _is_header(cells: Sequence[str]) -> bool:
    names = {_name(cell) for cell in cells}
    return all(not names.isdisjoint(_COLUMNS[field]) for field in ("code", "category"))


def _places(file: PublishedFile, number: int, header: list[str]) -> Mapping[str, int]:
    names = [_name(cell) for cell in header]
    found = {
        field: next((names.index(name) for name in known if name in names), None)
        for field, known in _COLUMNS.items()
    }
    missing = [" or ".join(_COLUMNS[field]) for field, at in found.items() if at is None]
    if missing:
        text = f"the header lacks {', '.join(missing)}; use the file as published"
        raise file.error(text, number)
    return {field: at for field, at in found.items() if at is not None}


def _name(cell: str) -> str:
    return cell.strip().strip('"').lower()


class _Reading:
    """The latest assignment of every code so far, and the line it stands in."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[int, RbcsRow]] = {}
        self.skipped, self.warnings = Notebook(), Notebook()

    def keep(self, line: int, cells: Mapping[str, str]) -> None:
        """Keep one record where it is the latest of its code."""
        code = cells["code"]
        if not values.is_code(code):
            text = (
                f"HCPCS code {code[:_SHOWN]!r} is no code of five characters (zeros lost in a spreadsheet?)"
            )
            self.skipped.add(text, line)
            return
        row = self._row(line, cells)
        known = self.kept.setdefault(code, (line, row))
        if known[0] == line:
            return
        before, after = (each.effective or date.min for each in (known[1], row))
        if before == after:
            said = "they agree" if known[1] == row else "they disagree"
            text = f"{code} is there twice with one date, the first record counts; {said}"
            self.warnings.add(text, line)
            return
        if after > before:
            self.kept[code] = (line, row)
        text = "an earlier assignment of a code that has a later one; the latest counts"
        self.skipped.add(text, line if after < before else known[0])

    def _row(self, line: int, cells: Mapping[str, str]) -> RbcsRow:
        ended = self._day(line, cells, "ended")
        return RbcsRow(
            category=values.filled(cells["category"]),
            subcategory=values.filled(cells["subcategory"]),
            family=values.filled(cells["family"]),
            procedure=self._procedure(line, cells["procedure"]),
            added=self._day(line, cells, "added"),
            ended=None if ended == OPEN_END else ended,
            effective=self._day(line, cells, "effective"),
        )

    def _procedure(self, line: int, text: str) -> str | None:
        word = _PROCEDURES.get(text, text)
        if not text or word in _PROCEDURES.values():
            return word or None
        self.warnings.add(
            f"procedure: {text[:_SHOWN]!r} is none of Major, Other, Non-Procedure; left open", line
        )
        return None

    def _day(self, line: int, cells: Mapping[str, str], field: str) -> date | None:
        text = cells[field]
        if match := _us_dates.fullmatch(text):
            text = f"{match[3]}{match[1]:0>2}{match[2]:0>2}"
        day = values.compact_date(text.replace("-", ""))
        if day is None and text:
            self.warnings.add(f"{field}: {text[:_SHOWN]!r} is no date; left open", line)
        return day
