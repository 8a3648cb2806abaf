"""What a run counts beside outcomes: severities, and codes that tables lack."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from claimrules.engine import tally
from claimrules.engine.frame import line_rules
from claimrules.engine.frame.combos import COUNT
from claimrules.engine.frame.parts import CORE
from claimrules.expr.access import CAUSE_INDEX
from claimrules.expr.to_frame import any_true
from claimrules.expr.vocabulary import RULE_TABLES
from claimrules.model.code import Cause
from claimrules.model.finding import Severity

if TYPE_CHECKING:
    from claimrules.engine.frame.result import FrameResult


def severities(result: "FrameResult") -> Mapping[Severity, int]:
    """How many findings there are of each severity, from the classes and the lines looked at."""
    nw, counts, severities = result.context.nw, dict.fromkeys(Severity, 0), list(Severity)
    for group, lines in result.counts.of_class.items():
        for rank in line_rules.told(result.context, result.combos.classes[group]).values():
            counts[severities[rank]] += lines
    parts = [
        result.told_once(looked).select(rank=nw.col("severity_rank"), n=nw.lit(1, nw.Int64))
        for looked in result.looked
    ]
    if not parts:
        return counts
    columns = result.local(nw.concat(parts, how="vertical").group_by("rank").agg(nw.col("n").sum()))
    for rank, count in zip(columns["rank"], columns["n"], strict=True):
        counts[severities[rank]] += int(count)
    return counts


def lacked_codes(result: "FrameResult") -> Mapping[str, Counter[str]]:
    """For each table the codes that it lacks, the most frequent ones."""
    nw, combos = result.context.nw, result.combos
    causes = {table: f"cause_{table}" for table in RULE_TABLES}
    counts = combos.frame.group_by(CORE).agg(nw.col(COUNT).sum().alias(COUNT))
    lacking = {name: nw.col(name) == CAUSE_INDEX[Cause.NO_CODE] for name in causes.values()}
    some = combos.core.filter(any_true(list(lacking.values()))).select(CORE, "k_code", **lacking)
    by = ("k_code", *lacking)
    counted = some.join(counts, on=CORE, how="inner").group_by(*by).agg(nw.col(COUNT).sum())
    columns = result.local(counted.filter(nw.col(COUNT) > 0))
    found = {}
    for table, name in causes.items():
        lines = Counter[str]()
        for code, lacks, count in zip(columns["k_code"], columns[name], columns[COUNT], strict=True):
            if lacks:
                lines[code] += int(count)
        most = sorted(lines.items(), key=lambda each: (-each[1], each[0]))
        found[table.words] = Counter(dict(most[: tally.SHOWN_CODES + 1]))
    return found
