"""Findings of a frame counted by what stands on their lines: the code, or the provider."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from claimrules.engine.frame import line_rules
from claimrules.engine.frame.around import SEQ
from claimrules.engine.frame.combos import COMBO, COUNT
from claimrules.engine.frame.verdicts import severity_word
from claimrules.engine.grouped import Grouped
from claimrules.model import form

if TYPE_CHECKING:
    from claimrules.engine.frame.result import FrameResult

_BY = "by"
_KEYS = (_BY, "rule", "severity")


def grouped(result: "FrameResult", by: str) -> Grouped:
    """Count the findings by value, rule and severity."""
    nw, context = result.context.nw, result.context
    value = _value(result, by)
    parts: list[Any] = []
    fired = line_rules.fired(context, result.combos)
    if fired is not None:
        lines = result.judged.select(COMBO, **{_BY: value}).group_by(_BY, COMBO).agg(nw.len().alias(COUNT))
        told = lines.join(fired, on=COMBO, how="inner")
        parts.append(told.select(*_KEYS, n=nw.col(COUNT).cast(nw.Int64)))
    for looked in result.looked:
        lines = result.combos.lines.select(SEQ, **{_BY: value})
        told = (
            result.told_once(looked)
            .join(lines, on=SEQ, how="inner")
            .select(
                _BY,
                rule=nw.lit(looked.rule.code),
                severity=severity_word(nw, nw.col("severity_rank")),
                n=nw.lit(1, nw.Int64),
            )
        )
        parts.append(told)
    if not parts:
        return Counter()
    counts = nw.concat(parts, how="vertical").group_by(*_KEYS).agg(nw.col("n").sum())
    columns = context.local(counts)
    rows = zip(*(columns[name] for name in (*_KEYS, "n")), strict=True)
    return Counter({(value, rule, severity): int(n) for value, rule, severity, n in rows})


def _value(result: "FrameResult", by: str) -> Any:
    nw, reader, named = result.context.nw, result.context.reader, result.context.named
    if by == "code":
        return reader.word("code", form.CODE_PATTERN)[0].fill_null("")
    if by != "provider":
        return nw.lit("")
    found = [reader.identifier(name) for name in ("provider", "billing_provider") if name in named]
    return nw.coalesce(*found, nw.lit("")) if found else nw.lit("")
