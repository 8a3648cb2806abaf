"""The frame engine: the same rules over Polars, pandas, PyArrow, DuckDB and PySpark frames."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from claimrules.codebook import Lookup
from claimrules.engine.frame import group_rules, line_rules, pair_rules
from claimrules.engine.frame.around import OUTCOME, SEQ, Looked
from claimrules.engine.frame.context import Context, read_names
from claimrules.engine.frame.door import FrameError, open_frame
from claimrules.engine.frame.facts import Resolver
from claimrules.engine.frame.fields import OPTIONAL
from claimrules.engine.frame.line_rules import Combinations
from claimrules.engine.frame.normalise import arrive
from claimrules.engine.frame.result import FrameResult
from claimrules.engine.frame.verdicts import severity_word
from claimrules.engine.history import Coverage
from claimrules.engine.outcomes import FIRED
from claimrules.engine.run import DENYING, Engine
from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.model.edition import Table
from claimrules.rulebook.rule import RuleScope

if TYPE_CHECKING:
    from claimrules.engine.line import Checker

__all__ = ["FrameError", "FrameResult", "check_frame"]


def check_frame(
    checker: "Checker",
    native: Any,
    *,
    coverage: Coverage | None = None,
    columns: Mapping[str, str] | None = None,
    setting: Setting = Setting.PROFESSIONAL,
    realms: Mapping[str, Lookup] | None = None,
) -> FrameResult:
    """Check a frame of lines.

    ``setting`` is that of the lines whose column says none. ``realms`` gives several code books, told
    apart by a column ``realm``: the examples of a rule, each with its own facts, run in one frame.

    Raises:
        FrameError: the frame is of no supported kind, or lacks a column.
    """
    import narwhals.stable.v2 as nw  # noqa: PLC0415 (the package stays light until a frame comes)

    backend = open_frame(native)
    schema = backend.frame.collect_schema()
    named = read_names(schema.names(), columns or {})
    offered = checker.inputs | (OPTIONAL & set(named))
    rules, not_run = checker.rulebook.run_with(offered)
    engine = checker.engine if offered == checker.inputs else Engine(rules)
    lines, reader = arrive(nw, backend.frame, named, setting, ("realm",) if realms else ())
    lines = lines.filter(nw.col("line_setting").is_in([each.value for each in Setting]))
    resolver = Resolver(realms or {"": checker.lookup})
    settings = tuple(Setting) if "setting" in named else (setting,)
    lines = lines.with_columns(k_slot=resolver.expression(nw, settings))
    lines = lines.with_columns(k_quarter=_quarter(nw, resolver))
    if engine.around:
        lines = backend.number(lines, SEQ, ("r_claim_id", "r_line_id"))
    constants = {"claim_as_of": nw.lit(checker.as_of, nw.Date)}
    context = Context(
        nw=nw,
        backend=backend,
        reader=reader,
        engine=engine,
        resolver=resolver,
        lines=lines,
        coverage=coverage,
        constants=constants,
        named=named,
        extra=("r_realm",) if realms else (),
    )
    combos = line_rules.combine(context)
    if coverage is None and any(compiled.rule.needs for compiled in engine.around):
        context = attrs.evolve(context, coverage=_own_coverage(context, combos))
    return FrameResult(
        checker=checker, context=context, combos=combos, looked=_look_around(context, combos), not_run=not_run
    )


def _quarter(nw: Any, resolver: Resolver) -> Any:
    """The calendar quarter (year and 1 to 4) of lines for which a table has no edition, else 0."""
    lacking = [
        number
        for number, (slot, _) in resolver.slots.items()
        if Cause.NO_EDITION in (slot.source(Table.FEE_SCHEDULE), slot.source(Table.MUE))
    ]
    if not lacking:
        return nw.lit(0, nw.Int64)
    day = nw.col("line_from_date")
    quarter = (day.dt.year().cast(nw.Int64) * 10 + (day.dt.month().cast(nw.Int64) + 2) // 3).fill_null(0)
    return nw.when(nw.col("k_slot").is_in(lacking)).then(quarter).otherwise(nw.lit(0, nw.Int64))


def _own_coverage(context: Context, combos: Combinations) -> Coverage:
    """A frame covers its own first to last from-date, own providers (language, A8)."""
    nw = context.nw
    found = combos.frame.select(nw.col("first_day").min(), nw.col("last_day").max())
    ends = found.collect("pyarrow" if context.backend.name in ("duckdb", "spark") else None)
    first, last = ends["first_day"].to_list()[0], ends["last_day"].to_list()[0]
    return Coverage(complete_from=first, complete_to=last)


def _look_around(context: Context, combos: Combinations) -> tuple[Looked, ...]:
    """Run the rules of the later strata; pairs of the NCCI tables deny lines for the last one."""
    nw, found, denied = context.nw, [], None
    for compiled in context.engine.around:
        rule = compiled.rule
        number = context.engine.numbers[rule.code]
        if rule.stratum > 2 and denied is None:  # noqa: PLR2004 (language, A5)
            denied = _denied_by_pairs(nw, found)
        look = group_rules.look if rule.scope is RuleScope.GROUP else pair_rules.look
        looked = look(context, combos, rule, number, denied)
        found.append(attrs.evolve(looked, frame=context.backend.keep(looked.frame)))
    return tuple(found)


def _denied_by_pairs(nw: Any, found: list[Looked]) -> Any:
    words = [severity.value for severity in DENYING]
    parts = [
        looked.frame.filter((nw.col(OUTCOME) == FIRED) & severity_word(nw, nw.col("severity_rank")).is_in(words)).select(SEQ)
        for looked in found
        if looked.rule.stratum == 2  # noqa: PLR2004 (language, A5)
    ]
    if not parts:
        return None
    return nw.concat(parts, how="vertical").unique().with_columns(is_denied_pair=nw.lit(1, nw.Int64))
