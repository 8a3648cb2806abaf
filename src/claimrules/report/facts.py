"""What a report tells beside the result: on which day, with which book, from which files."""

from collections.abc import Mapping
from datetime import date

import attrs

from claimrules.codebook import BookInfo
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected
from claimrules.report.grouped import GroupedBy
from claimrules.report.inputs import Given

Place = tuple[str | None, str | None]
"""Claim id and line id."""


@attrs.frozen(kw_only=True)
class Unread:
    """A field that could not be read: in how many lines, and the first of them."""

    field: str
    lines: int
    first: tuple[Place, ...] = attrs.field(default=(), repr=False)


@attrs.frozen(kw_only=True)
class Past:
    """The history of a run: its files, the lines that prove, and what was taken to be complete.

    ``rejected`` could not be read; ``twins`` stand in the checked files too; ``strangers`` name no
    patient, and so belong to nobody else's line.
    """

    files: tuple[str, ...] = ()
    lines: int = 0
    rejected: tuple[Rejected, ...] = ()
    twins: int = 0
    strangers: int = 0
    complete_from: date | None = None
    complete_to: date | None = None
    providers: str = "own"


@attrs.frozen(kw_only=True)
class Run:
    """One run: its day, its book, how editions were chosen, its files.

    ``records`` counts those of each file, ``passed_over`` tells what of a folder was not read.
    ``findings_file`` holds every finding; ``given`` says how the lines came.
    ``titles`` are those of the rules; ``lines`` the lines that findings stand on.
    """

    as_of: date
    book: BookInfo
    editions: str = "near"
    files: tuple[str, ...] = ()
    records: tuple[int, ...] = ()
    passed_over: tuple[str, ...] = ()
    titles: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    lines: Mapping[Place, ClaimLine] = attrs.field(factory=dict, repr=False)
    unread: tuple[Unread, ...] = ()
    past: Past | None = None
    grouped: GroupedBy | None = None
    findings_file: str = ""
    given: Given = Given.TABLE
