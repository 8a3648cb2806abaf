"""The line engine: a rulebook compiled to Python, and one run over some lines in three strata."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from claimrules.codebook import Lookup
from claimrules.codebook.kept import Silence as Silent
from claimrules.engine.around import Around
from claimrules.engine.asking import Masks, Plans, masks
from claimrules.engine.explain import Explained, Explainer, Situation
from claimrules.engine.fired import Fired
from claimrules.engine.group_rules import GroupRule, compile_group_rule
from claimrules.engine.history import Coverage, coverer
from claimrules.engine.keys import keys_known
from claimrules.engine.kinds import Kind, Look, looks_around
from claimrules.engine.line_rules import LineFunction, LineRules, line_rules
from claimrules.engine.outcomes import FIRED
from claimrules.engine.pair_rules import PairRule, compile_pair_rule, relation
from claimrules.engine.past import Past, gather
from claimrules.engine.proving import Proving
from claimrules.engine.settled import CLASSED, exact_fields, rank
from claimrules.engine.silence import Silence, never_fire, unheard
from claimrules.engine.strata import GRAVE, deny
from claimrules.engine.subject import NO_PROOFS, Proofs, Subject
from claimrules.engine.superseding import Told, taken_in, takers, told
from claimrules.expr.nodes import names
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.code import Cause
from claimrules.rulebook.rule import LAST_STRATUM, Needs, Rule, RuleScope

if TYPE_CHECKING:
    from claimrules.engine.alone import Standing

DENYING: Final = GRAVE
_KEPT: Final = 65_536
_NOTHING: Final[Mapping[int, Proofs]] = {}


class Judged(NamedTuple):
    """One line and its outcomes, a byte a rule; ``proofs`` by the number of the rule."""

    subject: Subject
    outcomes: bytes
    proofs: Mapping[int, Proofs]

    def proof(self, number: int) -> Proofs:
        """What proves the outcome of a rule."""
        return self.proofs.get(number, NO_PROOFS).of(self.subject)


class Engine:
    """The compiled rules, in the order of the outcome bytes: line rules, then the later strata."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Compile every rule that looks around; line rules are compiled when a setting asks."""
        self.rules: Final = tuple(
            sorted(rules, key=lambda rule: (rule.stratum, rank(rule) if rule.stratum == 1 else 0, rule.code))
        )
        self.line_rules: Final = tuple(rule for rule in self.rules if rule.stratum == 1)
        exact = exact_fields(rule for rule in self.line_rules if rank(rule) == CLASSED)
        self.around: Final = tuple(
            _compile(rule, number, exact) for number, rule in enumerate(self.rules[len(self.line_rules) :])
        )
        self.numbers: Final = {rule.code: number for number, rule in enumerate(self.rules)}
        self.written: Final[dict[Any, Any]] = {}
        """What the frame engine has written of the rules, kept for the next frame."""
        self.silences: Final[dict[tuple[Silent, int, int], tuple[Silence, ...]]] = {}
        self.standings: Final[dict[tuple[object, ...], Standing]] = {}
        self._functions: dict[Setting, LineRules] = {}
        self._looks: dict[Setting, Look] = {}
        self._tells: dict[bytes, Told] = {}
        self._denials: dict[bytes, tuple[int, ...] | None] = {}
        self._explainers: dict[int, Explainer] = {}
        self._fired: dict[int, Fired] = {}
        self._rests: dict[Silent, bool] = {}

    def line_function(self, setting: Setting) -> LineFunction:
        """The generated function for a setting."""
        return self.of_setting(setting).judge

    def of_setting(self, setting: Setting) -> LineRules:
        """The line rules of a setting, compiled."""
        found = self._functions.get(setting)
        if found is None:
            found = self._functions.setdefault(setting, line_rules(self.line_rules, setting))
        return found

    def look(self, subject: Subject) -> Kind:
        """The kind of a line, with the rules that look around and may concern it."""
        kind = subject.kind
        if kind.looked:
            return kind
        setting = subject.line.setting
        found = self._looks.get(setting)
        if found is None:
            made = looks_around(self.around, self.around_early, setting)
            found = self._looks.setdefault(setting, made)
        return found(subject)

    @cached_property
    def learn(self) -> Proving:
        """Fills for which rules a line may prove something."""
        return Proving([each.rule for each in self.around])

    @cached_property
    def masks(self) -> Masks:
        """The rules that look around by what they need, as bits."""
        return masks(self.around, self.around_early)

    @cached_property
    def never_fire(self) -> Callable[[Silent], int]:
        """Gives the rules, as bits, that cannot fire on days on which tables are so silent."""
        return cache(lambda silent: never_fire(self, silent))

    @cached_property
    def unheard(self) -> Callable[[Silent], tuple[PairRule, ...]]:
        """Gives the rules of a relation that no table knows on days on which tables are so silent."""
        return cache(lambda silent: unheard(self, silent))

    @cached_property
    def plans(self) -> Plans:
        """How rules that look around are asked, by their bits."""
        return Plans(self.around)

    @cached_property
    def afar(self) -> int:
        """The rules, as bits, that ask whether a line of another day is denied; -1: any line's may matter."""
        found = 0
        for each in self.around:
            fields = names(each.rule.applies, each.rule.when, each.rule.unless)
            last = each.rule.stratum == LAST_STRATUM
            if each.same.dated or (last and all(field.name != "denied" for field in fields)):
                continue
            if not last or each.rule.scope is not RuleScope.PAIR:
                return -1
            found |= 1 << each.number
        return found

    def rests_on_others(self, line: ClaimLine, lookup: Lookup) -> bool:
        """Whether rules that look at other lines may deny a line."""
        silent = lookup.silences[line.from_date, line.setting]
        found = self._rests.get(silent)
        if found is None:
            found = self._rests[silent] = bool(self.masks.early & ~self.never_fire(silent))
        return found

    def denied(self, subject: Subject, lookup: Lookup) -> bool:
        """Fill, and give, whether line rules deny a line."""
        found = self.of_setting(subject.line.setting).judge(subject)
        deny(self, (subject,), (found,), lookup)
        return subject.denied

    def explainer(self, number: int) -> Explainer:
        """What explains one rule."""
        found = self._explainers.get(number)
        if found is None:
            compiled = self.around[number - len(self.line_rules)] if number >= len(self.line_rules) else None
            nodes = compiled.aggregates if isinstance(compiled, GroupRule) else ()
            found = self._explainers.setdefault(number, Explainer(self.rules[number], nodes))
        return found

    def fired(self, number: int) -> Fired:
        """What tells of one rule that fired."""
        found = self._fired.get(number)
        if found is None:
            found = self._fired.setdefault(number, Fired(self.explainer(number)))
        return found

    @cached_property
    def taken_in(self) -> Mapping[int, frozenset[int]]:
        """For each rule, by number, all that it takes in (``supersedes``), directly or through another."""
        return taken_in(self.rules, self.numbers)

    @cached_property
    def takers(self) -> Mapping[int, tuple[int, ...]]:
        """For each rule, by number, those that take it in where they fire on the same line."""
        return takers(self.taken_in)

    @cached_property
    def may_deny(self) -> bytes:
        """For each rule, whether a finding of it can deny or return a line."""
        return bytes(rule.gravest in DENYING for rule in self.rules)

    @cached_property
    def around_early(self) -> int:
        """How many of the rules that look around stand before the last stratum."""
        return sum(compiled.rule.stratum < LAST_STRATUM for compiled in self.around)

    @cached_property
    def known_keys(self) -> Callable[[Subject, int], tuple[object, ...]]:
        """Gives what is covered and which keys of a line are known, as far as lines of its class differ."""
        return keys_known([each.same for each in self.around])

    @cached_property
    def covered(self) -> Callable[[Coverage, date | None], int]:
        """Gives the rules that look around, as bits, of which all is known that they need for a day."""
        found: dict[Needs | None, int] = {}
        for each in self.around:
            found[each.rule.needs] = found.get(each.rule.needs, 0) | 1 << each.number
        return coverer(found)

    def run(
        self, subjects: Sequence[Subject], coverage: Coverage, lookup: Lookup, past: Past | None = None
    ) -> list[Judged]:
        """Judge the subjects, stratum by stratum; those of a history only prove, as do lines of the past."""
        judged = [subject for subject in subjects if subject.judged]
        first = [self.of_setting(subject.line.setting).judge(subject) for subject in judged]
        if not self.around:
            return [Judged(subject, found, _NOTHING) for subject, found in zip(judged, first, strict=True)]
        around = Around(self, coverage, lookup)
        stands = [around.stand(subject) for subject in judged]
        places = gather(self, subjects, stands, lookup, past)
        others = [one for one in places.near if not one.judged and self.rests_on_others(one.line, lookup)]
        for subject in others:
            self.denied(subject, lookup)
        deny(self, judged, first, lookup)
        around.run(places, others, stands)
        return [
            Judged(at.subject, found + at.outcomes, at.proofs)
            for at, found in zip(stands, first, strict=True)
        ]

    def may_deny_by(self, outcomes: bytes) -> tuple[int, ...] | None:
        """The line rules that fired and may deny or return the line; ``None`` where one surely does."""
        found = self._denials.get(outcomes, ())
        if found == () and outcomes not in self._denials:
            if len(self._denials) >= _KEPT:
                self._denials.clear()
            fired = (number for number, byte in enumerate(outcomes) if byte == FIRED)
            may = tuple(number for number in fired if self.may_deny[number])
            sure = any(not self.rules[number].severity_if for number in may)
            found = self._denials.setdefault(outcomes, None if sure else may)
        return found

    def tells(self, outcomes: bytes) -> Told:
        """The rules that fired and are told, each with the codes of those that it takes in."""
        found = self._tells.get(outcomes)
        if found is None:
            if len(self._tells) >= _KEPT:
                self._tells.clear()
            found = self._tells.setdefault(outcomes, told(self.rules, self.taken_in, self.takers, outcomes))
        return found

    def told(self, subject: Subject, number: int, lookup: Lookup) -> Explained:
        """What is told of a settled rule that fired: the same of all lines of a kind."""
        kept = subject.kind.told
        found = kept.get(number)
        if found is None:
            situation = self.situation(subject, number, NO_PROOFS, lookup)
            found = kept[number] = self.fired(number).tell(situation)
        return found

    def situation(self, subject: Subject, number: int, proofs: Proofs, lookup: Lookup) -> Situation:
        """What a rule saw when it judged the line."""
        rule = self.rules[number]
        other = proofs.first[0] if proofs.first and rule.scope is RuleScope.PAIR else None
        partner = relation(rule, subject, other, lookup) if rule.relation and other is not None else None
        return Situation(subject, other, None if isinstance(partner, Cause) else partner, proofs.aggregates)


def _compile(rule: Rule, number: int, exact: Collection[str]) -> GroupRule | PairRule:
    if rule.scope is RuleScope.GROUP:
        return compile_group_rule(rule, number, exact)
    return compile_pair_rule(rule, number, exact)
