"""Turns the cells of one HCPCS record into the row of a code or of a modifier."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final, TypeVar

import attrs

from claimrules.codebook.notes import Notebook
from claimrules.codebook.readers import values
from claimrules.model.published import HcpcsRow, ModifierRow

_SHAPES: Final = {
    "COV": re.compile("[CDIMS]"),
    "ACTION CD": re.compile("[ABCDFNPRST]"),
    "PRICE": re.compile("[0-9A-Z]{2}"),
    "MULT PI": re.compile("[9A-G]"),
    "BETOS": re.compile("[A-Z][0-9][A-Z]?"),
    "TOS": re.compile("[0-9A-Z]"),
    "LABCERT": re.compile("[0-9]{3}"),
    "XREF": re.compile("[0-9A-Z]{5}|[0-9A-Z]{2}"),
    "CIM": re.compile(".+"),
    "MCM": re.compile(".+"),
}
"""The values that a column can have; a cross-reference is a code or a modifier."""

_SHOWN: Final = 8

_Value = TypeVar("_Value")


@attrs.frozen(kw_only=True)
class Entry:
    """A first record and the descriptions of the records that continue it."""

    key: str
    line: int
    is_modifier: bool
    cells: Mapping[str, str]
    descriptions: list[str]

    @property
    def fault(self) -> str:
        """Say why it cannot be kept, blank where it can."""
        if self.is_modifier:
            fits, what = values.is_modifier(self.key), "modifier of two characters"
        else:
            fits, what = values.is_code(self.key), "code of five characters"
        return "" if fits else f"HCPC {self.key[:_SHOWN]!r} is no {what}"


def code_row(entry: Entry, warnings: Notebook) -> HcpcsRow:
    """Make the row of a code; impossible values are left open, with a warning."""
    read = _Cells(entry, warnings)
    return HcpcsRow(
        short_description=read.words("SHORT DESCRIPTION"),
        long_description=read.description,
        pricing=read.several("PRICE", 4),
        multiple_pricing=read.coded("MULT PI"),
        coverage_manual=read.several("CIM", 3),
        claims_manual=read.several("MCM", 3),
        statute=read.words("STATUTE"),
        lab_certification=read.several("LABCERT", 8),
        cross_references=read.several("XREF", 5),
        coverage=read.coded("COV"),
        asc_group=read.words("ASC GRP"),
        asc_date=read.day("ASC DT"),
        opps=read.words("OPPS"),
        opps_policy=read.words("OPPS PI"),
        opps_date=read.day("OPPS DT"),
        processing_note=read.words("PROCNOTE"),
        betos=read.coded("BETOS"),
        type_of_service=read.several("TOS", 5),
        anesthesia_units=read.units("ANEST BU"),
        added=read.day("ADD DT"),
        action_effective=read.day("ACT EFF DT"),
        termination=read.day("TERM DT"),
        action=read.coded("ACTION CD"),
    )


def modifier_row(entry: Entry, warnings: Notebook) -> ModifierRow:
    """Make the row of a modifier; impossible values are left open, with a warning."""
    read = _Cells(entry, warnings)
    return ModifierRow(
        short_description=read.words("SHORT DESCRIPTION"),
        long_description=read.description,
        coverage=read.coded("COV"),
        added=read.day("ADD DT"),
        action_effective=read.day("ACT EFF DT"),
        termination=read.day("TERM DT"),
        action=read.coded("ACTION CD"),
    )


class _Cells:
    """The cells of one entry, read as what they are."""

    def __init__(self, entry: Entry, warnings: Notebook) -> None:
        self._entry, self._warnings = entry, warnings

    @property
    def description(self) -> str | None:
        return " ".join(" ".join(self._entry.descriptions).split()) or None

    def words(self, column: str) -> str | None:
        return " ".join(self._entry.cells[column].split()) or None

    def coded(self, column: str, shape: str = "") -> str | None:
        text = values.filled(self._entry.cells[column])
        possible = text is None or _SHAPES[shape or column].fullmatch(text) is not None
        return self._checked(shape or column, text or "", text if possible else None)

    def several(self, stem: str, count: int) -> tuple[str, ...]:
        read = (self.coded(f"{stem}{number}", stem) for number in range(1, count + 1))
        return tuple(text for text in read if text is not None)

    def units(self, column: str) -> int | None:
        text = self._entry.cells[column]
        return self._checked(column, text, values.whole(text))

    def day(self, column: str) -> date | None:
        text = self._entry.cells[column]
        # A workbook may hold a true date, which arrives as YYYY-MM-DD.
        return self._checked(column, text, values.compact_date(text.replace("-", "")))

    def _checked(self, column: str, text: str, value: _Value | None) -> _Value | None:
        """Give ``value``; where it could not be read from a cell that is filled, warn."""
        if value is None and text.strip():
            shown = repr(text.strip()[:_SHOWN])
            self._warnings.add(f"{column}: {shown} is not a value it can have; left open", self._entry.line)
        return value
