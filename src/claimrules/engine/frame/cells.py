"""What tells lines apart for a group rule: their combination, its core, and what moves from line to line."""

from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame import around
from claimrules.engine.frame.around import DENIED, SEQ
from claimrules.engine.frame.combos import CLASS, COMBO
from claimrules.engine.frame.context import line_columns
from claimrules.engine.frame.parts import CORE
from claimrules.engine.frame.shared import Shared, once

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.context import Context
    from claimrules.rulebook.rule import Rule

    Lazy = nw.LazyFrame[Any]

ROW: Final = "k_row"


@attrs.frozen(kw_only=True, eq=False)
class Cells:
    """What tells rows apart: ``table`` has a line for each value of the column ``by``, with class and row.

    ``lines`` are all lines, by number, with class and ``by``; ``first`` has what a row is read from.
    """

    by: str
    table: "Lazy"
    lines: "Lazy"
    first: "Lazy"


@once
def cells_of(
    context: "Context", run: around.Run, rule: "Rule", varying: tuple[str, ...], shared: Shared
) -> Cells:
    """The cells of a rule that names the columns ``varying`` of the lines beside those of combinations."""
    combos = run.combos
    cored = line_columns(around.fields_of(rule)) - {*varying} <= set(combos.core.collect_schema().names())
    moving = [name for name in varying if name != DENIED or run.denied is not None]
    name = ("cells", varying, cored and not moving, run.denied is None)
    if name not in shared:
        by_line, base = bool(moving), CORE if cored else COMBO
        shared[name] = (
            _of_lines(context, run, varying) if by_line else _of_combos(context, run, varying, base)
        )
    found: Cells = shared[name]
    return found


def _of_lines(context: "Context", run: around.Run, varying: tuple[str, ...]) -> Cells:
    """Rows are combinations with what moves from line to line."""
    nw, backend, combos = context.nw, context.backend, run.combos
    kept = tuple(name for name in varying if name != DENIED)
    lines, marks = combos.lines.select(SEQ, CLASS, COMBO, *kept), kept
    if DENIED in varying:
        lines, marks = around.marked_denied(context, combos, lines, run.denied), (*kept, around.IS_DENIED)
    lines = backend.keep(backend.identify(lines, ROW, (COMBO, *marks)))
    first = backend.keep(backend.distinct(lines, ROW, (COMBO, CLASS, *marks)))
    table = first.select(ROW, CLASS)
    if DENIED in varying:
        first = around.named_denied(nw, first)
    first = first.select(COMBO, CLASS, *varying, **{SEQ: nw.col(ROW)})
    return Cells(by=ROW, table=table, lines=lines.select(SEQ, CLASS, ROW), first=first)


def _of_combos(context: "Context", run: around.Run, varying: tuple[str, ...], base: str) -> Cells:
    """Rows are combinations or cores, and whether their class is denied: no rule has denied a line."""
    nw, backend, combos = context.nw, context.backend, run.combos
    table = combos.frame.select(*dict.fromkeys((COMBO, CLASS, base)))
    if varying:
        table = around.marked_denied(context, combos, table, None)
        table = backend.identify(table, ROW, (base, around.IS_DENIED))
    else:
        table = table.with_columns(**{ROW: nw.col(base)})
    first = table = backend.keep(table)
    if base == CORE:
        # A rule that names the core alone says the same of all classes of one core.
        one = table.group_by(ROW).agg(nw.col(COMBO).min())
        first = backend.keep(one.join(table.drop(ROW), on=COMBO, how="inner"))
    if varying:
        first = around.named_denied(nw, first)
    first = first.select(COMBO, CLASS, *varying, **{SEQ: nw.col(ROW)})
    lines = combos.lines.select(SEQ, CLASS, COMBO)
    return Cells(by=COMBO, table=table.select(COMBO, CLASS, ROW), lines=lines, first=first)
