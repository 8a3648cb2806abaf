"""The records that could not be read, as a file: where each stood, and why. It holds no record itself."""

import csv
from typing import TYPE_CHECKING, Final, TextIO

from claimrules.formats.findings import safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claimrules.model.finding import Rejected

COLUMNS: Final = ("file", "line", "offset", "reason")


def write_rejects(rejected: "Iterable[Rejected]", stream: TextIO) -> None:
    """Write one row for each rejected record; ``offset`` is blank where it is not known."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in rejected:
        writer.writerow([safe(entry.file), entry.line, entry.offset, safe(entry.reason)])
