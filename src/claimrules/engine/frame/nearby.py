"""Which codes of one group of lines may be a published pair: told for all lines by numbers of codes."""

from typing import TYPE_CHECKING, Any

import attrs

from claimrules.engine.frame.around import GROUP, SEQ
from claimrules.engine.frame.combos import CLASS, COMBO, Combinations
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.edits import Choices, edits_of
from claimrules.engine.frame.parts import CORE

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]


@attrs.frozen(kw_only=True, eq=False)
class Nearby:
    """Pairs of codes that stand in one group and may be published, on some day, in whatever order.

    ``pairs`` has the group, ``k_code`` and ``k_other``; ``lines`` are those with such a code: number,
    class, group and ``k_code``. ``edits`` are those among the codes of all lines, by level.
    """

    pairs: "Lazy"
    lines: "Lazy"
    edits: tuple["Lazy", ...]


def nearby(context: Context, combos: Combinations, company: "Lazy", choices: Choices, role: str) -> Nearby:
    """Find the pairs among lines that share their keys.

    Millions of pairs of codes meet in a large export, and few of them are published: what is known of
    a pair on the day of its lines is asked for these alone.
    """
    nw, backend = context.nw, context.backend
    codes = combos.core.select(CORE, k_code=nw.col("line_code").fill_null(""))
    codes = combos.frame.select(COMBO, CORE).join(codes, on=CORE, how="inner").select(COMBO, "k_code")
    theirs = company.select(COMBO).unique().join(codes, on=COMBO, how="inner")
    present = sorted(context.local(theirs.select("k_code").unique())["k_code"])
    among = frozenset(present) - {""}
    edits = tuple(
        backend.keep(edits_of(context, choices, among, level, role)) for level in range(choices.depth)
    )
    unsure = choices.open_codes(among) | {""}
    numbers = backend.table(
        {
            "k_code": present,
            "n_code": list(range(len(present))),
            "n_open": [int(code in unsure) for code in present],
        },
        {"k_code": "text", "n_code": "number", "n_open": "number"},
    )
    numbered = backend.keep(codes.join(numbers, on="k_code", how="inner"))
    lines = company.join(numbered, on=COMBO, how="inner")
    pairs = _met(context, lines, edits, numbers, len(present), opened=not unsure.isdisjoint(present))
    names = numbers.select("k_code", "n_code")
    others = names.select(k_other=nw.col("k_code"), n_other=nw.col("n_code"))
    found = pairs.join(names, on="n_code", how="inner").join(others, on="n_other", how="inner")
    lines = lines.join(pairs.select(GROUP, "n_code").unique(), on=[GROUP, "n_code"], how="semi")
    return Nearby(
        pairs=backend.keep(found.select(GROUP, "k_code", "k_other")),
        lines=backend.keep(lines.select(SEQ, CLASS, GROUP, "k_code")),
        edits=edits,
    )


def _met(  # noqa: PLR0913 (what a pair may be found in)
    context: Context,
    lines: "Lazy",
    edits: tuple["Lazy", ...],
    numbers: "Lazy",
    many: int,
    *,
    opened: bool,
) -> "Lazy":
    """The pairs of codes in each group that are listed, or ``opened``, of which that may be unknown."""
    nw, backend, keep = context.nw, context.backend, context.backend.keep
    # Where no edition speaks there is nothing to be found.
    mine = lines if edits else lines.filter(nw.col("n_code") < 0)
    mine = backend.identify(mine.select(GROUP, "n_code", "n_open"), "k_one", (GROUP, "n_code"))
    mine = backend.distinct(mine, "k_one", (GROUP, "n_code", "n_open"))
    beside = mine.select(GROUP, n_other=nw.col("n_code"), o_open=nw.col("n_open"))
    pair = nw.col("n_code") * many + nw.col("n_other")
    met = mine.join(beside, on=GROUP, how="inner").filter(nw.col("n_code") <= nw.col("n_other"))
    met = met.with_columns(n_pair=pair)
    parts = [met.join(_listed(context, each, numbers, many), on="n_pair", how="semi") for each in edits]
    if opened or not parts:
        parts.append(met.filter(nw.col("n_open") + nw.col("o_open") > 0))
    once = nw.concat([part.select(GROUP, "n_code", "n_other") for part in parts], how="vertical")
    once = keep(once)
    turned = once.select(GROUP, n_code=nw.col("n_other"), n_other=nw.col("n_code"))
    return keep(nw.concat([once, turned], how="vertical").unique())


def _listed(context: Context, edits: "Lazy", numbers: "Lazy", many: int) -> "Lazy":
    """The pairs of edits as numbers, the lower code first."""
    nw = context.nw
    first, second = nw.col("n_code"), nw.col("n_other")
    names = numbers.select("k_code", "n_code")
    others = names.select(k_other=nw.col("k_code"), n_other=nw.col("n_code"))
    pairs = edits.select("k_code", "k_other").unique()
    pairs = pairs.join(names, on="k_code", how="inner").join(others, on="k_other", how="inner")
    number = nw.when(first <= second).then(first * many + second).otherwise(second * many + first)
    return context.backend.keep(pairs.select(n_pair=number).unique())
