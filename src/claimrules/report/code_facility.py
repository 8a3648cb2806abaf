"""What the tables beside the fee schedule say of a code: hospital, surgical centre, HCPCS, RBCS, add-on."""

from typing import Final

import attrs

from claimrules.codebook import AddOnFact
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import Table
from claimrules.model.hcpcs_indicator import AddOnType
from claimrules.report.code_words import add_head, record_cells
from claimrules.report.page import Page
from claimrules.report.words import count

_NOT_LISTED: Final = "on neither list, surgical or ancillary: known to be absent"
_SHOWN: Final = 20
"""Primary codes that the text lists."""


def add_facility(page: Page, main: CodeAttributes) -> None:
    """Add how a hospital's outpatient department and a surgical centre are paid."""
    add_head(page, main, Table.ADDENDUM_B)
    if main.opps:
        _record(page, main.opps)
    listed = main.asc is not None or Table.ASC in main.missing
    add_head(page, main, Table.ASC, absent="" if listed else _NOT_LISTED)
    if main.asc:
        _record(page, main.asc)


def add_hcpcs(page: Page, main: CodeAttributes) -> None:
    """Add the HCPCS Level II record."""
    add_head(page, main, Table.HCPCS)
    if main.hcpcs:
        _record(page, main.hcpcs)


def add_rbcs(page: Page, main: CodeAttributes) -> None:
    """Add the classification."""
    add_head(page, main, Table.RBCS)
    if main.rbcs:
        _record(page, main.rbcs)


def add_add_on(
    page: Page, main: CodeAttributes, primaries: AddOnFact | Cause | None, *, everything: bool
) -> None:
    """Add the type of an add-on code and its primary codes."""
    add_head(page, main, Table.ADD_ON)
    if main.add_on_type is None:
        return
    kind = main.add_on_type
    meaning = AddOnType(kind).meaning if kind in tuple(AddOnType) else ""
    rows = [("add-on type", kind or "-", meaning)]
    if isinstance(primaries, AddOnFact):
        rows.append(("primary codes", "", _primaries(primaries, everything=everything)))
        rows += [("note", "", text) for text in primaries.notes]
    page.table(rows, indent="  ")


def _record(page: Page, record: attrs.AttrsInstance) -> None:
    cells = ((name, f"{text}  {meaning}".rstrip()) for name, text, meaning in record_cells(record))
    page.table(list(cells), indent="  ")


def _primaries(fact: AddOnFact, *, everything: bool) -> str:
    codes = sorted(fact.primaries)
    shown = codes if everything else codes[:_SHOWN]
    more = f" and {len(codes) - len(shown):,} more (--all lists them)" if len(codes) > len(shown) else ""
    told = [f"{count(len(codes), 'code')}: {' '.join(shown)}{more}"] if codes else []
    told += ["any that the contractor accepts"] if fact.contractor_defined else []
    return "; ".join(told) or "none listed"
