"""One line as text: what every rule says of it, with the facts that decided it."""

from collections.abc import Mapping
from typing import Final

import attrs

from claimrules.model.claim import ClaimLine
from claimrules.model.finding import CheckResult, Evidence, Finding, Judgement, Outcome
from claimrules.report.facts import Run
from claimrules.report.inputs import Given
from claimrules.report.page import WIDTH, Page, Span
from claimrules.report.summary import add_summary
from claimrules.report.words import count, line_words, source

_ORDER: Final = (Outcome.FIRED, Outcome.UNKNOWN, Outcome.BYPASSED, Outcome.PASSED, Outcome.NOT_APPLICABLE)
_SHORT: Final = (Outcome.PASSED, Outcome.NOT_APPLICABLE)
"""Outcomes that are told in full only if asked for."""
_HEADS: Final = {
    Outcome.FIRED: "FIRED",
    Outcome.UNKNOWN: "UNKNOWN: could still fire",
    Outcome.BYPASSED: "BYPASSED: broken, but legitimately resolved",
    Outcome.PASSED: "PASSED",
    Outcome.NOT_APPLICABLE: "DOES NOT APPLY",
}


def line_page(
    line: ClaimLine, result: CheckResult, run: Run, *, everything: bool = False, width: int = WIDTH
) -> Page:
    """Write the outcomes of one line, fired first.

    Rules that it passes are named in one line and those that do not apply are counted; both are told in
    full if ``everything``.
    """
    page = Page(width)
    page.add(Span(line_words(line), "head"), Span(f"  {line.setting.value}", "dim"))
    outcomes = next(iter(result.outcomes.values()), {})
    findings = {finding.rule: finding for finding in result.findings}
    for outcome in _ORDER:
        told = {code: said for code, said in sorted(outcomes.items()) if said.outcome is outcome}
        if told and (everything or outcome not in _SHORT):
            _section(page, outcome, told, run, findings)
    if not everything:
        _short(page, outcomes)
    page.gap()
    add_summary(page, result, attrs.evolve(run, given=Given.LINE), show_info=True)
    return page


def _short(page: Page, outcomes: Mapping[str, Judgement]) -> None:
    """Name the rules that the line passes, and count those that do not concern it."""
    passed = [code for code, said in sorted(outcomes.items()) if said.outcome is Outcome.PASSED]
    silent = sum(said.outcome is Outcome.NOT_APPLICABLE for said in outcomes.values())
    page.gap()
    if passed:
        page.wrap(", ".join(passed), first="PASSED  ")
    if passed or silent:
        page.add(Span(f"{count(silent, 'rule')} do not apply (--all lists them, and what was passed)", "dim"))


def _section(
    page: Page, outcome: Outcome, told: Mapping[str, Judgement], run: Run, findings: Mapping[str, Finding]
) -> None:
    page.gap()
    role = {Outcome.FIRED: "return", Outcome.UNKNOWN: "review"}.get(outcome, "head")
    page.add(Span(_HEADS[outcome], role))
    for code, judgement in told.items():
        finding = findings.get(code)
        if finding is None:
            _judgement(page, code, judgement, run.titles.get(code, ""))
        else:
            _finding(page, finding, run.titles.get(code, ""))


def _finding(page: Page, finding: Finding, title: str) -> None:
    severity = finding.severity.value
    page.add("  ", Span(f"{finding.rule}  {severity}", severity), Span(f"  {title}", "dim"))
    page.wrap(finding.message, first="      ")
    if finding.advice:
        page.wrap(finding.advice, first="      what to do: ", rest="        ", role="good")
    if finding.also:
        page.wrap(f"takes in {', '.join(finding.also)}", first="      ", role="dim")
    for fact in finding.evidence:
        page.wrap(_fact(fact), first="      ", rest="        ", role="dim")


def _judgement(page: Page, code: str, judgement: Judgement, title: str) -> None:
    page.add(f"  {code}", Span(f"  {title}", "dim"))
    if judgement.reason:
        cause = f" ({judgement.cause.value})" if judgement.cause else ""
        page.wrap(judgement.reason + cause, first="      ", rest="        ")
    for fact in judgement.evidence:
        page.wrap(_fact(fact), first="      ", rest="        ", role="dim")


def _fact(fact: Evidence) -> str:
    said = "; ".join(part for part in (fact.meaning.rstrip("."), source(fact)) if part)
    return f"{fact.field} = {fact.value}" + (f"  ({said})" if said else "")
