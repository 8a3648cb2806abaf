"""Line rules on a frame: judged once per distinct combination of what they name."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.context import PER_LINE, Context, atoms, code_fields, hoistable, line_columns
from claimrules.engine.frame.facts import attach
from claimrules.engine.frame.fields import derive, raw_columns
from claimrules.engine.frame.normalise import ABSENT
from claimrules.engine.frame.verdicts import byte_of, governed, severity, severity_word, verdict
from claimrules.engine.outcomes import FIRED, NOT_APPLICABLE
from claimrules.engine.run import DENYING
from claimrules.expr.nodes import Condition, names
from claimrules.expr.to_frame import FrameWriter, any_true
from claimrules.expr.vocabulary import VOCABULARY, Field
from claimrules.model.edition import Table
from claimrules.model.finding import Severity
from claimrules.rulebook.rule import Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

COUNT: Final = "n_lines"
NO_DAY: Final = date(1799, 12, 31)
"""Stands for an unknown date in a key: the day before any readable one."""


@attrs.frozen(kw_only=True, eq=False)
class Combinations:
    """The distinct combinations: their key columns, and a frame with ``x_0`` … one outcome a rule."""

    keys: tuple[str, ...]
    frame: "Lazy"
    lines: "Lazy"
    writer: FrameWriter


def conditions_of(rule: Rule) -> tuple[Condition, ...]:
    """Every condition of a line rule."""
    return (rule.applies, rule.when, rule.unless, *(condition for condition, _ in rule.severity_if))


def combine(context: Context) -> Combinations:
    """Find the distinct combinations of the lines and judge every line rule on them."""
    nw, rules = context.nw, context.engine.line_rules
    everything = tuple(condition for rule in rules for condition in conditions_of(rule))
    hoisted = {node: f"h_{number}" for number, node in enumerate(filter(hoistable, atoms(*everything)))}
    kept = _kept_fields(rules, hoisted)
    lines, keys = _keyed(context, hoisted, kept)
    combos = lines.group_by(*keys).agg(
        nw.len().alias(COUNT),
        nw.col("line_from_date").min().alias("first_day"),
        nw.col("line_from_date").max().alias("last_day"),
    )
    combos = context.backend.keep(combos)
    nullable = [name for name in keys if name in PER_LINE and name != "line_setting"]
    combos = combos.with_columns(
        **{f"_{name}": nw.col(name) for name in nullable},
        **{name: nw.when(nw.col(name) != sentinel(name)).then(nw.col(name)) for name in nullable},
    )
    wanted = line_columns(kept) | line_columns(_code_and_modifiers())
    combos = derive(nw, combos, context.reader, frozenset(wanted - PER_LINE))
    combos = combos.with_columns(**context.constants) if context.constants else combos
    combos = attach(nw, context.backend, combos, context.resolver, code_fields(kept))
    writer = FrameWriter(hoisted=hoisted)
    judged = combos.with_columns(
        **{
            f"x_{number}": nw.when(governed(nw, rule))
            .then(verdict(writer, rule, byte_of(nw, rule)))
            .otherwise(nw.lit(NOT_APPLICABLE, nw.Int64))
            .cast(nw.Int16)
            for number, rule in enumerate(rules)
        }
    )
    judged = context.backend.keep(judged)
    return Combinations(keys=keys, frame=judged, lines=lines, writer=writer)


def _code_and_modifiers() -> tuple[Field, ...]:
    return (VOCABULARY["line"]["code"], VOCABULARY["line"]["modifiers"])


def _kept_fields(rules: Sequence[Rule], hoisted: dict[Condition, str]) -> tuple[Field, ...]:
    """The fields that the combinations must tell apart: those outside of hoisted conditions."""
    left = (node for rule in rules for node in atoms(*conditions_of(rule)) if node not in hoisted)
    return names(*left)


def _keyed(context: Context, hoisted: dict[Condition, str], kept: Sequence[Field]) -> tuple["Lazy", tuple[str, ...]]:
    nw = context.nw
    columns = line_columns(kept) | line_columns(_code_and_modifiers())
    per_line = sorted(name for name in columns & PER_LINE if name != "line_setting")
    tested = line_columns(names(*hoisted))
    lines = derive(nw, context.lines, context.reader, frozenset(tested | set(per_line)))
    writer = FrameWriter()
    if hoisted:
        lines = lines.with_columns(**{name: writer.tested(node) for node, name in hoisted.items()})
    lines = lines.with_columns(**{name: nw.col(name).fill_null(sentinel(name)) for name in per_line})
    raw = tuple(f"r_{name}" for name in raw_columns(frozenset(columns - PER_LINE)))
    keys = (*raw, *per_line, *hoisted.values(), "line_setting", "k_slot", "k_quarter", *context.extra)
    return lines, tuple(dict.fromkeys(keys))


def sentinel(name: str) -> Any:
    """Stands for null in a key column: joins drop null keys."""
    if name.startswith("form_"):
        return ""
    return NO_DAY if name.endswith("_date") else ABSENT


def key_columns(context: Context, combos: Combinations) -> list["Expr"]:
    """The key columns as they stand on the lines: with sentinels for nulls."""
    nw = context.nw
    nullable = {name for name in combos.keys if name in PER_LINE and name != "line_setting"}
    return [nw.col(f"_{name}").alias(name) if name in nullable else nw.col(name) for name in combos.keys]


def denied(context: Context, combos: Combinations) -> "Lazy":
    """Which combinations a rule of severity deny or return has fired on."""
    nw, tests = context.nw, []
    for number, rule in enumerate(context.engine.line_rules):
        if rule.gravest in DENYING:
            grave = severity(combos.writer, rule) <= Severity.RETURN.rank
            tests.append((nw.col(f"x_{number}") == FIRED) & grave)
    test = any_true(tests) if tests else nw.lit(value=False)
    return combos.frame.filter(test).select(*key_columns(context, combos)).with_columns(is_denied=nw.lit(1, nw.Int64))


def fired(context: Context, combos: Combinations) -> "Lazy | None":
    """The combinations on which rules fired, one row for each rule."""
    nw, parts = context.nw, []
    for number, rule in enumerate(context.engine.line_rules):
        hits = combos.frame.filter(nw.col(f"x_{number}") == FIRED)
        parts.append(
            hits.select(
                *key_columns(context, combos),
                rule=nw.lit(rule.code),
                severity=severity_word(nw, severity(combos.writer, rule)),
                carc=nw.lit(rule.carc),
                edition=nw.col(f"edition_{table_of(rule)}"),
            )
        )
    return nw.concat(parts, how="vertical") if parts else None


def table_of(rule: Rule) -> Table:
    """The table whose edition stands beside a finding: that of the first attribute named."""
    tables = [field.base.table for field in names(*conditions_of(rule)) if field.base.table is not None]
    return next((table for table in tables if table in (Table.FEE_SCHEDULE, Table.MUE, Table.ADD_ON)), Table.FEE_SCHEDULE)


