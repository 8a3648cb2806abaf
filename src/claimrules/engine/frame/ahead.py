"""What a code book says of the lines of a frame is read ahead, while the engine gathers the lines.

Nothing rests on it: whoever asks for what was not read ahead reads it.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from claimrules.codebook import Lookup
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.fields import derive
from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.rulebook.rule import Relation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]

NEEDED: Final = ("r_code", "r_from_date")
"""The columns that say what will be asked."""


def read_ahead(context: Context, lines: "Lazy") -> None:
    """Begin to read what the tables say of the codes and days of lines; nobody waits for it.

    Several code books, as for the examples of rules, are small.
    """
    if len(context.resolver.lookups) > 1:
        return
    (lookup,) = context.resolver.lookups.values()
    # What is asked is found first: the engine takes nothing else on until the lines are gathered.
    asked = [(day, setting) for setting in _settings(context, lines) for day in _days(context, lines)]
    paired = any(compiled.rule.relation is Relation.NCCI_PAIR for compiled in context.engine.around)
    codes = _codes(context, lines) if paired else frozenset[str]()
    beside = ThreadPoolExecutor(max_workers=1)
    beside.submit(_read, lookup, asked, codes)
    beside.shutdown(wait=False)


def _read(lookup: Lookup, asked: "Sequence[tuple[date, Setting]]", codes: frozenset[str]) -> None:
    """Read the tables that speak on some days, and their edits among some codes."""
    for slot in dict.fromkeys(lookup.slot(day, setting) for day, setting in asked):
        slot.read()
    found = [lookup.pair_choices(day, setting) for day, setting in asked] if codes else []
    speaking = (choice for choices in found if not isinstance(choices, Cause) for choice in choices)
    for choice in {choice.positions: choice for choice in speaking}.values():
        lookup.pairs_among(choice, codes)


def _codes(context: Context, lines: "Lazy") -> frozenset[str]:
    rows = context.backend.distinct(lines, "r_code", ())
    read = derive(context.nw, rows, context.reader, frozenset({"line_code"})).select("line_code").unique()
    return frozenset(code for code in context.local(read)["line_code"] if code)


def _settings(context: Context, lines: "Lazy") -> "Sequence[Setting]":
    if len(context.settings) == 1:
        return context.settings
    return [Setting(each) for each in context.local(lines.select("line_setting").unique())["line_setting"]]


def _days(context: Context, lines: "Lazy") -> list[date]:
    day, _ = context.reader.day("from_date")
    rows = context.backend.distinct(lines, "r_from_date", ()).select(day=day).unique()
    return sorted(each for each in context.local(rows)["day"] if each is not None)
