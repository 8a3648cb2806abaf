"""Words for what stands in a report: a fact, a line, a place in a claim, a count."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Evidence
from claimrules.model.indicator import INDICATORS
from claimrules.model.period import OPEN_END

_NAMES: Final = {
    "pctc": "PC/TC",
    "mue": "MUE",
    "mai": "MUE adjudication",
    "mue_rationale": "MUE rationale",
    "co_surgeon": "co-surgeon",
    "add_on_type": "add-on type",
    "nonfacility_na": "non-facility NA",
    "facility_na": "facility NA",
    "rows": "fee schedule rows",
    "in_force": "in force",
    "units_whole": "whole units",
    "primary": "primary code",
    "apc": "APC",
    "betos": "BETOS",
    "opps": "OPPS payment",
    "opps_policy": "OPPS policy",
    "opps_date": "OPPS date",
    "asc_group": "ASC group",
    "asc_date": "ASC date",
    "mue_value": "MUE",
    "pre": "before surgery",
    "intra": "surgery",
    "post": "after surgery",
}
_SPEAK_FOR_THEMSELVES: Final = frozenset({"mai", "pricing", "status", "global_days"})
_aggregate = re.compile(r"(\w+)\((.*)\)")
ONLY_CLAIM: Final = "(this claim)"


def count(number: int, noun: str) -> str:
    """Write a number and its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def name_of(attribute: str) -> str:
    """Write the name of an attribute as people say it."""
    return _NAMES.get(attribute, attribute.replace("_", " ").replace("rvu", "RVU").replace(" pe ", " PE "))


def span(first: date | None, last: date | None) -> str:
    """Write a run of days, which may lack the first of them, or have no end."""
    if first is None:
        return f"up to {last}"
    if last == OPEN_END:
        return f"from {first}"
    return str(first) if first == last else f"{first} to {last}"


def source(fact: Evidence) -> str:
    """Say which edition says a fact, and whether it was published for the day."""
    if not fact.edition:
        return ""
    if fact.how in ("", "exact"):
        return f"{fact.edition}, {span(fact.holds_from, fact.holds_to)}"
    how = "the nearest of that year" if fact.how == "near" else "the newest loaded"
    return f"{fact.edition}, in force {span(fact.holds_from, fact.holds_to)}: {how}, not of that day"


def facts(evidence: Sequence[Evidence]) -> str:
    """Write deciding facts in words: what is published, what stands on the line, then the editions."""
    ordered = sorted(evidence, key=lambda fact: not fact.edition)
    editions = dict.fromkeys(source(fact) for fact in evidence if fact.edition)
    return ", ".join(map(_fact, ordered)) + "".join(f" [{edition}]" for edition in editions)


def _fact(evidence: Evidence) -> str:
    space, _, name = evidence.field.partition(".")
    found = _aggregate.fullmatch(evidence.field)
    if found:
        about = ", ".join(name_of(part.partition(".")[2]) for part in found[2].split(", ") if part)
        return f"{found[1]} of {about or 'lines'} {evidence.value}"
    words = name_of(name)
    if name in INDICATORS and name not in _SPEAK_FOR_THEMSELVES:
        words += " indicator"
    if space == "form":
        words += " in the file"
    elif space.startswith("other"):
        words = f"the other line's {words}"
    meaning = evidence.meaning.rstrip(".")
    return f"{words} {evidence.value}" + (f" ({meaning})" if meaning else "")


def line_words(line: ClaimLine) -> str:
    """Write a line without anybody's id: code, modifiers, units, dates, place."""
    code = "-".join((line.code or "?", *(("?",) if line.modifiers is None else line.modifiers)))
    units = "?" if line.units is None else f"{line.units.normalize():f}"
    days = (line.from_date, line.to_date)
    dates = "no date" if days == (None, None) else "..".join(dict.fromkeys(str(day or "?") for day in days))
    place = f" @{line.place_of_service}" if line.place_of_service else ""
    return f"{code} x{units} {dates}{place}"


def place_words(claim_id: str | None, line_id: str | None) -> str:
    """Write where a line stands: its claim, where it has one, and its own id."""
    line = f"line {line_id}" if line_id is not None else "a line without id"
    return line if claim_id in (None, ONLY_CLAIM) else f"claim {claim_id} {line}"
