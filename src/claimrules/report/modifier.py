"""One modifier in words: what it says, what it does to a line, its dates, what it cannot stand beside."""

from collections.abc import Iterable
from typing import Any

from claimrules.codebook.catalogue import CATEGORIES
from claimrules.model.published import ModifierRow
from claimrules.model.structure import to_dict
from claimrules.report.code_words import record_cells
from claimrules.report.json import SCHEMA
from claimrules.report.page import WIDTH, Page, Span
from claimrules.report.words import name_of
from claimrules.rulebook.rule import Rule


def modifier_page(modifier: str, row: ModifierRow, rules: Iterable[Rule] = (), *, width: int = WIDTH) -> Page:
    """Write one modifier, and the rules that name it."""
    page = Page(width)
    page.add(Span(modifier, "head"), f"  {row.name or row.short_description or ''}")
    if row.long_description or row.short_description:
        page.wrap(row.long_description or row.short_description or "", first="  ")
    page.gap()
    page.table(_facts(row))
    named = list(rules)
    if named:
        page.gap()
        page.add(Span("rules that name it", "head"))
        page.table([(rule.code, rule.severity.value, rule.title) for rule in named], indent="  ")
    return page


def modifier_object(modifier: str, row: ModifierRow, rules: Iterable[Rule] = ()) -> dict[str, Any]:
    """Give one modifier as plain data."""
    return {"schema": SCHEMA, "modifier": modifier, **to_dict(row), "rules": [rule.code for rule in rules]}


def _facts(row: ModifierRow) -> list[tuple[str, str]]:
    governed = (
        f"the code's {name_of(row.indicator)} indicator" if row.indicator else "no attribute of the code"
    )
    meanings = {
        name: " ".join(part for part in (value, meaning) if part)
        for name, value, meaning in record_cells(row)
    }
    facts = [
        ("what it does", CATEGORIES.get(row.category or "", "not known")),
        ("governed by", governed),
        ("not beside", " ".join(row.excludes) or "none known"),
        ("settings", ", ".join(row.settings) or "all"),
        ("coverage", meanings.get("coverage", "")),
        ("from", str(row.added or "not known")),
        ("to", str(row.termination or "open")),
        ("changed", str(row.action_effective or "")),
        ("last action", meanings.get("action", "")),
        ("said by", row.source or ""),
    ]
    return [(name, text) for name, text in facts if text]
