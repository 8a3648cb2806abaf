"""The primaries of add-on codes among the lines of a frame: looked up once per code and day, then joined."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from claimrules.codebook import AddOnFact
from claimrules.engine.frame.combos import COMBO, Combinations
from claimrules.engine.frame.company import Listed
from claimrules.engine.frame.facts import NO_DAY
from claimrules.engine.frame.parts import CORE
from claimrules.engine.outcomes import unknown_byte
from claimrules.engine.pair_rules import INDICATOR
from claimrules.model.claim import Setting
from claimrules.model.code import Cause

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.context import Context
    from claimrules.rulebook.rule import Rule

    Lazy = nw.LazyFrame[Any]

_KEYS = ("k_slot", "line_setting", "line_from_date", "line_code")
_THEIRS = ("p_slot", "p_setting", "p_day", "p_code")
ASKED: Final = ("k_slot", "line_setting", "line_code")
"""What primaries are asked by, where no line is at hand: a slot ends where what is said of a code does."""


def primaries_of(
    context: "Context", combos: Combinations
) -> Iterator[tuple[tuple[int, str, str], AddOnFact | Cause | None]]:
    """What is known of the primaries of every code of the lines, by slot, setting and code, blank if none."""
    asked = context.local(combos.core.select(*ASKED).unique())
    days = {slot: span[0] for (slot, _), span in combos.days.items()}
    for slot, setting, code in zip(*(asked[name] for name in ASKED), strict=True):
        if setting in tuple(Setting):
            fact = context.resolver.slots[slot][1].primaries(code, days.get(slot), Setting(setting))
            yield (slot, setting, code or ""), fact


def listed(context: "Context", combos: Combinations) -> tuple["Lazy", Listed]:
    """Combinations with a number ``n_code`` for their code, and the pairs of an add-on and a primary.

    A code whose primaries are unknown, as without a date, has a number of its own, listed beside any
    other; one that stands in no pair has none.
    """
    nw, backend = context.nw, context.backend
    facts = dict(primaries_of(context, combos))
    kinds = sorted({(code, isinstance(fact, Cause)) for (_, _, code), fact in facts.items()})
    numbers = {kind: at for at, kind in enumerate(kinds)}
    many, pairs = len(numbers), set[int]()
    for (_, _, code), fact in facts.items():
        for primary in fact.primaries if isinstance(fact, AddOnFact) else ():
            theirs = (numbers.get((primary, unsure)) for unsure in (True, False))
            two = ((numbers[code, False], other) for other in theirs if other is not None)
            pairs |= {min(pair) * many + max(pair) for pair in two}
    opened = [at for (_, unsure), at in numbers.items() if unsure]
    met = {each for pair in pairs for each in divmod(pair, many)}
    found: dict[str, list[Any]] = {name: [] for name in (*ASKED, "n_code")}
    for asked, fact in facts.items():
        number = numbers[asked[-1], isinstance(fact, Cause)]
        if opened or number in met:
            for name, value in zip(found, (*asked, number), strict=True):
                found[name].append(value)
    kind = dict.fromkeys(found, "text") | {"k_slot": "number", "n_code": "number"}
    cores = combos.core.select(CORE, *ASKED).with_columns(line_code=nw.col("line_code").fill_null(""))
    cores = cores.join(backend.table(found, kind), on=list(ASKED), how="inner").select(CORE, "n_code")
    numbered = combos.frame.select(COMBO, CORE).join(cores, on=CORE, how="inner").select(COMBO, "n_code")
    told = backend.table({"n_pair": sorted(pairs)}, {"n_pair": "number"})
    return backend.keep(numbered), Listed(pairs=told, opened=opened, many=many)


def primaries_met(context: "Context", rule: "Rule", met: "Lazy") -> "Lazy":
    """Of the candidates of add-on lines those that are a primary, and those of which it is unknown."""
    nw, backend = context.nw, context.backend
    asked = context.local(met.select(*_KEYS).unique())
    lists: dict[frozenset[str], int] = {}
    found: dict[str, list[Any]] = {name: [] for name in (*_THEIRS, "p_list", "pair_unknown")}
    for slot, setting, day, code in zip(*(asked[name] for name in _KEYS), strict=True):
        if setting not in tuple(Setting):
            continue
        fact = context.resolver.slots[slot][1].primaries(code, day, Setting(setting))
        if fact is None:
            continue
        number, lack = -1, 0
        if isinstance(fact, AddOnFact):
            number = lists.setdefault(fact.primaries, len(lists))
        else:
            lack = unknown_byte(rule, INDICATOR, fact)
        for name, value in zip(
            found, (slot, setting, NO_DAY if day is None else day, code or "", number, lack), strict=True
        ):
            found[name].append(value)
    kinds = dict.fromkeys(found, "number") | {"p_setting": "text", "p_day": "date", "p_code": "text"}
    table = backend.table(found, kinds)
    table = table.with_columns(nw.col("pair_unknown", "p_list").cast(nw.Int64))
    pairs = [(number, code) for codes, number in lists.items() for code in codes]
    primaries = backend.table(
        {"l_list": [number for number, _ in pairs], "l_code": [code for _, code in pairs]},
        {"l_list": "number", "l_code": "text"},
    )
    met = met.with_columns(
        k_code=nw.col("line_code").fill_null(""),
        k_other=nw.col("o_line_code").fill_null(""),
        k_day=nw.col("line_from_date").fill_null(NO_DAY),
        pair_modifier_indicator=nw.lit(""),
    )
    on = ["k_slot", "line_setting", "k_day", "k_code"]
    met = backend.keep(met.join(table, left_on=on, right_on=list(_THEIRS), how="inner"))
    known = met.filter(nw.col("pair_unknown") == 0)
    known = known.join(primaries, left_on=["p_list", "k_other"], right_on=["l_list", "l_code"], how="semi")
    return nw.concat([known, met.filter(nw.col("pair_unknown") > 0)], how="vertical")
