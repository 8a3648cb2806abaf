"""A check as text: the findings by rule, the gravest first, then the summary."""

from collections.abc import Iterator, Sequence

from claimrules.model.finding import CheckResult, Finding, Severity
from claimrules.report.facts import Run
from claimrules.report.page import WIDTH, Page, Span
from claimrules.report.summary import add_summary
from claimrules.report.words import ONLY_CLAIM, count, facts, line_words, place_words


def check_page(
    result: CheckResult, run: Run, *, limit: int = 5, show_info: bool = False, width: int = WIDTH
) -> Page:
    """Write a result for a biller; of each rule the first ``limit`` findings."""
    page = Page(width)
    if limit:
        for findings in _groups(result.findings, show_info=show_info):
            _group(page, findings, run, limit, _total(result, findings))
    page.gap()
    add_summary(page, result, run, show_info=show_info, limit=limit)
    return page


def _groups(findings: Sequence[Finding], *, show_info: bool) -> list[list[Finding]]:
    groups: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        if show_info or finding.severity is not Severity.INFO:
            groups.setdefault((finding.severity.rank, finding.rule), []).append(finding)
    return [groups[key] for key in sorted(groups)]


def _total(result: CheckResult, findings: Sequence[Finding]) -> int:
    """How many findings there are of which these are the first.

    The frame engine explains only those that are shown; the count of a rule is that of its lines.
    """
    counts = result.rules.get(findings[0].rule)
    if counts is None:
        return len(findings)
    fired = counts.fired
    explained = sum(finding.rule == findings[0].rule for finding in result.findings)
    return len(findings) if explained == fired or len(findings) < explained else fired


def _group(page: Page, findings: Sequence[Finding], run: Run, limit: int, total: int) -> None:
    page.gap()
    first = findings[0]
    page.add(
        Span(f"{first.severity.value.upper()}  {first.rule}", first.severity.value),
        Span(f"  {run.titles.get(first.rule, first.name)}", "head"),
        Span(f"  ({count(total, 'line')})", "dim"),
    )
    shown = findings[:limit]
    same_advice = len({finding.advice for finding in shown}) == 1
    for finding in shown:
        _finding(page, finding, run)
        if not same_advice:
            _advice(page, finding)
    if same_advice:
        _advice(page, shown[0])
    if total > len(shown):
        page.add(Span(f"  {total - len(shown):,} more (--limit {total} shows them)", "dim"))


def _finding(page: Page, finding: Finding, run: Run) -> None:
    line = run.lines.get((finding.claim_id, finding.line_id))
    words = f"  {line_words(line)}" if line else ""
    page.add(f"  {place_words(finding.claim_id, finding.line_id)}", Span(words, "dim"))
    page.wrap(finding.message, first="    ")
    if finding.other_count:
        page.wrap(_others(finding), first="    ")
    if finding.evidence:
        page.wrap(facts(finding.evidence), first="    because: ", rest="      ", role="dim")
    notes = "; ".join(_notes(finding))
    if notes:
        page.wrap(notes, first="    ", role="dim")


def _advice(page: Page, finding: Finding) -> None:
    if finding.advice:
        page.wrap(finding.advice, first="    what to do: ", rest="      ", role="good")


def _notes(finding: Finding) -> Iterator[str]:
    if finding.carc:
        remarks = "".join(f", {remark}" for remark in finding.rarc)
        yield f"on a remittance: {finding.group_code} {finding.carc}{remarks}"
    if finding.also:
        yield f"takes in {', '.join(finding.also)}"
    if finding.depends_on:
        yield f"depends on {', '.join(finding.depends_on)}"
    if finding.basis:
        yield "the same physician rests on the NPI alone: group or specialty are not known"


def _others(finding: Finding) -> str:
    """Name the lines that prove it, those of other claims with their claim."""
    claims: dict[str | None, list[str]] = {}
    for claim, line in zip(finding.other_claim_ids, finding.other_line_ids, strict=True):
        claims.setdefault(claim, []).append(line)
    parts = []
    for claim, lines in claims.items():
        words = ("line " if len(lines) == 1 else "lines ") + ", ".join(lines)
        here = claim in (finding.claim_id, None, ONLY_CLAIM)
        parts.append(words if here else f"{words} of claim {claim}")
    more = finding.other_count - len(finding.other_line_ids)
    return f"with {'; '.join(parts)}" + (f" and {more:,} more" if more > 0 else "")
