"""Message templates: text with fields of the vocabulary, and nothing else.

``{line.modifiers:sets.side}`` names those modifiers of the line that the set holds. Never ``str.format`` with
objects: a template from a stranger must not reach an object's innards.
"""

from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from typing import Final, Self

import attrs

from claimrules.expr.errors import did_you_mean, refuse
from claimrules.expr.nodes import NamedSet
from claimrules.expr.vocabulary import PAIR_NAMESPACES, VOCABULARY, Field, Type

MAX_LENGTH: Final = 600
_SETS: Final = "sets."
_NO_SETS: Final[Mapping[str, NamedSet]] = MappingProxyType({})


@attrs.frozen
class Carried:
    """The modifiers of a line that a set holds, in their order."""

    field: Field
    members: NamedSet

    def __str__(self) -> str:
        return f"{self.field}:sets.{self.members.name}"

    def among(self, text: str) -> str:
        """Pick them out of all modifiers; where none is held, all of them."""
        return " ".join(word for word in text.split() if word in self.members) or text


@attrs.frozen
class Template:
    """A parsed template: pieces of text and fields, in order."""

    parts: tuple[str | Field | Carried, ...] = ()

    @classmethod
    def parse(cls, text: str, scope: str = "line", sets: Mapping[str, NamedSet] = _NO_SETS) -> Self:
        """Read a template.

        Raises:
            ExpressionError: it is too long, or names something that is not a field.
        """
        if len(text) > MAX_LENGTH:
            refuse(f"the text has {len(text):,} characters; at most {MAX_LENGTH} are read")
        if not text.replace("\n", " ").isprintable():
            refuse("a message has no control characters")
        try:
            pieces = list(Formatter().parse(text))
        except ValueError as error:
            refuse(f"not a template: {error}", text, 0, "write {{ for a brace")
        parts: list[str | Field | Carried] = []
        for literal, name, spec, conversion in pieces:
            if literal:
                parts.append(literal)
            at = max(0, text.find("{" + (name or "")))
            if conversion or (spec and not spec.startswith(_SETS)):
                refuse("a template names fields only, without format", text, at, "write {line.code}")
            if name is not None:
                field = _field(name, text, scope)
                parts.append(_carried(field, spec, text, at, sets) if spec else field)
        return cls(tuple(parts))

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that the template names."""
        found = (part.field if isinstance(part, Carried) else part for part in self.parts)
        return tuple(part for part in found if isinstance(part, Field))

    def render(self, values: Mapping[Field, str]) -> str:
        """Fill the template."""
        return "".join(_filled(part, values) for part in self.parts)


def _filled(part: str | Field | Carried, values: Mapping[Field, str]) -> str:
    if isinstance(part, Carried):
        return part.among(values[part.field])
    return part if isinstance(part, str) else values[part]


def _carried(field: Field, spec: str, text: str, at: int, sets: Mapping[str, NamedSet]) -> Carried:
    name = spec.removeprefix(_SETS)
    members = sets.get(name)
    if field.type is not Type.MODIFIERS or members is None or members.kind != "modifiers":
        known = (each for each, found in sets.items() if found.kind == "modifiers")
        refuse(f"{name[:60]!r} is no set of modifiers to pick from", text, at, did_you_mean(name, known))
    return Carried(field, members)


def _field(name: str, text: str, scope: str) -> Field:
    space, _, word = name.partition(".")
    at = max(0, text.find("{" + name))
    if space not in VOCABULARY or (space in PAIR_NAMESPACES and scope != "pair"):
        refuse(f"{name[:60]!r} is not a field", text, at, did_you_mean(space, VOCABULARY))
    field = VOCABULARY[space].get(word)
    if field is None:
        refuse(f"{space} has no field {word[:40]!r}", text, at, did_you_mean(word, VOCABULARY[space]))
    if field.private:
        refuse(f"{name} never stands in a message: it is health data", text, at)
    return field
