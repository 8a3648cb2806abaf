"""Which modifiers can go with a code: a line with each of them against the same line without any.

Nothing about a modifier is written here: what fits follows from the line rules that are loaded. Rules
that look at other lines are not asked.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

import attrs

from claimrules.engine.explain import modifier_texts
from claimrules.engine.findings import finding, judgement
from claimrules.engine.line import Checker
from claimrules.engine.outcomes import BYPASSED, FIRED, FIRST_UNKNOWN, PASSED
from claimrules.engine.run import Judged
from claimrules.engine.subject import NO_FACTS, Subject
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.code import Cause
from claimrules.model.finding import Severity
from claimrules.rulebook.rule import Rule

_AGAINST: Final = frozenset({Severity.DENY, Severity.RETURN})


class Fits(StrEnum):
    """Whether a modifier can go with a code, as far as the rules say.

    ``no_rule``: no rule that looks at the code speaks of the modifier.
    """

    NO = "no"
    REVIEW = "review"
    YES = "yes"
    UNKNOWN = "unknown"
    NO_RULE = "no_rule"


@attrs.frozen(kw_only=True)
class Reason:
    """What one rule says because of a modifier: a finding with its severity, or what it lacks and why."""

    rule: str
    message: str
    severity: Severity | None = None
    cause: Cause | None = None


@attrs.frozen(kw_only=True)
class Fit:
    """One modifier on one code: whether it fits, and the rules that say something because of it.

    ``fired`` are findings that the plain line has not, or has at a milder severity; ``passed`` are
    rules that looked at the code because of the modifier and found nothing, or less; ``unknown`` could
    still fire.
    """

    modifier: str
    fits: Fits
    fired: tuple[Reason, ...] = ()
    passed: tuple[str, ...] = ()
    unknown: tuple[Reason, ...] = ()


def modifiers_for(
    checker: Checker, code: str, on: date, setting: Setting, modifiers: Iterable[str]
) -> tuple[Fit, ...]:
    """Say of each modifier whether it can go with ``code`` on a day, in the order given.

    Each stands alone on a line of one unit without place, provider or patient: what a rule would need
    of those is unknown with and without the modifier, and so says nothing here.
    """
    plain = _judge(checker, _line(code, on, setting))
    return tuple(_fit(checker, plain, _line(code, on, setting, each), each) for each in modifiers)


def _line(code: str, on: date, setting: Setting, *modifiers: str) -> ClaimLine:
    return ClaimLine(
        code=code, modifiers=modifiers, units=Decimal(1), from_date=on, to_date=on, setting=setting
    )


def _judge(checker: Checker, line: ClaimLine) -> Judged:
    subject = Subject(line, NO_FACTS, line.claim_id, checker.lookup, 0)
    return Judged(subject, checker.engine.line_function(line.setting)(subject), {})


def _fit(checker: Checker, plain: Judged, line: ClaimLine, modifier: str) -> Fit:
    judged = _judge(checker, line)
    if judged.outcomes == plain.outcomes and not any(_graded(checker, judged)):
        return Fit(modifier=modifier, fits=Fits.NO_RULE)
    fired: list[Reason] = []
    passed: list[str] = []
    unknown: list[Reason] = []
    for number, rule in enumerate(checker.engine.line_rules):
        before, after = plain.outcomes[number], judged.outcomes[number]
        if after == FIRED:
            _fired(checker, plain, judged, number, (fired, passed))
        elif after >= FIRST_UNKNOWN and before < FIRST_UNKNOWN:
            unknown.append(_lack(checker, judged, number))
        elif after in (PASSED, BYPASSED) and after != before and _looks_at_code(rule):
            passed.append(rule.code)
    return Fit(
        modifier=modifier,
        fits=_verdict(fired, passed, unknown),
        fired=tuple(fired),
        passed=tuple(passed),
        unknown=tuple(unknown),
    )


def _graded(checker: Checker, judged: Judged) -> Iterator[bool]:
    """Say of each rule that fired whether a condition decides how grave it is."""
    for number, byte in enumerate(judged.outcomes):
        if byte == FIRED:
            yield bool(checker.engine.rules[number].severity_if)


def _fired(
    checker: Checker, plain: Judged, judged: Judged, number: int, into: tuple[list[Reason], list[str]]
) -> None:
    """Put a finding where it belongs: one that the plain line has too is not the modifier's doing."""
    engine, lookup = checker.engine, checker.lookup
    found = finding(engine, judged, number, lookup)
    if plain.outcomes[number] == FIRED:
        without = finding(engine, plain, number, lookup).severity.rank
        if found.severity.rank > without:
            into[1].append(found.rule)
        if found.severity.rank >= without:
            return
    into[0].append(Reason(rule=found.rule, message=found.message, severity=found.severity))


def _lack(checker: Checker, judged: Judged, number: int) -> Reason:
    said = judgement(checker.engine, judged, number, checker.lookup)
    return Reason(rule=checker.engine.rules[number].code, message=said.reason, cause=said.cause)


def _looks_at_code(rule: Rule) -> bool:
    """Say whether a rule asks anything of the code: one that asks of modifiers alone allows none of it."""
    return any(field.namespace == "code" or str(field) == "line.code" for field in rule.fields)


def _verdict(fired: list[Reason], passed: list[str], unknown: list[Reason]) -> Fits:
    severities = {reason.severity for reason in fired}
    if severities & _AGAINST:
        return Fits.NO
    if Severity.REVIEW in severities:
        return Fits.REVIEW
    if unknown:
        return Fits.UNKNOWN
    return Fits.YES if fired or passed else Fits.NO_RULE


def rules_about(rules: Iterable[Rule], modifier: str) -> tuple[Rule, ...]:
    """Give the rules whose conditions name a modifier, itself or through a set that holds it."""
    return tuple(rule for rule in rules if modifier in _named(rule))


def _named(rule: Rule) -> frozenset[str]:
    roots = (rule.applies, rule.when, rule.unless)
    return frozenset(text for root in roots for text in modifier_texts(root))
