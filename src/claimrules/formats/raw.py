"""The raw text of a record, kept where it is rejected and somebody asked: health data, never shown."""

import json
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple, Self

from claimrules.model.finding import Rejected

LONGEST_RAW: Final = 1 << 16
"""Bytes of a record that are kept."""


class Raw(NamedTuple):
    """The first bytes of a record, and how many it has."""

    data: bytes
    size: int

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Keep the beginning of a record."""
        return cls(data[:LONGEST_RAW], len(data))

    @classmethod
    def written(cls, value: Any) -> Self:  # noqa: ANN401 (a row or an item is anything)
        """Keep a value as JSON text, for a record that is no text in its file."""
        return cls.of(json_text(value).encode())


class Numeral(str):
    """A number of JSON, as the text that it is in its file."""

    __slots__ = ()


def rejected(name: str, place: tuple[int, int | None], reason: str, raw: Raw | None) -> Rejected:
    """Say that a record is no line."""
    data, size = raw or (None, None)
    return Rejected(file=name, line=place[0], offset=place[1], reason=reason, raw=data, raw_size=size)


def json_text(value: Any) -> str:  # noqa: ANN401 (a row or an item is anything)
    """Write a value as JSON: numbers as they are, bytes as hex digits, what has no form there as text."""
    try:
        text = _text(value)
        text.encode()
    except (RecursionError, UnicodeEncodeError):
        return json.dumps(value, default=str)
    return text


def _text(value: Any) -> str:  # noqa: ANN401 (a row or an item is anything)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(str(key))}: {_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_text, value)) + "]"
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    return _quoted(value.isoformat() if hasattr(value, "isoformat") else str(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_WRITERS: Final[tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...]] = (
    (Numeral, str),
    (str, _quoted),
    ((bool, type(None)), json.dumps),
    (float, lambda value: json.dumps(value if math.isfinite(value) else str(value))),
    ((int, Decimal), str),
    (bytes, lambda value: _quoted(value.hex())),
)
