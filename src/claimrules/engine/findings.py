"""Findings and judgements: what a person reads of an outcome."""

from collections.abc import Iterator, Mapping, Sequence

import attrs

from claimrules.codebook import Lookup
from claimrules.engine.explain import Explained, Situation
from claimrules.engine.fired import Fired, wanted_fired
from claimrules.engine.outcomes import (
    BYPASSED,
    FIRED,
    FIRST_UNKNOWN,
    NOT_APPLICABLE,
    PASSED,
    missing_of,
    outcome_of,
)
from claimrules.engine.run import Engine, Judged
from claimrules.engine.subject import Proofs, Subject
from claimrules.expr.nodes import Condition
from claimrules.model.finding import Finding, Judgement, Severity
from claimrules.rulebook.rule import Rule, RuleScope

Wanted = tuple[tuple[Condition, bool], ...]


def findings_of(engine: Engine, judged: Judged, lookup: Lookup) -> list[Finding]:
    """The findings on one line; a rule that another supersedes is folded into it."""
    return [finding(engine, judged, number, lookup, also) for number, also in engine.tells(judged.outcomes)]


def finding(
    engine: Engine, judged: Judged, number: int, lookup: Lookup, also: tuple[str, ...] = ()
) -> Finding:
    """The finding of one rule that fired on one line; ``also`` are the rules that it takes in."""
    subject, rule = judged.subject, engine.rules[number]
    proofs = judged.proof(number)
    told, based = _told(engine, subject, number, proofs, lookup)
    first = proofs.first
    severity = Severity.REVIEW if proofs.depends_on else told.severity
    return Finding(
        claim_id=subject.claim_id,
        line_id=subject.line_id,
        rule=rule.code,
        name=rule.name,
        severity=severity,
        message=told.message,
        advice=told.advice,
        other_line_ids=tuple([other.line_id or str(other.seq) for other in first]) if first else (),
        other_claim_ids=tuple([other.claim_id for other in first]) if first else (),
        other_count=proofs.count,
        fields=told.fields,
        evidence=told.evidence,
        carc=rule.carc,
        rarc=rule.rarc,
        group_code=rule.group_code,
        appealable=rule.appealable and severity == rule.severity,
        basis=based,
        also=also,
        depends_on=proofs.depends_on,
        sources=rule.sources,
        editions=told.editions,
    )


def _told(
    engine: Engine, subject: Subject, number: int, proofs: Proofs, lookup: Lookup
) -> tuple[Explained, str]:
    """What is told of a rule that fired, and its basis."""
    fired = engine.fired(number)
    if not fired.settled:
        at = engine.situation(subject, number, proofs, lookup)
        return fired.tell(at), basis(fired, at)
    return engine.told(subject, number, lookup), ""


def basis(fired: Fired, at: Situation) -> str:
    """``npi`` where group or specialty were unknown, so that the NPI alone says who is the physician."""
    if not fired.physician:
        return ""
    line, other = at.subject.line, (at.other or at.subject).line
    known = line.group is not None and line.specialty is not None
    return "" if known and other.group is not None and other.specialty is not None else "npi"


def _wanted(rule: Rule, byte: int) -> Wanted:
    """The conditions, and the truth of each, that make an outcome."""
    if byte == NOT_APPLICABLE:
        return ((rule.applies, False),)
    if byte == PASSED:
        # A candidate that meets `when` is what makes a rule with other = "none" pass.
        return ((rule.when, rule.other == "none"),)
    if byte == BYPASSED:
        return ((rule.unless, True),)
    return wanted_fired(rule)


def judgement(engine: Engine, judged: Judged, number: int, lookup: Lookup) -> Judgement:
    """What one rule says of one line, with the facts that decided it."""
    byte, rule = judged.outcomes[number], engine.rules[number]
    if byte >= FIRST_UNKNOWN:
        field, cause = missing_of(rule, byte)
        reason = cause.words if cause.value == "no_history" else f"{field}: {cause.words}"
        return Judgement(outcome=outcome_of(byte), reason=reason, cause=cause)
    proofs = judged.proof(number)
    if judged.subject.line.setting not in rule.settings:
        return Judgement(
            outcome=outcome_of(byte), reason=f"does not govern {judged.subject.line.setting.value} lines"
        )
    explainer = engine.explainer(number)
    at = engine.situation(judged.subject, number, proofs, lookup)
    if rule.scope is RuleScope.PAIR and at.other is None and byte not in (NOT_APPLICABLE, FIRED):
        return Judgement(outcome=outcome_of(byte), reason="no other line stands in the way")
    if rule.scope is RuleScope.GROUP and byte != NOT_APPLICABLE and not proofs.aggregates and explainer.found:
        return Judgement(outcome=outcome_of(byte))
    if rule.scope is RuleScope.GROUP and byte == NOT_APPLICABLE:
        at = attrs.evolve(at, aggregates=[(0, None)] * len(explainer.found))
    deciding = explainer.deciding(explainer.truths(at), *_wanted(rule, byte))
    others = tuple(other.line_id or str(other.seq) for other in proofs.first)
    return Judgement(outcome=outcome_of(byte), evidence=explainer.evidence(at, deciding), others=others)


class _OfLine(Mapping[str, Judgement]):
    """The judgements of one line; that of a rule is made when it is asked for."""

    def __init__(self, engine: Engine, judged: Judged, lookup: Lookup) -> None:
        self._engine, self._judged, self._lookup = engine, judged, lookup

    def __getitem__(self, code: str) -> Judgement:
        return judgement(self._engine, self._judged, self._engine.numbers[code], self._lookup)

    def __iter__(self) -> Iterator[str]:
        return iter(self._engine.numbers)

    def __len__(self) -> int:
        return len(self._engine.numbers)

    def __repr__(self) -> str:
        return repr(dict(self))


class Outcomes(Mapping[tuple[str | None, str | None], Mapping[str, Judgement]]):
    """The judgements of a run by (claim id, line id); each is made when it is asked for."""

    def __init__(self, engine: Engine, judged: Sequence[Judged], lookup: Lookup) -> None:
        """Remember the lines; explain nothing yet."""
        self._engine, self._lookup = engine, lookup
        self._judged = {(one.subject.claim_id, one.subject.line_id): one for one in judged}

    def __getitem__(self, key: tuple[str | None, str | None]) -> Mapping[str, Judgement]:
        """The judgements of one line, by rule."""
        return _OfLine(self._engine, self._judged[key], self._lookup)

    def __iter__(self) -> Iterator[tuple[str | None, str | None]]:
        """The lines."""
        return iter(self._judged)

    def __len__(self) -> int:
        """How many lines."""
        return len(self._judged)
