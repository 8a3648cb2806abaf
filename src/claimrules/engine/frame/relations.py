"""The NCCI pairs among the lines of a frame: looked up in bulk, once for all rules that ask for them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.codebook import Lookup
from claimrules.codebook.resolve import Choice
from claimrules.codebook.tables import PairRow
from claimrules.engine.frame.combos import COMBO, Combinations
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.parts import CORE
from claimrules.expr.access import CAUSE_INDEX
from claimrules.expr.to_frame import any_true
from claimrules.model.claim import Setting
from claimrules.model.code import Cause

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]

SEQ: Final = "line_seq"
GROUP: Final = "g_all"
KEYS: Final = ("k_choice", "k_day", "k_code", "k_other")
"""What a published pair depends on: the editions that speak, the day, the code and the other code."""
NO_FACT: Final = -1
EDITIONS: Final = 1_024
"""Above the number of any edition of pairs that is named beside findings; 0 is none."""
_NEVER: Final = "9"


@attrs.frozen(kw_only=True, eq=False)
class Choices:
    """Which editions of the pairs speak for lines: a number for each, beside slot, setting and day."""

    table: "Lazy"
    known: dict[int, tuple[Lookup, tuple[Choice, ...]]]
    causes: dict[int, Cause]
    editions: dict[str, int] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True, eq=False)
class Related:
    """``rows`` are the pairs of codes that meet in a group of lines and are, or may be, a published edit.

    Columns: ``g_all``, ``k_choice``, ``k_day``, ``k_code``, ``k_other``, ``indicator`` (blank where not
    known), ``lack``, the number of the cause then, and ``pair_edition``, the number of an edition by
    ``choices.editions``. ``alone`` are causes of lines that need no pairing.
    """

    lines: "Lazy"
    rows: "Lazy"
    choices: Choices


def related(context: Context, combos: Combinations, keys: Sequence[str], role: str) -> Related:
    """Find what is published about the codes that meet in one group of lines."""
    nw, backend = context.nw, context.backend
    wanted = (SEQ, COMBO, *keys, "k_slot", "line_setting", "line_from_date", *context.extra)
    lines = combos.lines.select(*dict.fromkeys(wanted))
    for name in keys:
        lines = lines.filter(~nw.col(name).is_null())
    lines = backend.identify(backend.keep(lines), GROUP, (*keys, *context.extra))
    several = lines.group_by(GROUP).agg(n=nw.len()).filter(nw.col("n") > 1).select(GROUP)
    lines = backend.keep(lines.join(several, on=GROUP, how="semi"))
    choices = _choices(context, lines)
    codes = combos.frame.select(COMBO, CORE).join(
        combos.core.select(CORE, k_code=nw.col("line_code").fill_null("")), on=CORE, how="inner"
    )
    lines = lines.join(codes.select(COMBO, "k_code"), on=COMBO, how="inner")
    lines = lines.with_columns(k_day=nw.col("line_from_date"))
    lines = backend.keep(lines.join(choices.table, on=["k_slot", "line_setting", "k_day"], how="inner"))
    silent = list(choices.causes)
    told = lines.filter(~nw.col("k_choice").is_in(silent)) if silent else lines
    mine = told.select(GROUP, *KEYS[:3]).unique()
    others = lines.select(GROUP, k_other=nw.col("k_code")).unique()
    met = backend.keep(mine.join(others, on=GROUP, how="inner"))
    rows = _found(context, choices, met, role)
    return Related(
        lines=lines.select(SEQ, GROUP, "k_choice", "k_code"), rows=backend.keep(rows), choices=choices
    )


def _choices(context: Context, lines: "Lazy") -> Choices:
    """Number the editions that speak for the days, settings and code books of the lines."""
    nw, resolver = context.nw, context.resolver
    asked = context.local(lines.select("k_slot", "line_setting", "line_from_date").unique())
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


def _found(context: Context, choices: Choices, met: "Lazy", role: str) -> "Lazy":
    """The pairs among those that met: an edit in force, or silence that says nothing."""
    nw, backend = context.nw, context.backend
    told, none = (GROUP, *KEYS, "indicator", "lack", "pair_edition"), nw.lit(0, nw.Int64)
    blank = (nw.col("k_code") == "") | (nw.col("k_other") == "")
    lacking = met.filter(blank).with_columns(
        indicator=nw.lit(""), lack=nw.lit(CAUSE_INDEX[Cause.NO_INPUT], nw.Int64), pair_edition=none
    )
    parts, rest = [lacking.select(*told)], met.filter(~blank)
    present = context.local(met.select("k_other").unique())["k_other"]
    codes = frozenset(present) - {""}
    depth = max((len(each) for _, each in choices.known.values()), default=0)
    for level in range(depth):
        edits = _edits(context, choices, codes, level, role)
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


def _edits(context: Context, choices: Choices, codes: frozenset[str], level: int, role: str) -> "Lazy":
    """The edits of the editions that speak at one level, as judged line's code and other code."""
    found: dict[str, list[Any]] = {name: [] for name in ("k_choice", *KEYS[2:], "e_term", "e_edition")}
    terms: dict[int, tuple[int, PairRow]] = {}
    code, other = ("k_other", "k_code") if role == "column_2" else ("k_code", "k_other")
    for number, (lookup, speaking) in choices.known.items():
        for name, edits in lookup.pairs_among(speaking[level], codes) if level < len(speaking) else ():
            edition = choices.editions.setdefault(name, len(choices.editions) + 1)
            found["e_edition"] += [edition if edition < EDITIONS else 0] * len(edits.edits)
            found["k_choice"] += [number] * len(edits.edits)
            found[code] += edits.column_1
            found[other] += edits.column_2
            # Some hundred terms stand for all edits: each is one value.
            found["e_term"] += [terms.setdefault(id(edit), (len(terms), edit))[0] for edit in edits.edits]
    kinds = dict.fromkeys(found, "number") | {"k_code": "text", "k_other": "text"}
    table = context.backend.table(found, kinds)
    return table.join(_terms(context, terms.values()), on="e_term", how="inner").drop("e_term")


def _terms(context: Context, terms: Iterable[tuple[int, PairRow]]) -> "Lazy":
    """First and last day of edits that ever were in force, and the rank of each among those that overlap."""
    found: dict[str, list[Any]] = {name: [] for name in ("e_term", "e_first", "e_last", "rank")}
    for term, edit in terms:
        if edit.modifier_indicator == _NEVER or edit.effective == edit.deletion:
            continue
        # Of edits that overlap the one that took effect last counts, of equal ones the milder.
        rank = edit.effective.toordinal() * 10 + int(edit.modifier_indicator)
        for name, value in zip(found, (term, edit.effective, edit.deletion, rank), strict=True):
            found[name].append(value)
    kinds = dict.fromkeys(found, "number") | {"e_first": "date", "e_last": "date"}
    return context.backend.table(found, kinds)


def _covered(context: Context, choices: Choices, level: int, role: str) -> Any:
    """Whether the silence of the editions at one level says that there is no edit."""
    nw = context.nw
    first, second = ("k_other", "k_code") if role == "column_2" else ("k_code", "k_other")
    pair = nw.concat_str([nw.col(first), nw.col(second)])
    covering: dict[tuple[str, str], list[int]] = {}
    for number, (lookup, speaking) in choices.known.items():
        for low, high in lookup.pair_ranges(speaking[level]) if level < len(speaking) else ():
            covering.setdefault((low, high), []).append(number)
    tests = [
        nw.col("k_choice").is_in(numbers) & (pair >= nw.lit(low)) & (pair <= nw.lit(high))
        for (low, high), numbers in covering.items()
    ]
    # A filter by a literal alone is refused by some frames.
    return any_true([nw.col("k_choice") < 0, *tests])
