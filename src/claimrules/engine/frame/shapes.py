"""Group rules judged on what tells lines apart for them, not line by line.

A *row* is the core of a line, its combination, or that with its days and whether it is denied: whatever a
rule names. What a line adds to its group is told by its row; what the rule says of a line that stands alone
too. Groups are counted with these few numbers, and a verdict is given once for each row and totals.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame import around, group_rules
from claimrules.engine.frame.around import GROUP, OUTCOME, SEQ, Looked
from claimrules.engine.frame.cells import ROW, Cells, cells_of
from claimrules.engine.frame.combos import CLASS, COMBO
from claimrules.engine.frame.context import PER_LINE, WINDOW, line_columns
from claimrules.engine.frame.deciding import edition_of
from claimrules.engine.frame.fields import raw_columns
from claimrules.engine.frame.index import only_places
from claimrules.engine.frame.marks import near
from claimrules.engine.frame.parts import conditions_of
from claimrules.engine.frame.runs import divided
from claimrules.engine.frame.shared import Shared
from claimrules.engine.frame.sharing import alone, concerned_by, counting, keys_of, lonely, several, unkeyed
from claimrules.engine.frame.steady import steady
from claimrules.engine.frame.verdicts import byte_of, severity, verdict
from claimrules.engine.outcomes import FIRED
from claimrules.expr.nodes import aggregates
from claimrules.expr.to_frame import FrameWriter

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.context import Context
    from claimrules.engine.frame.sharing import Keys
    from claimrules.rulebook.rule import Rule

    Lazy = nw.LazyFrame[Any]

_FEW: Final = frozenset({"line_days", "line_year"})
"""Columns of the lines themselves of which there are few values."""
_ENGINES: Final = ("polars", "pyarrow")
_SAID: Final = (OUTCOME, "severity_rank", "edition")


@attrs.frozen(kw_only=True, eq=False)
class _Asked:
    """One group rule in one run, with its keys and what tells its rows apart."""

    context: "Context"
    run: around.Run
    rule: "Rule"
    keys: "Keys"
    cells: Cells
    shared: Shared

    @property
    def company(self) -> "Lazy":
        """The lines that share their keys with others."""
        return several(self.context, self.run.combos, self.keys, self.shared)

    @property
    def lacking(self) -> "Lazy | None":
        """The lines of which a key is unknown."""
        return unkeyed(self.context, self.run.combos, self.keys, self.shared)

    @property
    def ordered(self) -> bool:
        """Whether the rule asks which line came first: lines that share their keys are then no rows."""
        return any(field.base.name == "seq" for field in around.fields_of(self.rule))

    @property
    def one_by_one(self) -> "Lazy | None":
        """The lines that must be looked at one by one, if any."""
        nw, mine = self.context.nw, self.lacking
        mine = None if mine is None else mine.filter(self.concerned)
        if not self.ordered:
            return mine
        groups = self.company.filter(self.concerned).select(GROUP).unique()
        found = self.company.join(groups, on=GROUP, how="semi").select(SEQ)
        every = self.run.combos.lines
        lines = self.context.backend.at(every, found, SEQ).select(*every.collect_schema().names())
        return lines if mine is None else nw.concat([lines, mine], how="vertical")

    @property
    def concerned(self) -> Any:
        """Whether the rule may concern lines, by their class."""
        combos = self.run.combos
        return combos.among(self.context.nw, concerned_by(self.context, combos, self.rule))


def look(context: "Context", run: around.Run, rule: "Rule", shared: Shared) -> Looked | None:
    """Judge a group rule by rows; ``None`` where it asks for more than they tell."""
    varying = _varying(context, run, rule)
    keys = None if varying is None else _keys(context, run, rule)
    if keys is None or varying is None:
        return None
    cells = cells_of(context, run, rule, varying, shared)
    asked = _Asked(context=context, run=run, rule=rule, keys=keys, cells=cells, shared=shared)
    rows = _rows(context, run, rule, cells)
    table = cells.table.filter(counting(context, run.combos, rule))
    table = context.backend.keep(context.backend.look_up(table, _alone(context, rule, rows), (ROW,), *_SAID))
    rest = {} if rule.report == "first" else _rest(context, table)
    parts = [_told_alone(asked, table, rest)]
    number, mine = context.engine.numbers[rule.code], asked.one_by_one
    if not asked.ordered:
        parts += _told_together(asked, rows, rest, table)
    if mine is not None and context.any(mine := context.backend.keep(mine)):
        lines = around.lines_for(context, run, rule, mine, conditions_of(rule))
        parts.append(group_rules.look(context, lines, rule, number).frame)
    return Looked(rule=rule, number=number, frame=context.nw.concat(parts, how="vertical"), rest=rest)


def keys_by_rows(context: "Context", run: around.Run, rule: "Rule") -> "Keys | None":
    """The keys of a group rule that rows can judge; ``None`` where lines have to."""
    return None if _varying(context, run, rule) is None else _keys(context, run, rule)


def _keys(context: "Context", run: around.Run, rule: "Rule") -> "Keys | None":
    keys = keys_of(context, run.combos, rule)
    return keys if keys.wide and keys.complete and not rule.needs else None


def _varying(context: "Context", run: around.Run, rule: "Rule") -> tuple[str, ...] | None:
    """The columns of lines that a rule names beside those of combinations; ``None`` where there are many."""
    fields, combos = around.fields_of(rule), run.combos
    moving = [f for f in fields if f.base.name in WINDOW or (f.base.wide and f.base.name != "seq")]
    if context.backend.name not in _ENGINES or moving or not only_places(rule):
        return None
    wanted = line_columns(fields)
    found = (wanted & PER_LINE) - {"line_setting"}
    known = {*combos.core.collect_schema().names(), *combos.frame.collect_schema().names()}
    raw = {f"r_{name}" for name in raw_columns(wanted - PER_LINE - known) if name in context.named}
    if not (found <= _FEW & set(combos.lines.collect_schema().names()) and raw <= known):
        return None
    denied = ("line_denied",) if any(field.name == "denied" for field in fields) else ()
    return (*sorted(found), *denied)


def _rows(context: "Context", run: around.Run, rule: "Rule", cells: Cells) -> "Lazy":
    """The rows with the columns that a rule names, and what a line of each adds to its group."""
    nw, found = context.nw, aggregates(rule.when, rule.unless)
    first = cells.first.filter(counting(context, run.combos, rule)).drop(CLASS)
    rows = around.lines_for(context, run, rule, first, conditions_of(rule), keyed=False)

    def write() -> dict[str, Any]:
        concerned = around.concerns(context, rule, FrameWriter(nw))
        return {"concerned": concerned, **group_rules.contributions(nw, rule, found)}

    rows = rows.with_columns(**context.written("rows", rule, write))
    rows = rows.with_columns(**{ROW: nw.col(SEQ)})
    return context.backend.keep(rows.drop(COMBO))


def _judged(context: "Context", rule: "Rule", rows: "Lazy") -> "Lazy":
    """Give rows with totals their outcome."""
    nw, found = context.nw, aggregates(rule.when, rule.unless)

    def write() -> dict[str, Any]:
        writer = FrameWriter(nw, {node: f"a_{index}" for index, node in enumerate(found)})
        outcome = verdict(writer, rule, byte_of(nw, rule)).cast(nw.Int64)
        rank, edition = severity(writer, rule), edition_of(writer, rule)
        return {OUTCOME: outcome, "severity_rank": rank, "edition": edition}

    return rows.with_columns(**context.written("judged", rule, write))


def _alone(context: "Context", rule: "Rule", rows: "Lazy") -> "Lazy":
    """What a rule says of a line of each row that shares its keys with no other."""
    nw, found = context.nw, aggregates(rule.when, rule.unless)
    mine = rows.filter(nw.col("concerned")).with_columns(**group_rules.total_of_one(nw, found))
    said = _judged(context, rule, group_rules.finish(nw, mine, found, ())).select(ROW, *_SAID)
    return context.backend.keep(said)


def _rest(context: "Context", table: "Lazy") -> dict[Any, int]:
    """What is said of most lines of the classes that a rule concerns as a whole: the least grave outcome."""
    nw, outcome = context.nw, context.nw.col(OUTCOME)
    cells = table.with_columns(outside=outcome.is_null().cast(nw.Int64), mild=_not_fired(nw))
    by_class = cells.group_by(CLASS).agg(outside=nw.col("outside").sum(), mild=nw.col("mild").min())
    by_class = by_class.filter((nw.col("outside") == 0) & ~nw.col("mild").is_null())
    found = context.local(by_class)
    return {group: int(byte) for group, byte in zip(found[CLASS], found["mild"], strict=True)}


def _not_fired(nw: Any) -> Any:
    return nw.when(nw.col(OUTCOME) != FIRED).then(nw.col(OUTCOME))


def _unlike(context: "Context", lines: "Lazy", rest: Mapping[Any, int]) -> "Lazy":
    """The lines, or cells, of which something else is said than of the rest of their class."""
    nw = context.nw
    if not rest:
        return lines
    said = context.backend.table(
        {CLASS: list(rest), "rest": list(rest.values())},
        {CLASS: "number" if isinstance(next(iter(rest)), int) else "text", "rest": "number"},
    )
    lines = context.backend.look_up(lines, said, (CLASS,), "rest")
    return lines.filter(nw.col("rest").is_null() | (nw.col("rest") != nw.col(OUTCOME))).drop("rest")


def _told_alone(asked: _Asked, table: "Lazy", rest: Mapping[Any, int]) -> "Lazy":
    """What is said of lines that share their keys with no other."""
    context, cells = asked.context, asked.cells
    nw, keys = context.nw, (context, asked.run.combos, asked.keys, asked.shared)
    said = _by_itself(asked, table, rest)
    if cells.by == COMBO:
        lines = alone(*keys).join(said, on=COMBO, how="inner")
    else:
        lines = lonely(*keys, cells.lines.join(said, on=cells.by, how="inner"))
    return around.told(nw, lines, **group_rules.nobody(nw))


def _by_itself(asked: _Asked, table: "Lazy", rest: Mapping[Any, int]) -> "Lazy":
    """What is said of a line of each cell that nothing counts beside, where that is not said of its class."""
    told = table.filter(~asked.context.nw.col(OUTCOME).is_null())
    return _unlike(asked.context, told, rest).select(asked.cells.by, *_SAID)


def _telling(asked: _Asked, rows: "Lazy", rest: Mapping[Any, int], table: "Lazy") -> "Lazy | None":
    """The cells of which company may say something else than is said of the rest of their class.

    ``None`` where it may of all.
    """
    context, mine = asked.context, table.filter(~asked.context.nw.col(OUTCOME).is_null())
    same = steady(context, asked.rule, rows, ROW)
    if same is None or not context.local(same.head(1))[ROW]:
        return None
    parts = [_unlike(context, mine, rest), mine.join(same, on=ROW, how="anti")]
    cells = [part.select(asked.cells.by) for part in parts]
    return context.backend.keep(context.nw.concat(cells, how="vertical").unique())


def _told_together(asked: _Asked, rows: "Lazy", rest: Mapping[Any, int], table: "Lazy") -> Iterator["Lazy"]:
    """What is said of lines that share their keys with others."""
    context, cells, rule = asked.context, asked.cells, asked.rule
    nw, backend, found = context.nw, context.backend, aggregates(rule.when, rule.unless)
    telling = _telling(asked, rows, rest, table)
    if telling is not None and not context.local(telling.head(1))[cells.by]:
        return
    lines = near(context, asked.run.combos, asked.keys, rule, asked.shared)
    if cells.by != COMBO:
        lines = backend.at(cells.lines.select(SEQ, cells.by), backend.keep(lines), SEQ)
    if backend.name == "polars" and (parts := divided(lines, GROUP)):
        # Most lines that share their keys stand beside none that the rule counts.
        lines, single = parts
        single = single.join(_by_itself(asked, table, rest), on=cells.by, how="inner")
        yield around.told(nw, single, **group_rules.nobody(nw))
    if telling is not None:
        groups = lines.join(telling, on=cells.by, how="semi").select(GROUP).unique()
        lines = lines.join(groups, on=GROUP, how="semi")
    adds = [f"{part}_{index}" for index in range(len(found)) for part in "cb"]
    lines = backend.look_up(lines, cells.table, (cells.by,), ROW)
    lines = backend.look_up(lines, rows, (ROW,), "concerned", *adds, "takes_part", "partakes")
    lines = backend.keep(lines.filter(~nw.col("concerned").is_null()))
    judged = lines.filter(nw.col("concerned"))
    if rule.report == "first":
        judged = group_rules.first_judged(context, judged)
    judged = judged.select(SEQ, CLASS, GROUP, ROW, "partakes")
    totals = [f"a_{index}{part}" for index in range(len(found)) for part in ("", "_m")]
    by_group = group_rules.totals(nw, lines, found)
    judged = backend.look_up(judged, by_group, (GROUP,), "partakers", *totals)
    judged = backend.keep(backend.identify(judged, "me", (ROW, *totals)))
    distinct = backend.distinct(judged, "me", (ROW, *totals)).join(rows, on=ROW, how="inner")
    said = _judged(context, rule, distinct).select("me", *_SAID)
    judged = judged.select(SEQ, CLASS, GROUP, "me", "partakers", "partakes")
    judged = _unlike(context, backend.look_up(judged, said, ("me",), OUTCOME), rest)
    judged = judged.join(said.drop(OUTCOME), on="me", how="inner")
    yield group_rules.proofs(context, judged, lines)
