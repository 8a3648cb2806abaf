"""Message templates: text with fields of the vocabulary, and nothing else.

Never ``str.format`` with objects: a template from a stranger must not reach an object's innards.
"""

from collections.abc import Mapping
from string import Formatter
from typing import Final, Self

import attrs

from claimrules.expr.errors import ExpressionError, did_you_mean
from claimrules.expr.vocabulary import PAIR_NAMESPACES, VOCABULARY, Field

MAX_LENGTH: Final = 600
_PRIVATE: Final = frozenset({"claim", "patient", "provider", "physician", "group"})


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
            msg = f"the text has {len(text):,} characters; at most {MAX_LENGTH} are read"
            raise ExpressionError(msg)
        try:
            pieces = list(Formatter().parse(text))
        except ValueError as error:
            raise ExpressionError(f"not a template: {error}", text, 0, "write {{ for a brace") from None
        parts: list[str | Field] = []
        for literal, name, spec, conversion in pieces:
            if literal:
                parts.append(literal)
            if name is None:
                continue
            if spec or conversion:
                raise ExpressionError("a template names fields only, without format", text, text.find("{"))
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
        raise ExpressionError(f"{name[:60]!r} is not a field", text, at, did_you_mean(space, VOCABULARY))
    field = VOCABULARY[space].get(word)
    if field is None:
        raise ExpressionError(f"{space} has no field {word[:40]!r}", text, at, did_you_mean(word, VOCABULARY[space]))
    if field.name in _PRIVATE or field.name.endswith(("birth_date", "death_date")):
        raise ExpressionError(f"{name} never stands in a message: it is health data", text, at)
    return field
