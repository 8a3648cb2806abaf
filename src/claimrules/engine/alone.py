"""What rules that look around say of a line that shares what they ask for with no other."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from claimrules.engine.outcomes import FIRED
from claimrules.engine.settled import EXACT, is_settled_field
from claimrules.engine.subject import NO_PROOFS, Proofs, Subject
from claimrules.expr.nodes import TRUE, Aggregate, Compare, Condition, Name, conjuncts, names
from claimrules.expr.vocabulary import Field

if TYPE_CHECKING:
    from claimrules.codebook.kept import Silence as Silent
    from claimrules.engine.group_rules import GroupRule
    from claimrules.engine.keys import Same
    from claimrules.engine.pair_rules import PairRule
    from claimrules.engine.run import Engine
    from claimrules.engine.silence import Silences

_ONE_DAY: Final = "days"
_KEPT: Final = 16
_ALIKE: Final = 16_384
_STRICT: Final = frozenset({"<", ">", "!="})


def rests_on_class(fields: Collection[Field], exact: Collection[str]) -> bool:
    """Say whether lines of one class have these fields in common; ``exact`` stand in its key as they are."""
    return all(
        is_settled_field(field)
        or (field.namespace == "line" and (field.name == _ONE_DAY or EXACT.get(field.name) in exact))
        for field in fields
    )


def passes_alone(when: Condition) -> bool:
    """Say whether a condition asks for a line that stands before: none does where a line is alone."""
    return any(
        isinstance(part, Compare)
        and part.op in _STRICT
        and (found := _of_the_place(part)) is not None
        and found.where is None
        for part in conjuncts(when)
    )


def asks_for_places(*conditions: Condition) -> bool:
    """Say whether places of lines are only compared with the least or the greatest of the group.

    Of a line alone such a comparison says the same wherever it stands.
    """
    nodes = [node for condition in conditions for node in condition.walk()]
    named = sum(isinstance(node, Name) and str(node.field) == "line.seq" for node in nodes)
    compared = sum(isinstance(node, Compare) and _of_the_place(node) is not None for node in nodes)
    return named > 0 and named == 2 * compared


def _of_the_place(node: Compare) -> Aggregate | None:
    """The least or the greatest place of some lines, where the place of the line is compared with it."""
    own = [side for side in (node.left, node.right) if isinstance(side, Name)]
    all_of = [side for side in (node.left, node.right) if isinstance(side, Aggregate)]
    if len(own) != 1 or len(all_of) != 1:
        return None
    one = all_of[0]
    asked = one.function in ("min", "max") and isinstance(one.value, Name)
    if not asked or {str(field) for field in names(own[0], one.value or TRUE)} != {"line.seq"}:
        return None
    return None if one.where is not None and "line.seq" in map(str, names(one.where)) else one


class LoneProofs(Proofs):
    """The aggregates over any line alone: those of one are made when they are asked for."""

    __slots__ = ("_compiled",)

    def __init__(self, compiled: "GroupRule") -> None:
        """Remember the rule."""
        super().__init__()
        self._compiled = compiled

    def of(self, subject: Subject) -> Proofs:
        """Those of one line."""
        return Proofs(aggregates=self._compiled.lone_aggregates(subject))


class Standing:
    """What rules that look around say of a line that stands alone: as much as lines of its class share.

    ``outcomes`` is a byte a rule, ``proofs`` by the number of the rule. ``concerned`` (as bits) are the rules
    that may say something else of a line among others, ``early`` and ``late`` those that must be asked for
    each line, before the last stratum and in it. ``silent`` is filled by the tables that do not speak.
    Few are different: what classes have in common is kept once.
    """

    __slots__ = ("concerned", "early", "late", "outcomes", "proofs", "silent")

    def __init__(self, engine: "Engine", subject: Subject, covered: int) -> None:
        """Ask the rules that may concern a line; ``covered`` are, as bits, those that see all they need."""
        outcomes = bytearray(len(engine.around))
        self.proofs: dict[int, Proofs] = {}
        self.silent: dict[Silent, Silences] = {}
        self.concerned = 0
        opened = []
        unknown: dict[Same, int] = {}
        base = len(engine.line_rules)
        for number in engine.look(subject).concerned:
            compiled = engine.around[number]
            if compiled.shares_concern and not compiled.settled and not compiled.concerns(subject):
                continue
            deaf = bool(compiled.deaf_without) and compiled.is_deaf(subject.slot)
            self.concerned |= 0 if deaf else 1 << number
            if not compiled.by_class and not deaf:
                opened.append(number)
                continue
            part = unknown.get(compiled.same)
            if part is None:
                part = unknown[compiled.same] = compiled.same.unknown(subject)
            byte, proofs = _said(compiled, subject, part, covered=bool(covered >> number & 1))
            outcomes[number] = byte
            if byte == FIRED or proofs is not NO_PROOFS:
                self.proofs[base + number] = proofs
        self.outcomes = bytes(outcomes)
        self.early = tuple(number for number in opened if number < engine.around_early)
        self.late = tuple(number for number in opened if number >= engine.around_early)

    def key(self, covered: int) -> tuple[object, ...]:
        """What is the same where all is."""
        return covered, self.concerned, self.outcomes, self.early, self.late, *self.proofs.items()


def said_alone(compiled: "PairRule | GroupRule", subject: Subject, *, covered: bool) -> tuple[int, Proofs]:
    """What a rule says of a line that shares keys with no other, or of which no key is known."""
    return _said(compiled, subject, compiled.same.unknown(subject), covered=covered)


def _said(
    compiled: "PairRule | GroupRule", subject: Subject, part: int, *, covered: bool
) -> tuple[int, Proofs]:
    """The same, where it is known which part of its key is unknown."""
    return (
        compiled.lonely(subject, covered=covered)
        if part < 0
        else compiled.unshared(subject, part, covered=covered)
    )


def standing(engine: "Engine", subject: Subject, covered: int) -> Standing:
    """What is kept of the class of a line, as far as its keys are known."""
    kept = subject.known.alone
    key = engine.known_keys(subject, covered)
    found = kept.get(key)
    if found is None:
        if len(kept) >= _KEPT:
            kept.clear()
        made, alike = Standing(engine, subject, covered), engine.standings
        if len(alike) >= _ALIKE:
            alike.clear()
        found = kept[key] = alike.setdefault(made.key(covered), made)
    return found
