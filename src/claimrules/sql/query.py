"""A rule as a query that a person can read: named parts, the conditions as columns, one outcome a line."""

import textwrap
from typing import Final

from claimrules.expr.nodes import names
from claimrules.expr.sql_dialect import dialect as dialect_named
from claimrules.expr.to_sql import SqlWriter
from claimrules.expr.vocabulary import VOCABULARY
from claimrules.rulebook.replaced import cautious
from claimrules.rulebook.rule import Needs, Relation, Rule, RuleScope
from claimrules.sql.columns import GIVEN, reason_against
from claimrules.sql.groups import group_parts
from claimrules.sql.pairs import pair_parts
from claimrules.sql.sources import Part, Sources, joined_sets, sources
from claimrules.sql.verdict import CONDITIONS, JUDGED, OUTCOME, conditions, select

_WIDTH: Final = 108
_JUDGED: Final = "The three conditions of the rule, each TRUE, FALSE or NULL (unknown), and what follows."
_REPLACED: Final = "unknown, not fired, beside the line of another claim where one of the two replaces others"
_CONDITIONS: Final = ("applies", "when", "unless")
_END: Final = """\
SELECT claim_id, line_id, outcome
FROM judged
-- WHERE outcome = 'fired'
ORDER BY claim_id, line_id;
"""


class NotExpressible(Exception):  # noqa: N818 (the rule is sound; a query cannot say it)
    """A query would not say what the rule says; the text tells why."""


def rule_sql(rule: Rule, dialect: str) -> str:
    """Write a rule as a query in ``duckdb`` or ``spark``: the outcome of every claim line.

    Raises:
        NotExpressible: a query would not say the same; the text tells why.
        ValueError: there is no such dialect.
    """
    chosen = dialect_named(dialect)
    if reasons := reasons_against(rule):
        message = f"{rule.code} cannot be written as a query: {'; '.join(reasons)}"
        raise NotExpressible(message)
    rule = cautious(rule)
    if rule.scope is RuleScope.LINE:
        found = sources(rule, chosen, {})
        parts = _judged(rule, SqlWriter(chosen), found.name)
    elif rule.scope is RuleScope.GROUP:
        found, parts = group_parts(rule, chosen)
    else:
        found, parts = pair_parts(rule, chosen)
    text = ",\n\n".join(map(str, (*found.parts, *parts)))
    return f"{_head(rule, found, dialect)}\nWITH\n\n{text}\n\n{_END}"


def reasons_against(rule: Rule) -> list[str]:
    """Why a query would not say what the rule says."""
    reasons = [reason_against(field.base) for field in names(rule.applies, rule.when, rule.unless)]
    return [reason for reason in dict.fromkeys(reasons) if reason]


def _judged(rule: Rule, writer: SqlWriter, name: str) -> list[Part]:
    keys = ["claim_id", "line_id"]
    body = select([*keys, *conditions(rule, writer)], f"FROM {name}{joined_sets(rule)}")
    return [
        Part("conditions", CONDITIONS, body),
        Part("judged", JUDGED, select([*keys, OUTCOME], "FROM conditions")),
    ]


def _head(rule: Rule, found: Sources, dialect: str) -> str:
    lines = [f"{rule.code}  {rule.name}  ({dialect})", rule.title, ""]
    others = dict.fromkeys(severity.value for _, severity in rule.severity_if)
    severity = rule.severity.value + (f"; under a condition {' or '.join(others)}" if others else "")
    lines.append(f"severity  {severity}")
    lines += [f"source    {title}" for title in rule.sources]
    lines.append("")
    lines += [
        f"{key:<9} {' '.join(rule.texts[key].split())}"
        for key in ("applies", "when", "unless")
        if key in rule.texts
    ]
    lines += [f"{key:<9} {said}" for key, said in _looks(rule).items() if said]
    if VOCABULARY["line"]["replaces_none"] in names(rule.when):
        lines.append(f"replaced  {_REPLACED}")
    lines += ["", "What you give (NULL is unknown, never none):", "claim_lines  one row a line"]
    lines += [f"  {name:<20} {GIVEN[name]}" for name in found.given]
    if found.codes:
        lines += ["codes        made with: claimrules book export BOOK codes codes.parquet"]
    if rule.relation is Relation.NCCI_PAIR:
        lines += [
            f"{name:<12} made with: claimrules book export BOOK {name} {name}.parquet"
            for name in ("pairs_by_day", "pairs_covered")
        ]
    if found.lists:
        lines += ["payer_lists  your own lists, one row a member: list, member"]
        lines += [f"  {each.name:<20} {each.title}" for each in found.lists]
    lines += [
        "",
        "What you get: for each line not_applicable, passed, bypassed, fired, or unknown.",
        "Compiled from the rule: to change it, change the rule and print it again.",
    ]
    return "\n".join(_comment(line) for line in lines)


def _looks(rule: Rule) -> dict[str, str]:
    """What a rule that looks around says beside its conditions."""
    return {
        "same": ", ".join(map(str, rule.same)),
        "relation": f"{rule.relation.value}, of which the line is the {rule.role}" if rule.relation else "",
        "other": rule.other if rule.scope is RuleScope.PAIR else "",
        "report": rule.report if rule.report != "each" else "",
        "needs": _needs(rule.needs) if rule.needs else "",
    }


def _needs(needs: Needs) -> str:
    days = [f"{needs.days_before} days before", f"{needs.days_after} days after", "its year from 1 January"]
    asked = (needs.days_before, needs.days_after, needs.year)
    said = [text for text, wanted in zip(days, asked, strict=True) if wanted]
    return f"{', '.join(said) or 'the day'}, of {needs.providers} providers"


def _comment(line: str) -> str:
    if not line:
        return "--"
    start = len(line) - len(line.lstrip())
    hang = " " * (start + 10)
    wrapped = textwrap.wrap(line, _WIDTH, subsequent_indent=hang, break_on_hyphens=False)
    return "\n".join(f"-- {text}" for text in wrapped)
