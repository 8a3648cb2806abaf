"""The head of a relative value file: which edition it is, and which column holds what."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Final

import attrs

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers.text import cells_of

_TITLE = re.compile(
    r"(20\d\d)\s+National Physician Fee Schedule Relative Value File"
    r"\s+(January|April|July|October)\s+Release",
    re.IGNORECASE,
)
_RELEASED = re.compile(r"RELEASED\s+([0-9/]+)", re.IGNORECASE)
_QUARTERS: Final = {"january": ("A", 1), "april": ("B", 4), "july": ("C", 7), "october": ("D", 10)}
_HEAD_LINES: Final = 60

COLUMNS: Final[Mapping[str, str]] = {
    "code": "HCPCS",
    "row": "MOD",
    "label": "DESCRIPTION",
    "status": "STATUS CODE",
    "not_used": "MEDICARE PAYMENT",
    "work_rvu": "WORK RVU",
    "nonfacility_pe_rvu": "NON-FAC PE RVU",
    "nonfacility_na": "NON-FAC PE RVU > NA INDICATOR",
    "facility_pe_rvu": "FACILITY PE RVU",
    "facility_na": "FACILITY PE RVU > NA INDICATOR",
    "malpractice_rvu": "MP RVU",
    "pctc": "PCTC IND",
    "global_days": "GLOB DAYS",
    "pre": "PRE OP",
    "intra": "INTRA OP",
    "post": "POST OP",
    "multiple_procedure": "MULT PROC",
    "bilateral": "BILAT SURG",
    "assistant": "ASST SURG",
    "co_surgeon": "CO- SURG",
    "team": "TEAM SURG",
    "pricing": "PRIC IND",
    "endoscopic_base": "ENDO BASE",
    "conversion_factor": "CONV FACTOR",
    "supervision": "DIAGNOSTIC PROCEDURES",
    "imaging_family": "FAMILY INDICATOR",
}
"""Fields by the last two lines of the header, read downwards. ``a > b`` is column b right of column a:
two columns are named NA INDICATOR, each belongs to the expense on its left."""

_OPTIONAL: Final = frozenset({"pricing"})
"""Columns that only some years have: the pricing indicator came in 2026."""


@attrs.frozen(kw_only=True)
class Preamble:
    """The edition, where the records start (a 0-based index of lines), and the columns by field."""

    name: str
    effective: date
    released: date | None
    released_line: int
    first: int
    width: int
    columns: Mapping[str, int]


def read_preamble(file: str, lines: Sequence[str]) -> Preamble:
    """Read title, release date and header.

    Raises:
        BuildError: one of title, header and columns is missing.
    """
    head = lines[:_HEAD_LINES]
    header = next((number for number, line in enumerate(head) if cells_of(line)[:2] == ["HCPCS", "MOD"]), 0)
    if not header:
        msg = f"{file}: has no header of two lines, the last one HCPCS,MOD,…; use the CSV file as published"
        raise BuildError(msg)
    upper, lower = cells_of(lines[header - 1]), cells_of(lines[header])
    name, effective = _edition(file, head[:header])
    released, line = _released(head[:header])
    return Preamble(
        name=name,
        effective=effective,
        released=released,
        released_line=line,
        first=header + 1,
        width=len(lower),
        columns=_columns(f"{file}, line {header + 1}", upper, lower),
    )


def _edition(file: str, head: Sequence[str]) -> tuple[str, date]:
    for line in head:
        if title := _TITLE.search(line):
            letter, month = _QUARTERS[title[2].lower()]
            return f"RVU{title[1][2:]}{letter}", date(int(title[1]), month, 1)
    msg = (
        f"{file}: no line above the header says which edition this is; use the file as published, whose "
        "first line reads 'YYYY National Physician Fee Schedule Relative Value File <Month> Release'"
    )
    raise BuildError(msg)


def _released(head: Sequence[str]) -> tuple[date | None, int]:
    for number, line in enumerate(head, start=1):
        if found := _RELEASED.search(line):
            try:
                return datetime.strptime(found[1], "%m/%d/%Y").date(), number  # noqa: DTZ007 (a date has no zone)
            except ValueError:
                return None, number
    return None, 1


def _columns(where: str, upper: Sequence[str], lower: Sequence[str]) -> dict[str, int]:
    padded = [*upper, *[""] * (len(lower) - len(upper))]
    names = [" ".join(f"{a} {b}".upper().split()) for a, b in zip(padded, lower, strict=False)]
    names += [f"{left} > {right}" for left, right in pairwise(names)]
    columns: dict[str, int] = {}
    for field, name in COLUMNS.items():
        if field in _OPTIONAL and name not in names:
            continue
        if names.count(name) != 1:
            fault = "no column" if name not in names else "more than one column"
            msg = f"{where}: {fault} named {name!r} in the two-line header; use the file as published"
            raise BuildError(msg)
        index = names.index(name)
        columns[field] = index if index < len(lower) else index - len(lower) + 1
    return columns
