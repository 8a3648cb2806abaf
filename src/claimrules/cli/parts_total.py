"""What the parts of a run said, taken together as they come."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs

from claimrules.cli.journal import PartDone, rows_of_part
from claimrules.cli.task import CheckOptions
from claimrules.engine.merge import merge_results
from claimrules.formats.findings import Put
from claimrules.model.finding import CheckResult, Rejected
from claimrules.report.facts import Past, Place, Unread

if TYPE_CHECKING:
    from claimrules.engine.grouped import Grouped
    from claimrules.model.claim import ClaimLine

_SHOWN: Final = 5
_BEFORE: Final = ("past_lines", "past_twins", "past_strangers")


class Total:
    """What the parts said so far; of the findings only as many are kept as a report shows."""

    def __init__(self, options: CheckOptions, rejected: Sequence[Rejected]) -> None:
        """Begin with what could not be read."""
        self._limit = options.limit
        self._result: CheckResult | None = None
        self._rejected = tuple(rejected)
        self._shown = Counter[str]()
        self.lines: dict[Place, ClaimLine] = {}
        self.unread: dict[str, Unread] = {}
        self.past: Past | None = None
        self.before = Counter[str]()
        self.grouped: Grouped = Counter()

    @property
    def result(self) -> CheckResult:
        """All parts as one."""
        return attrs.evolve(self._result or CheckResult(), rejected=self._rejected)

    def wanted(self, result: CheckResult) -> bool:
        """Whether a part may hold findings that are shown."""
        fired = [code for code, counts in result.rules.items() if counts.fired]
        return self._limit is None or any(self._shown[code] < self._limit for code in fired)

    def add(self, done: PartDone, put: Put | None) -> PartDone:
        """Take a part in, and give it with only those of its findings and lines that are shown."""
        if put is not None:
            put(rows_of_part(done))
        kept = []
        for finding in done.result.findings:
            if self._limit is None or self._shown[finding.rule] < self._limit:
                self._shown[finding.rule] += 1
                kept.append(finding)
        part = attrs.evolve(done.result, findings=tuple(kept))
        self._result = part if self._result is None else merge_results([self._result, part])
        places = {(finding.claim_id, finding.line_id) for finding in kept}
        lines = {(line.claim_id, line.line_id): line for line in done.lines}
        lines = {place: line for place, line in lines.items() if place in places}
        self.lines |= lines
        self.add_unread(done.unread)
        self.grouped.update({(value, rule, severity): int(n) for value, rule, severity, n in done.grouped})
        self.before.update({name: getattr(done, name) for name in _BEFORE})
        return attrs.evolve(done, result=part, lines=tuple(lines.values()))

    def add_unread(self, found: Sequence[Unread]) -> None:
        """Take in the fields of a part that could not be read."""
        for one in found:
            known = self.unread.get(one.field, Unread(field=one.field, lines=0))
            first = (*known.first, *one.first)[:_SHOWN]
            self.unread[one.field] = attrs.evolve(known, lines=known.lines + one.lines, first=first)
