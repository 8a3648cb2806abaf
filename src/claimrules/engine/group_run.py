"""Running a group rule: what the lines of a group contribute, and what is said of each."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from claimrules.engine.combining import Aggregates, combine, single
from claimrules.engine.index import Group
from claimrules.engine.outcomes import FIRED, NOT_APPLICABLE, no_history_byte
from claimrules.engine.subject import MAX_PROOFS, Proofs, Subject

if TYPE_CHECKING:
    from claimrules.engine.group_rules import GroupRule

Contributions = tuple[tuple[Any, ...], ...]
Counted = frozenset[tuple[tuple[Any, ...], int]]
"""Contributions in any order, each with how often it comes."""
_FEW: Final = 8
_KEPT: Final = 4_096
_ALIKE: Final = 64


class Come:
    """What contributions come to; ``judged`` are the outcomes of lines by kind, denied or not."""

    __slots__ = ("aggregates", "judged", "unproven")

    def __init__(self, combined: Aggregates) -> None:
        """Keep what the aggregates are; no line has been judged."""
        self.aggregates = combined
        self.unproven = Proofs(aggregates=combined)
        self.judged: dict[tuple[object, bool], int] = {}

    def judge(self, compiled: "GroupRule", subject: Subject) -> int:
        """The outcome of one line, as if all were known that the rule needs."""
        if not compiled.judged_alike:
            return compiled.judge(subject, self.aggregates)
        key = subject.kind, compiled.asks_denied and subject.denied
        byte = self.judged.get(key)
        if byte is None:
            if len(self.judged) >= _ALIKE:
                self.judged.clear()
            byte = self.judged[key] = compiled.judge(subject, self.aggregates)
        return byte


Kept = dict[Contributions | Counted, Come]
"""What small groups came to."""


class _Counted:
    """What the members of a group contribute, and what it comes to."""

    __slots__ = ("come", "contributions", "members", "proofs", "told")

    def __init__(self, compiled: "GroupRule", group: Sequence[Subject]) -> None:
        number = compiled.number
        # Who adds nothing makes no difference.
        self.members = members = [member for member in group if member.proves >> number & 1]
        alike = compiled.contributes_alike
        self.contributions = _alike(compiled, members) if alike else tuple(map(compiled.contribute, members))
        self.come = come(compiled, self.contributions)
        self.proofs: list[Subject] | None = None
        self.told = False


def judge_in_group(
    compiled: "GroupRule", number: int, subject: Subject, group: Group, *, covered: bool
) -> tuple[int, Proofs] | None:
    """Judge a line that shares keys with others; ``None`` where only the first of them is judged."""
    counted: _Counted | None = group.kept.get((number, "counted"))
    if counted is None:
        counted = group.kept[number, "counted"] = _Counted(compiled, group.members)
    if compiled.rule.report == "first":
        if counted.told:
            return None
        counted.told = True
    byte = counted.come.judge(compiled, subject)
    byte = byte if covered else uncovered(compiled, byte)
    if byte != FIRED:
        return byte, counted.come.unproven
    proofs = counted.proofs
    if proofs is None:
        both = zip(counted.members, counted.contributions, strict=True)
        proofs = counted.proofs = [member for member, parts in both if counts(compiled, parts)]
    first = [member for member in proofs[: MAX_PROOFS + 1] if member is not subject]
    mine = counts(compiled, compiled.contribute(subject))
    return byte, Proofs(first, len(proofs) - mine, counted.come.aggregates)


def _alike(compiled: "GroupRule", members: Sequence[Subject]) -> Contributions:
    """What members contribute, of whom those of a kind, denied or not, do alike."""
    number, asks_denied, found = 2 * compiled.number, compiled.asks_denied, []
    for member in members:
        kept = member.kind.contributed
        key = number + 1 if asks_denied and member.denied else number
        parts = kept.get(key)
        if parts is None:
            parts = kept[key] = compiled.contribute(member)
        found.append(parts)
    return tuple(found)


def come(compiled: "GroupRule", contributions: Contributions) -> Come:
    """What contributions come to; the same object where that is kept."""
    kept = compiled.kept
    if len(contributions) == 1:
        return Come(lone(compiled, contributions[0]))
    if kept is None or len(contributions) > _FEW:
        return Come(combine(compiled.aggregates, Counter(contributions)))
    found = kept.get(contributions)
    if found is None:
        if len(kept) >= _KEPT:
            kept.clear()
        found = kept[contributions] = _in_any_order(compiled, kept, Counter(contributions))
    return found


def lone(compiled: "GroupRule", parts: tuple[Any, ...]) -> Aggregates:
    """What one line that contributes comes to."""
    return [single(node, part, 1) for node, part in zip(compiled.aggregates, parts, strict=True)]


def _in_any_order(compiled: "GroupRule", kept: Kept, counted: Counter[tuple[Any, ...]]) -> Come:
    key = frozenset(counted.items())
    found = kept.get(key)
    if found is None:
        found = kept[key] = Come(combine(compiled.aggregates, counted))
    return found


def counts(compiled: "GroupRule", parts: tuple[Any, ...]) -> bool:
    """Whether a member takes part in any aggregate that proves a finding."""
    values = (parts[place][1] for place in compiled.proving)
    return any(value is not None and value is not False for value in values)


def outcome(compiled: "GroupRule", subject: Subject, combined: Aggregates, *, covered: bool) -> int:
    """The outcome of one line of which not all need be known."""
    byte = compiled.judge(subject, combined)
    return byte if covered else uncovered(compiled, byte)


def uncovered(compiled: "GroupRule", byte: int) -> int:
    """The outcome where not everything is known that the rule needs."""
    kept = byte == NOT_APPLICABLE or (byte == FIRED and compiled.rule.fired_stays)
    return byte if kept else no_history_byte()
