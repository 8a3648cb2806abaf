"""Assertions for a payer's tests: what a rule says of a line, with the facts that decided it."""

from collections.abc import Iterable

import attrs

from claimrules.engine.history import History
from claimrules.engine.line import Checker
from claimrules.model.claim import Claim, ClaimLine
from claimrules.model.finding import CheckResult, Evidence, Judgement, Outcome, Verdict
from claimrules.rulebook.select import matching

Checked = str | ClaimLine | Claim


def assert_fires(
    checked: Checked, rule: str, *, checker: Checker | None = None, history: History | None = None
) -> None:
    """Assert that ``rule`` fires on a line (or on a line of a claim).

    Raises:
        AssertionError: it does not; the text gives its outcome and the facts that decided it.
    """
    assert_outcome(checked, rule, Outcome.FIRED, checker=checker, history=history)


def assert_outcome(
    checked: Checked,
    rule: str,
    outcome: Outcome | str,
    *,
    checker: Checker | None = None,
    history: History | None = None,
) -> None:
    """Assert the outcome of one rule: ``fired passed bypassed unknown not_applicable``.

    Raises:
        AssertionError: it is another; the text gives it and the facts that decided it.
    """
    wanted = Outcome(outcome)
    used = checker or Checker()
    code = used.rulebook.get(rule).code
    if code not in used.rulebook.by_code:
        msg = f"{code} is not selected in this rulebook"
        raise AssertionError(msg)
    judgements = [line[code] for line in _result(checked, used, history).outcomes.values() if code in line]
    if not any(judgement.outcome is wanted for judgement in judgements):
        said = "; ".join(_describe(judgement) for judgement in judgements) or "it was not run"
        msg = f"{code} on {_name(checked)}: expected {wanted.value}, but {said}"
        raise AssertionError(msg)


def assert_clean(
    checked: Checked,
    *,
    rules: Iterable[str] = ("ALL",),
    allow_unknown: bool = False,
    checker: Checker | None = None,
    history: History | None = None,
) -> None:
    """Assert that nothing fires and, unless ``allow_unknown``, that nothing is left unknown.

    ``rules`` are selectors: only these are looked at. ``info`` findings are notes, not faults.

    Raises:
        AssertionError: the text lists what fired, or the causes of what is unknown.
    """
    used = checker or Checker()
    book = used.rulebook
    chosen = {rule.code for text in rules for rule in matching(text, book.rules)}
    narrowed = attrs.evolve(book, rules=tuple(rule for rule in book.rules if rule.code in chosen))
    result = _result(checked, attrs.evolve(used, rulebook=narrowed), history)
    if result.verdict is Verdict.FINDINGS:
        lines = [f"{f.rule} {f.severity.value}: {f.message} [{_facts(f.evidence)}]" for f in result.findings]
        raise AssertionError("\n".join([f"{_name(checked)} is not clean:", *lines]))
    if result.unknown and not allow_unknown:
        causes = [f"{entry.what} ({entry.cause.value})" for entry in result.unknown]
        msg = f"{_name(checked)}: nothing fired, but not everything was checked: " + "; ".join(causes)
        raise AssertionError(msg)


def _result(checked: Checked, checker: Checker, history: History | None) -> CheckResult:
    if isinstance(checked, Claim):
        return checker.check(checked, history)
    line = ClaimLine.parse(checked) if isinstance(checked, str) else checked
    return checker.check(Claim(lines=(line,)), history)


def _name(checked: Checked) -> str:
    if isinstance(checked, Claim):
        return f"a claim of {len(checked.lines)} lines"
    line = ClaimLine.parse(checked) if isinstance(checked, str) else checked
    modifiers = "".join(f"-{modifier}" for modifier in line.modifiers or ())
    return f"{line.code or 'a line without code'}{modifiers}"


def _describe(judgement: Judgement) -> str:
    facts = judgement.reason or _facts(judgement.evidence)
    return f"it is {judgement.outcome.value}" + (f" [{facts}]" if facts else "")


def _facts(evidence: Iterable[Evidence]) -> str:
    parts = []
    for fact in evidence:
        edition = f" ({fact.edition})" if fact.edition else ""
        parts.append(f"{fact.field} = {fact.value}{edition}")
    return ", ".join(parts)
