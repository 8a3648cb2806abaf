"""What a code book says of itself."""

from pathlib import Path
from typing import Final

import attrs

from claimrules.codebook.coverage import TableCover, covers_of, missing_tables
from claimrules.codebook.tables import Tables
from claimrules.model.edition import Edition, Table

BUILD_COMMAND: Final = "claimrules book build FILES... --output BOOK"


@attrs.frozen(kw_only=True)
class BookInfo:
    """What ``book info`` shows: one sentence about the book, its hash, its editions and what it lacks.

    ``covers`` says of each table which days it speaks for and the gaps between; ``missing`` are tables
    of which nothing is loaded; ``unbound`` are pages and profiles that belong to no code.
    """

    description: str
    content_hash: str
    path: str
    is_starter: bool
    editions: tuple[Edition, ...]
    covers: tuple[TableCover, ...] = ()
    missing: tuple[Table, ...] = ()
    pages: int = 0
    profiles: int = 0
    unbound: tuple[str, ...] = ()


def described(tables: Tables, *, is_starter: bool) -> str:
    """Say in one sentence what a book is."""
    if is_starter:
        held = (tables.table(position) for position in range(len(tables.editions)))
        count = len({str(code) for table in held for code in table.rows})
        return (
            f"This is the starter book: {count} codes of one quarter, for trying things out; "
            f"load the published tables with: {BUILD_COMMAND}"
        )
    words = sorted({edition.table.words for edition in tables.editions})
    number = len(tables.editions)
    return f"A code book of {number} edition{'s' if number != 1 else ''}: {', '.join(words) or 'no tables'}."


def info_of(tables: Tables, path: Path | None, *, is_starter: bool) -> BookInfo:
    """Give what ``book info`` shows of a book."""
    documents = tables.documents()
    return BookInfo(
        description=described(tables, is_starter=is_starter),
        content_hash=tables.content_hash,
        path=str(path or ""),
        is_starter=is_starter,
        editions=tables.editions,
        covers=covers_of(tables.editions),
        missing=missing_tables(tables.editions),
        pages=len(documents.pages),
        profiles=len(documents.profiles),
        unbound=documents.unbound,
    )
