"""What is told of a rule that fired, as plans: one for each way in which its conditions can hold.

Which parts of the conditions decided, one generated function says. What follows from them (the facts,
their places, the words) is settled once for each answer, and filled with values for each finding.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Final

from claimrules.engine.explain import Explained, Explainer, Leaf, Situation, decisions, places, shown, snippet
from claimrules.engine.facts import Fact
from claimrules.engine.naming import counted, counting
from claimrules.engine.pair_rules import Partner
from claimrules.engine.settled import is_settled_field
from claimrules.engine.source import Source
from claimrules.engine.subject import Subject
from claimrules.expr.nodes import And, Condition, Name, Not, Or, names
from claimrules.expr.vocabulary import Field
from claimrules.model.finding import Severity
from claimrules.rulebook.rule import Rule
from claimrules.rulebook.template import Carried, Template

Chosen = tuple[int, ...]
"""Which severity and which hints hold, and which parts decided."""
Choice = tuple[And | Or, bool]
_KEPT: Final = 1_024
_PLANS: Final = 256
_NO_PARTNER: Final = Partner()


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
        return self._choose(at.subject, at.other or at.subject, at.partner or _NO_PARTNER, at.aggregates)

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
            plan = self._plans.setdefault(chosen, Plan(self, chosen))
        return plan.tell(at)


class Plan:
    """What is told where certain parts of the conditions decided.

    What was told is ``kept`` for like situations, unless it holds what takes many values.
    """

    def __init__(self, fired: Fired, chosen: Chosen) -> None:
        """Settle which facts decided, where they stand and which words are said."""
        explainer = fired.explainer
        rule = explainer.rule
        graver, hinted = len(rule.severity_if), len(rule.hints)
        self._severity = rule.severity_if[chosen[0]][1] if chosen[0] < graver else rule.severity
        hints = [text for (_, text), holds in zip(rule.hints, chosen[1 : hinted + 1], strict=True) if holds]
        decided = dict(zip(_keys(fired.choices), chosen[hinted + 1 :], strict=True))
        self._deciding = _deciding(fired, decided)
        told = [leaf for leaf in self._deciding if all(field.name != "seq" for field in names(leaf))]
        texts = (rule.message, rule.advice, *hints)
        fields = dict.fromkeys(leaf.field for leaf in told if isinstance(leaf, Name))
        fields |= dict.fromkeys(field for text in texts for field in text.fields)
        place = {field: number for number, field in enumerate(fields)}
        self._values = tuple((reader(field), field) for field in fields)
        self._counting = tuple(
            (number, field) for field, number in place.items() if counting(field) and _named(texts, field)
        )
        self._facts = tuple(Fact(leaf, explainer, place) for leaf in told)
        self._may_repeat = sum(not isinstance(leaf, Name) for leaf in told) > 1
        self._message = filler(rule.message, place)
        self._advice = tuple(filler(text, place) for text in (rule.advice, *hints))
        self._marked = explainer.marked
        self._unmarked = places(self._marked, self._deciding, ())
        self._kept: dict[tuple[object, ...], Explained] | None = None
        if not any(field.base.wide or field.base.private for field in (*fields, *names(*told))):
            self._kept = {}

    def tell(self, at: Situation) -> Explained:
        """Fill the plan."""
        s, o, p = at.subject, at.other or at.subject, at.partner or _NO_PARTNER
        values = [read(s, o, p) for read, _ in self._values]
        kept = self._kept
        if kept is None:
            return self._filled(at, values)
        key = (*values, *[value for _, value in at.aggregates], s.slot, s.line.code, s.modifiers)
        if o is not s:
            key += (o.slot, o.line.code, o.modifiers)
        if p.fact is not None:
            key += (p.fact.edition.name, p.fact.how, p.fact.effective, p.fact.deletion)
        found = kept.get(key)
        if found is None:
            if len(kept) >= _KEPT:
                kept.clear()
            found = kept.setdefault(key, self._filled(at, values))
        return found

    def _filled(self, at: Situation, values: Sequence[object]) -> Explained:
        texts = [shown(field, value) for value, (_, field) in zip(values, self._values, strict=True)]
        evidence = [fact.tell(at, texts) for fact in self._facts]
        if self._may_repeat:
            evidence = list(dict.fromkeys(evidence))
        for number, field in self._counting:
            texts[number] = counted(field, at.side(field), texts[number])
        return Explained(
            severity=self._severity,
            message=self._message(texts),
            advice=" ".join([fill(texts) for fill in self._advice]).strip(),
            fields=self._fields(at.subject.modifiers),
            evidence=tuple(evidence),
            editions=tuple(dict.fromkeys([fact.edition for fact in evidence if fact.edition])),
        )

    def _fields(self, modifiers: Sequence[str] | None) -> tuple[str, ...]:
        """The positions on a line that one can point at."""
        if not modifiers or "modifiers" not in self._unmarked:
            return self._unmarked
        return places(self._marked, self._deciding, modifiers)


@cache
def reader(field: Field) -> Callable[[Subject, Subject, Partner], object]:
    """Give what reads a field of a line, the other line or their relation."""
    source = Source()
    source.add(1, f"return {snippet(field)}")
    return source.compile("read", "s, o, p")


def filler(template: Template, place: dict[Field, int]) -> Callable[[Sequence[str]], str]:
    """Give what fills a template with texts, which stand in their places."""
    numbers = [place[part] for part in template.parts if isinstance(part, Field)]
    if any(isinstance(part, Carried) for part in template.parts):
        return lambda texts: template.render({field: texts[number] for field, number in place.items()})
    pieces = [part.replace("%", "%%") if isinstance(part, str) else "%s" for part in template.parts]
    text = "".join(pieces)
    if not numbers:
        whole = text % ()
        return lambda _texts: whole
    chosen: Callable[[Sequence[str]], Any] = itemgetter(*numbers)
    return lambda texts: text % chosen(texts)


def wanted_fired(rule: Rule) -> tuple[tuple[Condition, bool], ...]:
    """The conditions that make a rule fire, and the truth of each."""
    when = ((rule.when, True),) if rule.other != "none" else ()
    return ((rule.applies, True), *when)


def _named(texts: Sequence[Template], field: Field) -> bool:
    return any(field in text.fields for text in texts)


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
