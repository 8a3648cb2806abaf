"""A word of a few: what is none of them is refused with those that are."""

from enum import StrEnum
from typing import Never


class OneOf(StrEnum):
    """One of a few words, each a text too."""

    @classmethod
    def _missing_(cls, value: object) -> Never:
        msg = f"{str(value)[:60]!r} is no {cls.__name__}; write one of {', '.join(cls)}"
        raise ValueError(msg)
