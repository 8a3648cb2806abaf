"""A check by the line engine, which needs nothing but the standard library."""

from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from claimrules.cli.past import keep_apart
from claimrules.cli.progress import Tell
from claimrules.cli.tables import entries, open_all
from claimrules.cli.task import (
    Checked,
    CheckOptions,
    checker_of,
    concluded,
    coverage_for,
    grouped_by,
    lines_of,
    unread_of,
)
from claimrules.engine.grouped import Grouped, count_into
from claimrules.formats.findings import row_of
from claimrules.model.finding import Rejected
from claimrules.report.words import count

if TYPE_CHECKING:
    from claimrules.model.claim import ClaimLine


def run_lines(options: CheckOptions, tell: Tell) -> Checked:
    """Check line by line."""
    with ExitStack() as stack:
        tables = open_all(options.reading, options.files, stack)
        earlier = open_all(options.reading, options.past.files, stack, always=True)
        lines: list[ClaimLine] = []
        rejected: list[Rejected] = []
        for entry in entries(tables, tell):
            if isinstance(entry, Rejected):
                rejected.append(options.refuse(entry))
            else:
                lines.append(entry)
        inputs = frozenset[str]().union(*(table.inputs for table in tables))
        checker = checker_of(options, inputs)
        coverage = coverage_for(options, {line.from_date for line in lines})
        found = entries(earlier, tell)
        names = [table.name for table in earlier]
        history, past = keep_apart(found, lines, coverage, names, options.refuse)
        tell(f"judging {count(len(lines), 'line')}")
        counts: Grouped = Counter()
        each = count_into(counts, options.by) if options.by else None
        result = checker.check_lines(lines, history, rejected=rejected, each=each)
        if options.put is not None:
            options.put(map(row_of, result.findings))
    told = past if options.past.given else None
    facts: dict[str, Any] = {"grouped": grouped_by(options, counts)}
    facts |= {"lines": lines_of(result.findings, lines), "unread": unread_of(lines), "past": told}
    return concluded(options, tables, earlier, result, coverage).telling(**facts)
