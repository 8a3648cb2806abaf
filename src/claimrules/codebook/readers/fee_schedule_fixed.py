"""Reads the National Physician Fee Schedule Relative Value File in its fixed-width text form.

Header lines start with ``HDR`` and do not name the edition: it comes from the file name
(``PPRRVU2025_Oct.txt``). Source: the file's record layout (RVUyyQ). Measured on October 2025, where the
layout says otherwise: records are 171 characters wide, not 200, and column 59, which it does not list,
holds the ``+`` of "not used for Medicare payment" (148 records, as in the CSV form).
"""

import re
from collections.abc import Iterator
from typing import Final

from claimrules.codebook.readers.fee_schedule_issue import find_issue
from claimrules.codebook.readers.fee_schedule_record import END_OF_FILE, Reading
from claimrules.codebook.readers.published import PublishedFile, Row
from claimrules.codebook.readers.result import ReadResult

POSITIONS: Final = {
    "code": (1, 5),
    "row": (6, 7),
    "label": (8, 57),
    "status": (58, 58),
    "not_used": (59, 59),
    "work_rvu": (60, 65),
    "nonfacility_pe_rvu": (67, 72),
    "nonfacility_na": (73, 74),
    "facility_pe_rvu": (76, 81),
    "facility_na": (82, 83),
    "malpractice_rvu": (85, 89),
    "pctc": (103, 103),
    "global_days": (104, 106),
    "pre": (107, 109),
    "intra": (110, 112),
    "post": (113, 115),
    "multiple_procedure": (116, 116),
    "bilateral": (117, 117),
    "assistant": (118, 118),
    "co_surgeon": (119, 119),
    "team": (120, 120),
    "pricing": (121, 121),
    "endoscopic_base": (128, 132),
    "conversion_factor": (133, 140),
    "supervision": (142, 143),
    "imaging_family": (146, 147),
}
"""The first and the last column of each field, from 1."""

_PRICING_SINCE: Final = 2026
"""The year in which column 121, filler before, became the pricing indicator."""

_MARK: Final = "+"
_TOTAL = r"[ \d]{3}\.\d\d"
_SHAPE = re.compile(
    rf".{{58}}[ +]{_TOTAL} {_TOTAL}(?:NA|  ) {_TOTAL}(?:NA|  ) [ \d]{{2}}\.\d\d {_TOTAL}{_TOTAL}"
    r".{4}(?:[ 01]?\.\d\d?){3}.{17}[ \d]{3}\.\d{4} .{3} .{2}"
)
"""What stands between the fields: a record whose columns moved would else give wrong values silently."""


def detect(file: PublishedFile) -> bool:
    """Recognise a record by its shape."""
    return any(_SHAPE.match(line) for line in file.head.split("\n"))


def read(file: PublishedFile) -> ReadResult:
    """Read one file.

    Raises:
        BuildError: neither name nor caller tells the quarter, or no record can be read.
    """
    issue = find_issue(file)
    silent = _silent(file, issue.effective.year)
    fields = [name for name in POSITIONS if name not in silent]
    reading = Reading({name: index for index, name in enumerate(fields)}, len(fields))
    slices = [slice(POSITIONS[name][0] - 1, POSITIONS[name][1]) for name in fields]
    reading.read(_records(file, reading, slices))
    return reading.result(file, issue, 1)


def _silent(file: PublishedFile, year: int) -> set[str]:
    """Name the fields of which this file says nothing; a mark that it never sets is one of them."""
    silent = {"pricing"} if year < _PRICING_SINCE else set()
    column = POSITIONS["not_used"][0] - 1
    marked = any(line[column : column + 1] == _MARK for line in file.lines() if not line.startswith("HDR"))
    return silent if marked else silent | {"not_used"}


def _records(file: PublishedFile, reading: Reading, slices: list[slice]) -> Iterator[Row]:
    for number, line in enumerate(file.lines(), start=1):
        if not line.strip() or line.startswith("HDR"):
            continue
        if line.startswith(END_OF_FILE):
            yield number, [END_OF_FILE]
        elif _SHAPE.match(line):
            yield number, [line[part].strip() for part in slices]
        else:
            reading.lose("is not laid out like the record layout says; did its columns move?", number)
