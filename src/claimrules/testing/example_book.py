"""The code book of an example: what its ``codes``, ``pairs`` and ``add_ons`` say, for every date."""

from datetime import date
from typing import Any, Final

from claimrules.codebook import (
    AddOnRow,
    AddOnTable,
    CodeBook,
    FeeRow,
    FeeSchedule,
    MueRow,
    MueTable,
    PairRow,
    PairTable,
)
from claimrules.model.edition import Edition, Kind, Table
from claimrules.rulebook.rule import Example

COVERED: Final = ("nnnnn", "nnnnT", "nnnnF", "Annnn")
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
_MUE: Final = {"mue": "value", "mai": "mai", "mue_rationale": "rationale"}
_MUE_SETTINGS: Final = ("professional", "outpatient", "dme")


def example_book(example: Example) -> CodeBook:
    """Build the code book of an example; a table that the example does not mention is not there."""
    tables: list[Any] = []
    fee: dict[str, dict[str, FeeRow]] = {}
    mue: dict[str, MueRow] = {}
    for key, attributes in example.codes.items():
        code, _, row = key.partition("/")
        published = {name: value for name, value in attributes.items() if name not in _MUE}
        if published or not attributes:
            fee.setdefault(code, {})[row] = FeeRow(**published)
        limits = {_MUE[name]: value for name, value in attributes.items() if name in _MUE}
        if limits:
            mue[code] = MueRow(**limits)
    if fee or example.complete:
        tables.append(FeeSchedule(edition=_edition(Table.FEE_SCHEDULE, complete=example.complete), rows=fee))
    if mue:
        tables += [MueTable(edition=_edition(Table.MUE, setting), rows=mue) for setting in _MUE_SETTINGS]
    if example.pairs:
        tables += [_pairs(example, setting) for setting in _MUE_SETTINGS[:2]]
    if example.add_ons:
        tables.append(_add_ons(example))
    return CodeBook.from_tables(tables)


def _edition(table: Table, setting: str = "", *, complete: bool = False) -> Edition:
    return Edition(
        name="EXAMPLE",
        table=table,
        setting=setting,
        effective=FIRST,
        ends=LAST,
        complete=complete,
        covers=COVERED if complete and table is Table.FEE_SCHEDULE else (),
        kind=Kind.CUMULATIVE if table in (Table.NCCI_PAIRS, Table.ADD_ON) else Kind.SNAPSHOT,
    )


def _pairs(example: Example, setting: str) -> PairTable:
    rows: dict[tuple[str, str], tuple[PairRow, ...]] = {}
    for column_1, column_2, indicator in example.pairs:
        rows[column_1, column_2] = (PairRow(FIRST, LAST, indicator),)
    return PairTable(edition=_edition(Table.NCCI_PAIRS, setting, complete=True), rows=rows)


def _add_ons(example: Example) -> AddOnTable:
    rows: dict[str, tuple[AddOnRow, ...]] = {}
    for add_on, primary, kind in example.add_ons:
        rows[add_on] = (*rows.get(add_on, ()), AddOnRow(primary, kind, FIRST, LAST))
    return AddOnTable(edition=_edition(Table.ADD_ON, complete=True), rows=rows)
