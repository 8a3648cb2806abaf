"""Reads the form of the HCPCS file that has columns: XLSX, CSV or tabs, disclaimers above the header."""

from collections.abc import Iterator, Sequence

from claimrules.codebook.readers.hcpcs_text import COLUMNS, END_OF_FILE, Cells
from claimrules.codebook.readers.published import PublishedFile

_MARKS = ("HCPC", "SEQNUM", "RECID")


def detect(head: str) -> bool:
    """Say whether a line of the head is the header."""
    lines = head.splitlines()
    return any(is_header(line.split(mark)) for line in lines for mark in "\t,")


def is_header(cells: Sequence[str]) -> bool:
    """Say whether these cells name the columns."""
    names = {_name(cell) for cell in cells}
    return all(mark in names for mark in _MARKS)


def cells_of(file: PublishedFile) -> Iterator[Cells]:
    """Give the line and the cells of every record below the header.

    Raises:
        BuildError: there is no header, or it lacks a column.
    """
    rows = file.rows()
    found = next(((number, cells) for number, cells in rows if is_header(cells)), None)
    if found is None:
        text = f"has no header with {', '.join(_MARKS)}; use the file as published"
        raise file.error(text)
    number, header = found
    names = [_name(cell) for cell in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        text = f"the header lacks {', '.join(missing)}; use the file as published"
        raise file.error(text, number)
    places = {name: names.index(name) for name in COLUMNS}
    for number, cells in rows:
        if cells[0] == END_OF_FILE:
            continue
        yield number, {name: cells[at] if at < len(cells) else "" for name, at in places.items()}


def _name(cell: str) -> str:
    return " ".join(cell.upper().replace("_", " ").replace('"', " ").split())
