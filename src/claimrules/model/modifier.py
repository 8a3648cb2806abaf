"""What can be said of the modifiers of a line on a day."""

from enum import StrEnum

import attrs


class ModifierState(StrEnum):
    """Whether a modifier can be used on a day."""

    LISTED = "listed"
    EARLY = "early"
    ENDED = "ended"
    UNLISTED = "unlisted"


@attrs.frozen(kw_only=True)
class ModifierCounts:
    """Of the modifiers of a line: how many are no modifiers, not yet valid, no longer valid."""

    unlisted: int
    early: int
    ended: int
