"""Message templates: text with fields of the vocabulary, and nothing else.

Never ``str.format`` with objects: a template from a stranger must not reach an object's innards.
"""

from collections.abc import Mapping
from string import Formatter
from typing import Final, Self

import attrs

from claimrules.expr.errors import did_you_mean, refuse
from claimrules.expr.vocabulary import PAIR_NAMESPACES, VOCABULARY, Field

MAX_LENGTH: Final = 600


@attrs.frozen
class Template:
    """A parsed template: pieces of text and fields, in order."""

    parts: tuple[str | Field, ...] = ()

    @classmethod
    def parse(cls, text: str, scope: str = "line") -> Self:
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
        parts: list[str | Field] = []
        for literal, name, spec, conversion in pieces:
            if literal:
                parts.append(literal)
            if spec or conversion:
                at = max(0, text.find("{" + (name or "")))
                refuse("a template names fields only, without format", text, at, "write {line.code}")
            if name is not None:
                parts.append(_field(name, text, scope))
        return cls(tuple(parts))

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that the template names."""
        return tuple(part for part in self.parts if isinstance(part, Field))

    def render(self, values: Mapping[Field, str]) -> str:
        """Fill the template."""
        return "".join(part if isinstance(part, str) else values[part] for part in self.parts)


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
