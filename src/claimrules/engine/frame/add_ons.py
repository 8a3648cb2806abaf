"""The primaries of add-on codes among the lines of a frame: looked up once per code and day, then joined."""

from typing import TYPE_CHECKING, Any

from claimrules.codebook import AddOnFact
from claimrules.engine.frame.facts import NO_DAY
from claimrules.engine.outcomes import unknown_byte
from claimrules.engine.pair_rules import INDICATOR
from claimrules.model.claim import Setting

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.engine.frame.context import Context
    from claimrules.rulebook.rule import Rule

    Lazy = nw.LazyFrame[Any]

_KEYS = ("k_slot", "line_setting", "line_from_date", "line_code")
_THEIRS = ("p_slot", "p_setting", "p_day", "p_code")


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
