"""The findings of a run by rule, code or provider: a table of the summary, and plain data."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import attrs

from claimrules.model.finding import Severity
from claimrules.report.page import Page
from claimrules.report.words import count

ROWS: Final = 20
"""Groups that the text shows; more are counted."""
_RULES: Final = 3


@attrs.frozen(kw_only=True)
class GroupedBy:
    """What findings are grouped by, and how many there are by value, rule and severity."""

    name: str
    counts: Mapping[tuple[str, str, str], int] = attrs.field(repr=False)


def groups(grouped: GroupedBy) -> list[dict[str, Any]]:
    """Give each group with its findings by severity and by rule, most findings first."""
    severities: dict[str, Counter[str]] = {}
    rules: dict[str, Counter[str]] = {}
    for (value, rule, severity), number in grouped.counts.items():
        key = rule if grouped.name == "rule" else value
        severities.setdefault(key, Counter())[severity] += number
        rules.setdefault(key, Counter())[rule] += number
    ordered = sorted(severities, key=lambda key: (-severities[key].total(), key))
    return [
        {
            grouped.name: key or None,
            "findings": {each.value: severities[key][each.value] for each in Severity},
            "rules": dict(sorted(rules[key].items(), key=lambda pair: (-pair[1], pair[0]))),
        }
        for key in ordered
    ]


def add_groups(page: Page, grouped: GroupedBy, titles: Mapping[str, str], *, label: str, indent: str) -> None:
    """Add a table: the value, its findings by severity, and the rules that found most."""
    found = groups(grouped)
    page.wrap(f"{count(len(found), grouped.name)} with findings, most first:", first=label)
    rows = []
    for group in found[:ROWS]:
        counts = [f"{name} {number:,}" for name, number in group["findings"].items() if number]
        name = group[grouped.name] or f"no {grouped.name}"
        said = titles.get(name, "") if grouped.name == "rule" else _rules(group["rules"])
        rows.append((name, f"{sum(group['findings'].values()):,}", "  ".join(counts), said))
    page.table(rows, indent=indent)
    if len(found) > ROWS:
        page.wrap(f"and {len(found) - ROWS:,} more (--format json tells all)", first=indent, role="dim")


def _rules(counts: Mapping[str, int]) -> str:
    first = [f"{rule} {number:,}" for rule, number in list(counts.items())[:_RULES]]
    more = len(counts) - _RULES
    return ", ".join(first) + (f" and {count(more, 'more rule')}" if more > 0 else "")
