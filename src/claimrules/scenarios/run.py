"""Runs scenarios: each claim with its history, held against what is expected and what was frozen."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Final

import attrs

from claimrules.codebook import CodeBook
from claimrules.engine.line import Checker
from claimrules.expr.vocabulary import VOCABULARY, input_of
from claimrules.model.claim import Claim
from claimrules.model.finding import CheckResult, Evidence, Judgement, Outcome, Severity
from claimrules.rulebook.select import Rulebook, SelectorError, matching
from claimrules.scenarios.scenario import Expected, Frozen, FrozenClaim, Ran, Scenario, ScenarioFile

FREEZE: Final = "claimrules scenarios freeze"
_SHORT: Final = 12


@attrs.frozen(slots=False)
class Runner:
    """A code book and a rulebook that scenarios are run with; checkers are made once for each kind of run."""

    book: CodeBook = attrs.field(factory=CodeBook.starter)
    rulebook: Rulebook = attrs.field(factory=Rulebook.load)

    @cached_property
    def _checkers(self) -> dict[tuple[str, date | None, frozenset[str]], Checker]:
        return {}

    @property
    def overlay(self) -> str:
        """The title of the overlay, blank where there is none."""
        return self.rulebook.overlay.title if self.rulebook.overlay else ""

    def check(self, scenario: Scenario, editions: str) -> CheckResult:
        """Check the claim of a scenario; it offers the optional inputs that it holds."""
        key = editions, scenario.as_of, _inputs(scenario.claim)
        checker = self._checkers.get(key)
        if checker is None:
            checker = Checker(
                self.book, self.rulebook, editions=editions, as_of=scenario.as_of, inputs=key[2]
            )
            self._checkers[key] = checker
        return checker.check(scenario.claim, scenario.history)

    def run(self, file: ScenarioFile) -> tuple[Ran, ...]:
        """Run every scenario of a file, and what was frozen of it."""
        return tuple(self.run_one(file, scenario) for scenario in file.scenarios)

    def run_one(self, file: ScenarioFile, scenario: Scenario) -> Ran:
        """Run one scenario of a file."""
        result = self.check(scenario, file.editions)
        problems = [
            *(problem for each in scenario.expected for problem in self._expected(each, result)),
            *self._silent(scenario, result),
            *self._frozen(file, scenario, result),
        ]
        return Ran(scenario=scenario, problems=tuple(problems))

    def _expected(self, expected: Expected, result: CheckResult) -> Iterator[str]:
        try:
            code = self.rulebook.get(expected.rule).code
        except SelectorError as error:
            yield f"expect: {error}"
            return
        where = f"line {expected.line}: {code}"
        judgements = list(result.outcomes.values())[expected.line - 1]
        if code not in judgements:
            lacking = next((each.inputs for each in result.not_run if each.rule == code), ())
            why = f"it needs {', '.join(lacking)}" if lacking else "it is not selected, or of status preview"
            yield f"{where}: expected {expected.outcome.value}, but it was not run: {why}"
            return
        judgement = judgements[code]
        if judgement.outcome is not expected.outcome:
            yield f"{where}: expected {expected.outcome.value}, but it is {described(judgement)}"
        elif expected.cause is not None and judgement.cause is not expected.cause:
            yield f"{where}: expected the cause {expected.cause.value}, but it is {described(judgement)}"
        elif expected.severity is not None:
            yield from _severity(expected, code, result, where)

    def _silent(self, scenario: Scenario, result: CheckResult) -> Iterator[str]:
        for text in scenario.no_findings:
            try:
                codes = {rule.code for rule in matching(text, self.rulebook.known or self.rulebook.rules)}
            except SelectorError as error:
                yield f"no_findings: {error}"
                continue
            for finding in result.findings:
                if finding.rule in codes and finding.severity is not Severity.INFO:
                    facts = _facts(finding.evidence)
                    yield f"line {finding.line_id}: {finding.rule} fired ({finding.severity.value}) [{facts}]"

    def _frozen(self, file: ScenarioFile, scenario: Scenario, result: CheckResult) -> Iterator[str]:
        frozen = file.frozen
        if frozen is None:
            if not scenario.expected and not scenario.no_findings:
                yield f"nothing is expected; write expect or no_findings, or run {FREEZE} {file.path.name}"
            return
        mismatch = self._mismatch(file, frozen)
        if mismatch:
            yield mismatch
            return
        known = frozen.by_title.get(scenario.title)
        again = f"look at it, then run {FREEZE} {file.path.name}"
        if known is None or known.digest != scenario.digest:
            yield f"{file.frozen_path.name} does not know this claim as it stands; {again}"
            return
        now = seen(scenario, result)
        for what, before, after in (
            ("finding", known.findings, now.findings),
            ("unknown", known.unknown, now.unknown),
        ):
            yield from (f"frozen {what} is gone: {each}; {again}" for each in before if each not in after)
            yield from (
                f"{what} that was not frozen: {each}; {again}" for each in after if each not in before
            )

    def _mismatch(self, file: ScenarioFile, frozen: Frozen) -> str:
        """Say why what was frozen cannot be held against this run; blank where it can."""
        name = file.frozen_path.name
        if frozen.book != self.book.content_hash:
            return (
                f"{name} was frozen with the code book {frozen.book[:_SHORT]}, this one is "
                f"{self.book.content_hash[:_SHORT]}; give that book (--book), or look at what changes and "
                f"run {FREEZE} {file.path.name}"
            )
        if frozen.overlay != self.overlay:
            was, now = (
                f"the overlay {text!r}" if text else "no overlay" for text in (frozen.overlay, self.overlay)
            )
            return f"{name} was frozen with {was}, this run has {now}; give the same (--overlay)"
        return ""

    def freeze(self, file: ScenarioFile) -> Frozen:
        """Give what is seen of a file now."""
        return Frozen(
            book=self.book.content_hash,
            overlay=self.overlay,
            claims=tuple(seen(each, self.check(each, file.editions)) for each in file.scenarios),
        )


def seen(scenario: Scenario, result: CheckResult) -> FrozenClaim:
    """Give what a result says of a scenario: every finding, and which rules are unknown on which line."""
    findings = [f"line {each.line_id}: {each.rule} {each.severity.value}" for each in result.findings]
    unknown = []
    for number, judgements in enumerate(result.outcomes.values(), 1):
        by_cause: dict[str, list[str]] = {}
        for code, judgement in sorted(judgements.items()):
            if judgement.outcome is Outcome.UNKNOWN and judgement.cause is not None:
                by_cause.setdefault(judgement.cause.value, []).append(code)
        unknown += [f"line {number}: {cause} {' '.join(codes)}" for cause, codes in sorted(by_cause.items())]
    return FrozenClaim(
        title=scenario.title, digest=scenario.digest, findings=tuple(findings), unknown=tuple(unknown)
    )


def described(judgement: Judgement) -> str:
    """Write an outcome with the facts that decided it."""
    facts = judgement.reason or _facts(judgement.evidence)
    return judgement.outcome.value + (f" [{facts}]" if facts else "")


def _severity(expected: Expected, code: str, result: CheckResult, where: str) -> Iterator[str]:
    line_id = list(result.outcomes)[expected.line - 1][1]
    found = [each for each in result.findings if (each.rule, each.line_id) == (code, line_id)]
    wanted = expected.severity.value if expected.severity else ""
    if not found:
        folded = [each.rule for each in result.findings if code in each.also and each.line_id == line_id]
        told = f"it is told with {folded[0]}" if folded else "it did not fire"
        yield f"{where}: expected severity {wanted}, but {told}"
    elif found[0].severity is not expected.severity:
        yield f"{where}: expected severity {wanted}, but it is {found[0].severity.value}"


def _facts(evidence: Iterable[Evidence]) -> str:
    return ", ".join(
        f"{fact.field} = {fact.value}" + (f" ({fact.edition})" if fact.edition else "") for fact in evidence
    )


def _inputs(claim: Claim) -> frozenset[str]:
    """The optional inputs that a claim and its lines hold."""
    found = set()
    for namespace, holders in (("claim", (claim,)), ("line", claim.lines)):
        for name, field in VOCABULARY[namespace].items():
            told = input_of(field)
            if told and any(getattr(each, key, None) is not None for each in holders for key in (told, name)):
                found.add(told)
    return frozenset(found)
