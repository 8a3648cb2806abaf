"""Which codes of one group of lines may be a published pair: told for all lines by numbers of codes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from claimrules.engine.frame.around import GROUP, SEQ
from claimrules.engine.frame.combos import CLASS, COMBO, Combinations
from claimrules.engine.frame.company import Listed
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.edits import Choices
from claimrules.engine.frame.parts import CORE

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]


@attrs.frozen(kw_only=True, eq=False)
class Nearby:
    """Pairs of codes that stand in one group and may be published, on some day, in whatever order.

    ``pairs`` has the group, ``k_code`` and ``k_other``; ``lines`` are those with such a code: number,
    class, group and ``k_code``.
    """

    pairs: "Lazy"
    lines: "Lazy"


def nearby(
    context: Context, combos: Combinations, company: "Lazy", choices: Choices, edits: Sequence["Lazy"]
) -> Nearby:
    """Find the pairs among lines that share their keys; ``edits`` are those among all codes, by level.

    Millions of pairs of codes meet in a large export, and few of them are published: what is known of
    a pair on the day of its lines is asked for these alone.
    """
    nw, backend = context.nw, context.backend
    codes = combos.core.select(CORE, k_code=nw.col("line_code").fill_null(""))
    codes = combos.frame.select(COMBO, CORE).join(codes, on=CORE, how="inner").select(COMBO, "k_code")
    # Those of all lines: to leave out codes that never have company would take a look at every line.
    present = sorted(context.local(codes.select("k_code").unique())["k_code"])
    among = frozenset(present) - {""}
    if not edits and "" not in present:
        # No edition speaks, and no code is missing: nothing is to be found.
        none = company.filter(nw.col(SEQ) < 0).join(codes, on=COMBO, how="inner")
        return Nearby(
            pairs=backend.keep(none.select(GROUP, "k_code", k_other=nw.col("k_code"))),
            lines=backend.keep(none.select(SEQ, CLASS, GROUP, "k_code")),
        )
    numbers = backend.table(
        {"k_code": present, "n_code": list(range(len(present)))}, {"k_code": "text", "n_code": "number"}
    )
    # Where no edition speaks nothing is to be found but that a code is missing.
    unsure = choices.open_codes(among) if edits else frozenset()
    opened = [at for at, code in enumerate(present) if code in unsure or not code]
    numbered = backend.keep(codes.join(numbers, on="k_code", how="inner"))
    lines = backend.look_up(company, numbered, (COMBO,), "n_code")
    parts = [_listed(context, each, numbers, len(present)) for each in edits]
    parts = parts or [numbers.filter(nw.col("n_code") < 0).select(n_pair=nw.col("n_code"))]
    listed = Listed(pairs=nw.concat(parts, how="vertical"), opened=opened, many=len(present))
    found = backend.paired(lines, GROUP, "n_code", listed)
    pairs, lines = found or _met(context, lines, listed)
    others = numbers.select(k_other=nw.col("k_code"), n_other=nw.col("n_code"))
    pairs = backend.look_up(pairs, numbers, ("n_code",), "k_code")
    pairs = backend.look_up(pairs, others, ("n_other",), "k_other")
    lines = backend.look_up(lines, numbers, ("n_code",), "k_code")
    return Nearby(
        pairs=backend.keep(pairs.select(GROUP, "k_code", "k_other")),
        lines=backend.keep(lines.select(SEQ, CLASS, GROUP, "k_code")),
    )


def _met(context: Context, lines: "Lazy", listed: Listed) -> tuple["Lazy", "Lazy"]:
    """The pairs of codes in each group that are listed, or of which that may be unknown, and their lines."""
    nw, backend, keep = context.nw, context.backend, context.backend.keep
    mine = backend.identify(lines.select(GROUP, "n_code"), "k_one", (GROUP, "n_code"))
    mine = backend.distinct(mine, "k_one", (GROUP, "n_code"))
    first, second = nw.col("n_code"), nw.col("n_other")
    met = mine.join(mine.select(GROUP, n_other=first), on=GROUP, how="inner").filter(first <= second)
    met = met.with_columns(n_pair=first * listed.many + second)
    parts = [met.join(listed.pairs.unique(), on="n_pair", how="semi")]
    if listed.opened:
        parts.append(met.filter(first.is_in(listed.opened) | second.is_in(listed.opened)))
    once = keep(nw.concat([part.select(GROUP, "n_code", "n_other") for part in parts], how="vertical"))
    turned = once.select(GROUP, n_code=second, n_other=first)
    pairs = keep(nw.concat([once, turned], how="vertical").unique())
    return pairs, lines.join(pairs.select(GROUP, "n_code").unique(), on=[GROUP, "n_code"], how="semi")


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
