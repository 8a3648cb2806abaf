"""The line engine: a rulebook compiled to Python, and one run over some lines in three strata."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Final

import attrs

from claimrules.codebook import Lookup
from claimrules.engine.explain import Explainer, Situation
from claimrules.engine.group_rules import GroupRule, compile_group_rule, run_group_rule
from claimrules.engine.history import Coverage
from claimrules.engine.line_rules import LineFunction, is_settled, line_function
from claimrules.engine.outcomes import FIRED
from claimrules.engine.pair_rules import PairRule, compile_pair_rule, relation, run_pair_rule
from claimrules.engine.strata import GRAVE, deny, deny_by_pairs
from claimrules.engine.subject import NO_PROOFS, Proofs, Subject
from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.rulebook.rule import LAST_STRATUM, Rule, RuleScope

DENYING: Final = GRAVE


@attrs.frozen
class Judged:
    """One line and its outcomes, a byte a rule; ``proofs`` by the number of the rule."""

    subject: Subject
    outcomes: bytes
    proofs: dict[int, Proofs]


class Engine:
    """The compiled rules, in the order of the outcome bytes: line rules, then the later strata."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Compile every rule that looks around; line rules are compiled when a setting asks."""
        self.rules: Final = tuple(
            sorted(rules, key=lambda rule: (rule.stratum, not is_settled(rule), rule.code))
        )
        self.line_rules: Final = tuple(rule for rule in self.rules if rule.stratum == 1)
        self.around: Final = tuple(_compile(rule) for rule in self.rules[len(self.line_rules) :])
        self.numbers: Final = {rule.code: number for number, rule in enumerate(self.rules)}
        self._functions: dict[Setting, LineFunction] = {}
        self._explainers: dict[int, Explainer] = {}

    def line_function(self, setting: Setting) -> LineFunction:
        """The generated function for a setting."""
        found = self._functions.get(setting)
        if found is None:
            found = self._functions.setdefault(setting, line_function(self.line_rules, setting))
        return found

    def explainer(self, number: int) -> Explainer:
        """What explains one rule."""
        found = self._explainers.get(number)
        if found is None:
            compiled = self.around[number - len(self.line_rules)] if number >= len(self.line_rules) else None
            nodes = compiled.aggregates if isinstance(compiled, GroupRule) else ()
            found = self._explainers.setdefault(number, Explainer(self.rules[number], nodes))
        return found

    @cached_property
    def taken_in(self) -> Mapping[int, frozenset[int]]:
        """For each rule, by number, all that it takes in (``supersedes``), directly or through another.

        A rule that stands in a circle takes in nothing of it: else neither finding would be told.
        """
        direct = {
            number: {self.numbers[code] for code in rule.supersedes if code in self.numbers}
            for number, rule in enumerate(self.rules)
            if rule.supersedes
        }
        found: dict[int, frozenset[int]] = {}
        for number, others in direct.items():
            reached, waiting = set[int](), set(others)
            while waiting:
                reached |= waiting
                waiting = set[int]().union(*(direct.get(each, ()) for each in waiting)) - reached
            found[number] = frozenset(reached)
        return {
            number: frozenset(other for other in others if number not in found.get(other, ()))
            for number, others in found.items()
        }

    @cached_property
    def takers(self) -> Mapping[int, tuple[int, ...]]:
        """For each rule, by number, those that take it in where they fire on the same line."""
        found: dict[int, tuple[int, ...]] = {}
        for number, others in self.taken_in.items():
            for other in others:
                found[other] = (*found.get(other, ()), number)
        return found

    @cached_property
    def may_deny(self) -> bytes:
        """For each rule, whether a finding of it can deny or return a line."""
        return bytes(rule.gravest in DENYING for rule in self.rules)

    def run(self, subjects: Sequence[Subject], coverage: Coverage, lookup: Lookup) -> list[Judged]:
        """Judge the subjects, stratum by stratum; lines of a history only prove."""
        around = [bytearray(len(self.around)) for _ in subjects] if self.around else []
        proofs: dict[int, dict[int, Proofs]] = {}
        first = [self.line_function(subject.line.setting)(subject) for subject in subjects]
        if self.around:
            deny(self, subjects, first, lookup)
            self._look_around(subjects, around, proofs, coverage, lookup)
        empty: dict[int, Proofs] = {}
        return [
            Judged(subject, first[i] + around[i] if around else first[i], proofs.get(i, empty))
            for i, subject in enumerate(subjects)
            if subject.judged
        ]

    def _look_around(
        self,
        subjects: Sequence[Subject],
        around: list[bytearray],
        proofs: dict[int, dict[int, Proofs]],
        coverage: Coverage,
        lookup: Lookup,
    ) -> None:
        base, start = len(self.line_rules), subjects[0].seq if subjects else 0
        settled = False

        def put(number: int, subject: Subject, byte: int, proven: Proofs) -> None:
            around[subject.seq - start][number] = byte
            if byte == FIRED or proven is not NO_PROOFS:
                proofs.setdefault(subject.seq - start, {})[base + number] = proven

        for number, compiled in enumerate(self.around):
            if compiled.rule.stratum == LAST_STRATUM and not settled:
                settled = True
                deny_by_pairs(self, subjects, around, proofs, lookup)
            if isinstance(compiled, GroupRule):
                run_group_rule(compiled, subjects, coverage, partial(put, number))
            else:
                run_pair_rule(compiled, subjects, coverage, lookup, partial(put, number))
        if not settled:
            deny_by_pairs(self, subjects, around, proofs, lookup)

    def situation(self, subject: Subject, number: int, proofs: Proofs, lookup: Lookup) -> Situation:
        """What a rule saw when it judged the line."""
        rule = self.rules[number]
        other = proofs.first[0] if proofs.first and rule.scope is RuleScope.PAIR else None
        partner = relation(rule, subject, other, lookup) if rule.relation and other is not None else None
        return Situation(subject, other, None if isinstance(partner, Cause) else partner, proofs.aggregates)


def _compile(rule: Rule) -> GroupRule | PairRule:
    compilers: dict[RuleScope, Callable[[Rule], GroupRule | PairRule]] = {
        RuleScope.GROUP: compile_group_rule,
        RuleScope.PAIR: compile_pair_rule,
    }
    return compilers[rule.scope](rule)
