"""Conditions whose parameters have other values on other days: one copy a period, guarded by the date."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

import attrs

from claimrules.expr.nodes import And, Condition, Or
from claimrules.expr.parse import Param, Scope, parse

Periods = Mapping[date | None, Mapping[str, Param]]
"""The parameters from each day on; ``None`` is the time before the first."""
Change = tuple[str, date | None, Param]
"""A parameter, the day from which it has another value (``None``: always), and that value."""


def parse_dated(source: str, scope: Scope, periods: Periods) -> Condition:
    """Read a condition once for each period of its parameters.

    The date is the line's from-date; where that is unknown, so is what differs between the periods.
    """
    starts = sorted(day for day in periods if day)
    copies = {start: parse(source, attrs.evolve(scope, params=periods[start])) for start in (None, *starts)}
    if len(set(copies.values())) == 1:
        return copies[None]
    guarded = [
        And((_between(start, end), copies[start]))
        for start, end in pairwise((None, *starts, date.max))
        if start is not None or end is not None
    ]
    return Or(tuple(guarded))


def _between(start: date | None, end: date | None) -> Condition:
    first = f'line.from_date >= "{start}"' if start else ""
    last = f'line.from_date < "{end}"' if end and end < date.max else ""
    return parse(" and ".join(part for part in (first, last) if part), Scope())


def by_date(table: Mapping[str, object]) -> dict[date, object]:
    """Read a table of values by the day from which each holds, in order; empty where a key is no date."""
    try:
        return dict(sorted((date.fromisoformat(day), value) for day, value in table.items()))
    except ValueError:
        return {}


def replaced_by(own: Sequence[Change], payers: Sequence[Change]) -> list[Change]:
    """Put a payer's changes in the place of a rule's own, from the payer's first day on."""
    first: dict[str, date] = {}
    for name, start, _ in payers:
        first[name] = min(first.get(name, date.max), start or date.min)
    return [each for each in own if (each[1] or date.min) < first.get(each[0], date.max)] + list(payers)


def periods_of(defaults: Mapping[str, Param], changes: Sequence[Change]) -> Periods:
    """Lay the changes of parameters over their defaults: the latest start that a day has reached counts.

    A change without a start counts from the beginning of time.
    """
    base = dict(defaults) | {name: value for name, start, value in changes if start is None}
    dated = sorted((start, name, value) for name, start, value in changes if start)
    found: dict[date | None, Mapping[str, Param]] = {None: base}
    now = base
    for start, name, value in dated:
        now = {**now, name: value}
        found[start] = now
    return found
