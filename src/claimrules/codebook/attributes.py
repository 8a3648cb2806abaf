"""What one set of editions says of a code: rows chosen, silence interpreted (design, decision 6)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from claimrules.codebook.relations import add_on_rows
from claimrules.codebook.resolve import Choice
from claimrules.codebook.tables import (
    AddOnRow,
    AddOnTable,
    AnyTable,
    FactTable,
    FeeRow,
    FeeSchedule,
    MueRow,
    MueTable,
    Tables,
)
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import Edition, Source, Table, code_shape
from claimrules.model.period import OPEN_END
from claimrules.model.published import HcpcsRow, RbcsRow

CODE_TABLES: Final = (
    Table.FEE_SCHEDULE,
    Table.MUE,
    Table.ADD_ON,
    Table.HCPCS,
    Table.ADDENDUM_B,
    Table.ASC,
    Table.RBCS,
)
"""The tables that a single code is looked up in."""

_NO_MUE: Final = MueRow()
_ASC_PARTS: Final = frozenset({"AA", "BB"})
_LEVEL_II: Final = "Annnn"
_DENTAL: Final = "D"
YEARS_KEPT: Final = 4
# The files of January 2019 and October 2020 hold the same codes that ended from 2014-12-31 on, and no
# dental code at all (the American Dental Association publishes those).


def level_ii_speaks(choice: Choice | Cause, day: date) -> bool:
    """Say whether a HCPCS file is whole for a day, so that what it lacks is known not to be valid."""
    if not isinstance(choice, Choice) or not choice.exact or not choice.source.edition.complete:
        return False
    return silence_begins(choice.source.edition) <= day


def silence_begins(edition: Edition) -> date:
    """Give the first day for which a HCPCS file would hold every code, or say that it ended."""
    return date(edition.effective.year - YEARS_KEPT, 1, 1)


def unknown(code: str | None, cause: Cause) -> CodeAttributes:
    """Give a code of which nothing is known, for one cause."""
    return CodeAttributes(code=code or "", missing=dict.fromkeys(CODE_TABLES, cause))


class Reading:
    """The editions chosen for one slot, and what they say of a code."""

    def __init__(
        self, tables: Tables, choices: Mapping[Table, Choice | Cause], day: date, setting: str
    ) -> None:
        """Load the tables of the editions chosen."""
        self._tables = tables
        self._choices = choices
        self._day = day
        self._setting = setting
        self._loaded = {table: self._load(table) for table in CODE_TABLES}
        self._older = self._load_older(Table.HCPCS)
        self._sources = {t: choice.source for t, choice in choices.items() if isinstance(choice, Choice)}

    def read(self, code: str, want: str) -> CodeAttributes:
        """Look ``code`` up, on the row that ``want`` selects."""
        rows = self._fee_rows(code)
        mue = self._mue(code)
        add_on = self._add_on_type(code)
        record, opps, asc, rbcs = (self._fact(table, code) for table in CODE_TABLES[3:])
        hcpcs, sources = self._as_of_the_day(record, code)
        silent = rows is None and self._silence_speaks(code)
        row, fee = _choose_row(rows, want)
        value, mai, rationale = mue or _NO_MUE
        first, last = _own_dates(record, rbcs)
        known_absent = {Table.ASC} if asc is None and self._asc_is_whole() else set()
        found = dict(zip(CODE_TABLES, (rows, mue, add_on, hcpcs, opps, asc, rbcs), strict=True))
        return CodeAttributes(
            code=code,
            row=row,
            **fee._asdict(),
            mue=value,
            mai=mai,
            mue_rationale=rationale,
            add_on_type=add_on,
            rows=None if rows is None and not silent else frozenset(rows or ()),
            in_force=self._in_force(code, record, listed=bool(rows or mue), silent=silent),
            first_date=first,
            last_date=last,
            hcpcs=hcpcs,
            opps=opps,
            asc=asc,
            rbcs=rbcs,
            sources=sources,
            missing={
                table: Cause.NO_EDITION if table is Table.HCPCS and record else self._cause(table)
                for table, fact in found.items()
                if fact is None and table not in known_absent
            },
        )

    def primaries(self, code: str) -> tuple[str, ...] | None:
        """Give the primaries of an add-on code; ``None`` where it is none, or not known to be one."""
        rows = self._add_on_rows(code)
        return tuple(sorted({row.primary for row in rows if row.primary})) if rows else None

    def holds(self, attributes: CodeAttributes) -> bool:
        """Say whether any table holds the code; what none holds is cheap to find again."""
        there = (attributes.hcpcs, attributes.opps, attributes.asc, attributes.rbcs)
        return attributes.in_force == "yes" or bool(attributes.add_on_type) or any(there)

    def _load(self, table: Table) -> tuple[AnyTable, ...]:
        choice = self._choices[table]
        positions = choice.positions if isinstance(choice, Choice) else ()
        return tuple(self._tables.table(position) for position in positions)

    def _load_older(self, table: Table) -> tuple[FactTable, ...]:
        """Load older editions that hold what an excerpt lacks: nothing is behind a complete one."""
        choice = self._choices[table]
        if not isinstance(choice, Choice) or choice.source.edition.complete:
            return ()
        older = []
        for each in choice.older:
            found = self._tables.table(each.position)
            older += [found] if isinstance(found, FactTable) else []
            if each.source.edition.complete:
                break
        return tuple(older)

    def _fee_rows(self, code: str) -> Mapping[str, FeeRow] | None:
        for table in self._loaded[Table.FEE_SCHEDULE]:
            if isinstance(table, FeeSchedule):
                return table.rows.get(code)
        return None

    def _mue(self, code: str) -> MueRow | None:
        for table in self._loaded[Table.MUE]:
            if isinstance(table, MueTable):
                return table.rows.get(code)
        return None

    def _add_on_rows(self, code: str) -> Sequence[AddOnRow] | None:
        for table in self._loaded[Table.ADD_ON]:
            if isinstance(table, AddOnTable):
                return add_on_rows(table, code, self._day, self._setting)
        return None

    def _add_on_type(self, code: str) -> str | None:
        rows = self._add_on_rows(code)
        if rows is None:
            return None
        return min((row.type for row in rows), default="" if self._complete(Table.ADD_ON) else None)

    def _fact(self, name: Table, code: str) -> Any:  # noqa: ANN401 (the record type of the table)
        older = self._older if name is Table.HCPCS else ()
        for table in (*self._loaded[name], *older):
            if isinstance(table, FactTable) and code in table.rows:
                return table.rows[code]
        return None

    def _as_of_the_day(
        self, record: HcpcsRow | None, code: str
    ) -> tuple[HcpcsRow | None, Mapping[Table, Source]]:
        """Give the record whose facts held on the day, with the editions that speak.

        A record speaks from the day of its last action on: earlier days of its code need an older file.
        """
        if record is None or not _after(record, self._day):
            return record, self._sources
        choice = self._choices[Table.HCPCS]
        for each in choice.older if isinstance(choice, Choice) else ():
            row = self._tables.entry(each.position, code)
            if isinstance(row, HcpcsRow) and not _after(row, self._day):
                return row, {**self._sources, Table.HCPCS: each.source}
        return None, self._sources

    def _cause(self, table: Table) -> Cause:
        choice = self._choices[table]
        return choice if isinstance(choice, Cause) else Cause.NO_CODE

    def _complete(self, table: Table) -> bool:
        choice = self._choices[table]
        return isinstance(choice, Choice) and choice.exact and choice.source.edition.complete

    def _asc_is_whole(self) -> bool:
        loaded = [table.edition for table in self._loaded[Table.ASC] if table.edition.complete]
        return self._complete(Table.ASC) and {edition.part for edition in loaded} >= _ASC_PARTS

    def _silence_speaks(self, code: str) -> bool:
        choice = self._choices[Table.FEE_SCHEDULE]
        if not isinstance(choice, Choice) or not self._complete(Table.FEE_SCHEDULE):
            return False
        return code_shape(code) in choice.source.edition.covers

    def _in_force(self, code: str, hcpcs: HcpcsRow | None, *, listed: bool, silent: bool) -> str | None:
        if listed:
            return "yes"
        if hcpcs:
            early = hcpcs.added is not None and self._day < hcpcs.added
            return "no" if early or (hcpcs.termination or date.max) < self._day else "yes"
        # Codes are added inside a quarter too; then the RBCS knows them before the HCPCS file does.
        if silent or (self._level_ii_is_silent(code) and self._fact(Table.RBCS, code) is None):
            return "no" if code in self._tables.known_codes() else "unlisted"
        return None

    def _level_ii_is_silent(self, code: str) -> bool:
        """Say whether the HCPCS table would hold the code: it drops codes some years after their end."""
        speaks = level_ii_speaks(self._choices[Table.HCPCS], self._day)
        return speaks and code_shape(code) == _LEVEL_II and not code.startswith(_DENTAL)


def _after(record: HcpcsRow, day: date) -> bool:
    """Say whether the last action on a record came after a day on which its code was there already."""
    action, added = record.action_effective, record.added
    return action is not None and day < action and (added is None or added <= day)


def _own_dates(hcpcs: HcpcsRow | None, rbcs: RbcsRow | None) -> tuple[date | None, date | None]:
    """Give the first and the last day of a code; of one that has no end the last day is ``OPEN_END``."""
    if hcpcs:
        return hcpcs.added, hcpcs.termination or OPEN_END
    return (rbcs.added, rbcs.ended or OPEN_END) if rbcs else (None, None)


def _choose_row(rows: Mapping[str, FeeRow] | None, want: str) -> tuple[str, FeeRow]:
    """Choose the row asked for, else the blank one; a code with one row only uses that."""
    if not rows:
        return "", FeeRow()
    for row in (want, ""):
        if row in rows:
            return row, rows[row]
    return min(rows.items())
