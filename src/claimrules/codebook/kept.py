"""What the relation tables said, kept with the days for which they say it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from claimrules.codebook.relations import AddOnFact, Pair, PairFact, pair_fact, pair_rows, silent_ranges
from claimrules.codebook.resolve import Choice
from claimrules.codebook.tables import PairRow, Tables
from claimrules.model.claim import Setting
from claimrules.model.code import Cause

_KEPT: Final = 65_536
_Answer = tuple[date, date, PairFact | Cause | None]
"""The first and the last day of an answer, and the answer."""
_Known = dict[tuple[str, str], _Answer]
Silence = tuple[Cause | None, Cause | None]
"""Why no edition of the NCCI pairs speaks for a day, and none of the add-on table; ``None``: one does."""
_Primaries = AddOnFact | Cause | None


class KeptPairs:
    """The NCCI pairs of one setting; what was asked once is known for all days of like answer."""

    def __init__(self, tables: Tables, choose: Callable[[date], Choice | Cause]) -> None:
        """Hold the tables, and what chooses their editions for a day."""
        self._tables, self._choose = tables, choose
        self._days: dict[date, tuple[Choice | Cause, _Known]] = {}
        self._known: dict[Choice | Cause, _Known] = {}
        self._ranges: dict[tuple[tuple[int, ...], bool], Sequence[tuple[Pair, Pair]]] = {}

    def find(self, column_1: str, column_2: str, on: date) -> PairFact | Cause | None:
        """Find the edit of a pair in force; ``None`` is known: there is none."""
        choice, known = self._days.get(on) or self._day(on)
        found = known.get((column_1, column_2))
        if found is not None and found[0] <= on <= found[1]:
            return found[2]
        return choice if isinstance(choice, Cause) else self._ask(choice, known, (column_1, column_2), on)

    def silence(self, on: date) -> Cause | None:
        """Say why no edition speaks for a day; ``None`` where one does."""
        choice, _ = self._days.get(on) or self._day(on)
        return choice if isinstance(choice, Cause) else None

    def _day(self, on: date) -> tuple[Choice | Cause, _Known]:
        choice = self._choose(on)
        if len(self._days) >= _KEPT:
            self._days.clear()
        return self._days.setdefault(on, (choice, self._known.setdefault(choice, {})))

    def _ask(self, choice: Choice, known: _Known, key: tuple[str, str], on: date) -> PairFact | Cause | None:
        turns: list[int] = []
        fact: PairFact | Cause | None = Cause.NO_CODE
        for each in (choice, *choice.older):
            rows = pair_rows(self._tables, each, key)
            turns += [turn for row, _ in rows for turn in _turns(row)]
            fact = pair_fact(self._tables, each, on, rows)
            if fact is not None or self._is_silent(each, key):
                break
            fact = Cause.NO_CODE
        if len(known) >= _KEPT:
            known.clear()
        known[key] = (*_like_days(turns, on), fact)
        return fact

    def _is_silent(self, choice: Choice, key: tuple[str, str]) -> bool:
        """Whether the silence of some editions says of a pair that there is no edit."""
        spoken = choice.positions, choice.exact
        ranges = self._ranges.get(spoken)
        if ranges is None:
            ranges = self._ranges.setdefault(spoken, silent_ranges(self._tables, choice))
        return any(first <= key <= last for first, last in ranges)


def _turns(row: PairRow) -> tuple[int, int]:
    """The days, by their ordinals, on which an edit begins to hold, and no longer holds."""
    return row.effective.toordinal(), row.deletion.toordinal() + 1


def _like_days(turns: Iterable[int], on: date) -> tuple[date, date]:
    day, first, last = on.toordinal(), date.min.toordinal(), date.max.toordinal()
    for turn in turns:
        if turn <= day:
            first = max(first, turn)
        else:
            last = min(last, turn - 1)
    return date.fromordinal(first), date.fromordinal(last)


class KeptPrimaries(dict[tuple[str, date, str], _Primaries]):
    """The primaries of add-on codes by code, day and setting of the tables."""

    def keep(self, key: tuple[str, date, str], found: _Primaries) -> _Primaries:
        """Keep an answer."""
        if len(self) >= _KEPT:
            self.clear()
        self[key] = found
        return found


class Silences(dict[tuple[date | None, Setting], Silence]):
    """Which relation tables do not speak, by day and setting."""

    def __init__(self, find: Callable[[date | None, Setting], Silence]) -> None:
        """Start with none; ``find`` gives what is not kept."""
        super().__init__()
        self._find = find

    def __missing__(self, key: tuple[date | None, Setting]) -> Silence:
        if len(self) >= _KEPT:
            self.clear()
        return self.setdefault(key, self._find(*key))
