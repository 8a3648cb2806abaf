"""Claims that replace others: lines of a history that are replaced prove nothing, where it is known which."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import attrs

from claimrules.engine.subject import ONLY_CLAIM, Subject
from claimrules.engine.versions import (
    NAMING,
    ORIGINAL,
    REPLACEMENT,
    SETTLED,
    TAKES_BACK,
    Count,
    Versions,
    versions,
)
from claimrules.model.claim import ClaimLine
from claimrules.model.facts import DOUBTFUL, VOID, ClaimFacts

_Days = set[tuple[str | None, date | None]]
"""Patients and days."""
_Ids = set[str | None]
_Kept = dict[tuple[int, str], ClaimFacts]


def settle(
    judged: Sequence[Subject], history: Sequence[ClaimLine], facts: ClaimFacts
) -> tuple[Sequence[ClaimLine], bool]:
    """Leave the claims of a history that others replace out of it; say whether it stays open which are.

    A claim replaces the one that it names, and lines that the history holds under its own id. One that takes
    another back bills nothing, and is left out too; where it is not known which one it takes back, the lines
    of its patient and day are in doubt. ``facts`` are those of lines that have none.
    """
    if not _any((one.claim for one in judged), _is_open) and not _any(_facts(history), _speaks):
        return history, False
    mine = [one for one in judged if _is_open(one.claim)]
    earlier = [line for line in history if _is_open(line.facts)]
    ids = {line.claim_id for line in history} - {None, ONLY_CLAIM}
    gone = {_named(line) for line in earlier if not _is_void(line.facts) and _names_another(line)}
    gone = (gone | {one.claim.replaces for one in mine} | {one.claim_id for one in mine}) & ids
    held = versions(_counts(history))
    known = gone | held.known
    kept: _Kept = {}
    in_doubt = {
        (line.patient, line.from_date)
        for line in earlier
        if _is_void(line.facts) and known.isdisjoint((_named(line), line.claim_id))
    }
    for one in mine:
        if one.claim_id in gone or one.claim.replaces in gone:
            one.claim = _told(one.claim, "", kept)
        elif _is_void(one.claim):
            in_doubt.add((one.patient_id, one.line.from_date))
    sets = gone, held, in_doubt
    left = [line for each in history if (line := _weighed(each, facts, sets, kept))]
    claims = {one.claim_id for one in judged} | {line.claim_id for line in left}
    is_open = _any((one.claim for one in judged), _is_open) or _any(_facts(left), _is_open)
    return left, is_open and len(claims) > 1


def _counts(history: Sequence[ClaimLine]) -> Iterator[Count]:
    """Count the lines under each id, and how often the same line number stands there."""
    numbers: Counter[tuple[str, str, str]] = Counter()
    for line in history:
        kind, number = _kind(line.facts), line.line_id or ""
        if line.claim_id not in {None, ONLY_CLAIM}:
            numbers[line.claim_id or "", kind, number] += 1
        named = _named(line)
        if kind == TAKES_BACK and named is not None and _names_another(line):
            numbers[named, NAMING, number] += 1
    lines: Counter[tuple[str, str]] = Counter()
    most: dict[tuple[str, str], int] = {}
    for (claim_id, kind, number), count in numbers.items():
        lines[claim_id, kind] += count
        most[claim_id, kind] = max(most.get((claim_id, kind), 0), count if number else 0)
    return (Count(*key, count, most[key]) for key, count in lines.items())


def _kind(facts: ClaimFacts | None) -> str:
    if _is_void(facts):
        return TAKES_BACK if _is_open(facts) else SETTLED
    return REPLACEMENT if _is_open(facts) else ORIGINAL


def _names_another(line: ClaimLine) -> bool:
    return _named(line) != line.claim_id


def _facts(lines: Iterable[ClaimLine]) -> Iterable[ClaimFacts | None]:
    return (line.facts for line in lines)


def _any(said: Iterable[ClaimFacts | None], holds: Callable[[ClaimFacts | None], bool]) -> bool:
    """Whether something holds of a claim; lines of one claim share what it says."""
    last = None
    for facts in said:
        if facts is not last:
            last = facts
            if holds(facts):
                return True
    return False


def _is_open(facts: ClaimFacts | None) -> bool:
    """Whether a claim replaces another of which lines may be given."""
    return facts is not None and facts.replaces_none is None


def _is_void(facts: ClaimFacts | None) -> bool:
    """Whether a claim takes another back: it bills nothing itself."""
    return facts is not None and facts.told_frequency == VOID


def _speaks(facts: ClaimFacts | None) -> bool:
    return _is_open(facts) or _is_void(facts)


def _named(line: ClaimLine) -> str | None:
    return line.facts.replaces if line.facts else None


def _weighed(
    line: ClaimLine, facts: ClaimFacts, sets: tuple[_Ids, Versions, _Days], kept: _Kept
) -> ClaimLine | None:
    """A line of the history as it stands; none where it does not."""
    gone, held, in_doubt = sets
    is_open, own, day = _is_open(line.facts), line.claim_id, (line.patient, line.from_date)
    if own in gone or _is_void(line.facts) or (own in held.superseded and not is_open):
        return None
    if own in held.doubtful or (None not in day and day in in_doubt):
        return attrs.evolve(line, facts=_told(line.facts or facts, DOUBTFUL, kept))
    if line.facts and is_open and (_named(line) in gone or own in held.superseded):
        return attrs.evolve(line, facts=_told(line.facts, "", kept))
    return line


def _told(facts: ClaimFacts, replaces: str, kept: _Kept) -> ClaimFacts:
    """What a claim says, but for the claim that it replaces."""
    found = kept.get((id(facts), replaces))
    if found is None:
        found = kept[id(facts), replaces] = attrs.evolve(facts, replaces=replaces)
    return found
