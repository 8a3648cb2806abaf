"""The block that ends a report of findings: counts, what is incomplete and why, editions, assumptions."""

import re
from collections.abc import Sequence
from typing import Final

from claimrules.model.finding import CheckResult, EditionUse, Severity, UnknownCount, Verdict
from claimrules.report.facts import Run
from claimrules.report.grouped import add_groups
from claimrules.report.inputs import WAYS, Given, by_way, switched_on
from claimrules.report.page import Page, Span
from claimrules.report.words import count, place_words, span

_LABEL: Final = 11
_INDENT: Final = " " * _LABEL
_KINDS: Final = 12
"""Kinds of rejected records, and of what is missing, that the text lists."""
_FILES: Final = 8
"""Files whose records are told one by one."""
_NAMED: Final = 3
"""Rules that are named; more are counted."""
_LISTED: Final = re.compile(r" \(([A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)*)\)")
"""The rules that an assumption names behind it."""
_VERDICTS: Final = {
    Verdict.FINDINGS: "something is to be corrected, documented or appealed",
    Verdict.INCOMPLETE: "nothing fired, but not everything could be judged",
    Verdict.CLEAN: "nothing fired, and every rule that was run could be judged",
}


def severity_counts(result: CheckResult) -> dict[str, int]:
    """Count the findings by severity, the gravest first."""
    return {severity.value: result.severities.get(severity, 0) for severity in Severity}


def add_summary(
    page: Page, result: CheckResult, run: Run, *, show_info: bool = False, limit: int = 5
) -> None:
    """Add the summary block."""
    _lines(page, result, run)
    _files(page, run)
    _findings(page, result, show_info=show_info)
    if run.findings_file:
        _row(page, "", f"every one in {run.findings_file}")
    if run.grouped is not None:
        label = f"by {run.grouped.name}"
        add_groups(page, run.grouped, run.titles, label=f"{label} ".ljust(_LABEL), indent=_INDENT)
    _rejected(page, result, limit)
    _unread(page, run)
    _past(page, run, limit)
    _incomplete(page, result)
    _not_run(page, result, run.given)
    for number, table in enumerate(sorted({use.table for use in result.editions}, key=str.lower)):
        uses = [use for use in result.editions if use.table == table]
        _row(page, "" if number else "editions", f"{table}: {_share(uses, result.checked)}")
    for number, text in enumerate(result.assumptions):
        _row(page, "" if number else "assumed", _LISTED.sub(_counted, text))
    _row(page, "book", f"{run.book.description} (content {run.book.content_hash[:12]})")
    _verdict(page, result)


def _counted(found: re.Match[str]) -> str:
    return _for(found[1].split(", "))


def _row(page: Page, label: str, text: str, role: str = "") -> None:
    page.wrap(text, first=f"{label:<{_LABEL}}", rest=_INDENT, role=role)


def _lines(page: Page, result: CheckResult, run: Run) -> None:
    parts = [f"{result.checked:,} checked", f"{len(result.rejected):,} rejected", f"as of {run.as_of}"]
    if run.editions != "near":
        parts.append(f"editions: {run.editions}")
    page.add("   ".join([f"{'lines':<{_LABEL}}{result.lines:,}", *parts]))


def _files(page: Page, run: Run) -> None:
    """Tell how many files there are; where they are few, what each holds."""
    if len(run.files) < 2 and not run.passed_over:  # noqa: PLR2004 (one file is what was asked for)
        return
    _row(page, "files", f"{len(run.files):,}")
    counted = list(zip(run.files, run.records, strict=False))
    for name, number in counted if len(counted) <= _FILES else ():
        _row(page, "", f"{name}: {count(number, 'record')}")
    blank = [name for name, number in counted if not number]
    if len(counted) > _FILES and blank:
        _row(page, "", f"{count(len(blank), 'file')} without a record: {', '.join(blank[:_NAMED])}")
    for text in run.passed_over:
        _row(page, "", text, role="dim")


def _findings(page: Page, result: CheckResult, *, show_info: bool) -> None:
    counts = severity_counts(result)
    info = counts.pop(Severity.INFO.value)
    spans: list[Span | str] = [f"{'findings':<{_LABEL}}"]
    for severity, number in counts.items():
        spans += [Span(f"{severity} {number:,}", severity if number else "dim"), "   "]
    hidden = "" if show_info or not info else " not shown (--show info)"
    page.add(*spans, Span(f"info {info:,}{hidden}", "dim"))


def _rejected(page: Page, result: CheckResult, limit: int) -> None:
    places: dict[str, list[str]] = {}
    for entry in result.rejected:
        byte = "" if entry.offset is None else f" (byte {entry.offset:,})"
        places.setdefault(entry.reason, []).append(f"{entry.file}:{entry.line}{byte}")
    kinds = sorted(places.items(), key=lambda kind: -len(kind[1]))
    for number, (reason, found) in enumerate(kinds[:_KINDS]):
        shown = found[: max(limit, 1)]
        more = ", ..." if len(found) > len(shown) else ""
        text = f"{count(len(found), 'record')}: {reason}; {', '.join(shown)}{more}"
        _row(page, "" if number else "rejected", text)
    _rest(page, len(kinds))


def _rest(page: Page, kinds: int) -> None:
    if kinds > _KINDS:
        _row(page, "", f"and {kinds - _KINDS:,} further kinds (--format json tells all)", role="dim")


def _unread(page: Page, run: Run) -> None:
    for number, entry in enumerate(run.unread):
        places = ", ".join(place_words(*place) for place in entry.first)
        more = ", ..." if entry.lines > len(entry.first) else ""
        _row(
            page,
            "" if number else "unreadable",
            f"{entry.field} in {count(entry.lines, 'line')}: {places}{more}",
        )


def _past(page: Page, run: Run, limit: int) -> None:
    """Tell what the history is, and what of it proves nothing."""
    past = run.past
    if past is None:
        return
    days = span(past.complete_from, past.complete_to) if past.complete_from else "no day"
    prove = "proves" if past.lines == 1 else "prove"
    files = [f"{count(past.lines, 'line')} that only {prove}: {', '.join(past.files)}"] if past.files else []
    for number, text in enumerate([*files, f"complete for {days}, {past.providers} providers"]):
        _row(page, "" if number else "history", text)
    if past.rejected:
        shown = ", ".join(f"{entry.file}:{entry.line}" for entry in past.rejected[: max(limit, 1)])
        more = ", ..." if len(past.rejected) > max(limit, 1) else ""
        _row(page, "", f"{count(len(past.rejected), 'record')} of it could not be read: {shown}{more}")
    if past.twins:
        stand, are = ("stands", "is") if past.twins == 1 else ("stand", "are")
        text = f"of it {stand} in the checked files too, and {are} judged there"
        _row(page, "", f"{count(past.twins, 'line')} {text}")
    if past.strangers:
        name = "names no patient, and proves" if past.strangers == 1 else "name no patient, and prove"
        text = f"of it {name} nothing: give it, in a table by --map patient=COLUMN"
        _row(page, "", f"{count(past.strangers, 'line')} {text}")


def _incomplete(page: Page, result: CheckResult) -> None:
    if not result.unknown:
        return
    where = count(result.incomplete_lines, "line")
    _row(page, "incomplete", f"{where} without a finding; what kept lines from being judged in full:")
    wide = max(len(f"{entry.lines:,}") for entry in result.unknown)
    by_remedy: dict[str, list[UnknownCount]] = {}
    for entry in result.unknown[:_KINDS]:
        by_remedy.setdefault(entry.remedy, []).append(entry)
    for remedy, entries in by_remedy.items():
        told = [f"{entry.what}{_for(entry.rules)}" for entry in entries]
        if remedy and not told[1:]:
            told[0] += f"  ->  {remedy}"
        for entry, text in zip(entries, told, strict=True):
            page.wrap(text, first=f"{_INDENT}{entry.lines:>{wide},}  ")
        if remedy and told[1:]:
            page.wrap(f"->  {remedy}", first=" " * (_LABEL + wide + 2), rest=" " * (_LABEL + wide + 6))
    _rest(page, len(result.unknown))


def _for(rules: Sequence[str]) -> str:
    """Name the rules that wait for something, or count them."""
    if not rules:
        return ""
    return f" ({', '.join(rules) if len(rules) <= _NAMED else count(len(rules), 'rule')})"


def _not_run(page: Page, result: CheckResult, given: Given) -> None:
    if not result.not_run:
        return
    _row(page, "not run", f"{count(len(result.not_run), 'rule')}, for want of what this run was not given:")
    for way, names in by_way(switched_on(result.not_run), given).items():
        page.wrap(f"{WAYS[way]}: {', '.join(names)}", first=_INDENT, rest=f"{_INDENT}  ")


def _share(uses: Sequence[EditionUse], checked: int) -> str:
    parts = []
    for use in uses:
        days = f" ({span(use.first, use.last)})" if use.first else ""
        parts.append(f"{use.edition} {use.how} {_percent(use.lines, checked)}{days}")
    rest = checked - sum(use.lines for use in uses)
    return ", ".join([*parts, f"none for {_percent(rest, checked)}"] if rest else parts)


def _percent(part: int, whole: int) -> str:
    if part * 100 < whole:
        return "under 1 %"
    return f"{part * 100 // whole} %"


def _verdict(page: Page, result: CheckResult) -> None:
    words = _VERDICTS[result.verdict]
    if not result.lines:
        words = "nothing fired, because there is no line"
    elif result.checked and not result.rules:
        words = "nothing fired, because no rule was run"
    role = {Verdict.FINDINGS: "return", Verdict.INCOMPLETE: "review"}.get(result.verdict, "good")
    page.add(f"{'verdict':<{_LABEL}}", Span(result.verdict.value, role), f": {words}")
