"""Inputs that a run was not given: what each would switch on, and how it is given."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from claimrules.model.finding import NotRun
from claimrules.model.shorthand import WORDS

_LIST: Final = "sets."
WAYS: Final[Mapping[str, str]] = {
    "word": "a word of the line, NAME:VALUE",
    "column": "--map NAME=COLUMN",
    "timed": "NAME of anaesthesia as the quantity (MJ in SV103, min in FHIR)",
    "elsewhere": "no 837 or FHIR claim is read for it: check a table (CSV, Parquet ...) with a column NAME",
    "table": "a table with a column NAME, and claimrules check",
    "list": "an overlay's [[sets]]",
    "npi": "a column of providers whose name says npi",
    "day": "--as-of DATE",
}
"""How an input is given: of a line, a column of its own, a list of an overlay, a name, the day of the run."""
_OTHERWISE: Final = {"npi": "npi", "as_of": "day"}


class Given(StrEnum):
    """How the lines of a run came: only a table has columns to name."""

    TABLE = "table"
    LINE = "line"
    CLAIMS = "claims"


def way_of(name: str, given: Given = Given.TABLE) -> str:
    """Say which of the ways is that of an input."""
    if name.startswith(_LIST):
        return "list"
    if given is Given.LINE and name not in _OTHERWISE:
        return "word" if name in WORDS else "table"
    if given is Given.CLAIMS and name not in _OTHERWISE:
        return "timed" if name == "minutes" else "elsewhere"
    return _OTHERWISE.get(name, "column")


def remedy_of(name: str, given: Given = Given.TABLE) -> str:
    """Say how one input is given."""
    way = way_of(name, given)
    if way == "list":
        return f"{WAYS[way]} of name {name.removeprefix(_LIST)}"
    return WAYS[way].replace("NAME", WORDS[name] if way == "word" else name)


def switched_on(left: Iterable[NotRun]) -> dict[str, tuple[str, ...]]:
    """Give the rules that wait for each input, most rules first; a rule may wait for several."""
    rules: dict[str, list[str]] = {}
    for entry in left:
        for name in entry.inputs:
            rules.setdefault(name, []).append(entry.rule)
    ordered = sorted(rules, key=lambda name: (-len(rules[name]), name))
    return {name: tuple(sorted(rules[name])) for name in ordered}


def by_way(inputs: Mapping[str, tuple[str, ...]], given: Given = Given.TABLE) -> dict[str, list[str]]:
    """Give the inputs of each way, by name and number of rules: ``minutes (3)``."""
    found: dict[str, list[str]] = {}
    for name, rules in inputs.items():
        way = way_of(name, given)
        word = WORDS[name] if way == "word" else name.removeprefix(_LIST)
        found.setdefault(way, []).append(f"{word} ({len(rules)})")
    return {way: found[way] for way in WAYS if way in found}
