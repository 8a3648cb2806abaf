"""Reads the National Physician Fee Schedule Relative Value File as published in CSV or as a workbook.

Ten lines of preamble and header, 31 columns until 2025 and 32 from 2026, names that repeat, a last
record of one 0x1A character. Source: the file's record layout (RVUyyQ).
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice

from claimrules.codebook.readers.fee_schedule_header import columns_of
from claimrules.codebook.readers.fee_schedule_issue import TITLE, find_issue
from claimrules.codebook.readers.fee_schedule_record import Reading
from claimrules.codebook.readers.published import PublishedFile, Row
from claimrules.codebook.readers.result import ReadResult

_HEAD_RECORDS = 60
_HEADER = re.compile(
    r'^"?HCPCS"?\s*[,\t]\s*"?MOD"?\s*[,\t]\s*"?DESCRIPTION"?\s*([,\t]\s*"?CODE\b|$)', re.MULTILINE
)
_RELEASED = re.compile(r"RELEASED\s+([0-9/-]+)", re.IGNORECASE)
_DATE_FORMS = ("%m/%d/%Y", "%Y-%m-%d")


def detect(file: PublishedFile) -> bool:
    """Recognise the title, or the last line of the header."""
    return any(pattern.search(file.head) for pattern in (TITLE, _HEADER))


def read(file: PublishedFile) -> ReadResult:
    """Read one file or sheet.

    Raises:
        BuildError: the header or a column is missing, the quarter is not told, or no record can be read.
    """
    records = file.rows()
    head = _head(file, records)
    (_, upper), (header, lower) = head[-2:]
    texts = [" ".join(cell for cell in cells if cell) for _, cells in head]
    issue = find_issue(file, texts)
    reading = Reading(columns_of(file, header, upper, lower), len(lower))
    released = _released(texts)
    if released is None:
        text = "no readable 'RELEASED mm/dd/yyyy' line: a reissue cannot be told from what it replaces"
        reading.warnings.add(text, head[0][0])
    reading.read(records)
    return reading.result(file, issue, header + 1, released)


def _head(file: PublishedFile, records: Iterator[Row]) -> list[Row]:
    """Take the records down to the last line of the header."""
    head: list[Row] = []
    for number, cells in islice(records, _HEAD_RECORDS):
        head.append((number, cells))
        if cells[:2] == ["HCPCS", "MOD"] and len(head) > 1:
            return head
    text = "has no header of two lines, the last one HCPCS,MOD,…; use the file as published"
    raise file.error(text)


def _released(texts: list[str]) -> date | None:
    for text in texts:
        if found := _RELEASED.search(text):
            for form in _DATE_FORMS:
                try:
                    return datetime.strptime(found[1], form).date()  # noqa: DTZ007 (a date has no zone)
                except ValueError:
                    continue
    return None
