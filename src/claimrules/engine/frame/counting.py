"""What a run counts beside outcomes: severities, codes that tables lack, lines of rules that look around."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from claimrules.engine import tally
from claimrules.engine.frame import line_rules
from claimrules.engine.frame.around import OUTCOME, SEQ
from claimrules.engine.frame.combos import CLASS, COUNT
from claimrules.engine.frame.parts import CORE
from claimrules.engine.outcomes import PASSED
from claimrules.expr.access import CAUSE_INDEX
from claimrules.expr.to_frame import any_true
from claimrules.expr.vocabulary import RULE_TABLES
from claimrules.model.code import Cause
from claimrules.model.finding import Severity

if TYPE_CHECKING:
    from claimrules.engine.frame.result import FrameResult

_BITS: Final = 60
"""What a 64-bit integer holds of the outcomes of a line, with room for its sign."""


def special(result: "FrameResult") -> Counter[Any]:
    """The lines about which a rule that looks around says something, with what all rules say.

    What they say of a line is a set of bits, summed: each is said once.
    """
    nw, found = result.context.nw, Counter[Any]()
    tokens = [
        (number, outcome)
        for number, counts in result.counted.items()
        for outcome in sorted(counts)
        if outcome > PASSED
    ]
    if not tokens:
        return found
    bits = [f"b_{place}" for place in range((len(tokens) - 1) // _BITS + 1)]
    table: dict[str, list[int]] = {"token": [number * 256 + outcome for number, outcome in tokens]}
    for place, name in enumerate(bits):
        table[name] = [1 << (index % _BITS) if index // _BITS == place else 0 for index in range(len(tokens))]
    words = result.context.backend.table(table, dict.fromkeys(table, "number"))
    parts = [
        part.frame.filter(nw.col(OUTCOME) > PASSED).select(
            SEQ, token=(nw.col(OUTCOME) + part.number * 256).cast(nw.Int64)
        )
        for part in result.looked
    ]
    told = nw.concat(parts, how="vertical").join(words, on="token", how="inner")
    told = told.group_by(SEQ).agg(**{name: nw.col(name).sum() for name in bits})
    by = (CLASS, "k_slot", "k_quarter")
    lines = result.combos.lines.select(SEQ, *by).join(told, on=SEQ, how="inner")
    columns = result.local(lines.group_by(*by, *bits).agg(nw.len().alias(COUNT)))
    base = len(result.context.engine.line_rules)
    for *row, count in zip(*(columns[name] for name in (*by, *bits, COUNT)), strict=True):
        around = bytearray(len(result.context.engine.rules) - base)
        for index, (number, outcome) in enumerate(tokens):
            if int(row[len(by) + index // _BITS]) >> (index % _BITS) & 1:
                around[number - base] = outcome
        found[tuple(row[: len(by)]), bytes(around)] += int(count)
    return found


def severities(result: "FrameResult") -> Mapping[Severity, int]:
    """How many findings there are of each severity, from the classes and the lines looked at."""
    nw, counts, severities = result.context.nw, dict.fromkeys(Severity, 0), list(Severity)
    for (group, *_), lines in result.lines_by_key.items():
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


def unlisted(result: "FrameResult") -> Mapping[str, Counter[str]]:
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
