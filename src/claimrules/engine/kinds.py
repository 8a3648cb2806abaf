"""Kinds of lines: what is settled for all lines of one code, modifiers, place and slot.

A kind also knows which of the rules that look around may concern such a line: a rule whose ``applies`` is
known to be false whatever the units, days and neighbours are is not run.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from claimrules.codebook import Slot
from claimrules.engine.asking import Looking
from claimrules.engine.settled import is_settled_field
from claimrules.engine.source import Source
from claimrules.engine.subject import Subject
from claimrules.expr import access
from claimrules.expr.nodes import names
from claimrules.model.claim import ClaimLine, Setting
from claimrules.rulebook.rule import Rule

if TYPE_CHECKING:
    from claimrules.engine.alone import Standing
    from claimrules.engine.explain import Explained
    from claimrules.model.code import CodeAttributes


_EXACT: Final = 256


class Kind:
    """What is settled for all lines of one key.

    ``concerned`` (the rules that look around and may concern it, by number) and ``early`` (those of them
    before the last stratum, as bits) are filled when a run first looks around. ``contributed`` is what such
    a line contributes to groups, by twice the number of the rule, and one more where it is denied; ``told``
    is what is told of settled rules that fired, by their numbers; ``proves`` what such a line may prove, -1
    until that is found out.
    """

    __slots__ = (
        "_alone",
        "code",
        "concerned",
        "contributed",
        "early",
        "looked",
        "modifiers",
        "outcomes",
        "proves",
        "told",
    )

    def __init__(self, subject: Subject, outcomes: bytes) -> None:
        """Keep what was looked up for the first line of the kind, and the outcomes of its settled rules."""
        self.code: CodeAttributes = subject.code
        self.modifiers: tuple[str, ...] | None = subject.modifiers
        self.outcomes = outcomes
        self.looked = False
        self.concerned: tuple[int, ...] = ()
        self.early = 0
        self.contributed: dict[int, tuple[Any, ...]] = {}
        self.proves = -1
        self.told: dict[int, Explained] = {}
        self._alone: dict[object, dict[tuple[object, ...], Standing]] = {}

    def alone_of(self, exact: object) -> "dict[tuple[object, ...], Standing]":
        """What classes share of which these fields are the same, compared as they are."""
        found = self._alone.get(exact)
        if found is None:
            if len(self._alone) >= _EXACT:
                self._alone.clear()
            found = self._alone[exact] = {}
        return found


class LineClass:
    """Lines of one kind that share units and regions; the outcomes of its line rules.

    ``complete`` says whether these are all. ``alone`` holds what rules that look around say of such a
    line where it stands alone, by what they see of its history and which of its keys are known; it rests on
    no region, so that classes share it.
    """

    __slots__ = ("alone", "complete", "kind", "outcomes")

    def __init__(
        self,
        kind: Kind,
        outcomes: bytes,
        *,
        complete: bool,
        alone: "dict[tuple[object, ...], Standing]",
    ) -> None:
        """Keep what was found of the first line of the class."""
        self.kind = kind
        self.outcomes = outcomes
        self.complete = complete
        self.alone = alone


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


def looks_around(compiled: Sequence[Looking], early: int, setting: Setting) -> Look:
    """Write what fills, for a line of a setting, the rules around it that its kind does not rule out.

    Where a condition is known to be false with every other field unknown, it is false whatever these are.
    The first ``early`` rules stand before the last stratum.
    """
    concerned = _concerned([each.rule for each in compiled], setting)

    def look(subject: Subject) -> Kind:
        kind, found = subject.kind, concerned(subject)
        kind.concerned = found
        kind.early = sum(1 << number for number in found if number < early)
        kind.looked = True
        return kind

    return look


def _concerned(rules: Sequence[Rule], setting: Setting) -> Callable[[Subject], tuple[int, ...]]:
    source = Source()
    chosen = [(number, rule) for number, rule in enumerate(rules) if setting in rule.settings]
    for field in names(*(rule.applies for _, rule in chosen)):
        value = access.snippet(field, "s") if is_settled_field(field) else "None"
        source.add(1, f"{source.variable(field)} = {value}")
    source.add(1, "found = []")
    for number, rule in chosen:
        source.add(1, f"if not {source.writer.false(rule.applies)}: found.append({number})")
    source.add(1, "return tuple(found)")
    return source.compile("concerned", "s")
