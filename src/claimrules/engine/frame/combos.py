"""The distinct combinations of what rules look at: found once, counted, judged in parts, told as classes.

A class is what all line rules say of a line, and which rules that look around it may concern. An
export of millions of lines has some thousand classes.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from claimrules.engine.frame import parts
from claimrules.engine.frame.classes import Class, class_of
from claimrules.engine.frame.context import (
    COUNTED,
    DATED,
    PER_LINE,
    Context,
    code_fields,
    line_columns,
)
from claimrules.engine.frame.dates import FILLED, PROFILE, Dates, Days, literal, read, sentinel
from claimrules.engine.frame.division import divided
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.facts import attach, count_modifiers
from claimrules.engine.frame.fields import derive, raw_columns
from claimrules.engine.frame.gathering import apart, digits, early
from claimrules.engine.frame.grounding import Company, grounded
from claimrules.engine.frame.index import flags_of
from claimrules.engine.frame.parts import CORE, Part, conditions_of, core_columns
from claimrules.engine.frame.wide_keys import around_fields, days_asked, shared_by_lines
from claimrules.expr.nodes import Condition, names
from claimrules.expr.to_frame import FrameWriter
from claimrules.expr.vocabulary import Field

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

Mark = TypeVar("Mark")
COMBO: Final = "k_combo"
CLASS: Final = "k_class"
COUNT: Final = "n_lines"


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Combinations:
    """The distinct combinations: ``frame`` has a row for each, with its count, its class and its core row.

    ``lines`` are the lines with their combination; where rules look around, with their class and dates
    too. ``core`` is what is known of each code with its modifiers; ``days`` the first and last from-date
    of each slot and quarter. ``company`` is who shares the keys of pairs, where that was found before.
    """

    frame: "Lazy"
    lines: "Lazy"
    core: "Lazy"
    classes: Mapping[Any, Class]
    dates: Dates
    company: Company | None = None

    @property
    def days(self) -> Days:
        """The first and last from-date of each slot and quarter."""
        return self.dates.days

    @property
    def dated(self) -> "Lazy":
        """The lines with all of their dates."""
        return self.with_dates(self.lines)

    def with_dates(self, lines: "Lazy") -> "Lazy":
        """Some lines with all of their dates."""
        return self.dates.further(lines)

    @property
    def classed(self) -> "Lazy":
        """The lines with their class."""
        if CLASS in self.lines.collect_schema().names():
            return self.lines
        return self.lines.join(self.frame.select(COMBO, CLASS), on=COMBO, how="left")

    @cached_property
    def told(self) -> frozenset[str]:
        """The columns of the core, and what arrived of the combinations."""
        arrived = (name for name in self.frame.collect_schema().names() if name.startswith("r_"))
        return frozenset((*self.core.collect_schema().names(), *arrived))

    def among(self, nw: Any, classes: Sequence[Any]) -> "Expr":
        """Whether a line is of one of some classes, by the shorter list: theirs or that of all others.

        An empty list has no type, and Arrow refuses it.
        """
        chosen = frozenset(classes)
        if len(self.classes) < 2 * len(chosen):
            others = [value for value in self.classes if value not in chosen]
            return ~nw.col(CLASS).is_in(others) if others else ~nw.col(CLASS).is_null()
        return nw.col(CLASS).is_in(list(classes)) if classes else nw.col(CLASS).is_null()

    def having(self, flag: str) -> Sequence[Any]:
        """The classes of which a flag holds."""
        return self._flagged.get(flag, ())

    @cached_property
    def _flagged(self) -> Mapping[str, Sequence[Any]]:
        return _by_mark((value, known.flags) for value, known in self.classes.items())

    @cached_property
    def denied(self) -> Sequence[Any]:
        """The classes that a line rule denies or returns."""
        return [value for value, known in self.classes.items() if known.denied]

    @cached_property
    def fired(self) -> Mapping[int, Sequence[Any]]:
        """For the number of each line rule the classes of which it fired."""
        return _by_mark((value, known.ranks) for value, known in self.classes.items())


def _by_mark(marked: Iterable[tuple[Any, Iterable[Mark]]]) -> dict[Mark, list[Any]]:
    """The classes that bear each mark."""
    found: dict[Mark, list[Any]] = {}
    for value, marks in marked:
        for mark in marks:
            found.setdefault(mark, []).append(value)
    return found


def combine(context: Context) -> Combinations:
    """Find the distinct combinations of the lines and judge every line rule on them."""
    backend, rules = context.backend, context.engine.line_rules
    hoisted = parts.hoisted_of(rules)
    conditions = [condition for rule in rules for condition in conditions_of(rule)]
    conditions += [condition for _, condition in flags_of(context.engine).values()]
    lines, keys, dates = _keyed(context, hoisted, conditions)
    lines = backend.keep(backend.identify(lines, COMBO, keys))
    with grounded(context, lines, shared_by_lines(context, lines)) as ground:
        combos = context.distinct(lines, COMBO, keys, COUNT)
        if context.engine.around:
            lines, combos = backend.dense(lines, combos, COMBO)
        combos, known, classes = _judged(context, combos, dates, hoisted, conditions)
        company = None
        if context.engine.around:
            lines = backend.look_up(lines, combos, (COMBO,), CLASS)
            lines, company = backend.keep(ground().add(lines)), ground().company
    return Combinations(frame=combos, lines=lines, core=known, classes=classes, dates=dates, company=company)


def _judged(
    context: Context,
    combos: "Lazy",
    dates: Dates,
    hoisted: Mapping[Condition, str],
    conditions: Sequence[Condition],
) -> tuple["Lazy", "Lazy", dict[Any, Class]]:
    """The combinations with their class, what is known of each core, and what each class is."""
    nw, backend = context.nw, context.backend
    # In their order, as the core is: then what is looked up by their numbers is found by place.
    told = (name for name in dates.profiles.collect_schema().names() if name != PROFILE)
    combos = backend.look_up(combos, dates.profiles, (PROFILE,), *told)
    combos = plus(combos, apart(nw, early(hoisted)))
    core = core_columns(context)
    # From here on all of it is done in this process: where lines lie far, their combinations are brought.
    near, combos = backend.near(combos if backend.name == "spark" else backend.keep(combos))
    here = context.beside(near)
    combos = near.keep(near.identify(combos, CORE, core))
    combos, rows = near.dense(combos, near.distinct(combos, CORE, core), CORE)
    known = _core(here, rows, conditions)
    fixed = {name: literal(near.nw, name, value) for name, value in dates.fixed.items()}
    judged = near.keep(plus(known, fixed))
    schema = set(judged.collect_schema().names())
    with ThreadPoolExecutor(max_workers=2) as beside:
        asked = []
        for further, task in divided(context, hoisted, flags_of(context.engine), dates.fixed).items():
            rows = judged
            if task.number:
                key = f"p_{task.number}"
                combos = near.keep(near.identify(combos, key, (CORE, *further)))
                needed = (parts.known_columns(task) | fixed.keys()) & schema
                theirs = judged.select(CORE, *sorted(needed))
                rows = near.distinct(combos, key, (CORE, *further)).join(theirs, on=CORE, how="inner")
            asked.append(beside.submit(parts.judge, here, rows, task, hoisted))
        found = [part.result() for part in asked]
    combos, classes = _classed(here, combos, found)
    return context.brought_back(near, near.keep(combos)), context.brought_back(near, known), classes


def _core(context: Context, rows: "Lazy", conditions: Sequence[Condition]) -> "Lazy":
    """What arrived of each code and its modifiers, read, and all that is published about them."""
    nw, backend = context.nw, context.backend
    around = around_fields(context)
    fields = (*names(*conditions), *(field.base for field in around))
    wanted = line_columns((*fields, *parts.CODE_AND_MODIFIERS)) - PER_LINE
    mine = frozenset(name for name in wanted if _rests_on_core(name))
    schema = rows.collect_schema().names()
    rows = derive(nw, plus(rows, context.blanks(schema, mine)), context.reader, mine)
    rows = attach(nw, backend, rows, context.resolver, code_fields(fields))
    if any(field.base.name in COUNTED for field in fields):
        rows = count_modifiers(backend, rows, context.resolver)
    dropped = [name for name in rows.collect_schema().names() if name.startswith("r_")]
    return backend.keep(rows.drop(*dropped).sort(CORE))


def _rests_on_core(name: str) -> bool:
    raw = raw_columns(frozenset({name}))
    return bool(raw) and set(raw) <= set(parts.CORE_RAW)


def _keyed(
    context: Context, hoisted: Mapping[Condition, str], conditions: Sequence[Condition]
) -> tuple["Lazy", tuple[str, ...], Dates]:
    """The lines with the columns that tell combinations apart, and what rests on their dates."""
    nw = context.nw
    kept = (*parts.fields_kept(conditions, hoisted), *_narrow(context), *parts.CODE_AND_MODIFIERS)
    columns = line_columns(kept)
    per_line = sorted(name for name in columns & PER_LINE if name != "line_setting")
    dated = {node: name for node, name in hoisted.items() if line_columns(names(node)) <= DATED}
    dates = read(
        context,
        _tested(nw, dated),
        [name for name in per_line if name in DATED],
        compared=parts.only_compared(conditions, hoisted),
    )
    tested = early(hoisted)
    others = {node: name for node, name in hoisted.items() if node not in dated and node not in tested}
    undated = [name for name in per_line if name not in DATED]
    lines = dates.profiled()
    if context.engine.around or others or undated:
        lines = dates.join(None if others or undated else days_asked(context))
    needed = line_columns(names(*others)) - DATED
    if others or undated:
        wanted = frozenset(needed) | frozenset(undated)
        blanks = context.blanks(lines.collect_schema().names(), wanted)
        lines = derive(nw, plus(lines, blanks), context.reader, wanted)
        lines = plus(plus(lines, context.constants), _tested(nw, others)).drop(*context.constants, *blanks)
    lines = plus(lines, {f"{FILLED}{name}": nw.col(name).fill_null(sentinel(name)) for name in undated})
    derived = [name for name in needed if name in lines.collect_schema().names()]
    raw = parts.present(context, raw_columns(frozenset(columns - PER_LINE)))
    keys = (
        *parts.present(context, parts.CORE_RAW),
        *raw,
        *(f"{FILLED}{name}" for name in undated),
        *others.values(),
        *sorted({each.column for each in digits(tested).values()}),
        PROFILE,
    )
    return lines.drop(*derived, *undated), tuple(dict.fromkeys(keys)), dates


def _narrow(context: Context) -> tuple[Field, ...]:
    """Fields of rules that look around and that distinct combinations can carry."""
    return tuple(
        field
        for field in around_fields(context)
        if not field.wide and not line_columns((field,)) & PER_LINE and not field.optional
    )


def _tested(nw: Any, hoisted: Mapping[Condition, str]) -> dict[str, "Expr"]:
    writer = FrameWriter(nw)
    return {name: writer.tested(node) for node, name in hoisted.items()}


def _classed(context: Context, combos: "Lazy", found: Sequence[Part]) -> tuple["Lazy", dict[Any, Class]]:
    """Give each combination its class, which the signs of its rows in every part make; and what each is."""
    backend = context.backend
    raw = [name for name in combos.collect_schema().names() if name.startswith("r_")]
    kept = (COMBO, CORE, COUNT, "k_slot", "k_quarter", *(raw if context.engine.around else ()))
    signed = combos.select(*dict.fromkeys((*kept, *(part.key for part in found))))
    # A part that says the same of all rows tells nothing apart.
    telling = [part for part in found if len(part.signatures) > 1]
    for part in telling:
        signed = backend.look_up(signed, part.signed, (part.key,), part.sign)
    signs = tuple(part.sign for part in telling)
    signed = backend.keep(backend.identify(signed.select(*kept, *signs), CLASS, signs))
    signed, rows = backend.dense(signed, backend.distinct(signed, CLASS, signs), CLASS)
    told = context.local(rows)
    always = [each for part in found if part not in telling for each in part.signatures.values()]
    classes = {}
    for row, value in enumerate(told[CLASS]):
        mine = (*always, *(part.signatures[told[part.sign][row]] for part in telling))
        classes[value] = class_of(mine, len(context.engine.line_rules))
    return signed.select(*kept, CLASS), classes
