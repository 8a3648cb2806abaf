"""One run of the rules that look around, over some lines."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from claimrules.codebook import Lookup
from claimrules.engine.group_rules import GroupRule, run_group_rule
from claimrules.engine.history import Coverage
from claimrules.engine.index import AnyIndex, Group, Lone, Parts, index_of
from claimrules.engine.keys import KeyFunction
from claimrules.engine.outcomes import FIRED
from claimrules.engine.pair_rules import PairRule
from claimrules.engine.pair_run import decide, stands_alone
from claimrules.engine.strata import deny_by_pairs
from claimrules.engine.subject import NO_PROOFS, Proofs, Subject
from claimrules.rulebook.rule import Needs

if TYPE_CHECKING:
    from claimrules.engine.run import Engine


class Around:
    """The lines of a run, what they share, and what the rules that look around say of them.

    ``proofs`` by the number of the line, then by that of the rule.
    """

    def __init__(
        self, engine: "Engine", subjects: Sequence[Subject], coverage: Coverage, lookup: Lookup
    ) -> None:
        """Take the lines in; the line rules have been run on them."""
        self.engine, self.subjects, self.coverage, self.lookup = engine, subjects, coverage, lookup
        self.proofs: dict[int, dict[int, Proofs]] = {}
        self._base = len(engine.line_rules)
        blank = bytes(len(engine.around))
        self._outcomes = {subject.seq: bytearray(blank) for subject in subjects if subject.judged}
        self._alone = Group(list(subjects)) if len(subjects) == 1 else None
        self._indexes: dict[tuple[KeyFunction, ...], AnyIndex] = {}
        self._covered: dict[tuple[int, date | None], bool] = {}
        self._fired_early: list[tuple[Subject, int]] = []
        self._proves = 0
        self._quiet: dict[object, set[int]] = defaultdict(set)
        """Lines of the history that stand in no relation; the next rules of that relation pass them by."""

    def outcomes(self, subject: Subject) -> bytes:
        """A byte a rule."""
        return bytes(self._outcomes[subject.seq])

    def run(self) -> None:
        """Run every rule on the lines that it may concern, in the order of the strata."""
        concerned, early = self._concerned(), self.engine.around_early
        numbers = sorted(concerned)
        first = bisect_left(numbers, early)
        for number in numbers[:first]:
            self._run(number, concerned[number])
        deny_by_pairs(self.engine, self._fired_early, self.proofs, self.lookup)
        for number in numbers[first:]:
            self._run(number, concerned[number])

    def _concerned(self) -> dict[int, list[Subject]]:
        """For each rule the lines that it may concern, as far as their kinds tell."""
        engine, early = self.engine, self.engine.around_early
        concerned: dict[int, list[Subject]] = defaultdict(list)
        for subject in self.subjects:
            numbers = engine.look(subject)
            self._proves |= subject.kind.proves
            if not subject.judged:
                # What the NCCI tables say of the history matters to what depends on it.
                numbers = numbers[: bisect_left(numbers, early)]
            for number in numbers:
                concerned[number].append(subject)
        return concerned

    def _run(self, number: int, found: list[Subject]) -> None:
        compiled = self.engine.around[number]
        concerned = (
            found if compiled.settled else [subject for subject in found if compiled.concerns(subject)]
        )
        if not concerned:
            return
        if isinstance(compiled, GroupRule):
            put, covers = partial(self._put, number), partial(self._covers, number, compiled.rule.needs)
            run_group_rule(compiled, concerned, self._index(compiled.same), covers, put)
        else:
            self._run_pair(compiled, number, concerned)

    def _run_pair(self, compiled: PairRule, number: int, concerned: list[Subject]) -> None:
        rule, lookup = compiled.rule, self.lookup
        lonely = not rule.relation and not self._proves >> number & 1
        parts_of = partial(_nobody, compiled) if lonely else self._index(compiled.same).parts
        quiet = self._quiet[compiled.same, rule.relation, rule.role, rule.other]
        for subject in concerned:
            if subject.seq in quiet:
                continue
            parts = parts_of(subject)
            if isinstance(parts, int):
                self._put(number, subject, compiled.unknown[parts], NO_PROOFS)
            elif not subject.judged and stands_alone(compiled, subject, parts, lookup):
                quiet.add(subject.seq)
            else:
                covered = rule.needs is None or self._covers(number, rule.needs, subject.line.from_date)
                self._put(number, subject, *decide(compiled, subject, parts, lookup, covered=covered))

    def _put(self, number: int, subject: Subject, byte: int, proven: Proofs) -> None:
        if subject.judged:
            self._outcomes[subject.seq][number] = byte
        if byte == FIRED or proven is not NO_PROOFS:
            self.proofs.setdefault(subject.seq, {})[self._base + number] = proven
            if byte == FIRED and number < self.engine.around_early:
                self._fired_early.append((subject, self._base + number))

    def _index(self, functions: tuple[KeyFunction, ...]) -> AnyIndex:
        found = self._indexes.get(functions)
        if found is None:
            made = Lone(functions, self._alone) if self._alone else index_of(functions, self.subjects)
            found = self._indexes[functions] = made
        return found

    def _covers(self, number: int, needs: Needs | None, day: date | None) -> bool:
        """Whether everything is known that a rule needs for a line of that day."""
        if needs is None:
            return True
        found = self._covered.get((number, day))
        if found is None:
            found = self._covered[number, day] = self.coverage.covers(needs, day)
        return found


def _nobody(compiled: PairRule, subject: Subject) -> Parts | int:
    """No groups where no line can prove anything; or the part of the key that is unknown."""
    keys = [function(subject) for function in compiled.same]
    first = keys[0]
    return first if isinstance(first, int) and all(isinstance(key, int) for key in keys) else ()
