"""What is told of a rule in one of the ways in which its conditions can hold: a plan, filled with values.

What the values that few lines share do not touch is kept for like situations; these are filled in anew.
"""

from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Final

import attrs

from claimrules.engine.explain import (
    Explained,
    Explainer,
    Leaf,
    Situation,
    is_told,
    places,
    shown,
    snippet,
)
from claimrules.engine.facts import Fact
from claimrules.engine.naming import counted, counting
from claimrules.engine.pair_rules import Partner
from claimrules.engine.source import Source
from claimrules.engine.subject import Subject
from claimrules.expr.nodes import Name, names
from claimrules.expr.vocabulary import Field
from claimrules.model.finding import Evidence, Severity
from claimrules.rulebook.rule import RuleScope
from claimrules.rulebook.template import Carried, Template

NO_PARTNER: Final = Partner()
_KEPT: Final = 1_024


@attrs.frozen(kw_only=True)
class Decided:
    """How the conditions of a rule hold: its severity, its hints, and the parts that decided."""

    severity: Severity
    hints: tuple[Template, ...]
    deciding: tuple[Leaf, ...]


@attrs.frozen(kw_only=True, eq=False)
class _Kept:
    """What like situations have in common: with no value left to fill in, all that is told."""

    told: Explained
    texts: Sequence[str]
    evidence: Sequence[Evidence]


class Plan:
    """What is told where certain parts of the conditions decided."""

    def __init__(self, explainer: Explainer, decided: Decided) -> None:
        """Settle which facts decided, where they stand and which words are said."""
        rule = explainer.rule
        self._severity, self._deciding = decided.severity, decided.deciding
        told = [leaf for leaf in self._deciding if is_told(leaf)]
        texts = (rule.message, rule.advice, *decided.hints)
        fields = dict.fromkeys(leaf.field for leaf in told if isinstance(leaf, Name))
        fields |= dict.fromkeys(field for text in texts for field in text.fields)
        place = {field: number for number, field in enumerate(fields)}
        self._fields = tuple(fields)
        self._counting = tuple(
            (number, field) for field, number in place.items() if counting(field) and _named(texts, field)
        )
        self._facts = tuple(Fact(leaf, explainer, place) for leaf in told)
        self._may_repeat = sum(not isinstance(leaf, Name) for leaf in told) > 1
        self._message = filler(rule.message, place)
        advice = [filler(text, place) for text in (rule.advice, *decided.hints)]
        self._advice = tuple(advice)
        self._marked = explainer.marked
        self._unmarked = places(self._marked, self._deciding, ())
        self._open = tuple((number, field) for number, field in enumerate(fields) if _is_open(field))
        self._open_facts = tuple(
            (number, self._facts[number])
            for number, leaf in enumerate(told)
            if any(map(_is_open, names(leaf)))
        )
        self._message_open = any(map(_is_open, rule.message.fields))
        self._advice_open = any(_is_open(field) for text in texts[1:] for field in text.fields)
        self._read = _reading(explainer, tuple(fields), told)
        self._kept: dict[tuple[object, ...], _Kept] = {}

    def tell(self, at: Situation) -> Explained:
        """Fill the plan."""
        s, o, p = at.subject, at.other or at.subject, at.partner or NO_PARTNER
        key, values = self._read(s, o, p, at.aggregates)
        if p.fact is not None:
            key += (p.fact.edition.name, p.fact.how, p.fact.effective, p.fact.deletion)
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            kept = self._kept.setdefault(key, self._made(at))
        return self._filled(at, kept, values) if self._open or self._open_facts else kept.told

    def _filled(self, at: Situation, kept: _Kept, values: Sequence[object]) -> Explained:
        """Fill in the values that few lines share."""
        texts, evidence = list(kept.texts), list(kept.evidence)
        for (number, field), value in zip(self._open, values, strict=True):
            texts[number] = shown(field, value)
        for number, each in self._open_facts:
            evidence[number] = each.tell(at, texts)
        if self._may_repeat:
            evidence = list(dict.fromkeys(evidence))
        told = kept.told
        return Explained(
            severity=told.severity,
            message=self._message(texts) if self._message_open else told.message,
            advice=self._advised(texts) if self._advice_open else told.advice,
            fields=told.fields,
            evidence=tuple(evidence),
            editions=told.editions,
        )

    def _made(self, at: Situation) -> _Kept:
        sides = at.subject, at.other or at.subject, at.partner or NO_PARTNER
        texts = [shown(field, reader(field)(*sides)) for field in self._fields]
        evidence = [fact.tell(at, texts) for fact in self._facts]
        for number, field in self._counting:
            texts[number] = counted(field, at.side(field), texts[number])
        once = list(dict.fromkeys(evidence)) if self._may_repeat else evidence
        told = Explained(
            severity=self._severity,
            message=self._message(texts),
            advice=self._advised(texts),
            fields=self._pointed_at(at.subject.modifiers),
            evidence=tuple(once),
            editions=tuple(dict.fromkeys([fact.edition for fact in evidence if fact.edition])),
        )
        return _Kept(told=told, texts=texts, evidence=evidence)

    def _advised(self, texts: Sequence[str]) -> str:
        return " ".join([fill(texts) for fill in self._advice]).strip()

    def _pointed_at(self, modifiers: Sequence[str] | None) -> tuple[str, ...]:
        """The positions on a line that one can point at."""
        if not modifiers or "modifiers" not in self._unmarked:
            return self._unmarked
        return places(self._marked, self._deciding, modifiers)


def _is_open(field: Field) -> bool:
    """Say whether few lines share the value of a field, or it is kept nowhere."""
    return field.base.wide or field.base.private


def _reading(explainer: Explainer, fields: Sequence[Field], told: Sequence[Leaf]) -> Callable[..., Any]:
    """Write what reads the values that like situations share, and those that few lines do."""
    shared = [snippet(field) for field in fields if not _is_open(field)]
    sums = [leaf for leaf in told if not isinstance(leaf, Name) and not any(map(_is_open, names(leaf)))]
    shared += [f"a[{explainer.found.index(leaf)}][1]" for leaf in sums]
    sides = "so" if explainer.rule.scope is RuleScope.PAIR else "s"
    shared += [f"{side}.{name}" for side in sides for name in ("slot", "line.code", "modifiers")]
    opened = [snippet(field) for field in fields if _is_open(field)]
    return _reads(", ".join(shared), "".join(f"{text}, " for text in opened))


@cache
def _reads(shared: str, opened: str) -> Callable[..., Any]:
    source = Source()
    source.add(1, f"return ({shared}), ({opened})")
    return source.compile("reads", "s, o, p, a")


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


def _named(texts: Sequence[Template], field: Field) -> bool:
    return any(field in text.fields for text in texts)
