"""The lines of a history: subjects are made of those that may matter, of the others when a rule asks."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from claimrules.codebook import Lookup, Slot
from claimrules.engine.index import Places
from claimrules.engine.subject import PastSubject, Subject
from claimrules.model.claim import ClaimLine
from claimrules.model.facts import ClaimFacts

if TYPE_CHECKING:
    from claimrules.engine.around import Stands
    from claimrules.engine.kinds import Kind
    from claimrules.engine.run import Engine

SMALL: Final = 64
"""Of so many lines each is looked at, and none is sorted, as long as that will do."""
_Left = tuple[int, ClaimLine, Slot, int]
"""A line of which no subject was made: its number, where it stands, and what it may prove."""


class Learning:
    """What is found out of a line of a run when it is first asked for."""

    __slots__ = ("_engine", "_lookup", "proves")

    def __init__(self, engine: "Engine", lookup: Lookup) -> None:
        """Remember the rules and the book."""
        self._engine, self._lookup = engine, lookup
        self.proves = engine.learn

    def kind(self, subject: Subject) -> "Kind":
        """Fill, and give, the kind of a line."""
        self._engine.of_setting(subject.line.setting).settle(subject)
        return subject.kind

    def denied(self, subject: Subject) -> bool:
        """Fill, and give, whether line rules deny a line: no rule that looks at others can."""
        return self._engine.denied(subject, self._lookup)


class Past:
    """The lines of a history in one run: most of them matter to no rule that is asked."""

    __slots__ = ("_as_of", "_facts", "_learning", "_left", "_rest", "coded", "lines")

    def __init__(self, lines: Sequence[ClaimLine], facts: ClaimFacts, as_of: date | None) -> None:
        """Remember the lines; they are numbered in their order."""
        self.lines = lines
        self._facts, self._as_of = facts, as_of
        self._left: list[_Left] = []
        self._rest: list[Subject] | None = None
        self.coded = True

    def stand(
        self, engine: "Engine", learning: Learning, lookup: Lookup, wanted: int, days: set[date | None]
    ) -> list[Subject]:
        """Make subjects of the lines of some days, and of those that may prove something for rules, as bits.

        The days are added on which lines stand whose denial matters, and rests on others.
        """
        self._learning = learning
        facts, as_of, slot_of = self._facts, self._as_of, lookup.slot
        learn, afar, everyone = engine.learn, engine.afar & wanted, wanted < 0
        known, left = learn.known, self._left
        found: list[Subject] = []
        more: set[date | None] = set()
        for seq, line in enumerate(self.lines):
            day, code = line.from_date, line.code
            slot = slot_of(day, line.setting)
            proves = known.get((slot, code, line.modifiers))
            if proves is None:
                proves = learn(PastSubject(line, facts, slot, seq, as_of, learning))
            if proves & wanted or everyone or day in days:
                subject = PastSubject(line, facts, slot, seq, as_of, learning)
                subject.proves = proves
                found.append(subject)
                if proves & afar and engine.rests_on_others(line, lookup):
                    more.add(day)
            else:
                left.append((seq, line, slot, proves))
            if code is None:
                self.coded = False
        if not more <= days or not self.coded:
            days |= more
            called = [each for each in left if not self.coded or each[1].from_date in days]
            self._left = [each for each in left if self.coded and each[1].from_date not in days]
            found = sorted([*found, *map(self._made, called)], key=lambda each: each.seq)
        return found

    def rest(self) -> Sequence[Subject]:
        """The lines that are left, as subjects."""
        if self._rest is None:
            self._rest = [self._made(one) for one in self._left]
        return self._rest

    def _made(self, left: _Left) -> Subject:
        seq, line, slot, proves = left
        subject = PastSubject(line, self._facts, slot, seq, self._as_of, self._learning)
        subject.proves = proves
        return subject


def gather(
    engine: "Engine",
    subjects: Sequence[Subject],
    stands: Sequence["Stands"],
    lookup: Lookup,
    past: Past | None,
) -> Places:
    """Gather the lines that matter to those judged, whose days are near, and what these may prove."""
    learning, coded = Learning(engine, lookup), True
    for subject in subjects:
        subject.learning = learning
        if subject.judged:
            kind = subject.kind
            if kind.proves < 0:
                kind.proves = engine.learn(subject)
            subject.proves = kind.proves
        if subject.line.code is None:
            coded = False
    days = {at.subject.line.from_date for at in stands}
    if len(stands) < len(subjects):
        others = [each for each in subjects if not each.judged and each.proves & engine.afar]
        days.update([each.line.from_date for each in others if engine.rests_on_others(each.line, lookup)])
    found, rest = [], None
    if past is not None:
        wanted, many = _wanted(engine, stands, coded=coded), len(past.lines) + len(subjects) > SMALL
        if engine.afar < 0 or wanted & engine.masks.related or many:
            wanted = -1
        found, rest = past.stand(engine, learning, lookup, wanted, days), past.rest
        coded = coded and past.coded
    return Places([*found, *subjects], None if engine.afar < 0 else days, coded=coded, rest=rest)


def _wanted(engine: "Engine", stands: Sequence["Stands"], *, coded: bool) -> int:
    """The rules, as bits, for which lines of any day may matter to those judged."""
    found = 0
    for at in stands:
        found |= at.said.concerned & ~at.silent.bits if coded and at.silent is not None else at.said.concerned
    return found & ~engine.masks.dated
