"""The code book: published attributes of every code, looked up for a day."""

from claimrules.codebook.book import BookInfo, CodeBook
from claimrules.codebook.build import build_book
from claimrules.codebook.build_report import BuildReport, FileReport
from claimrules.codebook.errors import BookError, BuildError
from claimrules.codebook.lookup import Lookup, Segment, Slot
from claimrules.codebook.notes import Note
from claimrules.codebook.relations import AddOnFact, PairFact
from claimrules.codebook.resolve import EDITION_MODES
from claimrules.codebook.tables import (
    AddOnRow,
    AddOnTable,
    FeeRow,
    FeeSchedule,
    MueRow,
    MueTable,
    PairRow,
    PairTable,
)

__all__ = [
    "EDITION_MODES",
    "AddOnFact",
    "AddOnRow",
    "AddOnTable",
    "BookError",
    "BookInfo",
    "BuildError",
    "BuildReport",
    "CodeBook",
    "FeeRow",
    "FeeSchedule",
    "FileReport",
    "Lookup",
    "MueRow",
    "MueTable",
    "Note",
    "PairFact",
    "PairRow",
    "PairTable",
    "Segment",
    "Slot",
    "build_book",
]
