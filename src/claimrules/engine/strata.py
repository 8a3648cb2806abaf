"""What one stratum tells the next: which lines are denied, and which findings on pairs depend on others."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from claimrules.codebook import Lookup
from claimrules.engine.outcomes import FIRED
from claimrules.engine.subject import NO_PROOFS, Proofs, Subject
from claimrules.model.finding import Severity

if TYPE_CHECKING:
    from claimrules.engine.run import Engine

GRAVE: Final = frozenset({Severity.DENY, Severity.RETURN})
ProofsOf = Mapping[int, Mapping[int, Proofs]]
"""The proofs by the place of a line among the subjects, then by the number of a rule."""


def deny(engine: "Engine", subjects: Sequence[Subject], outcomes: Sequence[bytes], lookup: Lookup) -> None:
    """Mark the lines on which a line rule of severity deny or return has fired (language, A5)."""
    for subject, found in zip(subjects, outcomes, strict=True):
        if FIRED in found:
            subject.denied = any(
                byte == FIRED and _is_grave(engine, subject, number, NO_PROOFS, lookup)
                for number, byte in enumerate(found)
            )


def deny_by_pairs(
    engine: "Engine",
    subjects: Sequence[Subject],
    outcomes: Sequence[bytearray],
    proofs: ProofsOf,
    lookup: Lookup,
) -> None:
    """Mark the lines that the NCCI tables deny, and the findings that depend on another.

    Where every column 1 line that proves a finding has one itself, the finding may fall with it: it is
    a review, and denies nothing (language, A5). Pairs are judged once, not again.
    """
    base = len(engine.line_rules)
    grave: dict[int, list[int]] = {}
    for place, (subject, found) in enumerate(zip(subjects, outcomes, strict=True)):
        if FIRED in found:
            proven = proofs.get(place, {})
            hits = [
                number
                for number, byte in enumerate(found, base)
                if byte == FIRED and _is_grave(engine, subject, number, proven.get(number, NO_PROOFS), lookup)
            ]
            if hits:
                grave[place] = hits
    start = subjects[0].seq if subjects else 0
    for place, hits in grave.items():
        for number in hits:
            found_on = [grave.get(other.seq - start) for other in proofs[place][number].first]
            codes = {engine.rules[each].code for some in found_on if some for each in some}
            if all(found_on):
                proofs[place][number].depends_on = tuple(sorted(codes))
            else:
                subjects[place].denied = True


def _is_grave(engine: "Engine", subject: Subject, number: int, proven: Proofs, lookup: Lookup) -> bool:
    """Whether a rule that fired denies or returns the line."""
    if not engine.may_deny[number]:
        return False
    explainer = engine.explainer(number)
    if not explainer.rule.severity_if:
        return True
    situation = engine.situation(subject, number, proven, lookup)
    return explainer.severity(explainer.truths(situation)) in GRAVE
