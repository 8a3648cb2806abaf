"""What a run has to tell: its findings and its counts, made when they are first asked for."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from claimrules.codebook import Lookup
from claimrules.engine import tally
from claimrules.engine.findings import Outcomes, findings_of
from claimrules.engine.grouped import Each
from claimrules.engine.history import Coverage
from claimrules.engine.outcomes import FIRED
from claimrules.engine.run import Engine, Judged
from claimrules.model.code import Cause
from claimrules.model.finding import (
    CheckResult,
    EditionUse,
    Finding,
    NotRun,
    Rejected,
    UnknownCount,
    count_severities,
)

Unknown = tuple[tuple[UnknownCount, ...], dict[Cause, int], int]


class Telling:
    """The judged lines of a run; each field of its result is made from them when it is asked for."""

    __slots__ = ("_coverage", "_findings", "_grouped", "_lookup", "_said", "_unknown", "engine", "judged")

    def __init__(
        self,
        engine: Engine,
        lookup: Lookup,
        judged: Sequence[Judged],
        coverage: Coverage | None,
        said: tuple[tuple[NotRun, ...], tuple[tuple[str, ...], tuple[str, ...]]],
    ) -> None:
        """Take the judged lines; ``said`` is what every run says: rules not run, and what it assumes."""
        self.engine, self._lookup, self.judged, self._coverage = engine, lookup, judged, coverage
        self._said = said
        self._findings: tuple[Finding, ...] | None = None
        self._grouped: Counter[tally.Group] | None = None
        self._unknown: Unknown | None = None

    def result(self, *, outcomes: bool, rejected: tuple[Rejected, ...] = ()) -> CheckResult:
        """Give the result: with judgements of every rule it tells later; else now, and lets the lines go."""
        if outcomes:
            return CheckResult.later(self.make, {"checked": len(self.judged), "rejected": rejected})
        found = self.findings()
        severities = count_severities(found)
        return attrs.evolve(self.summary(), findings=found, severities=severities, rejected=rejected)

    def summary(self) -> CheckResult:
        """Give the counts, without findings."""
        names = ("rules", "checked", "unknown", "unknown_by_cause", "incomplete_lines", "not_run")
        return CheckResult(**{name: self.make(name) for name in (*names, "assumptions", "editions")})

    def make(self, name: str) -> Any:  # noqa: ANN401 (any field of a result)
        """Make one field of the result."""
        making = _FIELDS.get(name)
        if making is None:
            raise AttributeError(name)
        return making(self)

    def findings(self) -> tuple[Finding, ...]:
        """Give the findings."""
        engine, lookup = self.engine, self._lookup
        if self._findings is None:
            self._findings = tuple(
                finding
                for one in self.judged
                if FIRED in one.outcomes
                for finding in findings_of(engine, one, lookup)
            )
        return self._findings

    def tell(self, each: Each) -> None:
        """Tell every line with its findings."""
        found: list[Finding] = []
        for one in self.judged:
            if FIRED in one.outcomes:
                of_line = findings_of(self.engine, one, self._lookup)
                each(one.subject.line, of_line)
                found += of_line
        self._findings = tuple(found)

    def checked(self) -> int:
        """How many lines were judged."""
        return len(self.judged)

    def not_run(self) -> tuple[NotRun, ...]:
        """Which rules were not run."""
        return self._said[0]

    def outcomes(self) -> Outcomes:
        """Give the judgements of every rule on every line."""
        return Outcomes(self.engine, self.judged, self._lookup)

    def incomplete(self) -> int:
        """Count the lines on which nothing fired and something is unknown."""
        return sum(map(tally.is_incomplete, (one.outcomes for one in self.judged)))

    @property
    def _groups(self) -> Counter[tally.Group]:
        if self._grouped is None:
            self._grouped = Counter(
                tally.group_of(
                    one.outcomes, one.subject.slot, one.subject.line.from_date, one.subject.line.code
                )
                for one in self.judged
            )
        return self._grouped

    @property
    def unknown(self) -> Unknown:
        """What kept lines from being judged, by cause, and how many."""
        if self._unknown is None:
            groups = self._groups
            lacking = tally.unlisted_codes(groups)
            self._unknown = tally.unknown_counts(self.engine.rules, groups, lacking, self._coverage)
        return self._unknown

    def assumptions(self) -> tuple[str, ...]:
        """What the run took for granted."""
        return self._said[1][any(one.subject.patient_id is None for one in self.judged)]

    def editions(self) -> tuple[EditionUse, ...]:
        """Which editions spoke."""
        return tally.editions(self._groups)

    def rules(self) -> tally.RuleCounts:
        """How often each rule had each outcome."""
        return tally.rule_counts(self.engine.rules, self._groups)


_FIELDS: Final[Mapping[str, Callable[[Telling], Any]]] = {
    "checked": Telling.checked,
    "findings": Telling.findings,
    "severities": lambda told: count_severities(told.findings()),
    "outcomes": Telling.outcomes,
    "rules": Telling.rules,
    "unknown": lambda told: told.unknown[0],
    "unknown_by_cause": lambda told: told.unknown[1],
    "incomplete_lines": Telling.incomplete,
    "not_run": Telling.not_run,
    "assumptions": Telling.assumptions,
    "editions": Telling.editions,
}
