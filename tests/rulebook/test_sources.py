"""The published sources that rules cite: each is known, and each citation says where to look."""

import re
import tomllib
from typing import Any

import pytest

from claimrules.rulebook.load import SOURCES, load_rules, rules_folder
from claimrules.rulebook.rule import Rule
from claimrules.rulebook.select import Rulebook

ENTRIES: list[dict[str, Any]] = tomllib.loads((rules_folder() / SOURCES).read_text(encoding="utf-8"))[
    "source"
]
RULES = Rulebook.load(preview=True).known
KEYS = {"prefix", "title", "host", "known", "places"}
KNOWN = ("read", "read in part", "read in a copy", "named from memory")


def entry_of(title: str) -> dict[str, Any] | None:
    """The entry whose prefix begins the title, up to the end of a word: the longest one."""
    found = [
        entry
        for entry in ENTRIES
        if title.startswith(entry["prefix"]) and not title[len(entry["prefix"]) :][:1].isalnum()
    ]
    return max(found, key=lambda entry: len(entry["prefix"]), default=None)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_citation_begins_with_a_source_and_says_where(rule: Rule) -> None:
    """A chapter alone is a place only where the entry says so."""
    for title in rule.sources:
        entry = entry_of(title)

        assert entry is not None, f"{title!r}: add a [[source]] to rules/{SOURCES}"
        assert any(re.search(place, title) for place in entry["places"]), f"{title!r}: say where in it"


def test_no_source_is_unused() -> None:
    """Each is cited, and none twice."""
    cited = [entry["prefix"] for rule in RULES for title in rule.sources if (entry := entry_of(title))]
    prefixes = [entry["prefix"] for entry in ENTRIES]

    assert len(set(prefixes)) == len(prefixes)
    assert [prefix for prefix in prefixes if prefix not in cited] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["prefix"])
def test_a_source_says_what_it_is(entry: dict[str, Any]) -> None:
    """Its title, the host that publishes it (no deep link), whether it was read, and its kinds of places."""
    assert set(entry) in (KEYS, KEYS | {"issued"})
    assert all(entry[key] for key in entry)
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", entry["host"])
    assert entry["known"] in KNOWN
    assert ("issued" in entry) is (entry["known"] != "named from memory")


def test_a_citation_from_memory_says_so() -> None:
    """Or its rule does."""
    silent = [
        (rule.code, title)
        for rule in RULES
        for title in rule.sources
        if (entry := entry_of(title)) and entry["known"] == "named from memory"
        if "from memory" not in title + rule.why
    ]

    assert silent == []


def test_the_file_of_sources_is_no_rule() -> None:
    """It stands beside the families' folders, where a stray rule file would be refused."""
    rules, _ = load_rules((rules_folder(),))

    assert (rules_folder() / SOURCES).exists()
    assert SOURCES.removesuffix(".toml") not in {rule.path.parent.name for rule in rules if rule.path}
