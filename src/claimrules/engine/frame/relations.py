"""The NCCI pairs among the lines of a frame: looked up in bulk, once for all rules that ask for them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.around import GROUP, SEQ
from claimrules.engine.frame.combos import CLASS, Combinations
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.edits import EDITIONS, KEYS, Choices, published
from claimrules.engine.frame.nearby import nearby
from claimrules.engine.frame.shared import Shared, once
from claimrules.engine.frame.sharing import Keys, several
from claimrules.expr.access import CAUSE_INDEX
from claimrules.expr.to_frame import any_true
from claimrules.model.claim import Setting
from claimrules.model.code import Cause

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.codebook import Lookup
    from claimrules.codebook.resolve import Choice

    Lazy = nw.LazyFrame[Any]

NO_FACT: Final = -1


@attrs.frozen(kw_only=True, eq=False)
class Related:
    """``rows`` are the pairs of codes that meet in a group of lines and are, or may be, a published edit.

    Columns: ``k_group``, ``k_choice``, ``k_day``, ``k_code``, ``k_other``, ``indicator`` (blank where not
    known), ``lack``, the number of the cause then, and ``pair_edition``, the number of an edition by
    ``choices.editions``; ``facts`` are these without their groups. ``lines`` are those whose code may
    stand in one of them, with class, group and code; ``unspoken`` all that share their keys with others
    and for which no edition speaks, with class and ``k_choice``; ``None`` where one speaks for each.
    """

    unspoken: "Lazy | None"
    lines: "Lazy"
    rows: "Lazy"
    facts: "Lazy"
    choices: Choices


@once
def related(context: Context, combos: Combinations, keys: Keys, role: str, shared: Shared) -> Related:
    """Find what is published about the codes that meet in one group of lines."""
    name = ("related", keys, role)
    if name not in shared:
        shared[name] = _related(context, combos, keys, role, shared)
    found: Related = shared[name]
    return found


def _related(context: Context, combos: Combinations, keys: Keys, role: str, shared: Shared) -> Related:
    nw, backend = context.nw, context.backend
    by_line = combos.lines.select(SEQ, "k_slot", "line_setting", k_day=nw.col("line_from_date"))
    days = by_line
    if combos.dates.backend.name == "polars":
        days = combos.dates.asked().rename({"line_from_date": "k_day"})
    # Where the day is a key, lines of which it is not known have no company.
    dated = days.filter(~nw.col("k_day").is_null()) if "line_from_date" in keys.wide else days
    choices = _choices(context, dated)
    codes = context.local(combos.core.select("line_code").unique())["line_code"]
    among = frozenset(code for code in codes if code)
    # Python reads the tables while the engine finds which lines share their keys, if it takes both at once.
    with ThreadPoolExecutor(max_workers=1) as beside:
        reading = beside.submit(published, context, choices, among, role)
        if backend.name not in ("polars", "pyarrow"):
            reading.result()
        company = several(context, combos, keys, shared)
        edits = reading.result()
    near = nearby(context, combos, company, choices, edits)
    lines = backend.at(by_line, near.lines, SEQ)
    on = ["k_slot", "line_setting", "k_day"]
    lines = backend.keep(lines.join(choices.table, on=on, how="inner"))
    mine = lines.select(GROUP, *KEYS[:3]).unique()
    met = mine.join(near.pairs, on=[GROUP, "k_code"], how="inner")
    if choices.causes:
        met = met.filter(~nw.col("k_choice").is_in(list(choices.causes)) | _blank(context))
    met = backend.keep(met)
    rows = backend.keep(_found(context, choices, met, edits, role))
    return Related(
        unspoken=_unspoken(context, by_line, company, choices),
        lines=lines.select(SEQ, CLASS, GROUP, "k_code"),
        rows=rows,
        facts=backend.keep(rows.drop(GROUP).unique()),
        choices=choices,
    )


def _unspoken(context: Context, by_line: "Lazy", company: "Lazy", choices: Choices) -> "Lazy | None":
    """The lines in company for which no edition speaks."""
    if not choices.causes:
        return None
    lines = context.backend.at(by_line, company.select(SEQ, CLASS), SEQ)
    lines = lines.join(choices.table, on=["k_slot", "line_setting", "k_day"], how="inner")
    lines = lines.filter(context.nw.col("k_choice").is_in(list(choices.causes)))
    return context.backend.keep(lines.select(SEQ, CLASS, "k_choice"))


def _choices(context: Context, lines: "Lazy") -> Choices:
    """Number the editions that speak for the days, settings and code books of the lines."""
    nw, resolver = context.nw, context.resolver
    told = ("k_slot", "line_setting", "k_day")
    numbered = context.backend.identify(lines, "k_asked", told)
    asked = context.local(context.backend.distinct(numbered, "k_asked", told).select(*told))
    found: dict[str, list[Any]] = {"k_slot": [], "line_setting": [], "k_day": [], "k_choice": []}
    numbers: dict[Any, int] = {}
    known: dict[int, tuple[Lookup, tuple[Choice, ...]]] = {}
    causes: dict[int, Cause] = {}
    for slot, setting, day in zip(*asked.values(), strict=True):
        on = None if day is None else date(day.year, day.month, day.day)
        lookup = resolver.slots[slot][1]
        choices = lookup.pair_choices(on, Setting(setting))
        kept = choices if isinstance(choices, Cause) else tuple((c.positions, c.exact) for c in choices)
        number = numbers.setdefault((id(lookup), kept), len(numbers))
        if isinstance(choices, Cause):
            causes[number] = choices
        else:
            known[number] = lookup, choices
        for name, value in zip(found, (slot, setting, day, number), strict=True):
            found[name].append(value)
    kinds = {"k_slot": "number", "line_setting": "text", "k_day": "date", "k_choice": "number"}
    table = context.backend.table(found, kinds).with_columns(nw.col("k_choice").cast(nw.Int64))
    return Choices(table=table, known=known, causes=causes)


def _found(context: Context, choices: Choices, met: "Lazy", edits_of: Sequence["Lazy"], role: str) -> "Lazy":
    """The pairs among those that met: an edit in force, or silence that says nothing."""
    nw, backend = context.nw, context.backend
    told, none = (GROUP, *KEYS, "indicator", "lack", "pair_edition"), nw.lit(0, nw.Int64)
    blank = _blank(context)
    lacking = met.filter(blank).with_columns(
        indicator=nw.lit(""), lack=nw.lit(CAUSE_INDEX[Cause.NO_INPUT], nw.Int64), pair_edition=none
    )
    parts, rest = [lacking.select(*told)], met.filter(~blank)
    for level, edits in enumerate(edits_of):
        hits = rest.join(edits, on=["k_choice", "k_code", "k_other"], how="inner")
        days = nw.col("k_day")
        hits = hits.filter((nw.col("e_first") <= days) & (days <= nw.col("e_last")))
        hits = hits.with_columns(rank=nw.col("rank") * EDITIONS + nw.col("e_edition"))
        best = hits.group_by(GROUP, *KEYS).agg(rank=nw.col("rank").max())
        rank = nw.col("rank")
        best = best.with_columns(
            indicator=(rank // EDITIONS % 10).cast(nw.String), pair_edition=rank % EDITIONS
        )
        best = backend.keep(best.with_columns(lack=nw.lit(NO_FACT, nw.Int64)).select(*told))
        parts.append(best)
        rest = rest.join(best.select(GROUP, *KEYS), on=[GROUP, *KEYS], how="anti")
        rest = backend.keep(rest.filter(~_covered(context, choices, level, role)))
        if not context.local(rest.head(1).select(GROUP))[GROUP]:
            break
    lack = nw.lit(CAUSE_INDEX[Cause.NO_CODE], nw.Int64)
    parts.append(rest.with_columns(indicator=nw.lit(""), lack=lack, pair_edition=none).select(*told))
    return nw.concat(parts, how="vertical")


def _blank(context: Context) -> Any:
    """Whether a code of a pair is missing: whatever the tables say, that is what is unknown."""
    return (context.nw.col("k_code") == "") | (context.nw.col("k_other") == "")


def _covered(context: Context, choices: Choices, level: int, role: str) -> Any:
    """Whether the silence of the editions at one level says that there is no edit."""
    nw = context.nw
    first, second = ("k_other", "k_code") if role == "column_2" else ("k_code", "k_other")
    pair = nw.concat_str([nw.col(first), nw.col(second)])
    covering: dict[tuple[str, str], list[int]] = {}
    for number, run in choices.ranges(level):
        covering.setdefault(run, []).append(number)
    tests = [
        nw.col("k_choice").is_in(numbers) & (pair >= nw.lit(low)) & (pair <= nw.lit(high))
        for (low, high), numbers in covering.items()
    ]
    # A filter by a literal alone is refused by some frames.
    return any_true([nw.col("k_choice") < 0, *tests])
