"""The code book of an example: what its ``codes``, ``pairs`` and ``add_ons`` say, for every date."""

from datetime import date
from typing import TYPE_CHECKING, Final

import attrs

from claimrules.codebook import (
    AddOnRow,
    AddOnTable,
    CodeBook,
    FactTable,
    FeeRow,
    FeeSchedule,
    MueRow,
    MueTable,
    PairRow,
    PairTable,
)
from claimrules.model.edition import Edition, Kind, Table
from claimrules.model.published import AscRow, HcpcsRow, OppsRow
from claimrules.rulebook.rule import Example

if TYPE_CHECKING:
    from claimrules.codebook.tables import AnyTable, FactRow

COVERED: Final = ("nnnnn", "nnnnT", "nnnnF", "Annnn")
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
_MUE: Final = {"mue": "value", "mai": "mai", "mue_rationale": "rationale"}
_CUMULATIVE: Final = (Table.NCCI_PAIRS, Table.ADD_ON, Table.HCPCS)
_MUE_SETTINGS: Final = ("professional", "outpatient", "dme")


_LEVEL_II: Final = {
    "coverage": "coverage",
    "type_of_service": "type_of_service",
    "pricing_categories": "pricing",
    "first_date": "added",
    "last_date": "termination",
}
_ASC: Final = ("payment_indicator", "multiple_discount")
_ELSEWHERE: Final = frozenset({*_MUE, *_LEVEL_II, "status_indicator", *_ASC})


def example_book(example: Example) -> CodeBook:
    """Build the code book of an example; a table that the example does not mention is not there."""
    return CodeBook.from_tables(example_tables(example))


def example_tables(example: Example) -> "list[AnyTable]":
    """Make the tables of an example."""
    tables: list[AnyTable] = [*_facts(example)]
    fee: dict[str, dict[str, FeeRow]] = {}
    mue: dict[str, MueRow] = {}
    for key, attributes in example.codes.items():
        code, _, row = key.partition("/")
        published = {name: value for name, value in attributes.items() if name not in _ELSEWHERE}
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
    return tables


def _facts(example: Example) -> list[FactTable]:
    """Make HCPCS, Addendum B and the ASC addenda of what the codes say of them; blank: not on the list."""
    hcpcs: dict[str, FactRow] = {}
    opps: dict[str, FactRow] = {}
    asc: dict[str, FactRow] = {}
    for code, attributes in example.codes.items():
        found = {_LEVEL_II[name]: value for name, value in attributes.items() if name in _LEVEL_II}
        if found:
            lists = {name: tuple(value) for name, value in found.items() if isinstance(value, list)}
            hcpcs[code] = HcpcsRow(**{**found, **lists})
        if "status_indicator" in attributes:
            opps[code] = OppsRow(status_indicator=attributes["status_indicator"])
        listed = {name: attributes[name] for name in _ASC if attributes.get(name)}
        if listed:
            asc[code] = AscRow(addendum="AA", **listed)
    tables = [FactTable(edition=_edition(Table.HCPCS), rows=hcpcs)] if hcpcs else []
    tables += [FactTable(edition=_edition(Table.ADDENDUM_B), rows=opps)] if opps else []
    if any(name in attributes for attributes in example.codes.values() for name in _ASC):
        first, second = (attrs.evolve(_edition(Table.ASC, complete=True), part=part) for part in ("AA", "BB"))
        tables += [FactTable(edition=first, rows=asc), FactTable(edition=second, rows={})]
    return tables


def _edition(table: Table, setting: str = "", *, complete: bool = False) -> Edition:
    return Edition(
        name=f"EXAMPLE {table}",
        table=table,
        setting=setting,
        effective=FIRST,
        ends=LAST,
        complete=complete,
        covers=COVERED if complete and table is Table.FEE_SCHEDULE else (),
        kind=Kind.CUMULATIVE if table in _CUMULATIVE else Kind.SNAPSHOT,
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
