"""What one stratum tells the next: which lines are denied, and which findings on pairs depend on others."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from claimrules.codebook import Lookup
from claimrules.engine.outcomes import FIRED
from claimrules.engine.subject import NO_PROOFS, Proofs, Subject
from claimrules.model.finding import Severity

if TYPE_CHECKING:
    from claimrules.engine.run import Engine

GRAVE: Final = frozenset({Severity.DENY, Severity.RETURN})
ProofsOf = Mapping[int, Mapping[int, Proofs]]
"""The proofs by the number of a line, then by that of a rule."""


def deny(engine: "Engine", subjects: Sequence[Subject], outcomes: Sequence[bytes], lookup: Lookup) -> None:
    """Mark the lines on which a line rule of severity deny or return has fired (language, A5)."""
    for subject, found in zip(subjects, outcomes, strict=True):
        if FIRED not in found:
            subject.denied = False
            continue
        may = engine.may_deny_by(found)
        subject.denied = may is None or any(
            _is_grave(engine, subject, number, NO_PROOFS, lookup) for number in may
        )


def deny_by_pairs(
    engine: "Engine", fired: Iterable[tuple[Subject, int]], proofs: ProofsOf, lookup: Lookup
) -> None:
    """Mark the lines that the NCCI tables deny, and the findings that depend on another.

    Where every column 1 line that proves a finding has one itself, the finding may fall with it: it is
    a review, and denies nothing (language, A5). Pairs are judged once, not again.
    """
    grave: dict[int, list[int]] = {}
    denied: list[tuple[Subject, Proofs]] = []
    for subject, number in fired:
        proven = proofs[subject.seq][number].of(subject)
        if _is_grave(engine, subject, number, proven, lookup):
            grave.setdefault(subject.seq, []).append(number)
            denied.append((subject, proven))
    for subject, proven in denied:
        found_on = [grave.get(other.seq) for other in proven.first]
        codes = {engine.rules[each].code for some in found_on if some for each in some}
        if all(found_on):
            proven.depends_on = tuple(sorted(codes))
        else:
            subject.denied = True


def _is_grave(engine: "Engine", subject: Subject, number: int, proven: Proofs, lookup: Lookup) -> bool:
    """Whether a rule that fired denies or returns the line."""
    if not engine.may_deny[number]:
        return False
    if not engine.rules[number].severity_if:
        return True
    if engine.fired(number).settled:
        return engine.told(subject, number, lookup).severity in GRAVE
    situation = engine.situation(subject, number, proven, lookup)
    return engine.fired(number).severity(situation) in GRAVE
