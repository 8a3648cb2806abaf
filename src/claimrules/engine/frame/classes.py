"""A class of lines: of which all line rules say the same, and the same rules that look around may ask."""

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from claimrules.engine.frame.parts import Signature
from claimrules.model.finding import Severity

_GRAVE: Final = Severity.RETURN.rank


@attrs.frozen(kw_only=True)
class Class:
    """What the line rules say of its lines, a byte a rule, and the flags that hold (see ``index``).

    ``ranks`` are the severities of the line rules that fired, by number; ``tables`` say which table decided,
    of those of which now one does and now another.
    """

    outcomes: bytes
    ranks: Mapping[int, int]
    tables: Mapping[int, int]
    flags: frozenset[str]

    @property
    def denied(self) -> bool:
        """Whether a line rule denies or returns the lines (language, A5)."""
        return any(rank <= _GRAVE for rank in self.ranks.values())


def class_of(signatures: Sequence[Signature], count: int) -> Class:
    """Put together what parts of the rules say; ``count`` is how many line rules there are."""
    outcomes, ranks, tables, flags = 0, dict[int, int](), dict[int, int](), set[str]()
    for each in signatures:
        outcomes |= each.outcomes
        if each.ranks:
            ranks |= each.ranks
        if each.tables:
            tables |= each.tables
        if each.flags:
            flags |= each.flags
    told = outcomes.to_bytes(count, "little")
    return Class(outcomes=told, ranks=ranks, tables=tables, flags=frozenset(flags))
