"""What one set of editions says of a code: rows chosen, silence interpreted (design, decision 6)."""

from collections.abc import Mapping
from datetime import date

from claimrules.codebook.relations import add_on_type
from claimrules.codebook.resolve import Choice
from claimrules.codebook.tables import AddOnTable, FeeRow, FeeSchedule, MueRow, MueTable, Tables
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import Source, Table, code_shape

CODE_TABLES = (Table.FEE_SCHEDULE, Table.MUE, Table.ADD_ON)
"""The tables that a single code is looked up in."""

_NO_MUE = MueRow()


def unknown(code: str | None, cause: Cause) -> CodeAttributes:
    """Give a code of which nothing is known, for one cause."""
    return CodeAttributes(code=code or "", missing=dict.fromkeys(CODE_TABLES, cause))


class Reading:
    """The editions chosen for one slot, and what they say of a code."""

    def __init__(self, tables: Tables, choices: Mapping[Table, Choice | Cause], day: date) -> None:
        """Load the tables of the editions chosen."""
        self._tables = tables
        self._choices = choices
        self._day = day
        self._fee, self._mue, self._add_on = (self._load(table) for table in CODE_TABLES)

    def read(self, code: str, want: str) -> CodeAttributes:
        """Look ``code`` up, on the row that ``want`` selects."""
        rows = self._fee.rows.get(code) if isinstance(self._fee, FeeSchedule) else None
        mue = self._mue.rows.get(code) if isinstance(self._mue, MueTable) else None
        silent = rows is None and self._silence_speaks(code)
        add_on = add_on_type(self._add_on, code, self._day) if isinstance(self._add_on, AddOnTable) else None
        if add_on is None and self._complete(Table.ADD_ON):
            add_on = ""
        row, fee = _choose_row(rows, want)
        value, mai, rationale = mue or _NO_MUE
        found = {Table.FEE_SCHEDULE: rows, Table.MUE: mue, Table.ADD_ON: add_on}
        return CodeAttributes(
            code=code,
            row=row,
            **fee._asdict(),
            mue=value,
            mai=mai,
            mue_rationale=rationale,
            add_on_type=add_on,
            rows=None if rows is None and not silent else frozenset(rows or ()),
            in_force="yes" if rows or mue else self._why_absent(code) if silent else None,
            sources=self._sources(),
            missing={table: self._cause(table) for table, fact in found.items() if fact is None},
        )

    def holds(self, attributes: CodeAttributes) -> bool:
        """Say whether any table holds the code; what none holds is cheap to find again."""
        return attributes.in_force == "yes" or bool(attributes.add_on_type)

    def _load(self, table: Table) -> object:
        choice = self._choices[table]
        return self._tables.table(choice.position) if isinstance(choice, Choice) else None

    def _cause(self, table: Table) -> Cause:
        choice = self._choices[table]
        return choice if isinstance(choice, Cause) else Cause.NO_CODE

    def _sources(self) -> dict[Table, Source]:
        return {t: choice.source for t, choice in self._choices.items() if isinstance(choice, Choice)}

    def _complete(self, table: Table) -> bool:
        choice = self._choices[table]
        return isinstance(choice, Choice) and choice.exact and choice.source.edition.complete

    def _silence_speaks(self, code: str) -> bool:
        choice = self._choices[Table.FEE_SCHEDULE]
        if not isinstance(choice, Choice) or not self._complete(Table.FEE_SCHEDULE):
            return False
        return code_shape(code) in choice.source.edition.covers

    def _why_absent(self, code: str) -> str:
        return "no" if code in self._tables.fee_schedule_codes() else "unlisted"


def _choose_row(rows: Mapping[str, FeeRow] | None, want: str) -> tuple[str, FeeRow]:
    """Choose the row asked for, else the blank one; a code with one row only uses that."""
    if not rows:
        return "", FeeRow()
    for row in (want, ""):
        if row in rows:
            return row, rows[row]
    return min(rows.items())
