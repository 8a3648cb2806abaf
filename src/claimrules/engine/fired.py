"""What is told of a rule that fired, as plans: one for each way in which its conditions can hold.

Which parts of the conditions decided, one generated function says. What follows from them (the facts,
their places, the words) is settled once for each answer, and filled with values for each finding.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from claimrules.engine.explain import Explained, Explainer, Leaf, Situation, decisions
from claimrules.engine.plans import NO_PARTNER, Decided, Plan
from claimrules.engine.settled import is_settled_field
from claimrules.engine.source import Source
from claimrules.expr.nodes import And, Condition, Not, Or
from claimrules.model.finding import Severity
from claimrules.rulebook.rule import Rule

Chosen = tuple[int, ...]
"""Which severity and which hints hold, and which parts decided."""
Choice = tuple[And | Or, bool]
_PLANS: Final = 256


class Fired:
    """Tells of one rule that fired; of a ``settled`` one all lines of a kind are told the same."""

    def __init__(self, explainer: Explainer) -> None:
        """Generate what says which parts of the conditions decided."""
        rule = explainer.rule
        self.explainer = explainer
        self.physician = any(key.field.name == "physician" for key in rule.same)
        self.settled = rule.stratum == 1 and all(map(is_settled_field, explainer.fields))
        self.wanted = wanted_fired(rule)
        self.choices = tuple(each for node, want in self.wanted for each in _choices(node, want=want))
        self._choose = self._compile()
        self._plans: dict[Chosen, Plan] = {}

    def _compile(self) -> Callable[..., Chosen]:
        rule, source = self.explainer.rule, Source()
        graver = tuple(condition for condition, _ in rule.severity_if)
        hinted = tuple(condition for condition, _ in rule.hints)
        self.explainer.fill(source, (*graver, *hinted, *(node for node, _ in self.choices)))
        true, false = source.writer.true, source.writer.false
        found = [_first([true(condition) for condition in graver], len(graver))]
        found += [f"bool({true(condition)})" for condition in hinted]
        for node, want in self.choices:
            found.append(_first([(true if want else false)(part) for part in node.parts], -1))
        source.add(1, f"return ({', '.join(found)},)")
        made: Callable[..., Chosen] = source.compile("choose", "s, o, p, a")
        return made

    def chosen(self, at: Situation) -> Chosen:
        """Say which parts decided."""
        return self._choose(at.subject, at.other or at.subject, at.partner or NO_PARTNER, at.aggregates)

    def severity(self, at: Situation) -> Severity:
        """The first severity whose condition is known to be true, else that of the rule."""
        rule, place = self.explainer.rule, self.chosen(at)[0]
        return rule.severity_if[place][1] if place < len(rule.severity_if) else rule.severity

    def tell(self, at: Situation) -> Explained:
        """Give what is told of a situation."""
        chosen = self.chosen(at)
        plan = self._plans.get(chosen)
        if plan is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            plan = self._plans.setdefault(chosen, Plan(self.explainer, self._decided(chosen)))
        return plan.tell(at)

    def _decided(self, chosen: Chosen) -> Decided:
        rule = self.explainer.rule
        graver, hinted = len(rule.severity_if), len(rule.hints)
        held = zip(rule.hints, chosen[1 : hinted + 1], strict=True)
        return Decided(
            severity=rule.severity_if[chosen[0]][1] if chosen[0] < graver else rule.severity,
            hints=tuple(text for (_, text), holds in held if holds),
            deciding=_deciding(self, dict(zip(_keys(self.choices), chosen[hinted + 1 :], strict=True))),
        )


def wanted_fired(rule: Rule) -> tuple[tuple[Condition, bool], ...]:
    """The conditions that make a rule fire, and the truth of each."""
    when = ((rule.when, True),) if rule.other != "none" else ()
    return ((rule.applies, True), *when)


def _first(tests: list[str], otherwise: int) -> str:
    """Write the number of the first test that holds."""
    chosen = [f"{number} if {test} else" for number, test in enumerate(tests)]
    return f"({' '.join([*chosen, str(otherwise)])})"


def _choices(node: Condition, *, want: bool) -> Iterator[Choice]:
    """The nodes of which one part decides: an ``or`` that is true, an ``and`` that is false."""
    if isinstance(node, Not):
        yield from _choices(node.part, want=not want)
    elif isinstance(node, And | Or):
        if isinstance(node, Or) is want:
            yield node, want
        for part in node.parts:
            yield from _choices(part, want=want)


def _keys(choices: Sequence[Choice]) -> list[tuple[int, bool]]:
    return [(id(node), want) for node, want in choices]


def _deciding(fired: Fired, decided: dict[tuple[int, bool], int]) -> tuple[Leaf, ...]:
    def pick(node: And | Or, want: bool) -> tuple[Condition, ...]:  # noqa: FBT001 (a truth)
        number = decided[id(node), want]
        return node.parts[number : number + 1] if number >= 0 else ()

    found = (leaf for node, want in fired.wanted for leaf in decisions(node, pick, want=want))
    return tuple(dict.fromkeys(found))
