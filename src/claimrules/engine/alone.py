"""What rules that look around say of a line that shares what they ask for with no other."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

from claimrules.engine.outcomes import FIRED
from claimrules.engine.settled import EXACT, is_settled_field
from claimrules.engine.subject import NO_PROOFS, Proofs, Subject
from claimrules.expr.nodes import Aggregate, And, Compare, Condition, Name, names
from claimrules.expr.vocabulary import Field

if TYPE_CHECKING:
    from claimrules.codebook.kept import Silence as Silent
    from claimrules.engine.group_rules import GroupRule
    from claimrules.engine.pair_rules import PairRule
    from claimrules.engine.run import Engine
    from claimrules.engine.silence import Silence

_ONE_DAY: Final = "days"
_KEPT: Final = 16
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
    parts = when.parts if isinstance(when, And) else (when,)
    return any(isinstance(part, Compare) and part.op in _STRICT and _of_the_place(part) for part in parts)


def _of_the_place(node: Compare) -> bool:
    """Whether the place of the line is compared with the least or the greatest of its group."""
    own = [side for side in (node.left, node.right) if isinstance(side, Name)]
    all_of = [side for side in (node.left, node.right) if isinstance(side, Aggregate)]
    if len(own) != 1 or len(all_of) != 1 or {str(field) for field in names(node)} != {"line.seq"}:
        return False
    one = all_of[0]
    return one.function in ("min", "max") and isinstance(one.value, Name) and one.where is None


class LoneProofs(Proofs):
    """The aggregates over a line alone, made when they are first asked for."""

    __slots__ = ("_compiled", "_subject")

    def __init__(self, compiled: "GroupRule", subject: Subject) -> None:
        """Remember the rule and the line."""
        self._compiled, self._subject = compiled, subject
        self.first, self.count, self.depends_on = (), 0, ()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (what is not filled yet)
        if name != "aggregates":
            raise AttributeError(name)
        self.aggregates = self._compiled.lone_aggregates(self._subject)
        return self.aggregates


class Standing:
    """What rules that look around say of a line that stands alone: as much as lines of its class share.

    ``outcomes`` is a byte a rule, ``proofs`` by the number of the rule, ``fired`` the rules before the last
    stratum that fired. ``concerned`` (as bits) are the rules that may concern the line, ``open`` those
    that must be asked for each line, ``placed`` those whose aggregates hold its place. ``silent`` is filled
    by the tables that do not speak.
    """

    __slots__ = ("concerned", "fired", "open", "outcomes", "placed", "proofs", "silent")

    def __init__(self, engine: "Engine", subject: Subject, covered: int) -> None:
        """Ask the rules that may concern a line; ``covered`` are, as bits, those that see all they need."""
        outcomes = bytearray(len(engine.around))
        self.proofs: dict[int, Proofs] = {}
        self.silent: dict[Silent, tuple[Silence, ...]] = {}
        self.concerned = 0
        opened, placed, fired = [], [], []
        base, early = len(engine.line_rules), engine.around_early
        for number in engine.look(subject).concerned:
            compiled = engine.around[number]
            if compiled.shares_concern and not compiled.settled and not compiled.concerns(subject):
                continue
            self.concerned |= 1 << number
            if not compiled.by_class:
                opened.append(number)
                continue
            byte, proofs = said_alone(compiled, subject, covered=bool(covered >> number & 1))
            outcomes[number] = byte
            if byte == FIRED and number < early:
                fired.append(base + number)
            if byte == FIRED or proofs is not NO_PROOFS:
                self.proofs[base + number] = proofs
            if isinstance(proofs, LoneProofs):
                placed.append(number)
        self.outcomes, self.open, self.fired = bytes(outcomes), tuple(opened), tuple(fired)
        self.placed = tuple(placed)


def said_alone(compiled: "PairRule | GroupRule", subject: Subject, *, covered: bool) -> tuple[int, Proofs]:
    """What a rule says of a line that shares keys with no other, or of which no key is known."""
    part = compiled.same.unknown(subject)
    return (
        compiled.lonely(subject, covered=covered)
        if part < 0
        else compiled.unshared(subject, part, covered=covered)
    )


def standing(engine: "Engine", subject: Subject, covered: int) -> Standing:
    """What is kept of the class of a line, as far as its keys are known."""
    kept = subject.known.alone
    key = covered, engine.known_keys(subject)
    found = kept.get(key)
    if found is None:
        if len(kept) >= _KEPT:
            kept.clear()
        found = kept[key] = Standing(engine, subject, covered)
    return found
