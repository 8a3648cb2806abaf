"""What is published about the codes of a frame: resolved once per distinct key, then joined."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from claimrules.codebook import Lookup, Slot
from claimrules.engine.frame.door import Backend
from claimrules.engine.frame.fields import MODIFIER_COLUMNS
from claimrules.engine.subject import attributes
from claimrules.expr.access import CAUSE_INDEX
from claimrules.expr.to_frame import UNKNOWN_MODIFIERS, any_true, column, shift
from claimrules.expr.vocabulary import RULE_TABLES, Field, Type
from claimrules.model.claim import Setting
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import Source, Table
from claimrules.model.modifier import ModifierCounts

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

NO_DAY: Final = date(1799, 12, 31)
"""Stands for an unknown date in a key: the day before any readable one."""
KEYS: Final = ("k_slot", "k_code", "k_want")
_KINDS: Final = {Type.NUMBER: "number", Type.DATE: "date"}


class Resolver:
    """Which slot of which look-up answers for a line; several look-ups are told apart by a realm."""

    def __init__(self, lookups: Mapping[str, Lookup]) -> None:
        """Start with no slot: they are numbered as lines ask for them."""
        self.lookups = dict(lookups)
        self.slots: dict[int, tuple[Slot, Lookup]] = {}
        self._numbers: dict[tuple[str, int], int] = {}

    def _number(self, realm: str, slot: Slot) -> int:
        key = (realm, slot.index)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            self.slots[self._numbers[key]] = (slot, self.lookups[realm])
        return self._numbers[key]

    def attach(self, nw: Any, backend: Backend, dates: "Lazy") -> "Lazy":
        """Give each of the distinct dates its slot, by realm, setting and from-date.

        Looked up here and joined: a book cuts the calendar at every date in its HCPCS and add-on tables,
        some hundred days, and an expression of as many branches is slow to plan.
        """
        realm = nw.col("r_realm") if len(self.lookups) > 1 else nw.lit(next(iter(self.lookups)))
        day = nw.col("line_from_date").fill_null(NO_DAY)
        dates = dates.with_columns(k_day=day, k_realm=realm)
        keys = ("k_realm", "line_setting", "k_day")
        asked = backend.local(dates.select(*keys).unique())
        rows = list(zip(*(asked[name] for name in keys), strict=True))
        found = [
            self._number(name, self.lookups[name].slot(None if on == NO_DAY else on, Setting(setting)))
            for name, setting, on in rows
        ]
        theirs = ("s_realm", "s_setting", "s_day")
        columns = {name: [row[place] for row in rows] for place, name in enumerate(theirs)}
        kinds = {"s_realm": "text", "s_setting": "text", "s_day": "date", "k_slot": "number"}
        slots = backend.table({**columns, "k_slot": found}, kinds)
        joined = dates.join(slots, left_on=list(keys), right_on=list(columns), how="left")
        return joined.drop("k_day", "k_realm", *(name for name in columns if name in _names(joined)))

    def quarter(self, nw: Any) -> "Expr":
        """The calendar quarter (year and 1 to 4) of lines for which a table has no edition, else 0."""
        lacking = [
            number
            for number, (slot, _) in self.slots.items()
            if Cause.NO_EDITION in (slot.source(Table.FEE_SCHEDULE), slot.source(Table.MUE))
        ]
        if not lacking:
            return nw.lit(0, nw.Int64)
        day = nw.col("line_from_date")
        quarter = (day.dt.year().cast(nw.Int64) * 10 + (day.dt.month().cast(nw.Int64) + 2) // 3).fill_null(0)
        return (
            nw.when(nw.col("k_slot").is_in(lacking))
            .then(quarter)
            .otherwise(nw.lit(0, nw.Int64))
            .cast(nw.Int64)
        )

    def count(self, slot: int, *modifiers: str) -> ModifierCounts | Cause:
        """The states of a line's modifiers, given as four columns."""
        if modifiers[0] == UNKNOWN_MODIFIERS:
            return Cause.NO_INPUT
        return self.slots[slot][0].modifier_counts(tuple(each for each in modifiers if each))

    def get(self, slot: int, code: str, want: str) -> CodeAttributes:
        """The attributes for one key."""
        found = self.slots[slot][0]
        if want == UNKNOWN_MODIFIERS:
            return attributes(found, code or None, None)
        return found.get(code or None, want)


_STATES: Final = ("unlisted", "early", "ended")


def _names(frame: "Lazy") -> frozenset[str]:
    return frozenset(frame.collect_schema().names())


def key_expressions(nw: Any) -> dict[str, "Expr"]:
    """The code and the wanted row of each line, as join keys (see ``subject.wanted_row``)."""
    carried = {
        text: any_true([nw.col(name) == text for name in MODIFIER_COLUMNS]) for text in ("26", "TC", "53")
    }
    want = nw.when(carried["53"]).then(nw.lit("53")).otherwise(nw.lit(""))
    want = nw.when(carried["TC"]).then(nw.lit("TC")).otherwise(want)
    either = nw.when(carried["TC"]).then(nw.lit("")).otherwise(nw.lit("26"))
    want = nw.when(carried["26"]).then(either).otherwise(want)
    unknown = nw.col(MODIFIER_COLUMNS[0]) == UNKNOWN_MODIFIERS
    want = nw.when(unknown).then(nw.lit(UNKNOWN_MODIFIERS)).otherwise(want)
    return {"k_code": nw.col("line_code").fill_null(""), "k_want": want}


def attach(nw: Any, backend: Backend, frame: "Lazy", resolver: Resolver, wanted: Iterable[Field]) -> "Lazy":
    """Join the attributes that rules name, the cause of silence of each table, and the editions."""
    frame = frame.with_columns(**key_expressions(nw))
    found = backend.local(frame.select(*KEYS).unique())
    keys = list(zip(*(found[name] for name in KEYS), strict=True))
    facts = table_of(backend, keys, resolver, tuple(dict.fromkeys(field.base for field in wanted)))
    return frame.join(facts, on=list(KEYS), how="left")


def table_of(
    backend: Backend, keys: Sequence[tuple[Any, ...]], resolver: Resolver, wanted: Sequence[Field]
) -> "Lazy":
    """Resolve every key and make a table of the answers."""
    names = (
        *KEYS,
        *(column(field) for field in wanted),
        *(f"cause_{t}" for t in RULE_TABLES),
        *(f"edition_{t}" for t in RULE_TABLES),
    )
    kinds = dict.fromkeys(names, "text")
    kinds["k_slot"] = "number"
    kinds |= {column(field): _KINDS.get(field.type, "text") for field in wanted}
    kinds |= {f"cause_{table}": "number" for table in RULE_TABLES}
    answers = [resolver.get(*key) for key in keys]
    columns: dict[str, list[Any]] = {name: [key[place] for key in keys] for place, name in enumerate(KEYS)}
    columns |= {column(field): _cells(answers, field) for field in wanted}
    columns |= {f"cause_{t}": [CAUSE_INDEX[answer.cause(t)] for answer in answers] for t in RULE_TABLES}
    columns |= {f"edition_{t}": [_edition(answer, t) for answer in answers] for t in RULE_TABLES}
    return backend.table(columns, kinds)


def _cells(answers: Sequence[CodeAttributes], field: Field) -> list[Any]:
    values = [getattr(answer, field.name) for answer in answers]
    if field.type is not Type.TEXTS:
        return values
    return [None if value is None else "".join(f"<{item}>" for item in sorted(value)) for value in values]


def _edition(answer: CodeAttributes, table: Table) -> str:
    source = answer.sources.get(table)
    return source.edition.name if isinstance(source, Source) else ""


def count_modifiers(backend: Backend, frame: "Lazy", resolver: Resolver) -> "Lazy":
    """Join how many modifiers are none, early or ended, resolved once per distinct slot and modifiers."""
    keys = ("k_slot", *MODIFIER_COLUMNS)
    found = backend.local(frame.select(*keys).unique())
    kinds = dict.fromkeys(keys, "text") | {"k_slot": "number", "cause_modifiers": "number"}
    kinds |= {f"line_modifiers_{state}": "number" for state in _STATES}
    columns: dict[str, list[Any]] = {name: [] for name in kinds}
    for row in zip(*(found[name] for name in keys), strict=True):
        counts = resolver.count(*row)
        cause = counts if isinstance(counts, Cause) else Cause.NO_VALUE
        states = (getattr(counts, state, None) for state in _STATES)
        for name, value in zip(kinds, (*row, CAUSE_INDEX[cause], *states), strict=True):
            columns[name].append(value)
    return frame.join(backend.table(columns, kinds), on=list(keys), how="left")


def global_window(nw: Any) -> dict[str, "Expr"]:
    """The first and last day of the global package: 000, 010 and 090 (see ``expr.access``)."""
    day, kind = nw.col("line_from_date"), nw.col("code_global_days")
    before, ten, ninety = (shift(nw, day, "add_days", amount) for amount in (-1, 10, 90))
    start = nw.when(kind == "090").then(before).otherwise(nw.when(kind.is_in(["000", "010"])).then(day))
    end = (
        nw.when(kind == "000")
        .then(day)
        .otherwise(nw.when(kind == "010").then(ten).otherwise(nw.when(kind == "090").then(ninety)))
    )
    return {"line_global_start": start, "line_global_end": end}
