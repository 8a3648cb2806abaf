"""Words for what a table says of a code: which edition speaks, why none does, what an indicator means."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import attrs

from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import How, Source, Table
from claimrules.model.hcpcs_indicator import FACT_INDICATORS
from claimrules.model.indicator import INDICATORS, Indicator
from claimrules.model.period import OPEN_END
from claimrules.report.page import Page
from claimrules.report.words import name_of, span

Cell = tuple[str, str, str]
"""An attribute's name, its value as published, what it means."""

_HOW: Final = {
    How.EXACT: "exact",
    How.NEAR: "near: none holds on that day, the nearest of its year is used",
    How.LATEST: "latest: the newest loaded is used for every day",
}
_IN_FORCE: Final = {
    "yes": "yes",
    "no": "no: gone, or not yet there",
    "unlisted": "no loaded edition ever held the code",
}
_BLANK: Final = {
    "not_used": "Medicare pays by these values.",
    "endoscopic_base": "No endoscopy family.",
    "nonfacility_na": "Not marked as unusual outside facilities.",
    "facility_na": "Not marked as unusual in facilities.",
}
_PERCENT: Final = frozenset({"pre", "intra", "post"})
_DOLLARS: Final = frozenset({"rate", "national_copayment", "minimum_copayment", "conversion_factor"})


def source_words(source: Source) -> str:
    """Say which edition speaks and how it was chosen."""
    edition = source.edition
    return f"{edition.name}, in force {span(edition.speaks_from, edition.ends)} ({_HOW[source.how]})"


def cause_words(cause: Cause) -> str:
    """Say why something is unknown."""
    return f"unknown: {cause.words} ({cause.value})"


def in_force_words(main: CodeAttributes) -> str:
    """Say whether the code is in force, and its own first and last day."""
    if main.in_force is None:
        return cause_words(main.cause(Table.FEE_SCHEDULE))
    days = [
        f"from {main.first_date}" if main.first_date else "",
        f"to {main.last_date}" if main.last_date and main.last_date < OPEN_END else "",
    ]
    told = " ".join(day for day in days if day)
    return _IN_FORCE[main.in_force] + (f" ({told})" if told else "")


def rows_words(main: CodeAttributes) -> str:
    """Name the rows of the fee schedule."""
    if main.rows is None:
        return "unknown"
    return ", ".join(row or "blank" for row in sorted(main.rows)) or "none"


def add_head(page: Page, main: CodeAttributes, table: Table, absent: str = "") -> None:
    """Add the line that says which edition of a table speaks, or why none does.

    ``absent`` is what to say where the code is known to be not on the list.
    """
    page.gap()
    source = main.sources.get(table)
    said = source_words(source) if source else ""
    if table in main.missing:
        said = cause_words(main.missing[table]) + (f"; {said}" if said else "")
    elif absent:
        said = f"{absent}; {said}"
    page.wrap(said, first=f"{table.words}: ", rest="  ", role="head")


def attribute_cells(attributes: CodeAttributes, name: str) -> list[Cell]:
    """Write one attribute; nothing where it is not known."""
    value = getattr(attributes, name)
    return [] if value is None else [_cell(name, value, INDICATORS.get(name))]


def record_cells(record: attrs.AttrsInstance) -> Iterator[Cell]:
    """Write every filled field of a record of another table; several values are several lines."""
    for field in attrs.fields(type(record)):
        value = getattr(record, field.name)
        if value is None or value == ():
            continue
        values = value if isinstance(value, tuple) else (value,)
        for number, each in enumerate(values):
            name, text, meaning = _cell(field.name, each, FACT_INDICATORS.get(field.name))
            yield "" if number else name, text, meaning


def meaning_of(field: str | None, value: str) -> str:
    """Say what an indicator of any table means, blank where it is none."""
    known: Mapping[str, type[Indicator]] = {**FACT_INDICATORS, **INDICATORS}
    enum = known.get(field or "")
    return enum(value).meaning if enum is not None and value in tuple(enum) else ""


def _cell(name: str, value: Any, enum: type[Indicator] | None) -> Cell:  # noqa: ANN401 (any published value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    meaning = enum(text).meaning if enum is not None and text in tuple(enum) else ""
    if name in _PERCENT:
        meaning = "percent of the global fee"
    elif name in _DOLLARS:
        meaning = "dollars"
    elif not text:
        text, meaning = "-", _BLANK.get(name, "blank")
    return name_of(name), text, meaning
