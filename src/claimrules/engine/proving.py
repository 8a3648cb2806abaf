"""For which rules that look around a line may prove anything, by its code and modifiers alone."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from claimrules.engine.source import Source
from claimrules.engine.subject import Subject
from claimrules.expr import access
from claimrules.expr.nodes import Aggregate, Quantified, aggregates, names, quantified_truth
from claimrules.expr.vocabulary import PAIR_NAMESPACES, Field
from claimrules.rulebook.rule import Rule, RuleScope

_KEPT: Final = 65_536
_OF_CODE: Final = frozenset({"code", "code_shape", "modifiers", "component", "repeated_modifiers"})
"""Fields of a line that rest on its code and modifiers."""
_Bits = Callable[[Subject], int]


class Proving:
    """Fills, and gives, as bits, the rules for which a line may prove something.

    Only its slot, code and modifiers are looked at: what these do not rule out, it may prove. To a
    group rule a line proves nothing where it contributes to no aggregate. ``known`` is what has been
    found out, by these three.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Write what asks the rules; no line is known."""
        self.known: Final[dict[tuple[object, ...], int]] = {}
        self._of_pairs, self._of_groups = _of_pairs(rules), _of_groups(rules)

    def __call__(self, subject: Subject) -> int:
        """Fill, and give, what a line may prove."""
        line, known = subject.line, self.known
        key = subject.slot, line.code, line.modifiers
        found = known.get(key)
        if found is None:
            if len(known) >= _KEPT:
                known.clear()
            found = known[key] = self._of_pairs(subject) | self._of_groups(subject)
        subject.proves = found
        return found


def _of_pairs(rules: Sequence[Rule]) -> _Bits:
    source = Source()
    chosen = [(number, rule) for number, rule in enumerate(rules) if rule.scope is RuleScope.PAIR]
    fields = names(*(rule.when for _, rule in chosen))
    _fill(source, fields, [field for field in fields if field.namespace in PAIR_NAMESPACES])
    return _bits(source, [(number, source.writer.false(rule.when)) for number, rule in chosen])


def _of_groups(rules: Sequence[Rule]) -> _Bits:
    source = Source()
    chosen = [(number, rule) for number, rule in enumerate(rules) if rule.scope is RuleScope.GROUP]
    looked_at = [(*aggregates(rule.when, rule.unless), rule.applies) for _, rule in chosen]
    fields = names(*(node for nodes in looked_at for node in nodes))
    _fill(source, fields, fields)
    return _bits(source, [(number, _adds_nothing(source, rule)) for number, rule in chosen])


def _fill(source: Source, fields: Iterable[Field], of_the_line: Sequence[Field]) -> None:
    for field in fields:
        base = field.base
        known = base.namespace == "code" or (base.namespace == "line" and field.name in _OF_CODE)
        value = access.snippet(field, "s") if known and field in of_the_line else "None"
        source.add(1, f"{source.variable(field)} = {value}")


def _bits(source: Source, nothing: Iterable[tuple[int, str]]) -> _Bits:
    source.add(1, "found = 0")
    for number, test in nothing:
        source.add(1, f"if not ({test}): found |= {1 << number}")
    source.add(1, "return found")
    return source.compile("proves", "s")


def _adds_nothing(source: Source, rule: Rule) -> str:
    """Write what is true of a line that surely adds nothing to a group."""
    tests = [_is_neutral(source, node) for node in aggregates(rule.when, rule.unless)]
    if rule.report == "first":  # which line is the first rests on those that the rule concerns
        tests.append(source.writer.false(rule.applies))
    return " and ".join(tests) or "True"


def _is_neutral(source: Source, node: Aggregate | Quantified) -> str:
    if isinstance(node, Aggregate):
        return "False" if node.where is None else source.writer.false(node.where)
    # A line for which all holds counts among those that prove it.
    return source.writer.false(quantified_truth(node)) if node.function == "any" else "False"
