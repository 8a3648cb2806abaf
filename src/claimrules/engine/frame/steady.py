"""Rows of which a group rule says one thing, whatever stands on the lines beside them.

Where a table is missing, or a field, a rule may be unknown of every line: then nothing is to be counted.
"""

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from claimrules.engine.frame.around import NO_BYTE, OUTCOME
from claimrules.engine.frame.verdicts import byte_of, verdict
from claimrules.engine.outcomes import FIRED
from claimrules.expr.nodes import Aggregate, Quantified, aggregates
from claimrules.expr.to_frame import FrameWriter, all_true

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.context import Context
    from claimrules.rulebook.rule import Rule

    Lazy = nw.LazyFrame[Any]

_MANY: Final = 64
"""How many totals are tried."""


def steady(context: "Context", rule: "Rule", rows: "Lazy", by: str) -> "Lazy | None":
    """The rows, by their number, of which a rule says the same in every group, and never that it fired.

    ``rows`` have what each adds to its group (``group_rules.contributions``). ``None`` where the rule
    asks for more than ``any`` and ``all``, or which line comes first.
    """
    nw, found = context.nw, aggregates(rule.when, rule.unless)
    if rule.report == "first" or not all(isinstance(node, Quantified) for node in found):
        return None
    totals = _totals(context, rows, found)
    if totals is None:
        return None
    writer = FrameWriter(nw, {node: f"a_{index}" for index, node in enumerate(found)})
    met = rows.filter(nw.col("concerned")).join(totals, how="cross").filter(_may_be(nw, found))
    said = met.select(by, **{OUTCOME: verdict(writer, rule, byte_of(nw, rule)).cast(nw.Int64)})
    by_row = said.group_by(by).agg(first=nw.col(OUTCOME).min(), last=nw.col(OUTCOME).max())
    one = (nw.col("first") == nw.col("last")) & (nw.col("first") != FIRED)
    return context.backend.keep(by_row.filter(one).select(by))


def _decisive(node: Aggregate | Quantified) -> int:
    """What a line must add to decide alone."""
    return 1 if node.function == "any" else 0


def _totals(context: "Context", rows: "Lazy", found: Sequence[Aggregate | Quantified]) -> "Lazy | None":
    """Every total that lines can make, as ``group_rules.totals`` gives it; ``None`` where they are many."""
    nw, sides = context.nw, []
    for index, node in enumerate(found):
        adds, lacks = nw.col(f"c_{index}"), nw.col(f"b_{index}")
        decisive = _decisive(node)
        decides = (adds == decisive).fill_null(value=False).cast(nw.Int64)
        told = context.local(rows.select(lacks=lacks, decides=decides).unique())
        side: list[tuple[int | None, int]] = [(1 - decisive, NO_BYTE)]
        side += [(decisive, NO_BYTE)] if any(told["decides"]) else []
        side += [(None, int(byte)) for byte in sorted(set(told["lacks"])) if byte < NO_BYTE]
        sides.append(side)
    combined = list(product(*sides))
    if len(combined) > _MANY:
        return None
    columns: dict[str, list[int | None]] = {}
    for index in range(len(found)):
        columns[f"a_{index}"] = [each[index][0] for each in combined]
        columns[f"a_{index}_m"] = [each[index][1] for each in combined]
    return context.backend.table(columns, dict.fromkeys(columns, "number"))


def _may_be(nw: Any, found: Sequence[Aggregate | Quantified]) -> Any:
    """Whether a total can be that of a group in which a row stands itself."""
    tests = []
    for index, node in enumerate(found):
        total, lost = nw.col(f"a_{index}"), nw.col(f"a_{index}_m")
        adds, lacks = nw.col(f"c_{index}"), nw.col(f"b_{index}")
        decided = (total == _decisive(node)).fill_null(value=False)
        open_ = (adds != _decisive(node)).fill_null(value=True)
        rest = (~total.is_null() & (lacks == NO_BYTE)) | (total.is_null() & (lost <= lacks))
        tests.append(decided | (open_ & rest))
    return all_true(tests)
