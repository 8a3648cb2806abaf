"""The two-line header of a relative value file: which column holds what."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from claimrules.codebook.readers.published import PublishedFile

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


def columns_of(
    file: PublishedFile, line: int, upper: Sequence[str], lower: Sequence[str]
) -> Mapping[str, int]:
    """Give the column of each field, from 0; ``upper`` and ``lower`` are the last lines of the header.

    Raises:
        BuildError: a column is missing, or its name is there more than once.
    """
    padded = [*upper, *[""] * (len(lower) - len(upper))]
    names = [" ".join(f"{a} {b}".upper().split()) for a, b in zip(padded, lower, strict=False)]
    names += [f"{left} > {right}" for left, right in pairwise(names)]
    columns: dict[str, int] = {}
    for field, name in COLUMNS.items():
        if field in _OPTIONAL and name not in names:
            continue
        if names.count(name) != 1:
            fault = "no column" if name not in names else "more than one column"
            text = f"{fault} named {name!r} in the two-line header; use the file as published"
            raise file.error(text, line)
        index = names.index(name)
        columns[field] = index if index < len(lower) else index - len(lower) + 1
    return columns
