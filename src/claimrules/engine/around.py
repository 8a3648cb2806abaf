"""One run of the rules that look around, over some lines."""

from typing import TYPE_CHECKING, Final

from claimrules.codebook import Lookup
from claimrules.codebook.kept import Silence as Silent
from claimrules.engine.alone import LoneProofs, Standing, said_alone, standing
from claimrules.engine.asking import Batch
from claimrules.engine.group_rules import GroupRule
from claimrules.engine.group_run import judge_in_group
from claimrules.engine.history import Coverage
from claimrules.engine.index import Parts, Places
from claimrules.engine.keys import Same
from claimrules.engine.outcomes import FIRED, NOT_APPLICABLE, no_history_byte
from claimrules.engine.pair_run import decide
from claimrules.engine.related import related_lines
from claimrules.engine.silence import silences_of
from claimrules.engine.strata import deny_by_pairs
from claimrules.engine.subject import NO_PROOFS, Proofs, Subject
from claimrules.model.code import Cause

if TYPE_CHECKING:
    from datetime import date

    from claimrules.engine.run import Engine


_SMALL: Final = 64
"""Of so many lines it is worth while to find out first what none of them may prove."""
_ALL_SPEAK: Final = (None, None)
_NO_HISTORY: Final = no_history_byte()


class _Stands:
    """What is said of one line so far: first what is said of a line alone, then of one among others."""

    __slots__ = ("covered", "done", "outcomes", "proofs", "said", "subject")

    def __init__(self, subject: Subject, said: Standing, covered: int) -> None:
        self.subject, self.said, self.covered = subject, said, covered
        self.outcomes = bytearray(said.outcomes)
        self.proofs = said.proofs
        self.done = 0


class Around:
    """The lines of a run, what they share, and what the rules that look around say of them.

    ``proofs`` by the number of the line, then by that of the rule. ``places.near`` are the lines whose
    denial matters, and those of their days.
    """

    def __init__(self, engine: "Engine", places: Places, coverage: Coverage, lookup: Lookup) -> None:
        """Take the lines in; the line rules have been run on those that are near."""
        self.engine, self.places, self.coverage, self.lookup = engine, places, coverage, lookup
        self.proofs: dict[int, dict[int, Proofs]] = {}
        self._rules = engine.around
        self._base = len(engine.line_rules)
        self._outcomes: dict[int, bytearray] = {}
        self._covered: dict[date | None, int] = {}
        self._fired_early: list[tuple[Subject, int]] = []
        everyone = places.everyone
        several, small = len(everyone) > 1, len(everyone) <= _SMALL
        self._coded = several and all(subject.line.code is not None for subject in everyone)
        self._codes: dict[str | None, int] | None = {} if small else None
        self._proven = 0
        if several and self._codes is not None:
            for subject in places.near:
                code = subject.line.code
                self._codes[code] = self._codes.get(code, 0) + 1
            self._proven = self._may_prove(engine)

    def _may_prove(self, engine: "Engine") -> int:
        """All rules, as bits, but those for which no line may prove anything."""
        learn, near, masks = engine.learn, 0, engine.masks
        for subject in self.places.near:
            near |= learn(subject)
        anyone = near
        for subject in self.places.far:
            anyone |= learn(subject)
        return (~masks.pairs | anyone) & (~masks.near | near)

    def outcomes(self, subject: Subject) -> bytes:
        """A byte a rule."""
        return bytes(self._outcomes[subject.seq])

    def run(self) -> None:
        """Run on every line the rules that may concern it, in the order of the strata."""
        engine = self.engine
        early, never_fire = engine.masks.early, engine.never_fire
        judged: list[tuple[_Stands, int]] = []
        # What the NCCI tables say of the history matters to what depends on it.
        for subject in self.places.near:
            line, kind = subject.line, engine.look(subject)
            silences = self.lookup.silences[line.from_date, line.setting]
            if not subject.judged and not kind.early & ~never_fire(silences):
                continue
            covered = self._covers(line.from_date)
            at = _Stands(subject, standing(engine, subject, covered), covered)
            may = at.said.concerned & self._possible(line.code)
            if self._coded and silences != _ALL_SPEAK:
                may &= ~self._keep_silent(at, silences)
            self._ask(at, may & early)
            self._ask_open(at, 0, engine.around_early)
            self._keep_early(at)
            if subject.judged:
                judged.append((at, may & ~early))
        deny_by_pairs(engine, self._fired_early, self.proofs, self.lookup)
        for at, late in judged:
            self._ask(at, late)
            self._ask_open(at, engine.around_early, len(self._rules))
            self._own_aggregates(at)
            self._outcomes[at.subject.seq] = at.outcomes
            if at.proofs:
                self.proofs[at.subject.seq] = at.proofs

    def _possible(self, code: str | None) -> int:
        """The rules, as bits, for which the other lines of a small run are not known to be no matter."""
        if self._codes is None:
            return -1
        return self._proven if self._codes.get(code, 0) > 1 else self._proven & ~self.engine.masks.coded

    def _keep_silent(self, at: _Stands, silences: Silent) -> int:
        """Say what rules say for which no table speaks; gives them as bits."""
        silent = at.said.silent.get(silences)
        if silent is None:
            made = silences_of(self.engine, silences, at.said.concerned, at.covered)
            silent = at.said.silent.setdefault(silences, made)
        handled, shared = 0, False
        for each in silent:
            handled |= each.bits
            shared = (shared and each.implied) or self._shares(each.same, at.subject)
            if not shared:
                continue
            at.done |= each.bits
            for number, byte in each.told:
                at.outcomes[number] = byte
                if self._base + number in at.proofs:
                    self._put(at, number, byte, NO_PROOFS)
        return handled

    def _shares(self, same: Same, subject: Subject) -> bool:
        """Whether a line shares a key with another."""
        place = self.places.of(same.place, same.dated, subject)
        if len(place.members) == 1:
            return False
        parts = place.parts(same, subject)
        return not isinstance(parts, int) and any(len(part.members) > 1 for part in parts)

    def _ask(self, at: _Stands, rules: int) -> None:
        """Ask what rules, given as bits, say of a line that does not stand alone."""
        if not rules:
            return
        subject = at.subject
        for ask in self.engine.plans[rules]:
            place = self.places.of(ask.place, ask.dated, subject)
            if len(place.members) == 1:
                continue
            may = ask.always | place.proves & ask.pairs if ask.pairs else ask.always
            if not may:
                continue
            for same, bits, batches in ask.groups:
                if not bits & may:
                    continue
                parts = place.parts(same, subject)
                if isinstance(parts, int) or (len(parts) == 1 and len(parts[0].members) == 1):
                    continue
                for batch in batches:
                    if batch.bits & may:
                        self._run(at, batch, parts, may)

    def _run(self, at: _Stands, batch: Batch, parts: Parts, may: int) -> None:
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
            covered = bool(at.covered >> number & 1)
            if isinstance(compiled, GroupRule):
                said = judge_in_group(compiled, number, subject, parts[0], covered=covered)
                self._put(at, number, *(said or (NOT_APPLICABLE, NO_PROOFS)))
            else:
                self._put(at, number, *decide(compiled, subject, parts, self.lookup, covered=covered))

    def _unrelated(self, at: _Stands, batch: Batch, cause: Cause, may: int) -> None:
        """Say of one line that no table tells what other lines are to it."""
        for compiled in batch.rules:
            number = compiled.number
            if may >> number & 1 and (compiled.shares_concern or compiled.concerns(at.subject)):
                known = at.covered >> number & 1 or compiled.rule.other == "none"
                at.outcomes[number] = compiled.unrelated[cause] if known else _NO_HISTORY
                at.done |= 1 << number
                if self._base + number in at.proofs:
                    self._put(at, number, at.outcomes[number], NO_PROOFS)

    def _ask_open(self, at: _Stands, first: int, end: int) -> None:
        """Ask the rules for which the line stands alone, and lines of its class are not alike."""
        for number in at.said.open:
            if first <= number < end and not at.done >> number & 1:
                compiled = self._rules[number]
                if compiled.shares_concern or compiled.concerns(at.subject):
                    covered = bool(at.covered >> number & 1)
                    self._put(at, number, *said_alone(compiled, at.subject, covered=covered))

    def _put(self, at: _Stands, number: int, byte: int, proven: Proofs) -> None:
        at.outcomes[number] = byte
        at.done |= 1 << number
        place = self._base + number
        if byte == FIRED or proven is not NO_PROOFS:
            if at.proofs is at.said.proofs:
                at.proofs = dict(at.proofs)
            at.proofs[place] = proven
        elif place in at.proofs:
            at.proofs = {key: value for key, value in at.proofs.items() if key != place}

    def _keep_early(self, at: _Stands) -> None:
        """Remember what fired before the last stratum."""
        early = at.outcomes[: self.engine.around_early]
        if FIRED not in early:
            return
        seq = at.subject.seq
        self.proofs[seq] = at.proofs
        found = [(at.subject, self._base + number) for number, byte in enumerate(early) if byte == FIRED]
        self._fired_early += found

    def _own_aggregates(self, at: _Stands) -> None:
        """Let the aggregates that hold the place of a line be its own."""
        for number in at.said.placed:
            if not at.done >> number & 1:
                compiled = self._rules[number]
                if isinstance(compiled, GroupRule):
                    if at.proofs is at.said.proofs:
                        at.proofs = dict(at.proofs)
                    at.proofs[self._base + number] = LoneProofs(compiled, at.subject)

    def _covers(self, day: "date | None") -> int:
        """The rules, as bits, of which everything is known that they need for a line of that day."""
        found = self._covered.get(day)
        if found is None:
            found = self._covered[day] = self.engine.covered(self.coverage, day)
        return found
