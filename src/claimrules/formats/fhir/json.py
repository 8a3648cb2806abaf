"""Careful steps through JSON of unknown shape: what is not there, or is of another kind, is empty."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import Any, Final

Json = dict[str, Any]

NOTHING: Final[Json] = {}


@cache
def systems(name: str) -> tuple[str, ...]:
    """Give the code systems of a kind, in their order."""
    text = files(__package__).joinpath("systems.toml").read_text("utf-8")
    return tuple(loads(text)[name])


def objects(value: Any) -> list[Json]:  # noqa: ANN401 (JSON is anything)
    """Give the objects of a list, or the one object."""
    if isinstance(value, dict):
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def at(value: Any, *path: str) -> Json:  # noqa: ANN401 (JSON is anything)
    """Give the object at a path; the first where a list stands."""
    for step in ("", *path):
        found = objects(value.get(step) if step and isinstance(value, dict) else value)
        value = found[0] if found else NOTHING
    return value if isinstance(value, dict) else NOTHING


def text(value: Any) -> str:  # noqa: ANN401 (JSON is anything)
    """Give a text, trimmed; numbers are text here."""
    return value.strip() if isinstance(value, str) else ""


def codings(concept: Any) -> list[Json]:  # noqa: ANN401 (JSON is anything)
    """Give the codings of a concept, or of the first of a list."""
    return objects(at(concept).get("coding"))


def system_of(coding: Json) -> str:
    """Give the system of a coding."""
    return text(coding.get("system")).rstrip("/")


def coded(concept: Any, kind: str) -> list[str]:  # noqa: ANN401 (JSON is anything)
    """Give the codes of a concept in the first system of a kind that it has."""
    for system in systems(kind):
        found = [text(each.get("code")) for each in codings(concept) if system_of(each) == system]
        if any(found):
            return [code for code in found if code]
    return []


def all_codes(concept: Any) -> Iterator[str]:  # noqa: ANN401 (JSON is anything)
    """Give every code of a concept, whatever its system."""
    return (text(each.get("code")) for each in codings(concept))
