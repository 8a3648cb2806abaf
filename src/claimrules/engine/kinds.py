"""Kinds of lines: what is settled for all lines of one code, modifiers, place and slot.

A kind also knows which of the rules that look around may concern such a line, and for which of them
such a line may prove anything: a rule whose ``applies`` is known to be false whatever the units, days
and neighbours are is not run, and a line that can never meet ``when`` is no candidate.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from claimrules.codebook import Slot
from claimrules.engine.keys import Same
from claimrules.engine.settled import is_settled_field
from claimrules.engine.source import Source
from claimrules.engine.subject import Subject
from claimrules.expr import access
from claimrules.expr.nodes import names
from claimrules.expr.vocabulary import PAIR_NAMESPACES, Field
from claimrules.model.claim import ClaimLine, Setting
from claimrules.rulebook.rule import Rule, RuleScope

if TYPE_CHECKING:
    from claimrules.engine.alone import Said
    from claimrules.model.code import CodeAttributes

Asked = Sequence[tuple[Same, tuple[int, ...]]]
"""Rules by number, those that ask for the same keys together."""


class Kind:
    """What is settled for all lines of one key.

    ``early`` and ``late`` (rules that look around, by number, those of one ``same`` together) and
    ``proves`` (as bits) are filled when a run first looks around.
    """

    __slots__ = ("code", "early", "late", "looked", "modifiers", "outcomes", "proves")

    def __init__(self, subject: Subject, outcomes: bytes) -> None:
        """Keep what was looked up for the first line of the kind, and the outcomes of its settled rules."""
        self.code: CodeAttributes = subject.code
        self.modifiers: tuple[str, ...] | None = subject.modifiers
        self.outcomes = outcomes
        self.looked = False
        self.early: Asked = ()
        self.late: Asked = ()
        self.proves = 0


class LineClass:
    """Lines of one kind that share units and regions; the outcomes of its line rules.

    ``complete`` says whether these are all. ``alone`` holds what rules that look around say of such a
    line where it stands alone, by number.
    """

    __slots__ = ("alone", "complete", "kind", "outcomes")

    def __init__(self, kind: Kind, outcomes: bytes, *, complete: bool) -> None:
        """Keep what was found of the first line of the class."""
        self.kind = kind
        self.outcomes = outcomes
        self.complete = complete
        self.alone: dict[int, Said] = {}


Look = Callable[[Subject], Kind]
"""Fills what the kind of a line says of the rules that look around."""


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


def looks_around(rules: Sequence[Rule], sames: Sequence[Same], early: int, setting: Setting) -> Look:
    """Write what fills, for a line of a setting, the rules around it that its kind does not rule out.

    Where a condition is known to be false with every other field unknown, it is false whatever these are.
    The first ``early`` rules stand before the last stratum.
    """
    concerned, proves = _concerned(rules, setting), _proves(rules)

    def look(subject: Subject) -> Kind:
        kind, found = subject.kind, concerned(subject)
        kind.proves = proves(subject)
        kind.early = _together([number for number in found if number < early], sames)
        kind.late = _together([number for number in found if number >= early], sames)
        kind.looked = True
        return kind

    return look


def _together(numbers: Sequence[int], sames: Sequence[Same]) -> Asked:
    found: dict[Same, list[int]] = {}
    for number in numbers:
        found.setdefault(sames[number], []).append(number)
    return tuple((same, tuple(members)) for same, members in found.items())


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
