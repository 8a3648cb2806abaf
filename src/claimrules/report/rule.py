"""One rule, or the list of them, as text and as plain data."""

from collections.abc import Sequence
from typing import Any

from claimrules.model.finding import Outcome
from claimrules.report.page import WIDTH, Page, Span
from claimrules.rulebook.rule import LAST_STRATUM, Relation, Rule
from claimrules.rulebook.template import Template


def rule_page(rule: Rule, *, width: int = WIDTH) -> Page:
    """Write one rule: what it says, why, when, and its examples."""
    page = Page(width)
    page.add(Span(rule.code, rule.severity.value), Span(f"  {rule.title}", "head"))
    page.add(Span(rule.name, "dim"))
    page.gap()
    page.wrap(rule.why)
    page.gap()
    page.table(_facts(rule))
    page.gap()
    for key in ("applies", "when", "unless"):
        if key in rule.texts:
            page.wrap(rule.texts[key], first=f"{key:<9}")
    page.gap()
    page.wrap(_text(rule.message), first="message  ")
    if rule.advice.parts:
        page.wrap(_text(rule.advice), first="advice   ")
    for _, hint in rule.hints:
        page.wrap(_text(hint), first="hint     ")
    _examples(page, rule)
    page.gap()
    page.add(Span("Sources", "head"))
    for title in rule.sources:
        page.wrap(title, first="  ")
    return page


def _facts(rule: Rule) -> list[tuple[str, str]]:
    remittance = " ".join(part for part in (rule.group_code, rule.carc, *rule.rarc) if part)
    appeal = "appealable" if rule.appealable else "not appealable"
    facts = [
        ("severity", _severities(rule)),
        ("status", f"{rule.status.value}, since {rule.since}"),
        ("settings", ", ".join(setting.value for setting in rule.settings)),
        ("scope", _scope(rule)),
        ("remittance", f"{remittance} ({appeal})" if rule.carc else appeal),
    ]
    if rule.supersedes:
        facts.append(("takes in", ", ".join(rule.supersedes)))
    if limit := limit_of(rule):
        facts.append(("limit", limit))
    if rule.inputs:
        facts.append(("input", f"{', '.join(rule.inputs)}; without it the rule is not run"))
    return facts


def limit_of(rule: Rule) -> str:
    """What judging in three strata, each once, leaves open of a rule (language, A5)."""
    if rule.relation is Relation.NCCI_PAIR:
        return "pairs are judged once: where column 1 has a finding itself, this one depends on it, a review"
    if rule.stratum == LAST_STRATUM and any(field.name == "denied" for field in rule.fields):
        return "a line counts as denied by a line rule or an NCCI pair, not by rules that look around"
    return ""


def _severities(rule: Rule) -> str:
    others = dict.fromkeys(severity.value for _, severity in rule.severity_if)
    return rule.severity.value + (f"; under a condition {' or '.join(others)}" if others else "")


def _scope(rule: Rule) -> str:
    keys = ", ".join(map(str, rule.same))
    return rule.scope.value + (f"; same {keys}" if keys else "")


def _text(template: Template) -> str:
    return "".join(part if isinstance(part, str) else f"{{{part}}}" for part in template.parts)


def _examples(page: Page, rule: Rule) -> None:
    for outcome in (Outcome.FIRED, Outcome.PASSED, Outcome.BYPASSED, Outcome.NOT_APPLICABLE, Outcome.UNKNOWN):
        examples = [example for example in rule.examples if example.kind is outcome]
        if not examples:
            continue
        page.gap()
        page.add(Span(f"Examples: {outcome.value.replace('_', ' ')}", "head"))
        page.table([(" + ".join(map(str, each.lines)), each.title) for each in examples], indent="  ")


def rule_object(rule: Rule) -> dict[str, Any]:
    """Give one rule as plain data."""
    return {
        **rule_entry(rule),
        "why": " ".join(rule.why.split()),
        "severities": [severity.value for _, severity in rule.severity_if],
        **{key: rule.texts.get(key) for key in ("applies", "when", "unless")},
        "same": [str(key) for key in rule.same],
        "message": _text(rule.message),
        "advice": _text(rule.advice),
        "hints": [_text(hint) for _, hint in rule.hints],
        "carc": rule.carc,
        "rarc": list(rule.rarc),
        "group_code": rule.group_code,
        "appealable": rule.appealable,
        "supersedes": list(rule.supersedes),
        "limit": limit_of(rule),
        "inputs": list(rule.inputs),
        "sources": list(rule.sources),
        "examples": [
            {"outcome": each.kind.value, "title": each.title, "lines": [str(line) for line in each.lines]}
            for each in rule.examples
        ],
    }


def rule_entry(rule: Rule) -> dict[str, Any]:
    """Give what a list shows of a rule."""
    return {
        "code": rule.code,
        "name": rule.name,
        "title": rule.title,
        "severity": rule.severity.value,
        "status": rule.status.value,
        "since": rule.since,
        "scope": rule.scope.value,
        "settings": [setting.value for setting in rule.settings],
    }


def rules_page(rules: Sequence[Rule], *, width: int = WIDTH) -> Page:
    """List rules, one a line."""
    page = Page(width)
    for rule in rules:
        status = "" if rule.status.value == "stable" else f"  ({rule.status.value})"
        page.add(
            f"{rule.code:<9} ",
            Span(f"{rule.severity.value:<7}", rule.severity.value),
            f" {rule.title}{status}",
        )
    page.gap()
    page.add(Span(f"{len(rules)} rules; claimrules rule {rules[0].code} tells one in full", "dim"))
    return page
