"""A check in parts by the line engine: lines are set aside by patient, and judged part after part."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date

import attrs

from claimrules.cli.journal import Journal, PartDone, kept_counts, kept_rows
from claimrules.cli.parts_common import checked_of, identity, parts_for, past_of, private_folder
from claimrules.cli.parts_total import Total
from claimrules.cli.past import keep_apart
from claimrules.cli.progress import Tell
from claimrules.cli.rejects_out import Refuse
from claimrules.cli.tables import entries, open_all
from claimrules.cli.task import Checked, CheckOptions, checker_of, coverage_for, lines_of, unread_of
from claimrules.engine.grouped import Grouped, count_into
from claimrules.formats.findings import row_of
from claimrules.formats.reader import LineReader
from claimrules.formats.spill import LineSpill
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import CheckResult, Rejected
from claimrules.report.facts import Past
from claimrules.report.words import count


def parts_by_line(options: CheckOptions, tell: Tell) -> Checked:
    """Check line by line, part after part."""
    with ExitStack() as stack:
        spill = LineSpill(stack.enter_context(private_folder()), parts_for(options, frames=False))
        tables = open_all(options.reading, options.files, stack)
        earlier = open_all(options.reading, options.past.files, stack, always=True)
        rejected, days = _set_aside(spill, tables, tell, options.refuse)
        coverage = coverage_for(options, days)
        unproving, _ = _set_aside(spill, earlier, tell, options.refuse, past=True)
        checker = checker_of(options, frozenset[str]().union(*(table.inputs for table in tables)))
        total, done = Total(options, rejected), 0
        journal = stack.enter_context(Journal(options.resume, identity(options, spill.parts)))
        for number in range(spill.parts + 1):
            tell(f"judging {count(spill.lines, 'line')}", done, spill.lines, lines=done)
            known = journal.part(number)
            if known is None:
                found = spill.part(number)
                lines = [line for _, _, past, line in found if not past]
                before = keep_apart((line for _, _, past, line in found if past), lines, coverage, ())
                counts: Grouped = Counter()
                each = count_into(counts, options.by) if options.by else None
                result = checker.check_lines(lines, before[0], each=each)
                known = _told(result, lines, before[1], options)
                known = attrs.evolve(known, grouped=kept_counts(counts))
            known = total.add(known, options.put)
            journal.keep(number, known)
            done += known.result.checked
        total.past = past_of(options, total, earlier, coverage, unproving)
        return checked_of(options, tables, total, coverage, earlier)


def _told(result: CheckResult, lines: Sequence[ClaimLine], past: Past, options: CheckOptions) -> PartDone:
    """What a part said that was judged line by line."""
    return PartDone(
        result=attrs.evolve(result, outcomes={}),
        lines=tuple(lines_of(result.findings, lines).values()),
        unread=unread_of(lines),
        rows=kept_rows(map(row_of, result.findings)) if options.put is not None else (),
        past_lines=past.lines,
        past_twins=past.twins,
        past_strangers=past.strangers,
    )


def _set_aside(
    spill: LineSpill, tables: Sequence[LineReader], tell: Tell, refuse: Refuse, *, past: bool = False
) -> tuple[list[Rejected], set[date]]:
    """Give what could not be read, and the first and the last day; lines of the ``past`` only prove."""
    rejected: list[Rejected] = []
    days: set[date] = set()
    for entry in entries(tables, tell):
        if isinstance(entry, Rejected):
            rejected.append(refuse(entry))
            continue
        spill.add(entry, past=past)
        if entry.from_date is not None and entry.from_date not in days:
            days = {*days, entry.from_date}
            days = {min(days), max(days)}
    return rejected, days
