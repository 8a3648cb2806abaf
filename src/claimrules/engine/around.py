"""One run of the rules that look around, over some lines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from claimrules.codebook import Lookup
from claimrules.engine.alone import Said, said_alone
from claimrules.engine.group_rules import GroupRule, judge_in_group
from claimrules.engine.history import Coverage
from claimrules.engine.index import Place, Places
from claimrules.engine.keys import Same
from claimrules.engine.outcomes import FIRED
from claimrules.engine.pair_rules import PairRule
from claimrules.engine.pair_run import decide, untold
from claimrules.engine.strata import deny_by_pairs
from claimrules.engine.subject import NO_PROOFS, Proofs, Subject
from claimrules.rulebook.rule import Needs

if TYPE_CHECKING:
    from datetime import date

    from claimrules.engine.run import Engine


class Around:
    """The lines of a run, what they share, and what the rules that look around say of them.

    ``proofs`` by the number of the line, then by that of the rule. ``places.near`` are the lines whose
    denial matters: the judged ones, and those of the history on their days.
    """

    def __init__(self, engine: "Engine", places: Places, coverage: Coverage, lookup: Lookup) -> None:
        """Take the lines in; the line rules have been run on those that are near."""
        self.engine, self.places, self.coverage, self.lookup = engine, places, coverage, lookup
        self.proofs: dict[int, dict[int, Proofs]] = {}
        self._rules = engine.around
        self._base = len(engine.line_rules)
        blank = bytes(len(engine.around))
        self._outcomes = {subject.seq: bytearray(blank) for subject in places.near if subject.judged}
        self._covered: dict[tuple[Needs, date | None], bool] = {}
        self._fired_early: list[tuple[Subject, int]] = []

    def outcomes(self, subject: Subject) -> bytes:
        """A byte a rule."""
        return bytes(self._outcomes[subject.seq])

    def run(self) -> None:
        """Run on every line the rules that may concern it, in the order of the strata."""
        engine, near = self.engine, self.places.near
        kinds = [engine.look(subject) for subject in near]
        # What the NCCI tables say of the history matters to what depends on it.
        for subject, kind in zip(near, kinds, strict=True):
            for same, numbers in kind.early:
                self._run(subject, same, numbers)
        deny_by_pairs(engine, self._fired_early, self.proofs, self.lookup)
        for subject, kind in zip(near, kinds, strict=True):
            if subject.judged:
                for same, numbers in kind.late:
                    self._run(subject, same, numbers)

    def _run(self, subject: Subject, same: Same, numbers: Sequence[int]) -> None:
        """Run the rules that ask for the same keys on one line."""
        place, rules = self.places.of(same, subject), self._rules
        lone = len(place.members) == 1
        unknown: int | None = None
        for number in numbers:
            compiled = rules[number]
            if not compiled.settled and not compiled.concerns(subject):
                continue
            pair = isinstance(compiled, PairRule)
            if lone or (pair and not compiled.rule.relation and not place.proves >> number & 1):
                if unknown is None:
                    unknown = same.unknown(subject)
                if unknown >= 0:
                    self._unknown(compiled, number, subject, unknown)
                else:
                    self._alone(compiled, number, subject)
            elif isinstance(compiled, PairRule):
                self._run_pair(compiled, number, subject, place)
            else:
                self._run_group(compiled, number, subject, place)

    def _run_pair(self, compiled: PairRule, number: int, subject: Subject, place: Place) -> None:
        parts, rule = place.parts(compiled.same, subject), compiled.rule
        if isinstance(parts, int):
            self._unknown(compiled, number, subject, parts)
            return
        told = untold(compiled, subject, parts, self.lookup)
        if told == ():
            self._alone(compiled, number, subject)
        elif told is None or subject.judged:
            covered = rule.needs is None or self._covers(rule.needs, subject)
            said = decide(compiled, subject, parts, self.lookup, told, covered=covered)
            self._put(number, subject, *said)

    def _run_group(self, compiled: GroupRule, number: int, subject: Subject, place: Place) -> None:
        parts, rule = place.parts(compiled.same, subject), compiled.rule
        if isinstance(parts, int):
            self._unknown(compiled, number, subject, parts)
        elif len(parts[0].members) == 1:
            self._alone(compiled, number, subject)
        else:
            covered = rule.needs is None or self._covers(rule.needs, subject)
            said = judge_in_group(compiled, number, subject, parts[0], covered=covered)
            if said is not None:
                self._put(number, subject, *said)

    def _unknown(self, compiled: PairRule | GroupRule, number: int, subject: Subject, part: int) -> None:
        if isinstance(compiled, PairRule):
            self._put(number, subject, compiled.unknown[part], NO_PROOFS)
            return
        rule = compiled.rule
        covered = rule.needs is None or self._covers(rule.needs, subject)
        self._put(number, subject, *compiled.unshared(subject, part, covered=covered))

    def _alone(self, compiled: PairRule | GroupRule, number: int, subject: Subject) -> None:
        known = subject.known.alone if compiled.by_class else None
        said: Said | None = None if known is None else known.get(number)
        if said is None:
            said = said_alone(compiled, subject)
            if known is not None:
                known[number] = said
        rule = compiled.rule
        covered = rule.needs is None or self._covers(rule.needs, subject)
        self._put(number, subject, said.covered if covered else said.uncovered, said.proofs)

    def _put(self, number: int, subject: Subject, byte: int, proven: Proofs) -> None:
        if subject.judged:
            self._outcomes[subject.seq][number] = byte
        if byte == FIRED or proven is not NO_PROOFS:
            self.proofs.setdefault(subject.seq, {})[self._base + number] = proven
            if byte == FIRED and number < self.engine.around_early:
                self._fired_early.append((subject, self._base + number))

    def _covers(self, needs: Needs, subject: Subject) -> bool:
        """Whether everything is known that a rule needs for a line."""
        key = needs, subject.line.from_date
        found = self._covered.get(key)
        if found is None:
            found = self._covered[key] = self.coverage.covers(*key)
        return found
