"""What divides segments, elements and components: the interchange header says it."""

import re
from typing import Final, NamedTuple

_ELEMENTS: Final = 16
"""Elements of an ISA segment; the last is the separator of components, then comes the terminator."""

_tag = re.compile(r"(GS|ST)([^0-9A-Za-z\s])")
_version = re.compile(r"00[0-9]{4}X[0-9]{3}[A-Z0-9]{0,2}")
_composite = re.compile(r"HC([^0-9A-Za-z\s])[0-9A-Za-z]{5}")

_where = re.compile(r"[0-9A-Za-z]{1,2}([^0-9A-Za-z\s])[0-9A-Za-z]?\1[0-9A-Za-z]?")


class Delimiters(NamedTuple):
    """The separators of elements and components, and the terminator of segments, one character each."""

    element: str
    component: str
    segment: str


def of_header(raw: str) -> Delimiters | None:
    """Read them from an interchange header, padded or not; ``None`` where it is damaged."""
    element = raw[3:4]
    if not element or element.isalnum():
        return None
    at = 2
    for _ in range(_ELEMENTS):
        at = raw.find(element, at + 1)
        if at < 0:
            return None
    component, segment = raw[at + 1 : at + 2], raw[at + 2 : at + 3]
    if not segment or len({element, component, segment}) < 3 or (component + segment).isalnum():  # noqa: PLR2004 (three different ones)
        return None
    if component.isalnum() or segment.isalnum():
        return None
    return Delimiters(element, component, segment)


def guessed(raw: str) -> Delimiters | None:
    """Conclude them from a functional group or transaction set that lost its interchange header."""
    found = _tag.match(raw)
    version = _version.search(raw)
    if not found or not version:
        return None
    segment = raw[version.end() : version.end() + 1]
    if not segment or segment.isalnum():
        return None
    composite = _composite.search(raw)
    return Delimiters(found[2], composite[1] if composite else ":", segment)


def separator_in(where: str, declared: str) -> str:
    """Give the separator of components that a claim really uses, by its place of service (``11:B:1``).

    Some programs declare one in the interchange header and write another.
    """
    found = None if declared in where else _where.fullmatch(where.strip())
    return found[1] if found else declared
