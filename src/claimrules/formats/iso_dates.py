"""Dates of a column of a frame, written in one of the known forms, as ISO dates."""

from datetime import date
from typing import TYPE_CHECKING

from claimrules.formats import dates

if TYPE_CHECKING:
    import polars as pl


def iso_dates(text: "pl.Expr", name: str) -> "pl.Expr":
    """Write dates of a format as ISO dates; what is none stays as it is, and is unreadable."""
    import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

    if name == dates.DEFAULT:
        return _day_of(text)
    trimmed = text.str.strip_chars(" ")
    whole = trimmed.str.contains(f"^{dates.PATTERNS[name]}{dates.TIME}$")
    if name == dates.DAY_NUMBER:
        days = trimmed.str.extract("^([0-9]+)", 1).cast(pl.Int32, strict=False)
        day = (days - (date(1970, 1, 1) - dates.DAY_ZERO).days).cast(pl.Date)
        return pl.when(whole).then(day.dt.to_string("%Y-%m-%d")).otherwise(_day_of(text))
    parts = trimmed.str.extract(f"^({dates.PATTERNS[name]})", 1)
    if name == "d-mon-yyyy":
        pattern, order = r"^([0-9]{1,2})[- ]?([A-Za-z]{3})[- ]?([0-9]{4})$", (3, 2, 1)
    elif name == "yyyy/m/d":
        pattern, order = r"^([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})$", (1, 2, 3)
    else:
        order = (3, 1, 2) if name == dates.MONTH_FIRST else (3, 2, 1)
        pattern = r"^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})$"
        whole &= trimmed.str.extract("([-/.])", 1) == parts.str.extract("[-/.][0-9]+([-/.])", 1)
    year, month, day = (parts.str.extract(pattern, group) for group in order)
    if name == "d-mon-yyyy":
        numbers = {label: str(number) for number, label in enumerate(dates.MONTHS, 1)}
        month = month.str.to_uppercase().replace(numbers)
    made = pl.concat_str([year, month.str.zfill(2), day.str.zfill(2)], separator="-")
    return pl.when(whole).then(made).otherwise(_day_of(text))


def _day_of(text: "pl.Expr") -> "pl.Expr":
    """Pass over the time behind an ISO date."""
    import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

    trimmed = text.str.strip_chars(" ")
    timed = trimmed.str.contains(f"^{dates.PATTERNS[dates.DEFAULT]}{dates.TIME}$")
    return pl.when(timed).then(trimmed.str.slice(0, 10)).otherwise(text)
