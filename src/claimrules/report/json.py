"""A check as plain data for JSON: one object, whose keys are the fields of the model by their names."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs

from claimrules.model.finding import CheckResult, Finding
from claimrules.model.structure import to_dict
from claimrules.report.facts import Run
from claimrules.report.grouped import groups
from claimrules.report.inputs import Given, remedy_of, switched_on
from claimrules.report.summary import severity_counts

SCHEMA: Final = "claimrules/1"


def check_object(result: CheckResult, run: Run, limit: int | None = None) -> dict[str, Any]:
    """Give the object of ``check --format json``; it holds every finding, notes (``info``) too.

    With a ``limit``, only so many of each rule: the first.
    """
    return {
        "schema": SCHEMA,
        "run": {
            "as_of": run.as_of.isoformat(),
            "editions": run.editions,
            "files": list(run.files),
            "records": list(run.records),
            "passed_over": list(run.passed_over),
            "history": to_dict(run.past) if run.past else None,
            "book": {
                "path": run.book.path,
                "content_hash": run.book.content_hash,
                "is_starter": run.book.is_starter,
                "description": run.book.description,
            },
        },
        "summary": summary_object(result, run.given),
        **({f"by_{run.grouped.name}": groups(run.grouped)} if run.grouped else {}),
        "findings": [to_dict(finding) for finding in _first(result.findings, limit)],
        "rejected": [to_dict(entry) for entry in result.rejected],
    }


def _first(findings: Iterable[Finding], limit: int | None) -> Iterator[Finding]:
    given = Counter[str]()
    for finding in findings:
        given[finding.rule] += 1
        if limit is None or given[finding.rule] <= limit:
            yield finding


def summary_object(result: CheckResult, given: Given = Given.TABLE) -> dict[str, Any]:
    """Give the counts of a result; ``findings`` counts them by severity."""
    return {
        "lines": result.lines,
        "checked": result.checked,
        "rejected": len(result.rejected),
        "findings": severity_counts(result),
        "verdict": result.verdict.value,
        "clean": result.clean,
        "incomplete_lines": result.incomplete_lines,
        "unknown_by_cause": dict(result.unknown_by_cause),
        "unknown": [to_dict(entry) for entry in result.unknown],
        "not_run": [
            {**to_dict(entry), "remedies": [remedy_of(name, given) for name in entry.inputs]}
            for entry in result.not_run
        ],
        "inputs_not_given": [
            {"input": name, "remedy": remedy_of(name, given), "rules": list(rules)}
            for name, rules in switched_on(result.not_run).items()
        ],
        "assumptions": list(result.assumptions),
        "editions": [to_dict(use) for use in result.editions],
        "rules": {code: to_dict(counts) for code, counts in result.rules.items()},
    }


def line_object(result: CheckResult, run: Run) -> dict[str, Any]:
    """Give the object of ``line --format json``: that of a check, with what every rule says of the line."""
    outcomes = next(iter(result.outcomes.values()), {})
    told = {
        code: {
            "outcome": judgement.outcome.value,
            "reason": judgement.reason,
            "cause": judgement.cause.value if judgement.cause else None,
            "evidence": [to_dict(fact) for fact in judgement.evidence],
        }
        for code, judgement in sorted(outcomes.items())
    }
    return {**check_object(result, attrs.evolve(run, given=Given.LINE)), "outcomes": told}
