"""One run of the rules that look around, over some lines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from claimrules.codebook import Lookup
from claimrules.engine.alone import Standing, said_alone, standing
from claimrules.engine.asking import Ask, Batch
from claimrules.engine.group_rules import GroupRule
from claimrules.engine.group_run import judge_in_group
from claimrules.engine.history import Coverage
from claimrules.engine.index import Group, Parts, Places
from claimrules.engine.keys import Same
from claimrules.engine.neighbours import Neighbours
from claimrules.engine.outcomes import FIRED, NOT_APPLICABLE, no_history_byte
from claimrules.engine.pair_run import decide, decide_among
from claimrules.engine.past import SMALL
from claimrules.engine.related import related_lines
from claimrules.engine.silence import Silences, silences_of
from claimrules.engine.strata import deny_by_pairs
from claimrules.engine.subject import NO_PROOFS, Proofs, Subject
from claimrules.model.code import Cause

if TYPE_CHECKING:
    from datetime import date

    from claimrules.codebook.kept import Silence as Silent
    from claimrules.engine.run import Engine
    from claimrules.model.claim import Setting


_ALL_SPEAK: Final = (None, None)
_NO_HISTORY: Final = no_history_byte()


class Stands:
    """What is said of one line so far: first what is said of a line alone, then of one among others.

    ``silent`` is what rules say of it for which no table speaks.
    """

    __slots__ = ("covered", "done", "outcomes", "own", "proofs", "said", "silent", "subject")

    def __init__(self, subject: Subject, said: Standing, covered: int, silent: Silences | None) -> None:
        """Take what is said of the line alone."""
        self.subject, self.said, self.covered, self.silent = subject, said, covered, silent
        self.outcomes: bytes | bytearray = said.outcomes
        self.proofs = said.proofs
        self.own = False
        self.done = 0

    def put(self, place: int, number: int, byte: int, proven: Proofs) -> None:
        """Put what a rule says in its place; what other lines of the class share is copied first."""
        if not self.own:
            self.outcomes, self.proofs, self.own = bytearray(self.outcomes), dict(self.proofs), True
        self.outcomes[number] = byte  # type: ignore[index]
        self.done |= 1 << number
        if byte == FIRED or proven is not NO_PROOFS:
            self.proofs[place] = proven
        else:
            self.proofs.pop(place, None)


class Around:
    """The lines of a run, what they share, and what the rules that look around say of them.

    ``proofs`` are by the number of the line, then by that of the rule; ``places.near`` are the lines whose
    denial matters, and those of their days.
    """

    def __init__(self, engine: "Engine", coverage: Coverage, lookup: Lookup) -> None:
        """Remember what is known of the history."""
        self.engine, self.coverage, self.lookup = engine, coverage, lookup
        self.proofs: dict[int, dict[int, Proofs]] = {}
        self._rules = engine.around
        self._base = len(engine.line_rules)
        self._covered: dict[tuple[date | None, Setting], tuple[int, Silent]] = {}
        self._fired_early: list[tuple[Subject, int]] = []

    def stand(self, subject: Subject) -> Stands:
        """What is said of a line alone; the line rules have been run on it."""
        line, engine = subject.line, self.engine
        day = line.from_date, line.setting
        found = self._covered.get(day)
        if found is None:
            silences = self.lookup.silences[day]
            found = self._covered[day] = engine.covered(self.coverage, day[0]), silences
        covered, silences = found
        said = standing(engine, subject, covered)
        if silences == _ALL_SPEAK:
            return Stands(subject, said, covered, None)
        silent = said.silent.get(silences)
        if silent is None:
            silent = said.silent.setdefault(silences, silences_of(engine, silences, said, covered))
        return Stands(subject, said, covered, silent)

    def run(self, places: Places, others: Sequence[Subject], judged: Sequence[Stands]) -> None:
        """Run the rules on those judged; on ``others`` first, lines of a history that pairs may deny."""
        self.places = places
        everyone = places.everyone
        self._coded = places.coded and (len(everyone) > 1 or places.rest is not None)
        self._neighbours = Neighbours(self.engine.masks, places) if len(everyone) <= SMALL else None
        # What the NCCI tables say of the history matters to what depends on it.
        for subject in others:
            line, kind = subject.line, self.engine.look(subject)
            if kind.early & ~self.engine.never_fire(self.lookup.silences[line.from_date, line.setting]):
                self._run_early(self.stand(subject))
        late = [(at, self._run_early(at)) for at in judged]
        if self._fired_early:
            deny_by_pairs(self.engine, self._fired_early, self.proofs, self.lookup)
        for at, rules in late:
            if rules or at.said.late:
                self._ask(at, rules, at.said.late)

    def _run_early(self, at: Stands) -> int:
        """Run on a line the rules before the last stratum; gives, as bits, the later ones to be asked."""
        early, may = self.engine.masks.early, at.said.concerned
        if self._neighbours is not None:
            may &= self._neighbours.may_prove(at.subject)
        if at.silent is not None and self._coded:
            may &= ~self._keep_silent(at, at.silent)
        if may & early or at.said.early:
            self._ask(at, may & early, at.said.early)
            self._keep_early(at)
        return may & ~early

    def _keep_silent(self, at: Stands, silent: Silences) -> int:
        """Say what rules say for which no table speaks; gives them as bits."""
        told = 0
        for each in silent.each:
            if told & each.implied or self._shares(each.same, at.subject):
                told |= each.bits
        if told:
            at.done |= told
            at.outcomes, at.proofs = silent.said(told)
        return silent.bits

    def _shares(self, same: Same, subject: Subject) -> bool:
        """Whether a line shares a key with another."""
        if self._neighbours is not None:
            return self._neighbours.share(same, subject)
        place = self.places.of(same.place, same.dated, subject)
        if len(place.members) == 1:
            return False
        return _shared(place.parts(same, subject)) is not None

    def _ask(self, at: Stands, rules: int, alone: Sequence[int]) -> None:
        """Ask what rules, given as bits, say of a line among others, then ``alone`` of it by itself."""
        if rules:
            for ask in self.engine.plans[rules]:
                if self._neighbours is None:
                    self._ask_place(at, ask, rules)
                else:
                    self._ask_few(at, ask, rules, self._neighbours)
        for number in alone:
            if not at.done >> number & 1:
                compiled = self._rules[number]
                if compiled.shares_concern or compiled.concerns(at.subject):
                    covered = bool(at.covered >> number & 1)
                    at.put(self._base + number, number, *said_alone(compiled, at.subject, covered=covered))

    def _ask_few(self, at: Stands, ask: Ask, rules: int, neighbours: Neighbours) -> None:
        """Ask rules of the few lines that may prove something."""
        subject = at.subject
        for same, _, batches in ask.groups:
            for batch in batches:
                if batch.proven:
                    others = neighbours.proving(same, subject, batch.bits)
                    if others:
                        self._run_among(at, batch, others)
                    continue
                if batch.related:
                    place = self.places.of(ask.place, ask.dated, subject)
                    parts = _shared(place.parts(same, subject))
                    if parts is not None:
                        self._run(at, batch, parts, rules)
                    continue
                group = neighbours.group(same, subject, batch.gathered)
                if group is not None:
                    self._run_in(at, batch, group)

    def _ask_place(self, at: Stands, ask: Ask, rules: int) -> None:
        """Ask rules of lines of one place."""
        subject = at.subject
        place = self.places.of(ask.place, ask.dated, subject)
        if len(place.members) == 1:
            return
        may = ask.always | place.proves & ask.pairs if ask.pairs else ask.always
        may &= rules
        for same, bits, batches in ask.groups:
            if not bits & may:
                continue
            parts = _shared(place.parts(same, subject))
            if parts is None:
                continue
            for batch in batches:
                if batch.bits & may:
                    self._run(at, batch, parts, may)

    def _run(self, at: Stands, batch: Batch, parts: Parts, may: int) -> None:
        """Run a batch of like rules on one line among others."""
        subject = at.subject
        if batch.related and len(parts) == 1:
            related = related_lines(batch.rules[0], subject, parts[0], self.lookup)
            if not related:
                return
            partner = related[0][0]
            if len(related) == 1 and isinstance(partner, Cause):
                self._unrelated(at, batch, partner, may)
                return
        for compiled in batch.rules:
            number = compiled.number
            if not may >> number & 1 or (not compiled.shares_concern and not compiled.concerns(subject)):
                continue
            if isinstance(compiled, GroupRule):
                self._judge(at, compiled, parts[0])
                continue
            covered = bool(at.covered >> number & 1)
            said = decide(compiled, subject, parts, self.lookup, covered=covered)
            at.put(self._base + number, number, *said)

    def _run_in(self, at: Stands, batch: Batch, group: Group) -> None:
        """Run group rules on a line in its group."""
        for compiled in batch.rules:
            if compiled.shares_concern or compiled.concerns(at.subject):
                self._judge(at, compiled, group)

    def _judge(self, at: Stands, compiled: GroupRule, group: Group) -> None:
        """Judge a line in its group by one rule."""
        number = compiled.number
        covered = bool(at.covered >> number & 1)
        said = judge_in_group(compiled, number, at.subject, group, covered=covered)
        byte, proofs = said or (NOT_APPLICABLE, NO_PROOFS)
        at.put(self._base + number, number, byte, proofs)

    def _run_among(self, at: Stands, batch: Batch, others: Sequence[Subject]) -> None:
        """Run pair rules on a line and the few that may prove something."""
        for compiled in batch.rules:
            number = compiled.number
            if compiled.shares_concern or compiled.concerns(at.subject):
                covered = bool(at.covered >> number & 1)
                said = decide_among(compiled, at.subject, others, covered=covered)
                at.put(self._base + number, number, *said)

    def _unrelated(self, at: Stands, batch: Batch, cause: Cause, may: int) -> None:
        """Say of one line that no table tells what other lines are to it."""
        for compiled in batch.rules:
            number = compiled.number
            if may >> number & 1 and (compiled.shares_concern or compiled.concerns(at.subject)):
                known = at.covered >> number & 1 or compiled.rule.other == "none"
                byte = compiled.unrelated[cause] if known else _NO_HISTORY
                at.put(self._base + number, number, byte, NO_PROOFS)

    def _keep_early(self, at: Stands) -> None:
        """Remember what fired before the last stratum."""
        early = at.outcomes[: self.engine.around_early]
        if FIRED not in early:
            return
        seq = at.subject.seq
        self.proofs[seq] = at.proofs
        found = [(at.subject, self._base + number) for number, byte in enumerate(early) if byte == FIRED]
        self._fired_early += found


def _shared(parts: Parts | int) -> Parts | None:
    """The groups of a line that shares a key with another."""
    return None if isinstance(parts, int) or (len(parts) == 1 and len(parts[0].members) == 1) else parts
