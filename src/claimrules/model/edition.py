"""An edition: one dated publication of one table, and which of them speaks for a day."""

import re
from datetime import date
from enum import StrEnum
from typing import Final

import attrs

from claimrules.model.one_of import OneOf
from claimrules.model.period import Period, quarter_end


class Table(OneOf):
    """The published tables that a code book holds."""

    FEE_SCHEDULE = "fee_schedule"
    MUE = "mue"
    NCCI_PAIRS = "ncci_pairs"
    ADD_ON = "add_on"
    HCPCS = "hcpcs"
    ADDENDUM_B = "addendum_b"
    ASC = "asc"
    RBCS = "rbcs"
    MODIFIERS = "modifiers"
    PLACES = "places"

    __hash__ = str.__hash__  # that of Enum is slow, and differs from that of an equal text

    @property
    def words(self) -> str:
        """The table's name in a sentence."""
        return _TABLE_WORDS[self.value]

    @property
    def file(self) -> str:
        """How the published file is called that holds it, as far as every edition has it."""
        return _TABLE_FILES.get(self.value, f"the published {self.words}")


_TABLE_WORDS: Final = {
    "fee_schedule": "fee schedule",
    "mue": "MUE table",
    "ncci_pairs": "NCCI pair table",
    "add_on": "add-on code table",
    "hcpcs": "HCPCS Level II table",
    "addendum_b": "OPPS Addendum B",
    "asc": "ASC addenda",
    "rbcs": "RBCS classification",
    "modifiers": "modifier table",
    "places": "place of service table",
}
_TABLE_FILES: Final = {
    "fee_schedule": "PPRRVU…",
    "mue": "MCR_MUE_…",
    "ncci_pairs": "ccipra-… or ccioph-…",
    "add_on": "AOC_…",
    "hcpcs": "HCPC…_ANWEB",
    "addendum_b": "…Addendum_B",
    "asc": "ASC addenda AA and BB",
    "rbcs": "RBCS_RY…",
}


class Kind(StrEnum):
    """How an edition speaks for dates (design, decision 5)."""

    SNAPSHOT = "snapshot"
    CUMULATIVE = "cumulative"


class How(StrEnum):
    """How an edition came to speak for a date."""

    EXACT = "exact"
    NEAR = "near"
    LATEST = "latest"


CODE_SHAPES: Final = (
    "nnnnn",
    "nnnnT",
    "nnnnF",
    "nnnnU",
    "nnnnM",
    "nnnnA",
    "Annnn",
    "other",
)
"""The shapes of a code: five digits, four digits and a letter (Category III, Category II, PLA,
MAAA, administrative), a letter and four digits (HCPCS Level II), anything else."""

_letter_first = re.compile(r"^[A-Z]\d{4}$", re.ASCII)
_letter_last = re.compile(r"^\d{4}[TFUMA]$", re.ASCII)


def code_shape(code: str) -> str:
    """Say which of ``CODE_SHAPES`` a code has."""
    if len(code) == 5 and code.isdecimal() and code.isascii():  # noqa: PLR2004 (a code has five characters)
        return "nnnnn"
    if _letter_last.match(code):
        return f"nnnn{code[-1]}"
    return "Annnn" if _letter_first.match(code) else "other"


MEDICARE: Final = "medicare"
MEDICAID: Final = "medicaid"
PROGRAMS: Final = (MEDICARE, MEDICAID)


@attrs.frozen(kw_only=True)
class Edition:
    """One dated publication of one table, or one part of it.

    ``setting`` is empty for a table that serves every setting. ``part`` tells the files apart that
    together are one publication: ``f1`` to ``f4`` of the NCCI pairs, ``AA`` and ``BB`` of the ASC
    addenda. ``covers`` lists the code shapes for which an absent code is *known* to be absent, provided
    that ``complete`` holds (design, decision 6); for NCCI pairs it is the first and the last pair of
    the part, and empty for all pairs. ``program`` is ``medicare`` or ``medicaid``; only Medicare's
    tables answer for claim lines. ``rows`` counts the published rows that were read.
    """

    name: str
    table: Table
    effective: date
    ends: date
    setting: str = ""
    part: str = ""
    program: str = MEDICARE
    kind: Kind = Kind.SNAPSHOT
    covers: tuple[str, ...] = ()
    complete: bool = False
    released: date | None = None
    source_file: str = ""
    sha256: str = ""
    rows: int = 0

    @property
    def holds(self) -> Period:
        """The days for which the edition was published."""
        return Period(self.effective, self.ends)

    @property
    def speaks_from(self) -> date | None:
        """The first day for which it speaks; a cumulative file speaks for every day up to its end."""
        return None if self.kind is Kind.CUMULATIVE else self.effective


def names_of(edition: Edition) -> tuple[str, ...]:
    """Give the names by which one can ask for an edition, the shortest first: with setting, part, program."""
    # A HCPCS file is two editions of one name: that of its codes, and that of its modifiers.
    words = [f"{edition.name} modifiers" if edition.table is Table.MODIFIERS else edition.name]
    for word in (edition.setting, edition.part, edition.program if edition.program != MEDICARE else ""):
        if word:
            words.append(f"{words[-1]} {word}")
    return tuple(words)


def snapshot_end(effective: date) -> date:
    """A snapshot holds to the end of its calendar quarter, whatever else is loaded."""
    return quarter_end(effective)


@attrs.frozen
class Source:
    """The edition that says something about a code on a date, and how it was chosen."""

    edition: Edition
    how: How

    def __str__(self) -> str:
        if self.how is How.EXACT:
            return self.edition.name
        return f"{self.edition.name}, in force from {self.edition.effective}"
