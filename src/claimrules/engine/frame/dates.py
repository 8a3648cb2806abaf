"""What rests on the dates of a line alone: read once per pair of dates, and kept as one number a line.

An export of millions of lines holds some thousand pairs of dates, and far fewer things that rules and
tables can tell of them (its *profiles*): the slot of the code book, the quarter, the days of the span.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.context import Context
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.facts import NO_DAY
from claimrules.engine.frame.fields import derive
from claimrules.engine.frame.normalise import ABSENT, read_dates

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

PROFILE: Final = "k_dates"
FILLED: Final = "q_"
"""Begins the name of a key column in which a sentinel stands for null."""
Days = Mapping[tuple[int, int], tuple[date | None, date | None]]
"""First and last from-date by slot and quarter."""


@attrs.frozen(kw_only=True, eq=False)
class Dates:
    """The pairs of dates of a run, each with its profile, and the columns of each profile."""

    on: tuple[str, ...]
    pairs: "Lazy"
    profiles: "Lazy"
    columns: tuple[str, ...]
    days: Days

    def join(self, lines: "Lazy") -> "Lazy":
        """Give each line its dates and its profile."""
        return lines.join(self.pairs, on=list(self.on), how="left")


def read(context: Context, tests: Mapping[str, "Expr"], per_line: Sequence[str]) -> Dates:
    """Read every pair of dates; ``tests`` and ``per_line`` become columns of its profile."""
    nw = context.nw
    told = ("r_from_date", "r_to_date") if "to_date" in context.named else ("r_from_date",)
    parts = ("line_setting", *context.extra) if len(context.settings) > 1 or context.extra else ()
    on = (*told, *parts)
    setting = {} if "line_setting" in on else {"line_setting": nw.lit(context.settings[0].value)}
    blank = {} if "r_to_date" in on else {"r_to_date": nw.lit("")}
    dates = plus(plus(context.lines.select(*on).unique(), setting), blank)
    dates = read_dates(nw, dates, context.reader)
    dates = context.resolver.attach(nw, context.backend, dates)
    dates = dates.with_columns(k_quarter=context.resolver.quarter(nw))
    dates = derive(nw, plus(dates, context.constants), context.reader, frozenset({"line_days", "line_year"}))
    dates = plus(dates, tests)
    filled = {f"{FILLED}{name}": nw.col(name).fill_null(sentinel(name)) for name in per_line}
    dates = context.backend.keep(plus(dates, filled).drop(*context.constants))
    columns = ("line_setting", "k_slot", "k_quarter", *filled, *tests, *context.extra)
    profiles = _number(context, dates.select(*columns).unique(), columns)
    pairs = dates.join(profiles, on=list(columns), how="left")
    kept = (
        "line_from_date",
        "line_to_date",
        "form_from_date",
        "form_to_date",
        "k_slot",
        "k_quarter",
        "line_days",
        "line_year",
    )
    return Dates(
        on=on,
        pairs=context.backend.keep(pairs.select(*on, *kept, PROFILE)),
        profiles=profiles,
        columns=columns,
        days=_days(context, dates),
    )


def _number(context: Context, profiles: "Lazy", columns: Sequence[str]) -> "Lazy":
    """Number the profiles: there are few, so that this is done here."""
    found = context.local(profiles)
    kinds = {name: _kind(name) for name in columns} | {PROFILE: "number"}
    return context.backend.table({**found, PROFILE: list(range(len(found["k_slot"])))}, kinds)


def _kind(name: str) -> str:
    if name.startswith(("k_", "h_")):
        return "number"
    plain = name.removeprefix(FILLED)
    if plain == name or plain.startswith("form_"):
        return "text"
    return "date" if plain.endswith("_date") else "number"


def _days(context: Context, dates: "Lazy") -> Days:
    nw = context.nw
    days = (nw.col("line_from_date").min().alias("first"), nw.col("line_from_date").max().alias("last"))
    found = context.local(dates.group_by("k_slot", "k_quarter").agg(*days))
    keys = zip(found["k_slot"], found["k_quarter"], strict=True)
    return dict(zip(keys, zip(found["first"], found["last"], strict=True), strict=True))


def sentinel(name: str) -> Any:
    """Stands for null in a key column: joins drop null keys."""
    if name.startswith("form_"):
        return ""
    return NO_DAY if name.endswith("_date") else ABSENT
