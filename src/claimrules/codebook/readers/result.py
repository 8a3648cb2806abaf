"""What every reader offers, and what it gives back."""

from collections.abc import Callable
from pathlib import Path

import attrs

from claimrules.codebook.notes import Note
from claimrules.codebook.tables import AnyTable


@attrs.frozen(kw_only=True)
class ReadResult:
    """One published file: its table, the records left out and why, and what looked wrong.

    ``table.edition.rows`` counts the records that were kept.
    """

    table: AnyTable
    skipped: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()


@attrs.frozen(kw_only=True)
class Reader:
    """``detect`` recognises a file by the content of its head, ``read`` reads all of it.

    ``read`` raises ``BuildError`` where the file as a whole cannot be used.
    """

    what: str
    detect: Callable[[bytes], bool]
    read: Callable[[Path], ReadResult]
