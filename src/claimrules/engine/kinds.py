"""Kinds of lines: what is settled for all lines of one code, modifiers, place and slot.

A kind also knows which of the rules that look around may concern such a line, and for which of them
such a line may prove anything: a rule whose ``applies`` is known to be false whatever the units, days
and neighbours are is not run, and a line that can never meet ``when`` is no candidate.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from claimrules.codebook import Slot
from claimrules.engine.settled import is_settled_field
from claimrules.engine.source import Source
from claimrules.engine.subject import Subject
from claimrules.expr import access
from claimrules.expr.nodes import names
from claimrules.expr.vocabulary import PAIR_NAMESPACES, Field
from claimrules.model.claim import ClaimLine, Setting
from claimrules.rulebook.rule import Rule, RuleScope

if TYPE_CHECKING:
    from claimrules.model.code import CodeAttributes

Look = Callable[[Subject], tuple[int, ...]]
"""Fills what the kind of a line says of the rules that look around, and gives those that may concern it."""


class Kind:
    """What is settled for all lines of one key.

    ``concerned`` (rules that look around, by number) and ``proves`` (as bits) are filled when a run
    first looks around.
    """

    __slots__ = ("code", "concerned", "modifiers", "outcomes", "proves")

    def __init__(self, subject: Subject, outcomes: bytes) -> None:
        """Keep what was looked up for the first line of the kind, and the outcomes of its settled rules."""
        self.code: CodeAttributes = subject.code
        self.modifiers: tuple[str, ...] | None = subject.modifiers
        self.outcomes = outcomes
        self.concerned: tuple[int, ...] | None = None
        self.proves = 0


def kind_key(line: ClaimLine, slot: Slot) -> tuple[object, ...]:
    """What lines of one kind share."""
    return (
        slot,
        line.code,
        line.modifiers,
        line.place_of_service,
        line.revenue_code,
        line.specialty,
        line.unreadable,
        line.repaired,
    )


def looks_around(rules: Sequence[Rule], setting: Setting) -> Look:
    """Write what fills, for a line of a setting, the rules around it that its kind does not rule out.

    Where a condition is known to be false with every other field unknown, it is false whatever these are.
    """
    concerned, proves = _concerned(rules, setting), _proves(rules)

    def look(subject: Subject) -> tuple[int, ...]:
        subject.kind.proves = proves(subject)
        found = subject.kind.concerned = concerned(subject)
        return found

    return look


def _concerned(rules: Sequence[Rule], setting: Setting) -> Callable[[Subject], tuple[int, ...]]:
    source = Source()
    chosen = [(number, rule) for number, rule in enumerate(rules) if setting in rule.settings]
    for field in names(*(rule.applies for _, rule in chosen)):
        source.add(1, f"{source.variable(field)} = {_value(field, field)}")
    source.add(1, "found = []")
    for number, rule in chosen:
        source.add(1, f"if not {source.writer.false(rule.applies)}: found.append({number})")
    source.add(1, "return tuple(found)")
    return source.compile("concerned", "s")


def _proves(rules: Sequence[Rule]) -> Callable[[Subject], int]:
    source = Source()
    chosen = [(number, rule) for number, rule in enumerate(rules) if rule.scope is RuleScope.PAIR]
    for field in names(*(rule.when for _, rule in chosen)):
        other = field.namespace in PAIR_NAMESPACES and field.base.namespace != "pair"
        source.add(1, f"{source.variable(field)} = {_value(field, field.base) if other else 'None'}")
    source.add(1, "found = 0")
    for number, rule in chosen:
        source.add(1, f"if not {source.writer.false(rule.when)}: found |= {1 << number}")
    source.add(1, "return found")
    return source.compile("proves", "s")


def _value(field: Field, base: Field) -> str:
    return access.snippet(field, "s") if is_settled_field(base) else "None"
