"""Which procedure pairs are edits, day by day, and of which pairs silence says that they are none.

As ``resolved`` does for codes: which edition speaks, and which of several edits holds, is settled here,
so that a query need only join.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from claimrules.codebook.frames import pyarrow_module, table_of
from claimrules.codebook.relations import Pair, held_days, silent_ranges
from claimrules.codebook.resolve import EditionMode, Shelf
from claimrules.codebook.resolved import FIRST_DAY, LAST_DAY, SETTINGS, Record
from claimrules.codebook.tables import PairRow, Tables
from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.model.edition import Table

if TYPE_CHECKING:
    import pyarrow as pa

PAIRS: Final = "pairs_by_day"
COVERED: Final = "pairs_covered"
"""The names of the two tables beside those of the editions."""
PAIR_COLUMNS: Final = ("column_1", "column_2", "setting", "first_day", "last_day", "modifier_indicator")
COVERED_COLUMNS: Final = ("first_pair", "last_pair", "setting", "first_day", "last_day")
_DAY: Final = timedelta(days=1)


class _Level(NamedTuple):
    """One edition that speaks: where its parts stand, and the pairs of which its silence says something."""

    positions: tuple[int, ...]
    ranges: Sequence[tuple[Pair, Pair]]


class _Run(NamedTuple):
    """Days on which the same editions speak, the newest first."""

    first: date
    last: date
    levels: tuple[_Level, ...]


def pairs_arrow(tables: Tables, mode: EditionMode) -> "pa.Table":
    """Give every procedure pair that is an edit, one row for each run of days with one indicator.

    Raises:
        BookError: pyarrow is not installed.
    """
    return _arrow(PAIR_COLUMNS, pair_records(tables, mode))


def covered_arrow(tables: Tables, mode: EditionMode) -> "pa.Table":
    """Give the runs of pairs, and the days, for which a pair without an edit is known to be none.

    Raises:
        BookError: pyarrow is not installed.
    """
    return _arrow(COVERED_COLUMNS, covered_records(tables, mode))


def pair_records(tables: Tables, mode: EditionMode) -> Iterator[Record]:
    """Give the edits, setting by setting, in the order of column 1."""
    for setting in SETTINGS:
        runs = _runs(tables, mode, setting)
        positions = sorted({each for run in runs for level in run.levels for each in level.positions})
        streams = (_numbered(tables, position) for position in positions)
        held = _Held(runs)
        for column_1, edits in groupby(merge(*streams, key=itemgetter(0)), key=itemgetter(0)):
            partners: dict[str, list[tuple[int, PairRow]]] = {}
            for _, column_2, position, row in edits:
                partners.setdefault(column_2, []).append((position, row))
            for column_2, rows in partners.items():
                for first, last, indicator in held.days((column_1, column_2), rows):
                    yield column_1, column_2, setting.value, first, last, indicator


def covered_records(tables: Tables, mode: EditionMode) -> Iterator[Record]:
    """Give the covered runs of pairs, setting by setting."""
    for setting in SETTINGS:
        spans: dict[tuple[Pair, Pair], list[tuple[date, date, str]]] = {}
        for run in _runs(tables, mode, setting):
            for covered in dict.fromkeys(each for level in run.levels for each in level.ranges):
                _append(spans.setdefault(covered, []), run.first, run.last, "")
        for (low, high), days in spans.items():
            for first, last, _ in days:
                yield "".join(low), "".join(high), setting.value, first, last


def _runs(tables: Tables, mode: EditionMode, setting: Setting) -> list[_Run]:
    """The days that a line can have, cut where other editions begin to speak."""
    shelf = Shelf(tables.editions, Table.NCCI_PAIRS, setting)
    days = sorted({FIRST_DAY, *(day for day in shelf.breaks() if FIRST_DAY < day <= LAST_DAY)})
    runs: list[_Run] = []
    for first, after in zip(days, [*days[1:], LAST_DAY + _DAY], strict=True):
        choice = shelf.choose(first, mode)
        chosen = () if isinstance(choice, Cause) else (choice, *choice.older)
        levels = tuple(_Level(each.positions, tuple(silent_ranges(tables, each))) for each in chosen)
        last = after - _DAY
        if runs and runs[-1].levels == levels:
            runs[-1] = runs[-1]._replace(last=last)
        else:
            runs.append(_Run(first, last, levels))
    return [run for run in runs if run.levels]


def _numbered(tables: Tables, position: int) -> Iterator[tuple[str, str, int, PairRow]]:
    for column_1, column_2, row in tables.edits(position):
        yield column_1, column_2, position, row


class _Held:
    """The days on which pairs are edits: millions of them share some hundred terms, so answers are kept."""

    def __init__(self, runs: Sequence[_Run]) -> None:
        self._runs = runs
        levels = (level for run in runs for level in run.levels)
        self._ranges = tuple(dict.fromkeys(each for level in levels for each in level.ranges))
        self._known: dict[object, list[tuple[date, date, str]]] = {}

    def days(self, key: Pair, rows: Sequence[tuple[int, PairRow]]) -> list[tuple[date, date, str]]:
        """The runs of days, with the indicator of the edit that counts."""
        covering = tuple(each for each in self._ranges if each[0] <= key <= each[1])
        kind = (covering, tuple(rows))
        found = self._known.get(kind)
        if found is None:
            found = self._known[kind] = self._held(covering, rows)
        return found

    def _held(
        self, covering: Sequence[tuple[Pair, Pair]], rows: Sequence[tuple[int, PairRow]]
    ) -> list[tuple[date, date, str]]:
        held: list[tuple[date, date, str]] = []
        for run in self._runs:
            asked: list[list[PairRow]] = []
            for positions, ranges in run.levels:
                asked.append([row for position, row in rows if position in positions])
                if any(each in covering for each in ranges):
                    break
            for first, last, indicator in held_days(asked, run.first, run.last):
                _append(held, first, last, indicator)
        return held


def _append(held: list[tuple[date, date, str]], first: date, last: date, said: str) -> None:
    """Take in a run of days; one that goes on with the same is one."""
    if held and held[-1][2] == said and held[-1][1] + _DAY == first:
        held[-1] = (held[-1][0], last, said)
    else:
        held.append((first, last, said))


def _arrow(columns: Sequence[str], records: Iterator[Record]) -> "pa.Table":
    pa = pyarrow_module()
    days = ("first_day", "last_day")
    schema = pa.schema([(name, pa.date32() if name in days else pa.string()) for name in columns])
    return table_of(pa, schema, records)
