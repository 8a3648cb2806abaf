"""Which dates a code book speaks for: per table its editions, the gaps between them, what is missing."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise

import attrs

from claimrules.codebook.relations import pair_is_covered, range_of
from claimrules.model.edition import MEDICARE, Edition, Kind, Table
from claimrules.model.period import Period


@attrs.frozen(kw_only=True)
class TableCover:
    """One table of one setting: its editions, the days they were published for, and the gaps.

    ``first`` is ``None`` for a cumulative table, which speaks for the past through its rows' own dates.
    ``gaps`` are days between two snapshots for which none was published; the nearest of the same
    calendar year answers there (``near``). ``lacking`` says which parts of a publication are not loaded.
    """

    table: Table
    setting: str
    program: str
    editions: tuple[Edition, ...]
    first: date | None
    last: date
    gaps: tuple[Period, ...] = ()
    lacking: tuple[str, ...] = ()


def covers_of(editions: Iterable[Edition]) -> tuple[TableCover, ...]:
    """Give the cover of every table that is loaded, by table, program and setting."""
    ordered = sorted(editions, key=lambda each: (*_kind(each), each.effective, each.part))
    return tuple(_cover(list(group)) for _, group in groupby(ordered, key=_kind))


def missing_tables(editions: Iterable[Edition]) -> tuple[Table, ...]:
    """Give the tables of which no edition is loaded."""
    loaded = {edition.table for edition in editions if edition.program == MEDICARE}
    catalogue = {Table.MODIFIERS, Table.PLACES}
    return tuple(table for table in Table if table not in loaded | catalogue)


def _kind(edition: Edition) -> tuple[str, str, str]:
    return edition.table, edition.program, edition.setting


def _cover(editions: Sequence[Edition]) -> TableCover:
    first = editions[0]
    snapshots = first.kind is Kind.SNAPSHOT
    lacking = [
        f"{group[0].name}: {text}"
        for _, found in groupby(editions, key=lambda each: each.effective)
        for group in [list(found)]
        for text in _lacking(group)
    ]
    return TableCover(
        table=first.table,
        setting=first.setting,
        program=first.program,
        editions=tuple(editions),
        first=first.effective if snapshots else None,
        last=max(edition.ends for edition in editions),
        gaps=_gaps(editions) if snapshots else (),
        lacking=tuple(lacking),
    )


def _gaps(editions: Sequence[Edition]) -> tuple[Period, ...]:
    held = sorted({(edition.effective, edition.ends) for edition in editions})
    day = timedelta(days=1)
    return tuple(
        Period(end + day, start - day) for (_, end), (start, _) in pairwise(held) if start > end + day
    )


def _lacking(parts: Sequence[Edition]) -> list[str]:
    """Say what is missing of a publication in parts."""
    if parts[0].table is Table.ASC:
        there = {part.part for part in parts}
        return [f"Addendum {name} is not loaded" for name in ("AA", "BB") if name not in there]
    if parts[0].table is not Table.NCCI_PAIRS or not parts[0].covers:
        return []
    ordered = sorted(parts, key=range_of)
    between = [
        f"pairs after {'/'.join(range_of(one)[1])} and before {'/'.join(range_of(two)[0])} are not loaded"
        for one, two in pairwise(ordered)
        if range_of(one)[1] < range_of(two)[0] and not pair_is_covered(parts, _just_after(one))
    ]
    first, last = "/".join(range_of(ordered[0])[0]), "/".join(range_of(ordered[-1])[1])
    return [*between, f"pairs before {first} and after {last} are unknown"]


def _just_after(part: Edition) -> tuple[str, str]:
    column_1, column_2 = range_of(part)[1]
    return column_1, f"{column_2}~"
