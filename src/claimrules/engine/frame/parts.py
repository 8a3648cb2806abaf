"""Parts: rules that name the same columns, judged once per distinct value of these columns alone.

Most rules look at code, modifiers and the tables of the day: the first part, the *core*. The others
look at units, the place or what was tested of a line beside it. Parts are small, so that they are
judged in this process wherever the lines lie.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.context import PER_LINE, WINDOW, Context, atoms, hoistable, line_columns
from claimrules.engine.frame.dates import FILLED, sentinel
from claimrules.engine.frame.door import Backend, plus
from claimrules.engine.frame.facts import global_window
from claimrules.engine.frame.fields import derive, raw_columns
from claimrules.engine.frame.index import judges
from claimrules.engine.frame.verdicts import byte_of, governed, severity, verdict
from claimrules.engine.outcomes import FIRED, NOT_APPLICABLE
from claimrules.engine.run import DENYING
from claimrules.expr.nodes import Compare, Condition, Name, names
from claimrules.expr.to_frame import NO, FrameWriter, any_true, column
from claimrules.expr.vocabulary import RULE_TABLES, VOCABULARY, Field
from claimrules.model.edition import Table
from claimrules.model.finding import Severity
from claimrules.rulebook.rule import Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

CORE: Final = "p_0"
DATED_ENDS: Final = frozenset({"line_from_date", "line_to_date"})
CODE_AND_MODIFIERS: Final = (VOCABULARY["line"]["code"], VOCABULARY["line"]["modifiers"])
CORE_RAW: Final = raw_columns(line_columns(CODE_AND_MODIFIERS) | {"form_modifier_count"})
"""What arrived of the code and the modifiers."""


@attrs.frozen(kw_only=True, eq=False)
class Task:
    """What is judged in one part: line rules by number, and flags (see ``index``) by name."""

    number: int
    rules: Mapping[int, Rule] = attrs.field(factory=dict)
    flags: Mapping[str, tuple[Rule, Condition]] = attrs.field(factory=dict)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything that is asked of a row."""
        rules = (condition for rule in self.rules.values() for condition in conditions_of(rule))
        return (*rules, *(condition for _, condition in self.flags.values()))


@attrs.frozen(kw_only=True, eq=False)
class Part:
    """Some rules, judged on the distinct values of what they name, told apart by ``key``.

    ``hits`` are the rules that fired (``key`` holds that of the row, then ``number``, ``severity_rank``,
    ``edition``); ``signed`` gives each row its ``sign``, which stands for outcomes and flags.
    """

    key: str
    sign: str
    hits: "Lazy | None"
    signed: "Lazy"
    signatures: Mapping[Any, Mapping[str, int]]


def conditions_of(rule: Rule) -> tuple[Condition, ...]:
    """Every condition of a rule."""
    return (rule.applies, rule.when, rule.unless, *(condition for condition, _ in rule.severity_if))


def table_of(rule: Rule) -> Table:
    """The table whose edition stands beside a finding: that of the first attribute named."""
    tables = [field.base.table for field in names(*conditions_of(rule)) if field.base.table is not None]
    return next((table for table in tables if table in RULE_TABLES), Table.FEE_SCHEDULE)


def hoisted_of(rules: Sequence[Rule]) -> dict[Condition, str]:
    """The conditions that are tested of every line, with their columns."""
    everything = tuple(condition for rule in rules for condition in conditions_of(rule))
    return {node: f"h_{number}" for number, node in enumerate(filter(hoistable, atoms(*everything)))}


def fields_kept(conditions: Iterable[Condition], hoisted: Mapping[Condition, str]) -> tuple[Field, ...]:
    """The fields that rows must tell apart: those outside of hoisted conditions."""
    found = names(*(node for node in atoms(*conditions) if node not in hoisted))
    if any(field.name in WINDOW for field in found):
        return (*found, VOCABULARY["line"]["from_date"])
    return found


def only_compared(conditions: Iterable[Condition], hoisted: Mapping[Condition, str]) -> bool:
    """Whether the dates of a line stand only beside first and last days of codes, compared."""
    for node in atoms(*conditions):
        fields = names(node)
        dated = {column(field) for field in fields} & DATED_ENDS
        windowed = any(field.name in WINDOW for field in fields)
        if node in hoisted or not (dated or windowed):
            continue
        simple = isinstance(node, Compare) and isinstance(node.left, Name) and isinstance(node.right, Name)
        ends = [field for field in fields if field.name in ("first_date", "last_date")]
        if windowed or not simple or len(ends) != 1:
            return False
    return True


def present(context: Context, raw: Iterable[str]) -> tuple[str, ...]:
    """The raw columns that came with the frame: the others are blank in every line."""
    return tuple(f"r_{name}" for name in raw if name in context.named)


def core_columns(context: Context) -> tuple[str, ...]:
    """What tells the rows of the core apart."""
    return (*present(context, CORE_RAW), "k_slot", "line_setting", *context.extra)


def beside_core(
    context: Context, conditions: Sequence[Condition], hoisted: Mapping[Condition, str]
) -> tuple[str, ...]:
    """The columns that conditions need and the core has not."""
    columns = line_columns(fields_kept(conditions, hoisted))
    raw = (name for name in raw_columns(frozenset(columns - PER_LINE)) if name not in CORE_RAW)
    dated = (f"{FILLED}{name}" for name in columns & PER_LINE if name != "line_setting")
    tested = (hoisted[node] for node in atoms(*conditions) if node in hoisted)
    return tuple(sorted({*present(context, raw), *dated, *tested}))


def opened(context: Context, rows: "Lazy") -> "Lazy":
    """Rows whose key columns hold nulls again where a sentinel stood for them."""
    nw = context.nw
    filled = [name for name in rows.collect_schema().names() if name.startswith(FILLED)]
    plain = {name.removeprefix(FILLED): nw.col(name) for name in filled}
    return plus(rows, {name: nw.when(each != sentinel(name)).then(each) for name, each in plain.items()})


def judge(
    context: Context, backend: Backend, rows: "Lazy", task: Task, hoisted: Mapping[Condition, str]
) -> Part:
    """Judge the distinct rows of a part."""
    nw, key, sign = context.nw, f"p_{task.number}", f"s_{task.number}"
    conditions, rules = task.conditions, task.rules
    fields = fields_kept(conditions, hoisted)
    rows = opened(context, rows)
    known = set(rows.collect_schema().names())
    rows = derive(
        nw, plus(rows, context.blanks(known)), context.reader, line_columns(fields) - PER_LINE - known
    )
    rows = plus(rows, context.constants)
    if any(field.name in WINDOW for field in fields):
        rows = rows.with_columns(**global_window(nw))
    # No earlier stratum can have denied a line (language, A5).
    rows = rows.with_columns(line_denied=nw.lit(NO))
    tested = {node: f"a_{place}" for place, node in enumerate(_apart(conditions, hoisted))}
    plain = FrameWriter()
    rows = backend.keep(plus(rows, {name: plain.tested(node) for node, name in tested.items()}))
    writer = FrameWriter(hoisted={**hoisted, **tested})
    said = {f"x_{each}": _outcome(nw, writer, rule) for each, rule in rules.items()}
    said |= {name: _flag(nw, name, rule, condition) for name, (rule, condition) in task.flags.items()}
    rows = backend.keep(plus(rows, said))
    denied = [_denied(nw, writer, each, rule) for each, rule in rules.items() if rule.gravest in DENYING]
    if denied:
        said["denied"] = any_true(denied).cast(nw.Int64)
        rows = backend.keep(rows.with_columns(denied=said["denied"]))
    keyed = rows.with_columns(key=nw.col(key))
    hits = [_hits(nw, writer, keyed, each, rule) for each, rule in rules.items()]
    signed = backend.keep(backend.identify(rows.select(key, *said), sign, tuple(said)))
    found = backend.local(backend.distinct(signed, sign, tuple(said)))
    return Part(
        key=key,
        sign=sign,
        hits=backend.keep(nw.concat(hits, how="vertical")) if hits else None,
        signed=signed.select(key, sign),
        signatures={
            value: {name: int(found[name][row]) for name in said} for row, value in enumerate(found[sign])
        },
    )


def _apart(conditions: Iterable[Condition], hoisted: Mapping[Condition, str]) -> list[Condition]:
    """The smallest conditions that were not tested before: each is tested once, however often it stands."""
    return [node for node in atoms(*conditions) if node not in hoisted]


def _outcome(nw: Any, writer: FrameWriter, rule: Rule) -> "Expr":
    outcome = verdict(writer, rule, byte_of(nw, rule))
    outside = nw.lit(NOT_APPLICABLE, nw.Int64)
    return nw.when(governed(nw, rule)).then(outcome).otherwise(outside).cast(nw.Int64)


def _flag(nw: Any, name: str, rule: Rule, condition: Condition) -> "Expr":
    """Whether the condition may hold; a rule judges lines of its settings, and any line may prove."""
    may_hold = ~FrameWriter().false(condition)
    return (may_hold & governed(nw, rule) if judges(name) else may_hold).cast(nw.Int64)


def _denied(nw: Any, writer: FrameWriter, number: int, rule: Rule) -> "Expr":
    """Whether the rule fired and denies or returns a line (language, A5)."""
    return (nw.col(f"x_{number}") == FIRED) & (severity(writer, rule) <= Severity.RETURN.rank)


def _hits(nw: Any, writer: FrameWriter, rows: "Lazy", number: int, rule: Rule) -> "Lazy":
    return rows.filter(nw.col(f"x_{number}") == FIRED).select(
        "key",
        number=nw.lit(number, nw.Int64),
        severity_rank=severity(writer, rule).cast(nw.Int64),
        edition=nw.col(f"edition_{table_of(rule)}"),
    )
