"""What line rules found on a frame: which of their findings are told, and how grave they are."""

from typing import TYPE_CHECKING, Any

from claimrules.engine.frame.classes import Class
from claimrules.engine.frame.combos import CLASS, COMBO, Combinations
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.deciding import NO_TABLE, OWN, deciding, named
from claimrules.engine.frame.parts import CORE
from claimrules.model.finding import Severity

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]


def told(context: Context, known: Class) -> dict[int, int]:
    """The line rules whose findings are told of a class, with their severities: no other takes them in."""
    takers = context.engine.takers
    return {
        number: rank
        for number, rank in known.ranks.items()
        if not any(taker in known.ranks for taker in takers.get(number, ()))
    }


def fired(context: Context, combos: Combinations) -> "Lazy":
    """The findings that are told, by combination, with the words of their rules."""
    nw, rules = context.nw, context.engine.line_rules
    severities, always = list(Severity), [deciding(rule) for rule in rules]
    found: dict[str, list[Any]] = {CLASS: [], "rule": [], "severity": [], "carc": [], "table": []}
    for value, known in combos.classes.items():
        for number, rank in told(context, known).items():
            rule = rules[number]
            table = known.tables.get(number, always[number])
            row = (value, rule.code, severities[rank].value, rule.carc, table)
            for name, cell in zip(found, row, strict=True):
                found[name].append(cell)
    numbered = combos.frame.collect_schema()[CLASS] != nw.String
    kinds = dict.fromkeys(found, "text") | {CLASS: "number" if numbered else "text", "table": "number"}
    editions = {number: OWN[number] for number in sorted({*found["table"]} - {NO_TABLE})}
    words = combos.frame.select(COMBO, CLASS, CORE).join(
        context.backend.table(found, kinds), on=CLASS, how="inner"
    )
    words = words.join(combos.core.select(CORE, *editions.values()), on=CORE, how="inner")
    edition = named(nw, nw.col("table"), editions)
    return words.select(COMBO, "rule", "severity", "carc", edition=edition)


def taken(context: Context, combos: Combinations, number: int) -> list[Any]:
    """The classes of which a line rule fired that takes in the rule."""
    takers = context.engine.takers.get(number, ())
    return list(dict.fromkeys(value for taker in takers for value in combos.fired.get(taker, ())))
