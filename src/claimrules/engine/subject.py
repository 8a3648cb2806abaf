"""A subject: one line with what stands around it, as the compiled rules see it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import attrs

from claimrules.codebook import Lookup, Slot
from claimrules.expr.access import clip
from claimrules.model.claim import Claim, ClaimLine
from claimrules.model.code import CodeAttributes
from claimrules.model.facts import ClaimFacts

if TYPE_CHECKING:
    from claimrules.engine.kinds import Kind, LineClass
    from claimrules.engine.past import Learning

MAX_PROOFS = 8
ONLY_CLAIM = "(this claim)"
"""Stands in for the id of a claim that was given without one."""


NO_FACTS = ClaimFacts()
_AS_ON_THE_LINE = {"line_id": "line_id", "patient_id": "patient", "billing_provider": "billing_provider"}
"""What is seldom asked for, and says what the line says where nothing else stands around it."""


class Subject:
    """One line in its surroundings; ``denied`` is filled stratum by stratum.

    What is published about its code is looked up when it is first asked for: lines of one kind share it.
    So are by ``learning`` the kind itself, ``proves`` (as bits the rules for which the line may prove
    something), and whether a line is ``denied`` that only proves.
    """

    __slots__ = (
        "as_of",
        "billing_provider",
        "claim",
        "claim_id",
        "code",
        "denied",
        "judged",
        "kind",
        "known",
        "learning",
        "line",
        "line_id",
        "modifiers",
        "patient",
        "patient_id",
        "proves",
        "provider",
        "seq",
        "slot",
    )

    billing_provider: str | None
    code: CodeAttributes
    denied: bool
    kind: "Kind"
    known: "LineClass"
    learning: "Learning"
    line_id: str | None
    modifiers: tuple[str, ...] | None
    patient_id: str | None
    proves: int

    def __init__(  # noqa: PLR0913, PLR0917 (what stands around a line)
        self,
        line: ClaimLine,
        claim: ClaimFacts,
        claim_id: str | None,
        lookup: Lookup,
        seq: int,
        as_of: date | None = None,
    ) -> None:
        """Stand the line in its place; the line's own facts go before the claim's.

        ``patient_id`` is the id of its patient, for whom otherwise the claim stands. A line that is not
        ``judged`` only proves.
        """
        self.line = line
        self.claim = line.facts or claim
        self.as_of = as_of
        self.claim_id = claim_id
        self.patient = line.patient or claim_id
        self.provider = line.provider or line.billing_provider
        self.seq = seq
        self.judged = True
        self.denied = False
        self.slot = lookup.slot(line.from_date, line.setting)

    def only_proves(self) -> None:
        """Let the line prove, and not be judged; whether it is denied is found out when a rule asks."""
        self.judged = False
        del self.denied

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (what is not filled yet)
        if name == "modifiers":
            self.modifiers = clip(self.line.modifiers)
            return self.modifiers
        if name == "code":
            self.code = attributes(self.slot, self.line.code, self.modifiers)
            return self.code
        if name == "proves":
            return self.learning.proves(self)
        if name == "denied":
            return self.learning.denied(self)
        if name == "kind":
            return self.learning.kind(self)
        if name in _AS_ON_THE_LINE:
            found = getattr(self.line, _AS_ON_THE_LINE[name])
            setattr(self, name, found)
            return found
        raise AttributeError(name)


class PastSubject(Subject):
    """A line that only proves: most of the lines of a run are such, so that it takes in the least."""

    __slots__ = ()

    def __init__(  # noqa: PLR0913, PLR0917 (what stands around a line)
        self,
        line: ClaimLine,
        claim: ClaimFacts,
        slot: Slot,
        seq: int,
        as_of: date | None,
        learning: "Learning",
    ) -> None:
        """Stand the line in its place, of which the slot is known."""
        self.learning = learning
        self.line = line
        self.claim = line.facts or claim
        self.as_of = as_of
        self.claim_id = claim_id = line.claim_id
        self.patient = line.patient or claim_id
        self.provider = line.provider or line.billing_provider
        self.seq = seq
        self.judged = False
        self.slot = slot


def wanted_row(modifiers: tuple[str, ...]) -> str:
    """The fee schedule row that the modifiers select: 26 with TC takes the blank one."""
    if "26" in modifiers:
        return "" if "TC" in modifiers else "26"
    if "TC" in modifiers:
        return "TC"
    return "53" if "53" in modifiers else ""


def attributes(slot: Slot, code: str | None, modifiers: tuple[str, ...] | None) -> CodeAttributes:
    """The attributes of the row that the line selects; unknown where the modifiers leave it open."""
    if not modifiers:
        found = slot.get(code)
        several = modifiers is None and found.rows is not None and len(found.rows) > 1
        return slot.get(None) if several else found
    return slot.get(code, wanted_row(modifiers))


def claim_lines(claim: Claim) -> Iterator[ClaimLine]:
    """The lines of a claim with what the claim says once, and a number each."""
    claim_id = claim.claim_id or ONLY_CLAIM
    for number, line in enumerate(claim.lines, 1):
        yield attrs.evolve(
            line,
            claim_id=line.claim_id or claim_id,
            line_id=line.line_id or str(number),
            patient=line.patient or claim.patient,
            billing_provider=line.billing_provider or claim.billing_provider,
        )


def lone_subject(line: ClaimLine, lookup: Lookup, as_of: date | None) -> Subject:
    """Make a subject of a line alone, as of a claim of one line."""
    subject = Subject(line, NO_FACTS, line.claim_id or ONLY_CLAIM, lookup, 0, as_of)
    subject.line_id = line.line_id or "1"
    return subject


def claim_subjects(claim: Claim, lookup: Lookup, as_of: date | None, first: int) -> list[Subject]:
    """Make subjects of the lines of a claim, as ``claim_lines`` would fill them, numbered from ``first``."""
    claim_id = claim.claim_id or ONLY_CLAIM
    found = []
    for number, line in enumerate(claim.lines):
        subject = Subject(line, claim, line.claim_id or claim_id, lookup, first + number, as_of)
        subject.line_id = line.line_id or str(number + 1)
        patient = line.patient or claim.patient
        subject.patient_id = patient
        subject.patient = patient or subject.claim_id
        subject.billing_provider = line.billing_provider or claim.billing_provider
        subject.provider = line.provider or subject.billing_provider
        found.append(subject)
    return found


def subjects(
    lines: Iterable[ClaimLine],
    facts: ClaimFacts,
    lookup: Lookup,
    *,
    first: int = 0,
    as_of: date | None = None,
) -> list[Subject]:
    """Make subjects of lines, numbered in their order."""
    return [Subject(line, facts, line.claim_id, lookup, seq, as_of) for seq, line in enumerate(lines, first)]


class Proofs:
    """The other lines that prove an outcome: the first eight in their order, and how many there are.

    ``aggregates`` are the sums and counts of a group rule. ``depends_on`` names the rules that found
    something on every column 1 line that proves a finding of the NCCI tables (language, A5).
    """

    __slots__ = ("aggregates", "count", "depends_on", "first")

    def __init__(
        self, first: Sequence[Subject] = (), count: int = 0, aggregates: Sequence[tuple[Any, ...]] = ()
    ) -> None:
        """Keep the first eight."""
        self.first = tuple(first[:MAX_PROOFS])
        self.count = count
        self.aggregates = aggregates
        self.depends_on: tuple[str, ...] = ()

    def of(self, _subject: Subject) -> "Proofs":
        """What is proven of one line: lines that stand alone share theirs."""
        return self


NO_PROOFS = Proofs()
