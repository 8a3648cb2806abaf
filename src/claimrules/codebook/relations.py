"""What the relation tables say on a date: NCCI pairs, and the primaries of add-on codes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

import attrs

from claimrules.codebook.resolve import Choice
from claimrules.codebook.tables import AddOnRow, AddOnTable, MueTable, PairRow, Tables
from claimrules.model.code import Cause
from claimrules.model.edition import Edition, How

_NEVER_AN_EDIT: Final = "9"
_EVERY_PAIR: Final = (("", ""), ("\U0010ffff", ""))
_ALWAYS_THERE: Final = 400_000
# Records of the parts as published: 800,000 each but for the last (July 2024). One that has fewer
# than half of that may be an excerpt, and says nothing of what lies between it and the next part.


Pair = tuple[str, str]
"""A column 1 code and a column 2 code."""


@attrs.frozen(kw_only=True)
class MueFact:
    """A medically unlikely edit: ``value`` in units of service, its adjudication indicator, its reason.

    ``mai`` is ``1`` (each line), ``2`` or ``3`` (the day), ``None`` for Medicaid, which publishes none.
    """

    value: int
    mai: str | None
    rationale: str | None
    edition: Edition
    how: How = How.EXACT


@attrs.frozen(kw_only=True)
class PairFact:
    """An NCCI edit in force: modifier indicator ``0`` (never bypassed) or ``1``, and who says so.

    ``effective`` and ``deletion`` are the first and the last day in force.
    """

    modifier_indicator: str
    edition: Edition
    how: How = How.EXACT
    effective: date | None = None
    deletion: date | None = None
    rationale: str = ""


@attrs.frozen(kw_only=True)
class AddOnFact:
    """The primaries of an add-on code in force; empty for type 2, where the contractor decides.

    ``contractor_defined`` says that the contractor may accept others than those listed.
    """

    type: str
    primaries: frozenset[str]
    edition: Edition
    how: How = How.EXACT
    contractor_defined: bool = False
    notes: tuple[str, ...] = ()


def mue_fact(tables: Tables, choice: Choice, code: str) -> MueFact | Cause:
    """Find the medically unlikely edit of a code."""
    table = tables.table(choice.position)
    row = table.rows.get(code) if isinstance(table, MueTable) else None
    if row is None or row.value is None:
        return Cause.NO_CODE
    edition = table.edition
    return MueFact(
        value=row.value, mai=row.mai, rationale=row.rationale, edition=edition, how=choice.source.how
    )


def pair_rows(tables: Tables, choice: Choice, key: tuple[str, str]) -> list[tuple[PairRow, int]]:
    """Give every edit of a pair in some editions, past ones included, with the place of its edition."""
    return [
        (row, position)
        for position in choice.positions
        if _may_hold(tables.editions[position], key)
        for row in tables.pairs(position, *key)
    ]


def pair_fact(
    tables: Tables, choice: Choice, on: date, rows: Iterable[tuple[PairRow, int]]
) -> PairFact | None:
    """Find the edit of a pair in force on ``on`` among ``rows``, if there is one.

    Where edits of a pair overlap, the one that took effect last counts, of equal ones that which a
    modifier may bypass: a false denial is worse than a missed one.
    """
    found: tuple[date, str, PairRow, int] | None = None
    for row, position in rows:
        if _in_force(row, on):
            found = max(found or (*_weight(row), row, position), (*_weight(row), row, position))
    if not found:
        return None
    _, indicator, row, position = found
    return PairFact(
        modifier_indicator=indicator,
        edition=tables.editions[position],
        how=choice.source.how,
        effective=row.effective,
        deletion=row.deletion,
        rationale=row.rationale,
    )


def held_days(
    levels: Iterable[Sequence[PairRow]], first: date, last: date
) -> Iterator[tuple[date, date, str]]:
    """Give the days from ``first`` to ``last`` on which a pair is an edit, with its modifier indicator.

    ``levels`` are its edits in the editions that speak, the newest first: the first in force decides.
    """
    known = [[row for row in rows if _ever(row, first, last)] for rows in levels]
    edits = [row for rows in known for row in rows]
    if len(edits) == 1:
        yield max(first, edits[0].effective), min(last, edits[0].deletion), edits[0].modifier_indicator
        return
    ends = {row.deletion + timedelta(days=1) for row in edits if row.deletion < last}
    starts = sorted({first, *(row.effective for row in edits if row.effective > first), *ends})
    for start, after in pairwise([*starts, last + timedelta(days=1)]):
        speaking = next(filter(None, ([row for row in rows if _in_force(row, start)] for rows in known)), [])
        if speaking:
            yield start, after - timedelta(days=1), max(map(_weight, speaking))[1]


def _ever(row: PairRow, first: date, last: date) -> bool:
    """Whether an edit is in force on a day of a run."""
    return row.effective <= last and row.deletion >= first and _in_force(row, max(first, row.effective))


def _weight(row: PairRow) -> tuple[date, str]:
    """Of edits that overlap the greatest counts."""
    return row.effective, row.modifier_indicator


def _may_hold(part: Edition, key: tuple[str, str]) -> bool:
    """Whether a pair lies between the first and the last of a part; a part that says neither may hold any."""
    if not part.covers:
        return True
    first, last = range_of(part)
    return first <= key <= last


def pair_is_covered(parts: Iterable[Edition], key: tuple[str, str]) -> bool:
    """Say whether the loaded parts of one publication would hold a pair, if there were an edit.

    A part covers what lies between its first and its last pair, and up to the first pair of the next
    part if that is loaded too: a boundary falls inside one column 1 code.
    """
    return any(first <= key <= last for first, last in covered_ranges(parts))


def silent_ranges(tables: Tables, choice: Choice) -> Sequence[tuple[Pair, Pair]]:
    """The runs of pairs of which the silence of some editions says that there is no edit."""
    if not choice.exact:
        return ()
    return covered_ranges(tables.editions[position] for position in choice.positions)


def covered_ranges(parts: Iterable[Edition]) -> Sequence[tuple[Pair, Pair]]:
    """The runs of pairs, both ends included, that the loaded parts of one publication would hold."""
    whole = sorted((part for part in parts if part.complete), key=lambda part: part.part)
    if any(not part.covers for part in whole):
        return [_EVERY_PAIR]
    return _together(tuple((part.part, part.covers[0], part.rows) for part in whole))


@lru_cache(256)
def _together(parts: Sequence[tuple[str, str, int]]) -> Sequence[tuple[Pair, Pair]]:
    """The runs of parts, of which name, range and number of rows are given, in their order."""
    found: list[tuple[Pair, Pair]] = []
    before, rows_before = "", 0
    for part, covers, rows in parts:
        first, last = _range(covers)
        if before and _follows(before, part) and rows_before >= _ALWAYS_THERE:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
        before, rows_before = part, rows
    return tuple(found)


def key_range(first: tuple[str, str], last: tuple[str, str]) -> str:
    """Write the first and the last pair of a part as ``Edition.covers`` holds them."""
    return f"{'/'.join(first)}..{'/'.join(last)}"


def range_of(part: Edition) -> tuple[Pair, Pair]:
    """Read the first and the last pair of a part, as ``key_range`` wrote them."""
    return _range(part.covers[0])


@lru_cache(1024)
def _range(text: str) -> tuple[Pair, Pair]:
    first, last = (tuple(pair.split("/")) for pair in text.split(".."))
    return (first[0], first[1]), (last[0], last[1])


def _follows(part: str, following: str) -> bool:
    numbers = part.removeprefix("f"), following.removeprefix("f")
    return all(number.isdecimal() for number in numbers) and int(numbers[1]) == int(numbers[0]) + 1


def _in_force(row: PairRow | AddOnRow, on: date) -> bool:
    """Say whether an edit holds; one that was deleted on the day it took effect never did."""
    if isinstance(row, PairRow) and row.modifier_indicator == _NEVER_AN_EDIT:
        return False
    return row.effective <= on <= row.deletion and row.effective != row.deletion


def add_on_fact(
    table: AddOnTable, choice: Choice, code: str, on: date, setting: str
) -> AddOnFact | Cause | None:
    """Find the primaries of an add-on code on ``on``; ``None`` is known: it is no add-on code."""
    rows = add_on_rows(table, code, on, setting)
    if not rows:
        return None if choice.exact and table.edition.complete else Cause.NO_CODE
    return AddOnFact(
        type=min(row.type for row in rows),
        primaries=frozenset(row.primary for row in rows if row.primary),
        edition=table.edition,
        how=choice.source.how,
        contractor_defined=any(not row.primary for row in rows),
        notes=tuple(dict.fromkeys(row.note for row in rows if row.note)),
    )


def add_on_rows(table: AddOnTable, code: str, on: date, setting: str) -> list[AddOnRow]:
    """Give the edits of an add-on code in force on ``on`` in a setting."""
    found = table.rows.get(code, ())
    return [
        row for row in found if _in_force(row, on) and (not row.settings or setting in row.settings.split())
    ]
