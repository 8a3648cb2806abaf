"""The fee schedule and the medically unlikely edits of a code, in words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from claimrules.codebook import FeeRow
from claimrules.model.claim import Setting
from claimrules.model.code import CodeAttributes
from claimrules.model.edition import Table
from claimrules.model.global_period import package
from claimrules.model.period import Period
from claimrules.report.code_words import (
    Cell,
    add_head,
    attribute_cells,
    cause_words,
    source_words,
)
from claimrules.report.page import Page, Span
from claimrules.report.words import name_of

_LISTED: Final = tuple(name for name in FeeRow._fields if name != "label")


def global_period(attributes: CodeAttributes, on: date) -> Period | None:
    """Give the days that the fee of a procedure done ``on`` includes; ``None`` where it is not by days."""
    return package(attributes.global_days, on)


def add_schedule(page: Page, by_row: Mapping[str, CodeAttributes], on: date) -> None:
    """Add what the fee schedule says of the main row, and where the others differ."""
    main = next(iter(by_row.values()))
    add_head(page, main, Table.FEE_SCHEDULE)
    page.table([cell for name in _LISTED for cell in _cells(main, name, on)], indent="  ")
    for row, attributes in list(by_row.items())[1:]:
        _other_row(page, row, attributes, main)


def add_mues(page: Page, by_setting: Mapping[Setting, CodeAttributes]) -> None:
    """Add the medically unlikely edit of each setting."""
    page.gap()
    for setting, attributes in by_setting.items():
        _mue(page, setting, attributes)


def _cells(attributes: CodeAttributes, name: str, on: date) -> list[Cell]:
    cells = attribute_cells(attributes, name)
    if name == "global_days":
        cells += _period_cells(attributes, on)
    if name == "malpractice_rvu":
        cells += _totals(attributes)
    return cells


def _period_cells(attributes: CodeAttributes, on: date) -> list[Cell]:
    period = global_period(attributes, on)
    if period is None:
        return []
    ends = [_counted((day - on).days) for day in dict.fromkeys((period.start, period.end))]
    days = " to ".join(str(day) for day in dict.fromkeys((period.start, period.end)))
    return [("", "", f"For a procedure of {on}: {days} ({' to '.join(ends)}).")]


def _counted(days: int) -> str:
    return f"D{days:+d}" if days else "D"


def _totals(attributes: CodeAttributes) -> list[Cell]:
    """Write the total RVUs of each kind of place, before any adjustment for the locality."""
    told: list[Cell] = []
    for place, expense in (
        ("non-facility", attributes.nonfacility_pe_rvu),
        ("facility", attributes.facility_pe_rvu),
    ):
        parts = (attributes.work_rvu, expense, attributes.malpractice_rvu)
        known = [part for part in parts if part is not None]
        if len(known) == len(parts):
            total = sum(known, Decimal())
            told.append((f"{place} total RVU", str(total), "work, practice expense and malpractice"))
    return told


def _other_row(page: Page, row: str, attributes: CodeAttributes, main: CodeAttributes) -> None:
    page.gap()
    page.add(Span(f"row {row}, where it differs from the {main.row or 'blank'} row:", "head"))
    differ = [name for name in _LISTED if getattr(attributes, name) != getattr(main, name)]
    told = [
        line
        for name in differ
        for line in attribute_cells(attributes, name) or [(name_of(name), "-", "not given")]
    ]
    page.table(told or [("nothing", "", "")], indent="  ")


def _mue(page: Page, setting: Setting, attributes: CodeAttributes) -> None:
    head = f"MUE, {setting.value}: "
    source = attributes.sources.get(Table.MUE)
    if attributes.mue is None:
        cause = cause_words(attributes.cause(Table.MUE))
        page.wrap(f"{cause}; never unlimited", first=head, rest="  ", role="head")
        return
    page.wrap(source_words(source) if source else "", first=head, rest="  ", role="head")
    rows = [
        ("units", str(attributes.mue), "at most" if attributes.mue else "none is payable"),
        *attribute_cells(attributes, "mai"),
        ("rationale", "", attributes.mue_rationale or ""),
    ]
    page.table(rows, indent="  ")
