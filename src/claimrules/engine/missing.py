"""What is taken for granted of claim lines because no column says it."""

from collections.abc import Collection
from typing import Final

_SAYS: Final = {
    "modifiers": "no column for modifiers: every line is taken to have none",
    "units": "no column for units: they are unknown",
    "from_date": "no column for from_date: what holds on the date of service is unknown",
}
_MODIFIERS: Final = ("modifier_1", "modifier_2", "modifier_3", "modifier_4")


def missing(held: Collection[str]) -> dict[str, str]:
    """Say, for each field that no column holds and that rules want, what follows."""
    present = {"modifiers" if field in _MODIFIERS else field for field in held}
    return {field: text for field, text in _SAYS.items() if field not in present}
