"""The code book: published attributes of every code, looked up for a day."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from claimrules.codebook.book import CodeBook
from claimrules.codebook.book_info import BookInfo
from claimrules.codebook.changes import Change, Did, Diff
from claimrules.codebook.coverage import TableCover
from claimrules.codebook.documents import Documents
from claimrules.codebook.errors import BookError, BuildError
from claimrules.codebook.lookup import Lookup, Segment, Slot
from claimrules.codebook.notes import Note
from claimrules.codebook.relations import AddOnFact, MueFact, PairFact
from claimrules.codebook.resolve import EDITION_MODES, mode_of
from claimrules.codebook.resolved import CODES, unlisted_shape
from claimrules.codebook.resolved_pairs import COVERED, PAIRS
from claimrules.codebook.search import SearchHit
from claimrules.codebook.tables import (
    AddOnRow,
    AddOnTable,
    FactTable,
    FeeRow,
    FeeSchedule,
    MueRow,
    MueTable,
    PairRow,
    PairTable,
)

if TYPE_CHECKING:
    from claimrules.codebook.build import build_book
    from claimrules.codebook.build_report import BuildReport, FileReport
    from claimrules.codebook.readers.published import Declared

__all__ = [
    "CODES",
    "COVERED",
    "EDITION_MODES",
    "PAIRS",
    "AddOnFact",
    "AddOnRow",
    "AddOnTable",
    "BookError",
    "BookInfo",
    "BuildError",
    "BuildReport",
    "Change",
    "CodeBook",
    "Declared",
    "Did",
    "Diff",
    "Documents",
    "FactTable",
    "FeeRow",
    "FeeSchedule",
    "FileReport",
    "Lookup",
    "MueFact",
    "MueRow",
    "MueTable",
    "Note",
    "PairFact",
    "PairRow",
    "PairTable",
    "SearchHit",
    "Segment",
    "Slot",
    "TableCover",
    "build_book",
    "mode_of",
    "unlisted_shape",
]

_BUILDING: Final = {
    "build_book": "claimrules.codebook.build",
    "BuildReport": "claimrules.codebook.build_report",
    "FileReport": "claimrules.codebook.build_report",
    "Declared": "claimrules.codebook.readers.published",
}
"""Names that are imported when they are first used: a dozen readers took a fifth of the import's time."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 (whatever the module holds)
    if name not in _BUILDING:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_BUILDING[name]), name)
