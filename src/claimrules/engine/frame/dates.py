"""What rests on the dates of a line alone: read once per pair of dates, and kept as one number a line.

An export of millions of lines holds some thousand pairs of dates, and far fewer things that rules and
tables can tell of them (its *profiles*): the slot of the code book, the quarter, the days of the span.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.codebook import Slot
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.door import Backend, plus
from claimrules.engine.frame.facts import NO_DAY
from claimrules.engine.frame.fields import derive
from claimrules.engine.frame.normalise import ABSENT, read_dates
from claimrules.model.edition import Source, Table

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

PROFILE: Final = "k_dates"
PAIR: Final = "k_pair"
FILLED: Final = "q_"
"""Begins the name of a key column in which a sentinel stands for null."""
_ENDS: Final = frozenset({f"{FILLED}line_from_date", f"{FILLED}line_to_date"})
_BEFORE: Final = date(1800, 1, 1)
"""Stands for every day before the first turning day: no readable date is earlier."""
Days = Mapping[tuple[int, int], tuple[date | None, date | None]]
"""First and last from-date by slot and quarter."""


@attrs.frozen(kw_only=True, eq=False)
class Dates:
    """The pairs of dates of a run, each with its profile, and the columns of each profile.

    ``lines`` are those of the run, with the columns ``on`` which ``pairs`` is joined.
    ``fixed`` are the tests and ends of lines that are the same in all profiles: they tell nothing apart.
    """

    backend: Backend
    lines: "Lazy"
    on: tuple[str, ...]
    pairs: "Lazy"
    profiles: "Lazy"
    fixed: Mapping[str, Any]
    days: Days

    def profiled(self) -> "Lazy":
        """The lines with their profiles."""
        return self.backend.look_up(self.lines, self.pairs, self.on, PROFILE)

    def join(self, wanted: AbstractSet[str] | None = None) -> "Lazy":
        """The lines with their profiles and their dates; of these only the columns ``wanted``, if given."""
        told = [name for name in self._told if wanted is None or name in wanted]
        return self.backend.look_up(self.lines, self.pairs, self.on, *told, PROFILE)

    def further(self, lines: "Lazy") -> "Lazy":
        """Lines that have profiles with all of their dates."""
        held = lines.collect_schema().names()
        lacking = [name for name in self._told if name not in held]
        return self.backend.look_up(lines, self.pairs, self.on, *lacking) if lacking else lines

    def asked(self) -> "Lazy":
        """The slot, setting and from-date of all lines."""
        pairs = self.backend.look_up(self.pairs, self.profiles, (PROFILE,), "line_setting")
        return pairs.select("k_slot", "line_setting", "line_from_date")

    @property
    def _told(self) -> list[str]:
        return [name for name in self.pairs.collect_schema().names() if name not in (*self.on, PROFILE)]


def read(
    context: Context, tests: Mapping[str, "Expr"], per_line: Sequence[str], *, compared: bool = False
) -> Dates:
    """Read every pair of dates; ``tests`` and ``per_line`` become columns of its profile.

    ``compared``: the dates of a line are only compared with the first and last days of codes, so that
    all days between two of these are one.
    """
    nw = context.nw
    told = ("r_from_date", "r_to_date") if "to_date" in context.named else ("r_from_date",)
    parts = ("line_setting", *context.extra) if len(context.settings) > 1 or context.extra else ()
    lines, on, dates = _paired(context, (*told, *parts))
    setting = {} if "line_setting" in parts else {"line_setting": nw.lit(context.settings[0].value)}
    blank = {} if "r_to_date" in told else {"r_to_date": nw.lit("")}
    dates = plus(plus(dates, setting), blank)
    dates = read_dates(nw, dates, context.reader)
    dates = context.resolver.attach(nw, context.backend, dates)
    dates = dates.with_columns(k_quarter=context.resolver.quarter(nw))
    dates = derive(nw, plus(dates, context.constants), context.reader, frozenset({"line_days", "line_year"}))
    dates = plus(dates, tests)
    filled = {f"{FILLED}{name}": nw.col(name).fill_null(sentinel(name)) for name in per_line}
    dates = context.backend.keep(plus(dates, filled).drop(*context.constants))
    if compared and (ends := _ENDS & set(filled)):
        dates = context.backend.keep(_told_apart(context, dates, ends))
    columns = ("line_setting", "k_slot", "k_quarter", *filled, *tests, *context.extra)
    found = context.local(dates.select(*columns).unique())
    profiles = _number(context, found, columns)
    fixed = {name: found[name][0] for name in (*filled, *tests) if len(set(found[name])) == 1}
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
        backend=context.backend,
        lines=lines,
        on=on,
        pairs=context.backend.keep(pairs.select(*on, *kept, PROFILE)),
        profiles=profiles.drop(*fixed),
        fixed=fixed,
        days=_days(context, dates),
    )


def _paired(context: Context, told: tuple[str, ...]) -> tuple["Lazy", tuple[str, ...], "Lazy"]:
    """The lines, the columns by which dates are given to them, and all that differ in these."""
    backend = context.backend
    if backend.name != "polars":
        return context.lines, told, context.lines.select(*told).unique()
    lines = backend.keep(backend.identify(context.lines, PAIR, told))
    return lines, (PAIR,), backend.distinct(lines, PAIR, told)


def _told_apart(context: Context, dates: "Lazy", names: Iterable[str]) -> "Lazy":
    """Each date as the last day up to it on which some code of the lines begins or ends, or the next day."""
    turning = _turning_days(context, dates)
    for name in sorted(names):
        days = context.local(dates.select(name).unique())[name]
        told = [turning[at - 1] if (at := bisect_right(turning, day)) else _BEFORE for day in days]
        table = context.backend.table(
            {
                f"t_{name}": days,
                "told": [NO_DAY if day == NO_DAY else to for day, to in zip(days, told, strict=True)],
            },
            {f"t_{name}": "date", "told": "date"},
        )
        columns = [each for each in dates.collect_schema().names() if each != name]
        joined = dates.join(table, left_on=name, right_on=f"t_{name}", how="left")
        dates = joined.select(*columns, **{name: context.nw.col("told")})
    return dates


def _turning_days(context: Context, dates: "Lazy") -> list[date]:
    """The days on which codes of the lines begin or end, and the days after."""
    codes = context.local(context.backend.distinct(context.lines, "r_code", ()))["r_code"]
    slots = context.local(dates.select("k_slot").unique())["k_slot"]
    speaking = {_speaking(context.resolver.slots[slot][0]): slot for slot in slots}
    slots = list(speaking.values())
    days: set[date] = set()
    for code in {str(text).strip(" ").upper() for text in codes if text is not None}:
        for slot in slots:
            known = context.resolver.get(slot, code, "")
            days.update(day for day in (known.first_date, known.last_date) if day is not None)
    return sorted(days | {day + timedelta(days=1) for day in days if day < date.max})


def _speaking(slot: Slot) -> Any:
    """What tells the first and last days of codes: slots with the same complete editions say the same."""
    sources = tuple(slot.source(table) for table in (Table.HCPCS, Table.RBCS))
    complete = all(not isinstance(each, Source) or each.edition.complete for each in sources)
    return sources if complete else slot


def _number(context: Context, found: Mapping[str, list[Any]], columns: Sequence[str]) -> "Lazy":
    """Number the profiles: there are few, so that this is done here."""
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


def literal(nw: Any, name: str, value: Any) -> "Expr":
    """A column that is the same in all profiles."""
    kind = {"number": nw.Int64, "text": nw.String, "date": nw.Date}[_kind(name)]
    found: Expr = nw.lit(value, kind)
    return found


def sentinel(name: str) -> Any:
    """Stands for null in a key column: joins drop null keys."""
    if name.startswith("form_"):
        return ""
    return NO_DAY if name.endswith("_date") else ABSENT
