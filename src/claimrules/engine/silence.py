"""What rules of a published relation say on days for which no table speaks: the same of every other line."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from claimrules.engine.keys import Same
from claimrules.engine.outcomes import no_history_byte
from claimrules.engine.pair_rules import PairRule
from claimrules.engine.subject import Proofs
from claimrules.model.code import Cause
from claimrules.rulebook.rule import Relation

if TYPE_CHECKING:
    from claimrules.codebook.kept import Silence as Silent
    from claimrules.engine.alone import Standing
    from claimrules.engine.run import Engine


@attrs.frozen(eq=False)
class Silence:
    """The outcomes of some rules of a line that shares a key with any other, by their numbers.

    ``bits`` are the rules. ``implied`` are rules, as bits: who shares a key of theirs shares this one.
    """

    same: Same
    implied: int
    bits: int
    told: tuple[tuple[int, int], ...]


class Silences:
    """What such rules say of lines of a class, by the keys that they share."""

    __slots__ = ("_base", "_kept", "_said", "bits", "each")

    def __init__(self, said: "Standing", each: tuple[Silence, ...], base: int) -> None:
        """Take what is said of a line alone; the rules that look around begin at the number ``base``."""
        self.each, self._said, self._base = each, said, base
        self.bits = 0
        for one in each:
            self.bits |= one.bits
        self._kept: dict[int, tuple[bytes, dict[int, Proofs]]] = {}

    def said(self, shared: int) -> tuple[bytes, dict[int, Proofs]]:
        """The outcomes and proofs where others share the keys of some rules, given as bits."""
        found = self._kept.get(shared)
        if found is None:
            outcomes, proofs = bytearray(self._said.outcomes), dict(self._said.proofs)
            for one in self.each:
                for number, byte in one.told if one.bits & shared else ():
                    outcomes[number] = byte
                    proofs.pop(self._base + number, None)
            found = self._kept[shared] = bytes(outcomes), proofs
        return found


def never_fire(engine: "Engine", silent: "Silent") -> int:
    """Give, as bits, the rules that ask for another line in a relation that no table knows."""
    return sum(1 << one.number for one in unheard(engine, silent) if one.rule.other == "any")


def unheard(engine: "Engine", silent: "Silent") -> tuple[PairRule, ...]:
    """The rules whose relation no table knows; each concerns lines of a class alike."""
    return tuple(
        one
        for one in engine.around
        if isinstance(one, PairRule) and _whole(one) and one.shares_concern and _cause(one, silent)
    )


def _whole(one: PairRule) -> bool:
    """Whether lines of a class, but for who the patient and the physician are, share its keys alike."""
    return all(key.members is None for key in one.rule.same)


def silences_of(engine: "Engine", silent: "Silent", said: "Standing", covered: int) -> Silences:
    """Give what such rules that concern a line say of it; ``covered`` are those that see all they need."""
    rules = engine.unheard(silent)
    bits = sum([1 << one.number for one in rules])
    key = silent, said.concerned & bits, covered & bits
    made = engine.silences.get(key)
    if made is None:
        chosen = [one for one in rules if said.concerned >> one.number & 1]
        made = engine.silences.setdefault(key, _silences(chosen, silent, covered))
    return Silences(said, made, len(engine.line_rules))


def _silences(rules: Iterable[PairRule], silent: "Silent", covered: int) -> tuple[Silence, ...]:
    found: dict[Same, list[PairRule]] = {}
    for one in rules:
        found.setdefault(one.same, []).append(one)
    made: list[Silence] = []
    for same in sorted(found, key=_most_parts_first):
        told = [(one.number, _byte(one, silent, covered)) for one in found[same]]
        bits = sum(1 << number for number, _ in told)
        implied = sum(one.bits for one in made if one.same.implied[1] >= same.implied[0])
        made.append(Silence(same, implied, bits, tuple(told)))
    return tuple(made)


def _most_parts_first(same: Same) -> tuple[bool, int]:
    return not same.plain, -len(same.texts)


def _cause(one: PairRule, silent: "Silent") -> Cause | None:
    if one.rule.relation is None:
        return None
    return silent[one.rule.relation is not Relation.NCCI_PAIR]


def _byte(one: PairRule, silent: "Silent", covered: int) -> int:
    cause = _cause(one, silent)
    known = covered >> one.number & 1 or one.rule.other == "none"
    return one.unrelated[cause] if known and cause is not None else no_history_byte()
