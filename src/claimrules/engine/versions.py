"""What a history holds under one claim id: of several states of a claim, which stand."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

ORIGINAL: Final = "original"
"""Lines that replace none."""
REPLACEMENT: Final = "replacement"
TAKES_BACK: Final = "void"
"""Lines that take a claim back, under its own id."""
NAMING: Final = "naming"
"""Lines that take a claim back from under another id."""
SETTLED: Final = "settled"
"""Lines that take a claim back of which none is given."""


class Count(NamedTuple):
    """How many lines of a kind stand under an id, and how many of them under one line number."""

    claim_id: str
    kind: str
    lines: int
    most: int


class Versions(NamedTuple):
    """Ids whose lines that replace none are gone, and those of which it is open what stands."""

    superseded: set[str]
    doubtful: set[str]

    @property
    def known(self) -> set[str]:
        """The ids under which something stood that was replaced or taken back."""
        return self.superseded | self.doubtful


def versions(counts: Iterable[Count]) -> Versions:
    """Say what stands under each id.

    Nothing says in which order the states came. A replacement takes the place of what replaces none. A void
    takes one state back: where more lines stand there than it has, or a line number more often, the claim
    may have been sent again. A replacement beside a void may be the one that was taken back; of two, one is.
    """
    held: dict[str, dict[str, Count]] = defaultdict(dict)
    for each in counts:
        held[each.claim_id][each.kind] = each
    found = Versions(set(), set())
    for claim_id, of_kind in held.items():
        original, again = of_kind.get(ORIGINAL), of_kind.get(REPLACEMENT)
        voids = [of_kind[kind] for kind in (TAKES_BACK, NAMING) if kind in of_kind]
        lines, most = sum(each.lines for each in voids), sum(each.most for each in voids)
        left = original and voids and (original.lines > lines or original.most > max(most, 1))
        if original and (voids or again) and not left:
            found.superseded.add(claim_id)
        if left or (again and (voids or again.most > 1)):
            found.doubtful.add(claim_id)
    return found
