"""What line rules found on a frame: which of their findings are told, and how grave they are."""

from typing import TYPE_CHECKING, Any

from claimrules.engine.frame.combos import COMBO, COUNT, Combinations
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.verdicts import severity_word

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]


def told(context: Context, combos: Combinations) -> "Lazy | None":
    """The findings of line rules by combination, without those that another line rule takes in."""
    hits = combos.hits
    folded = _folded(context)
    if hits is None or not folded["number"]:
        return hits
    nw = context.nw
    table = context.backend.table(folded, {"taker": "number", "number": "number"})
    takers = hits.select(COMBO, taker=nw.col("number")).join(table, on="taker", how="inner")
    return hits.join(takers.select(COMBO, "number").unique(), on=[COMBO, "number"], how="anti")


def _folded(context: Context) -> dict[str, list[int]]:
    """Which line rules take in which others."""
    count = len(context.engine.line_rules)
    pairs = [
        (taker, number)
        for number, takers in context.engine.takers.items()
        for taker in takers
        if number < count and taker < count
    ]
    return {"taker": [taker for taker, _ in pairs], "number": [number for _, number in pairs]}


def fired(context: Context, combos: Combinations) -> "Lazy | None":
    """The findings that are told, with the words of their rules."""
    nw, found = context.nw, told(context, combos)
    if found is None:
        return None
    rules = context.engine.line_rules
    columns: dict[str, list[Any]] = {
        "number": list(range(len(rules))),
        "rule": [rule.code for rule in rules],
        "carc": [rule.carc for rule in rules],
    }
    words = context.backend.table(columns, {"number": "number", "rule": "text", "carc": "text"})
    named = found.join(words, on="number", how="inner")
    return named.select(COMBO, "rule", "carc", "edition", severity=severity_word(nw, nw.col("severity_rank")))


def taken(context: Context, combos: Combinations, number: int) -> "Lazy | None":
    """The combinations on which a line rule fired that takes in the rule; ``None``: no line rule does."""
    nw, count = context.nw, len(context.engine.line_rules)
    takers = [taker for taker in context.engine.takers.get(number, ()) if taker < count]
    if not takers or combos.hits is None:
        return None
    return combos.hits.filter(nw.col("number").is_in(takers)).select(COMBO).unique()


def ranks(context: Context, combos: Combinations) -> "Lazy | None":
    """The rank of the severity of every finding that is told, with its lines."""
    nw, found = context.nw, told(context, combos)
    if found is None:
        return None
    return found.select(rank=nw.col("severity_rank"), n=nw.col(COUNT))
