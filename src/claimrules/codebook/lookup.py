"""The dated look-up in memory: a day and a setting give a slot, a slot and a code give attributes.

Everything is immutable but for plain dictionaries that cache; each of their operations is atomic,
and two threads that miss at once make equal values.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import count, pairwise
from typing import Final

import attrs

from claimrules.codebook.among import PairColumns
from claimrules.codebook.attributes import CODE_TABLES, Reading, silence_begins, unknown
from claimrules.codebook.kept import KeptPairs, KeptPrimaries, Silence, Silences
from claimrules.codebook.modifiers import catalogue_spans
from claimrules.codebook.moment import Modifiers, Moment
from claimrules.codebook.relations import (
    AddOnFact,
    MueFact,
    PairFact,
    add_on_fact,
    mue_fact,
    silent_ranges,
)
from claimrules.codebook.resolve import TABLE_SETTING, Choice, EditionMode, Shelf
from claimrules.codebook.tables import ROWS, AddOnTable, Span, Tables
from claimrules.model.claim import Setting
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import MEDICARE, Source, Table
from claimrules.model.modifier import ModifierCounts

_ABSENT_KEPT: Final = 4096
_DAYS_KEPT: Final = 65536
_CHOSEN: Final = (*CODE_TABLES, Table.MODIFIERS)


class Slot:
    """One resolution: the editions that speak for some days, and their answers.

    ``index`` is unique within its ``Lookup``.
    """

    __slots__ = ("_absent", "_answers", "_choices", "_counts", "_moment", "_reading", "_tables", "index")

    def __init__(
        self,
        index: int,
        tables: Tables,
        choices: Mapping[Table, Choice | Cause],
        moment: Moment | None = None,
    ) -> None:
        """Hold the editions chosen for a day; their rows are read at the first ``get``."""
        self.index: Final = index
        self._tables = tables
        self._choices = choices
        self._moment = moment
        self._reading: Reading | None = None
        self._answers: dict[tuple[str | None, str], CodeAttributes] = {}
        self._absent: dict[str, CodeAttributes] = {}
        self._counts: dict[tuple[str, ...], ModifierCounts | Cause] = {}

    def __repr__(self) -> str:
        said = (f"{table}={self.source(table)}" for table in self._choices)
        return f"Slot({self.index}: {', '.join(said)})"

    def source(self, table: Table) -> Source | Cause:
        """Say which edition of ``table`` speaks here and how it was chosen, or why none does."""
        choice = self._choices[table]
        return choice.source if isinstance(choice, Choice) else choice

    def get(self, code: str | None, want: str = "") -> CodeAttributes:
        """Give the attributes of ``code`` on the row for ``want``: ``""``, ``"26"``, ``"TC"``, ``"53"``.

        A row that does not exist gives the blank row; a code with one row gives that one. Every other
        ``want`` is the blank row. ``code = None`` is unknown with ``Cause.NO_INPUT``.
        """
        try:
            return self._answers[code, want]
        except KeyError:
            return self._miss(code, want)

    def read(self) -> None:
        """Read the tables that speak here, so that they are there once a code is asked for."""
        if self._reading is None and self._moment is not None:
            self._reading = Reading(self._tables, self._choices, self._moment.day, self._moment.setting)

    def modifier_counts(self, modifiers: tuple[str, ...]) -> ModifierCounts | Cause:
        """Count the modifiers of a line that are none, not yet valid, no longer valid; or why not known."""
        if self._moment is None:
            return Cause.NO_INPUT
        known = self._counts.get(modifiers)
        if known is None:
            found = self._moment.modifiers.count(modifiers, self._moment.day)
            known = self._counts.setdefault(modifiers, found)
        return known

    def _miss(self, code: str | None, want: str) -> CodeAttributes:
        if want not in ROWS:
            return self.get(code)
        if code is None or self._moment is None:
            return self._answers.setdefault((code, want), unknown(code, Cause.NO_INPUT))
        known = self._absent.get(code)
        if known is not None:
            return known
        self.read()
        assert self._reading is not None  # noqa: S101 (it was read: there is a moment)
        attributes = self._reading.read(code, want)
        if self._reading.holds(attributes):
            return self._answers.setdefault((code, want), attributes)
        if len(self._absent) >= _ABSENT_KEPT:
            self._absent.clear()
        return self._absent.setdefault(code, attributes)


@attrs.frozen
class Segment:
    """A run of days, both ends included, that one slot answers for."""

    start: date
    end: date
    slot: Slot


class Lookup:
    """The look-up of a code book for one mode: ``exact``, ``near`` or ``latest``."""

    def __init__(self, tables: Tables, mode: EditionMode) -> None:
        """Hold the tables; what is asked is looked up then, and kept."""
        self.mode: Final = mode
        self._tables = tables
        self._dateless = Slot(0, tables, dict.fromkeys(CODE_TABLES, Cause.NO_INPUT))
        self._slots: dict[object, Slot] = {}
        self._numbers = count(1)
        self._shelves: dict[tuple[Table, Setting], Shelf] = {}
        self._turning_days = self._days_of_rows()
        self._modifiers = Modifiers(tables, self._shelf(Table.MODIFIERS, Setting.PROFESSIONAL), mode)
        self._segments: dict[Setting, tuple[Segment, ...]] = {}
        self._pairs = {setting: self._kept_pairs(setting) for setting in Setting}
        self._primaries = KeptPrimaries()
        self.silences: Final = Silences(self._silent)
        self._days: dict[Setting, dict[date | None, Slot]] = {
            setting: {None: self._dateless} for setting in Setting
        }

    def slot(self, on: date | None, setting: Setting) -> Slot:
        """Give the slot for a day; ``None`` is a day that is not known."""
        try:
            return self._days[setting][on]
        except KeyError:
            return self._find(on, setting)

    def segments(self, setting: Setting) -> tuple[Segment, ...]:
        """Give the whole calendar as runs of days with one slot each, without gaps."""
        found = self._segments.get(setting)
        return found or self._segments.setdefault(setting, self._cut(setting))

    def mue(
        self, code: str | None, on: date | None, setting: Setting, program: str = MEDICARE
    ) -> MueFact | Cause:
        """Find the medically unlikely edit of a code in the tables of a program."""
        if code is None or on is None:
            return Cause.NO_INPUT
        shelf = self._shelf(Table.MUE, setting)
        if program != MEDICARE:
            shelf = Shelf(self._tables.editions, Table.MUE, setting, program)
        choice = shelf.choose(on, self.mode)
        return choice if isinstance(choice, Cause) else mue_fact(self._tables, choice, code)

    def pair(
        self, column_1: str | None, column_2: str | None, on: date | None, setting: Setting
    ) -> PairFact | Cause | None:
        """Find the NCCI edit of a pair in force; ``None`` is known: there is none."""
        if column_1 is None or column_2 is None or on is None:
            return Cause.NO_INPUT
        return self._pairs[setting].find(column_1, column_2, on)

    def pair_choices(self, on: date | None, setting: Setting) -> tuple[Choice, ...] | Cause:
        """The editions of NCCI pairs that speak for a day, the first that knows a pair decides."""
        if on is None:
            return Cause.NO_INPUT
        choice = self._shelf(Table.NCCI_PAIRS, setting).choose(on, self.mode)
        return choice if isinstance(choice, Cause) else (choice, *choice.older)

    def pairs_among(self, choice: Choice, codes: frozenset[str]) -> list[tuple[str, PairColumns]]:
        """Every edit of some editions both of whose codes are among ``codes``, by the edition's name."""
        editions, among = self._tables.editions, self._tables.pairs_among
        return [(editions[position].name, among(position, codes)) for position in choice.positions]

    def pair_ranges(self, choice: Choice) -> list[tuple[str, str]]:
        """The runs of pairs, as texts of column 1 and column 2, of which silence says: no edit."""
        return [("".join(first), "".join(last)) for first, last in silent_ranges(self._tables, choice)]

    def primaries(
        self, add_on: str | None, on: date | None, setting: Setting = Setting.PROFESSIONAL
    ) -> AddOnFact | Cause | None:
        """Find the primaries of an add-on code; ``None`` is known: it is no add-on code."""
        if add_on is None or on is None:
            return Cause.NO_INPUT
        key = add_on, on, TABLE_SETTING[setting]
        if key in self._primaries:
            return self._primaries[key]
        return self._primaries.keep(key, self._find_primaries(*key))

    def _silent(self, on: date | None, setting: Setting) -> Silence:
        if on is None:
            return None, None
        add_ons = self._add_ons(on)
        return self._pairs[setting].silence(on), add_ons if isinstance(add_ons, Cause) else None

    def _add_ons(self, on: date) -> Choice | Cause:
        """The edition of add-on codes that speaks for a day: there is one for all settings."""
        return self._shelf(Table.ADD_ON, Setting.PROFESSIONAL).choose(on, self.mode)

    def _find_primaries(self, add_on: str, on: date, setting: str) -> AddOnFact | Cause | None:
        choice = self._add_ons(on)
        if isinstance(choice, Cause):
            return choice
        table = self._tables.table(choice.position)
        if not isinstance(table, AddOnTable):
            return None
        return add_on_fact(table, choice, add_on, on, setting)

    def _find(self, on: date | None, setting: Setting) -> Slot:
        days = self._days[setting]
        if on is None:
            return days.setdefault(None, self._dateless)
        if len(days) >= _DAYS_KEPT:
            days.clear()
        return days.setdefault(on, self._slot_of(on, setting))

    def _shelf(self, table: Table, setting: Setting) -> Shelf:
        found = self._shelves.get((table, setting))
        return found or self._shelves.setdefault(
            (table, setting), Shelf(self._tables.editions, table, setting)
        )

    def _kept_pairs(self, setting: Setting) -> KeptPairs:
        shelf, mode = self._shelf(Table.NCCI_PAIRS, setting), self.mode
        return KeptPairs(self._tables, lambda on: shelf.choose(on, mode))

    def _cut(self, setting: Setting) -> tuple[Segment, ...]:
        days = {date.min, *self._turning_days}
        for table in _CHOSEN:
            days.update(self._shelf(table, setting).breaks())
        starts: list[tuple[date, Slot]] = []
        for day in sorted(days):
            slot = self._slot_of(day, setting)
            if not starts or starts[-1][1] is not slot:
                starts.append((day, slot))
        one_day = timedelta(days=1)
        pieces = [Segment(start, after - one_day, slot) for (start, slot), (after, _) in pairwise(starts)]
        return (*pieces, Segment(starts[-1][0], date.max, starts[-1][1]))

    def _slot_of(self, day: date, setting: Setting) -> Slot:
        choices = {table: self._shelf(table, setting).choose(day, self.mode) for table in _CHOSEN}
        # Add-on, HCPCS and modifier tables speak through their rows' own dates: these belong to the key.
        chosen = (c if isinstance(c, Cause) else (c.positions, c.source.how) for c in choices.values())
        key = (*chosen, bisect_right(self._turning_days, day), TABLE_SETTING[setting])
        if key not in self._slots:
            number = next(self._numbers)
            moment = Moment(day, TABLE_SETTING[setting], self._modifiers)
            told = {table: choices[table] for table in CODE_TABLES}
            # Two threads that miss at once: both take the slot that was there first.
            self._slots.setdefault(key, Slot(number, self._tables, told, moment))
        return self._slots[key]

    def _days_of_rows(self) -> list[date]:
        """Give every day on which a row of such a table begins to hold, or no longer holds."""
        found: set[Span] = catalogue_spans()
        for position, edition in enumerate(self._tables.editions):
            if edition.table in (Table.ADD_ON, Table.HCPCS, Table.MODIFIERS):
                found |= self._tables.spans(position)
                found.add((silence_begins(edition), None))
        starts = {start for start, _ in found if start}
        return sorted(starts | {end + timedelta(days=1) for _, end in found if end and end < date.max})
