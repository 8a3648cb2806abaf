"""Running a pair rule: whole batches of equal candidates, for all lines of which a rule sees the same."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from claimrules.codebook import Lookup
from claimrules.engine.index import Group, Parts
from claimrules.engine.outcomes import BYPASSED, FIRED, PASSED, no_history_byte
from claimrules.engine.pair_rules import PairRule, Partner
from claimrules.engine.related import lone_in, related_lines
from claimrules.engine.subject import MAX_PROOFS, NO_PROOFS, Proofs, Subject
from claimrules.model.code import Cause

FEW: Final = 4
"""So many candidates are judged one by one: what a rule sees of them costs more than judging them."""
_STRENGTH: Final = {FIRED: 3, BYPASSED: 1, PASSED: 0}


class Verdicts:
    """What the candidates of a group say of lines that look alike to the rule.

    ``spans`` gives for each outcome the first and the last candidate that has it. Those that decide
    are kept in their order, and their numbers beside them.
    """

    __slots__ = ("members", "numbers", "spans")

    def __init__(self, found: Iterable[tuple[int, Sequence[Subject]]], decisive: int) -> None:
        """Gather the outcomes of batches, each in its order."""
        self.spans: dict[int, tuple[int, int]] = {}
        members: list[Subject] = []
        for byte, batch in found:
            low, high = batch[0].seq, batch[-1].seq
            known = self.spans.get(byte)
            self.spans[byte] = (low, high) if known is None else (min(low, known[0]), max(high, known[1]))
            if byte == decisive:
                members += batch
        members.sort(key=_seq)
        self.members = members
        self.numbers = [member.seq for member in members]


Candidates = tuple[Partner | Cause | None, Sequence[Sequence[Subject]]]
Seen = tuple[Verdicts, Verdicts]
"""What the candidates before a line say, and those behind it; the same where the order does not count."""


def _seq(subject: Subject) -> int:
    return subject.seq


def decide(
    compiled: PairRule, subject: Subject, parts: Parts, lookup: Lookup, *, covered: bool
) -> tuple[int, Proofs]:
    """The outcome of a rule for one line, and the lines that prove it."""
    found: set[int] = set()
    first: list[Subject] = []
    count, place = 0, subject.seq
    for group in parts:
        before, behind = _seen(compiled, subject, group, lookup)
        if before.numbers or behind.numbers:
            end, start = bisect_left(before.numbers, place), bisect_right(behind.numbers, place)
            count += end + len(behind.numbers) - start
            first += before.members[: min(end, MAX_PROOFS)]
            first += behind.members[start : start + MAX_PROOFS]
        found.update([byte for byte, (low, _) in before.spans.items() if low < place])
        found.update([byte for byte, (_, high) in behind.spans.items() if high > place])
    if count:
        ordered = first if len(parts) == 1 else sorted(first, key=_seq)
        return (FIRED if compiled.rule.other == "any" else PASSED), Proofs(ordered, count)
    return _without(compiled, subject, found, covered=covered), NO_PROOFS


def decide_among(
    compiled: PairRule, subject: Subject, others: Iterable[Subject], *, covered: bool
) -> tuple[int, Proofs]:
    """The same, of a few lines that share a key, where no published relation is asked for."""
    bit, judge, place = 1 << compiled.number, compiled.judge, subject.seq
    decisive = FIRED if compiled.rule.other == "any" else PASSED
    found: set[int] = set()
    proving = []
    for other in others:
        if other.proves & bit:
            byte = judge(subject, other, None, other.seq < place)
            found.add(byte)
            if byte == decisive:
                proving.append(other)
    if proving:
        return decisive, Proofs(proving, len(proving))
    return _without(compiled, subject, found, covered=covered), NO_PROOFS


def _without(compiled: PairRule, subject: Subject, found: Collection[int], *, covered: bool) -> int:
    """The outcome of a rule for a line that no other line proves."""
    if compiled.rule.other == "any":
        return strongest(found) if covered else no_history_byte()
    unknown = [byte for byte in found if byte > FIRED]
    if unknown:
        return min(unknown)
    return compiled.alone(subject) if covered else no_history_byte()


def strongest(found: Collection[int]) -> int:
    """The strongest of fired, unknown, bypassed, passed; of several unknown ones the first field."""
    if not found:
        return PASSED
    return min(found, key=lambda byte: (-_STRENGTH.get(byte, 2), byte))


def _seen(compiled: PairRule, subject: Subject, group: Group, lookup: Lookup) -> Seen:
    """Judge the candidates of a group, once for all lines of which the rule sees the same."""
    candidates = _candidates(compiled, subject, group, lookup)
    if not candidates:
        return _NOBODY
    if len(group.members) <= FEW:
        return _judge(compiled, subject, candidates)
    lone = compiled.rule.relation is not None and lone_in(group, subject)
    key = (compiled.number, lone, compiled.sees(subject))
    seen: Seen | None = group.kept.get(key)
    if seen is None:
        seen = group.kept[key] = _judge(compiled, subject, candidates)
    return seen


def _judge(compiled: PairRule, subject: Subject, candidates: Sequence[Candidates]) -> Seen:
    before, behind = [], []
    for partner, batches in candidates:
        for batch in batches:
            if isinstance(partner, Cause):
                byte = compiled.unrelated[partner]
                before.append((byte, batch))
                behind.append((byte, batch))
                continue
            before.append((compiled.judge(subject, batch[0], partner, True), batch))  # noqa: FBT003 (generated)
            if compiled.ordered:
                behind.append((compiled.judge(subject, batch[0], partner, False), batch))  # noqa: FBT003 (generated)
    decisive = FIRED if compiled.rule.other == "any" else PASSED
    first = Verdicts(before, decisive)
    return first, Verdicts(behind, decisive) if compiled.ordered else first


def _candidates(compiled: PairRule, subject: Subject, group: Group, lookup: Lookup) -> Sequence[Candidates]:
    """The other lines in batches of which the rule sees the same, with their relation to the line."""
    rule = compiled.rule
    if rule.relation is None:
        batches = _batches(compiled, None, group, group.members)
        return ((None, batches),) if batches else ()
    related = related_lines(compiled, subject, group, lookup)
    return [
        (partner, [members])
        if isinstance(partner, Cause)
        else (partner, _batches(compiled, members[0].line.code, group, members))
        for partner, members in related
    ]


def _batches(
    compiled: PairRule, code: str | None, group: Group, members: Sequence[Subject]
) -> Sequence[Sequence[Subject]]:
    """Those of some members of a group that may prove something, by what the rule sees of them."""
    key = (compiled.number, "batches", code)
    found: Sequence[Sequence[Subject]] | None = group.kept.get(key)
    if found is None:
        bit = 1 << compiled.number
        proving = [member for member in members if member.proves & bit]
        if len(proving) <= FEW:
            found = [(member,) for member in proving]
        else:
            profiles: dict[tuple[Any, ...], list[Subject]] = {}
            for member in proving:
                profiles.setdefault(compiled.profile(member), []).append(member)
            found = list(profiles.values())
        group.kept[key] = found
    return found


_NOBODY: Final[Seen] = (Verdicts((), FIRED), Verdicts((), FIRED))
