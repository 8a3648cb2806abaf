"""What every reader offers, and what it gives back."""

from collections.abc import Callable
from typing import TypeAlias

import attrs

from claimrules.codebook.notes import Note
from claimrules.codebook.readers.published import PublishedFile
from claimrules.codebook.tables import AnyTable
from claimrules.model.page import CodePage, ProcedureProfile

Document: TypeAlias = CodePage | ProcedureProfile


@attrs.frozen(kw_only=True)
class ReadResult:
    """One published file: its tables or documents, what was left out and why, and what looked wrong.

    ``edition.rows`` of each table counts the records that were kept.
    """

    tables: tuple[AnyTable, ...] = ()
    documents: tuple[Document, ...] = ()
    skipped: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()


@attrs.frozen(kw_only=True)
class Reader:
    """``detect`` recognises a file by the content of its head, ``read`` reads all of it.

    ``read`` raises ``BuildError`` where the file as a whole cannot be used.
    """

    what: str
    detect: Callable[[PublishedFile], bool]
    read: Callable[[PublishedFile], ReadResult]
