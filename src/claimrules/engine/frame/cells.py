"""What tells lines apart for a group rule: what it names of combinations, and what moves with each line."""

from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame import around
from claimrules.engine.frame.around import DENIED, SEQ
from claimrules.engine.frame.combos import CLASS, COMBO, Combinations
from claimrules.engine.frame.context import line_columns
from claimrules.engine.frame.fields import raw_columns
from claimrules.engine.frame.parts import CORE
from claimrules.engine.frame.shared import Shared, kept_as

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.context import Context
    from claimrules.rulebook.rule import Rule

    Lazy = nw.LazyFrame[Any]

ROW: Final = "k_row"
_BASE: Final = "k_base"
_CELL: Final = "k_cell"


@attrs.frozen(kw_only=True, eq=False)
class Cells:
    """What tells rows apart: ``table`` has a line for each value of the column ``by``, with class and row.

    ``lines`` are all lines, by number, with class and ``by``; ``first`` has what each row is read from.
    """

    by: str
    table: "Lazy"
    lines: "Lazy"
    first: "Lazy"


def cells_of(
    context: "Context", run: around.Run, rule: "Rule", varying: tuple[str, ...], shared: Shared
) -> Cells:
    """The cells of a rule that names the columns ``varying`` of the lines beside those of combinations."""
    combos = run.combos
    beside = line_columns(around.fields_of(rule)) - {*varying, *combos.core.collect_schema().names()}
    held = combos.frame.collect_schema().names()
    raw = tuple(f"r_{name}" for name in raw_columns(beside) if f"r_{name}" in held)
    moving = [name for name in varying if name != DENIED or run.denied is not None]
    name = ("cells", varying, raw, run.denied is None)
    make = _of_lines if moving else _of_combos
    return kept_as(shared, name, lambda: make(context, run, varying, _based(context, combos, raw, shared)))


def _based(context: "Context", combos: Combinations, raw: tuple[str, ...], shared: Shared) -> "Lazy":
    """The combinations, with class and a number for their core with some of what arrived."""
    backend = context.backend

    def find() -> "Lazy":
        rows = combos.frame.select(*dict.fromkeys((COMBO, CLASS, CORE, *raw)))
        return backend.keep(backend.identify(rows, _BASE, (CORE, *raw)).select(COMBO, CLASS, _BASE))

    return kept_as(shared, ("based", raw), find)


def _of_lines(context: "Context", run: around.Run, varying: tuple[str, ...], based: "Lazy") -> Cells:
    """Cells are what is named of combinations, their class, and what moves from line to line."""
    backend, combos = context.backend, run.combos
    marks = tuple(name for name in varying if name != DENIED)
    lines = combos.lines.select(SEQ, CLASS, COMBO, *marks)
    if DENIED in varying:
        lines, marks = around.marked_denied(context, combos, lines, run.denied), (*marks, around.IS_DENIED)
    lines = backend.look_up(lines, based, (COMBO,), _BASE)
    lines = backend.keep(backend.identify(lines, _CELL, (_BASE, CLASS, *marks)))
    one = based.group_by(_BASE).agg(context.nw.col(COMBO).min())
    table = backend.distinct(lines, _CELL, (CLASS, _BASE, *marks)).join(one, on=_BASE, how="inner")
    return _cells(context, varying, table, _CELL, lines.select(SEQ, CLASS, _CELL))


def _of_combos(context: "Context", run: around.Run, varying: tuple[str, ...], based: "Lazy") -> Cells:
    """Cells are combinations: no rule has denied a line, or none asks."""
    combos = run.combos
    table = around.marked_denied(context, combos, based, None) if varying else based
    return _cells(context, varying, table, COMBO, combos.lines.select(SEQ, CLASS, COMBO))


def _cells(context: "Context", varying: tuple[str, ...], table: "Lazy", by: str, lines: "Lazy") -> Cells:
    """Rows are cells without their class: a rule says the same of all classes of what it names."""
    nw, backend = context.nw, context.backend
    marks = [around.IS_DENIED if name == DENIED else name for name in varying]
    table = backend.keep(backend.identify(table, ROW, (_BASE, *marks)))
    table, one = backend.dense(table, table.group_by(ROW).agg(nw.col(by).min()), ROW)
    first = one.join(table.drop(ROW), on=by, how="inner")
    if DENIED in varying:
        first = around.named_denied(nw, first)
    first = backend.keep(first.select(COMBO, CLASS, *varying, **{SEQ: nw.col(ROW)}))
    return Cells(by=by, table=table.select(by, CLASS, ROW), lines=lines, first=first)
