"""Cuts the fixed-width form of the HCPCS file into cells, named as the columns of its other form.

Source: HCPCS contractor record (CONTR_ANWEB), record layout 2019: 320 characters; what the layout
calls MOG stands in the columns OPPS.
"""

import re
import string
from collections.abc import Iterator, Mapping
from typing import Final

from claimrules.codebook.notes import Notebook
from claimrules.codebook.readers.published import PublishedFile

Cells = tuple[int, Mapping[str, str]]

END_OF_FILE: Final = "\x1a"

DETAILS_END: Final = 293
"""Where the action code stands, the last field that a first record always fills."""

_FIRST: Final = re.compile(r"(?:[A-Z][0-9]{4}|   [0-9A-Z]{2})[0-9]{5}[37].{257}[0-9]{8}.{16}[A-Z]")
_RECORD: Final = re.compile(r".{5}[ 0-9]{5}[3478].")


def _columns() -> Iterator[tuple[str, slice]]:
    """Give each column and where it stands; numbered columns follow each other without a gap."""
    for name, first, width, count in (
        ("HCPC", 1, 5, 1),
        ("RECID", 11, 1, 1),
        ("LONG DESCRIPTION", 12, 80, 1),
        ("SHORT DESCRIPTION", 92, 28, 1),
        ("PRICE", 120, 2, 4),
        ("MULT PI", 128, 1, 1),
        ("CIM", 129, 6, 3),
        ("MCM", 147, 8, 3),
        ("STATUTE", 171, 10, 1),
        ("LABCERT", 181, 3, 8),
        ("XREF", 205, 5, 5),
        ("COV", 230, 1, 1),
        ("ASC GRP", 231, 2, 1),
        ("ASC DT", 233, 8, 1),
        ("OPPS", 241, 3, 1),
        ("OPPS PI", 244, 1, 1),
        ("OPPS DT", 245, 8, 1),
        ("PROCNOTE", 253, 4, 1),
        ("BETOS", 257, 3, 1),
        ("TOS", 261, 1, 5),
        ("ANEST BU", 266, 3, 1),
        ("ADD DT", 269, 8, 1),
        ("ACT EFF DT", 277, 8, 1),
        ("TERM DT", 285, 8, 1),
        ("ACTION CD", 293, 1, 1),
    ):
        for number in range(count):
            start = first - 1 + number * width
            yield (f"{name}{number + 1}" if count > 1 else name), slice(start, start + width)


COLUMNS: Final[Mapping[str, slice]] = dict(_columns())
"""Every column that is read and its place in a record."""


def detect(head: str) -> bool:
    """Say whether a line of the head is the first record of a code or a modifier."""
    return any(_FIRST.match(line) for line in head.splitlines())


def cells_of(file: PublishedFile, skipped: Notebook) -> Iterator[Cells]:
    """Give the line and the cells of every record; the disclaimers above the first are no records."""
    begun = False
    for number, line in enumerate(file.lines(), start=1):
        begun = begun or _FIRST.match(line) is not None
        if not begun or not line.strip(END_OF_FILE + string.whitespace):
            continue
        if fault := _fault(line):
            skipped.add(fault, number)
        else:
            yield number, {name: line[place].strip() for name, place in COLUMNS.items()}


def _fault(line: str) -> str:
    if "\0" in line:
        return "holds NUL bytes"
    if not _RECORD.match(line):
        return "no record of the published layout"
    if line[10] in "37" and len(line.rstrip()) < DETAILS_END:
        return f"cut off: a first record fills {DETAILS_END} characters or more"
    return ""
