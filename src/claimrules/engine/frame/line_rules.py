"""Line rules on a frame: judged once per distinct combination of what they name."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.context import (
    COUNTED,
    DATED,
    PER_LINE,
    WINDOW,
    Context,
    atoms,
    code_fields,
    hoistable,
    line_columns,
)
from claimrules.engine.frame.dates import FILLED, PROFILE, Dates, Days, read, sentinel
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.facts import attach, count_modifiers, global_window
from claimrules.engine.frame.fields import derive, raw_columns
from claimrules.engine.frame.verdicts import byte_of, governed, severity, severity_word, verdict
from claimrules.engine.outcomes import FIRED, NOT_APPLICABLE
from claimrules.engine.run import DENYING, Engine
from claimrules.expr.nodes import Condition, names
from claimrules.expr.to_frame import NO, YES, FrameWriter, any_true
from claimrules.expr.vocabulary import RULE_TABLES, VOCABULARY, Field
from claimrules.model.edition import Table
from claimrules.model.finding import Severity
from claimrules.rulebook.rule import Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

COUNT: Final = "n_lines"


@attrs.frozen(kw_only=True, eq=False)
class Combinations:
    """The distinct combinations: their key columns, and a frame with ``x_0`` … one outcome a rule.

    ``days`` are the first and last from-date of each slot and quarter.
    """

    keys: tuple[str, ...]
    frame: "Lazy"
    lines: "Lazy"
    writer: FrameWriter
    days: Days


def conditions_of(rule: Rule) -> tuple[Condition, ...]:
    """Every condition of a line rule."""
    return (rule.applies, rule.when, rule.unless, *(condition for condition, _ in rule.severity_if))


def combine(context: Context) -> Combinations:
    """Find the distinct combinations of the lines and judge every line rule on them."""
    nw, rules = context.nw, context.engine.line_rules
    everything = tuple(condition for rule in rules for condition in conditions_of(rule))
    hoisted = {node: f"h_{number}" for number, node in enumerate(filter(hoistable, atoms(*everything)))}
    kept = (*_kept_fields(rules, hoisted), *_narrow_fields(context.engine))
    lines, keys, dates = _keyed(context, hoisted, kept)
    combos = context.backend.keep(lines.group_by(*keys).agg(nw.len().alias(COUNT)))
    combos = combos.join(dates.profiles, on=PROFILE, how="inner")
    filled = [name for name in (*keys, *dates.columns) if name.startswith(FILLED)]
    plain = {name.removeprefix(FILLED): nw.col(name) for name in filled}
    combos = plus(combos, {name: nw.when(key != sentinel(name)).then(key) for name, key in plain.items()})
    wanted = line_columns(kept) | line_columns(_code_and_modifiers())
    combos = derive(nw, combos, context.reader, frozenset(wanted - PER_LINE))
    combos = plus(combos, context.constants)
    combos = attach(
        nw, context.backend, combos, context.resolver, code_fields((*kept, *_around_fields(context.engine)))
    )
    if any(field.name in WINDOW for field in kept):
        combos = combos.with_columns(**global_window(nw))
    if any(field.base.name in COUNTED for field in (*kept, *_around_fields(context.engine))):
        combos = count_modifiers(context.backend, combos, context.resolver)
    # No earlier stratum can have denied a line (language, A5).
    combos = combos.with_columns(line_denied=nw.lit(NO))
    writer = FrameWriter(hoisted=hoisted)
    outcomes = {
        f"x_{number}": nw.when(governed(nw, rule))
        .then(verdict(writer, rule, byte_of(nw, rule)))
        .otherwise(nw.lit(NOT_APPLICABLE, nw.Int64))
        .cast(nw.Int16)
        for number, rule in enumerate(rules)
    }
    judged = plus(combos, outcomes)
    denied = nw.when(_denied(context, writer)).then(nw.lit(YES)).otherwise(nw.lit(NO))
    judged = context.backend.keep(judged.with_columns(line_denied=denied))
    return Combinations(keys=keys, frame=judged, lines=lines, writer=writer, days=dates.days)


def _around_fields(engine: Engine) -> tuple[Field, ...]:
    """The fields of the rules that look around, as fields of the line itself."""
    conditions = (condition for compiled in engine.around for condition in conditions_of(compiled.rule))
    keys = (key.field for compiled in engine.around for key in compiled.rule.same)
    found = (*names(*conditions), *keys)
    return tuple(dict.fromkeys(field.base for field in found if field.namespace != "pair"))


def _narrow_fields(engine: Engine) -> tuple[Field, ...]:
    """Those of them that distinct combinations can carry."""
    return tuple(field for field in _around_fields(engine) if not field.wide)


def _code_and_modifiers() -> tuple[Field, ...]:
    return (VOCABULARY["line"]["code"], VOCABULARY["line"]["modifiers"])


def _kept_fields(rules: Sequence[Rule], hoisted: dict[Condition, str]) -> tuple[Field, ...]:
    """The fields that the combinations must tell apart: those outside of hoisted conditions."""
    left = (node for rule in rules for node in atoms(*conditions_of(rule)) if node not in hoisted)
    found = names(*left)
    if any(field.name in WINDOW for field in found):
        return (*found, VOCABULARY["line"]["from_date"])
    return found


def _keyed(
    context: Context, hoisted: dict[Condition, str], kept: Sequence[Field]
) -> tuple["Lazy", tuple[str, ...], Dates]:
    """The lines with the columns that tell combinations apart, and what rests on their dates."""
    nw = context.nw
    columns = line_columns(kept) | line_columns(_code_and_modifiers())
    per_line = sorted(name for name in columns & PER_LINE if name != "line_setting")
    dated = {node: name for node, name in hoisted.items() if line_columns(names(node)) <= DATED}
    dates = read(context, _tested(dated), [name for name in per_line if name in DATED])
    lines = dates.join(context.lines)
    others = {node: name for node, name in hoisted.items() if node not in dated}
    undated = [name for name in per_line if name not in DATED]
    lines = derive(
        nw, lines, context.reader, frozenset(line_columns(names(*others)) - DATED) | frozenset(undated)
    )
    lines = plus(plus(lines, context.constants), _tested(others)).drop(*context.constants)
    lines = plus(lines, {f"{FILLED}{name}": nw.col(name).fill_null(sentinel(name)) for name in undated})
    raw = tuple(f"r_{name}" for name in raw_columns(frozenset(columns - PER_LINE)))
    keys = (*raw, *(f"{FILLED}{name}" for name in undated), *others.values(), PROFILE)
    return lines, tuple(dict.fromkeys(keys)), dates


def _tested(hoisted: dict[Condition, str]) -> dict[str, "Expr"]:
    writer = FrameWriter()
    return {name: writer.tested(node) for node, name in hoisted.items()}


def _denied(context: Context, writer: FrameWriter) -> "Expr":
    """Whether a line rule of severity deny or return has fired (language, A5)."""
    nw, tests = context.nw, [context.nw.lit(value=False)]
    for number, rule in enumerate(context.engine.line_rules):
        if rule.gravest in DENYING:
            grave = severity(writer, rule) <= Severity.RETURN.rank
            tests.append((nw.col(f"x_{number}") == FIRED) & grave)
    return any_true(tests)


def fired(context: Context, combos: Combinations) -> "Lazy | None":
    """The combinations on which rules fired, one row for each rule."""
    nw, parts = context.nw, []
    for number, rule in enumerate(context.engine.line_rules):
        hits = combos.frame.filter(told(context, number))
        parts.append(
            hits.select(
                *combos.keys,
                rule=nw.lit(rule.code),
                severity=severity_word(nw, severity(combos.writer, rule)),
                carc=nw.lit(rule.carc),
                edition=nw.col(f"edition_{table_of(rule)}"),
            )
        )
    return nw.concat(parts, how="vertical") if parts else None


def told(context: Context, number: int) -> "Expr":
    """Whether a rule fired, and none of the line rules that take it in did."""
    nw = context.nw
    return (nw.col(f"x_{number}") == FIRED) & ~taken(context, number)


def taken(context: Context, number: int) -> "Expr":
    """Whether a line rule fired that takes the rule in."""
    nw, count = context.nw, len(context.engine.line_rules)
    takers = (taker for taker in context.engine.takers.get(number, ()) if taker < count)
    return any_true([nw.lit(value=False), *(nw.col(f"x_{taker}") == FIRED for taker in takers)])


def table_of(rule: Rule) -> Table:
    """The table whose edition stands beside a finding: that of the first attribute named."""
    tables = [field.base.table for field in names(*conditions_of(rule)) if field.base.table is not None]
    return next((table for table in tables if table in RULE_TABLES), Table.FEE_SCHEDULE)


def ranks(context: Context, combos: Combinations) -> list["Lazy"]:
    """The rank of the severity of every finding, with its lines, one frame a rule."""
    nw, parts = context.nw, []
    for number, rule in enumerate(context.engine.line_rules):
        hits = combos.frame.filter(told(context, number))
        parts.append(hits.select(rank=severity(combos.writer, rule), n=nw.col(COUNT).cast(nw.Int64)))
    return parts
