"""Claims that replace others: lines of a history that are replaced prove nothing, where it is known which."""

from collections.abc import Collection, Iterable, Sequence

import attrs

from claimrules.engine.subject import ONLY_CLAIM, Subject
from claimrules.model.claim import ClaimLine
from claimrules.model.facts import VOID, ClaimFacts


def settle(judged: Sequence[Subject], history: Sequence[ClaimLine]) -> tuple[Sequence[ClaimLine], bool]:
    """Leave the claims of a history that others replace out of it; say whether it stays open which are.

    A claim replaces the one that it names, and lines that the history holds under its own id.
    """
    if not _is_open(one.claim for one in judged) and not _is_open(line.facts for line in history):
        return history, False
    mine = [one for one in judged if one.claim.replaces_none is None]
    earlier = [line.facts for line in history if line.facts and line.facts.replaces_none is None]
    named = {facts.replaces for facts in (*earlier, *(one.claim for one in mine))}
    ids = {line.claim_id for line in history}
    gone = (named | {one.claim_id for one in mine}) & ids - {None, ONLY_CLAIM}
    kept: dict[int, ClaimFacts] = {}
    for one in mine:
        if one.claim_id in gone or one.claim.replaces in gone:
            one.claim = _settled(one.claim, kept)
    left = [
        _without(line, gone, kept)
        for line in history
        if line.claim_id not in gone and not _takes_back(line.facts, gone)
    ]
    claims = {one.claim_id for one in judged} | {line.claim_id for line in left}
    is_open = _is_open(one.claim for one in judged) or _is_open(line.facts for line in left)
    return left, is_open and len(claims) > 1


def _is_open(said: Iterable[ClaimFacts | None]) -> bool:
    """Whether a claim replaces another, and nothing says which; lines of one claim share what it says."""
    last = None
    for facts in said:
        if facts is not last:
            last = facts
            if facts is not None and facts.replaces_none is None:
                return True
    return False


def _takes_back(facts: ClaimFacts | None, gone: Collection[str | None]) -> bool:
    """Whether a claim takes back one that is gone: it bills nothing itself."""
    return facts is not None and facts.replaces in gone and facts.told_frequency == VOID


def _without(line: ClaimLine, gone: Collection[str | None], kept: dict[int, ClaimFacts]) -> ClaimLine:
    """A line of the history: where the claim that its own replaces is gone, it replaces none that is left."""
    if line.facts is None or line.facts.replaces not in gone or line.facts.replaces_none:
        return line
    return attrs.evolve(line, facts=_settled(line.facts, kept))


def _settled(facts: ClaimFacts, kept: dict[int, ClaimFacts]) -> ClaimFacts:
    """What a claim says, but that no line is given of the claim that it replaces."""
    found = kept.get(id(facts))
    if found is None:
        found = kept[id(facts)] = attrs.evolve(facts, replaces="")
    return found
