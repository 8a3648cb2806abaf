"""Delimited text as rows: what divides its columns is seen in the header, or given."""

import re
from collections.abc import Iterator
from typing import Final

from claimrules.formats.errors import ReadError
from claimrules.formats.raw import Raw
from claimrules.formats.records import Record, Records, raw_of
from claimrules.formats.stream import Stream

DELIMITERS: Final = {",": "comma", "\t": "tab", "|": "bar", ";": "semicolon"}
_quoted = re.compile('"[^"]*"')


class Delimited:
    """The rows of delimited text below its header."""

    def __init__(self, stream: Stream, delimiter: str | None) -> None:
        """Read the header.

        Raises:
            ReadError: there is none.
        """
        self._records = Records(stream)
        self.delimiter, self.header = _read_header(self._records, delimiter)
        self.notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Record]:
        """Give every row, once."""
        width = len(self.header)
        while (record := self._records.read(self.delimiter, width)) is not None:
            yield record

    @staticmethod
    def raw_of(record: Record) -> Raw:
        """Give a row as it stands in the file."""
        return raw_of(record)


def _read_header(records: Records, delimiter: str | None) -> tuple[str, list[str]]:
    head = records.head()
    if head is None:
        msg = "is empty; the first line must name the columns, as in code,modifier_1,units,from_date"
        raise ReadError(msg)
    chosen = _delimiter(head, delimiter)
    record = records.read(chosen)
    if record is None or record.fault:
        problem = record.fault if record else "is empty"
        msg = f"its header {problem}; write the names of the columns in the first line"
        raise ReadError(msg)
    return chosen, record.cells


def _delimiter(head: str, given: str | None) -> str:
    bare = _quoted.sub("", head)
    counts = {mark: bare.count(mark) for mark in DELIMITERS}
    best = max(counts, key=lambda mark: counts[mark])
    if given is None:
        return best
    if given not in head and counts[best]:
        shown = DELIMITERS.get(given, repr(given))
        remedy = f"but {counts[best]} times a {DELIMITERS[best]}; give --delimiter {_option(best)}"
        msg = f"has no {shown} in its header, {remedy}"
        raise ReadError(msg)
    return given


def _option(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else f"'{delimiter}'"
