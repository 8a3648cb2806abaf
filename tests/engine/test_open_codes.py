"""Of which codes it may be unknown whether they and another are a published pair."""

from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from claimrules.engine.frame.edits import Choices

Runs = Sequence[tuple[str, str]]
CODES = ("A0001", "G0105", "G0412")


@attrs.frozen
class Ranges:
    """Answers for an edition, here a place in a list, with the runs of pairs that it covers."""

    levels: Sequence[Runs]

    def pair_ranges(self, choice: int) -> Runs:
        """The runs of one level."""
        return self.levels[choice]


def opened(*each: Sequence[Runs]) -> frozenset[str]:
    """The codes that are open where these editions speak, level after level, of some lines each."""
    known: Any = {number: (Ranges(levels), range(len(levels))) for number, levels in enumerate(each)}
    return Choices(table=None, known=known, causes={}).open_codes(CODES)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([[("A0000A0000", "Z9999Z9999")]], set()),
        ([[("A0000A0000", "G0105Z9999")]], {"G0412"}),
        # A boundary within the pairs of one code leaves it open.
        ([[("A0000A0000", "G0105G0200")]], {"G0105", "G0412"}),
        # What one level leaves open an older one may settle.
        ([[("A0001A0001", "A0001Z9999")], [("G0000A0000", "Z9999Z9999")]], set()),
        ([[], []], set(CODES)),
    ],
)
def test_what_no_edition_covers_is_open(levels: Sequence[Runs], expected: set[str]) -> None:
    """A code is settled where one run holds all pairs of it with the codes of the lines."""
    assert opened(levels) == expected


def test_a_code_is_open_where_some_lines_leave_it_so() -> None:
    """The editions that speak for other lines do not settle it, and without editions none is open."""
    everything = [[("A0000A0000", "Z9999Z9999")]]
    assert opened(everything, [[("G0000A0000", "Z9999Z9999")]]) == {"A0001"}
    assert opened() == frozenset()
