"""The optional inputs that a run offers, by their names."""

from collections.abc import Iterable
from typing import Final

import attrs

from claimrules.expr.errors import did_you_mean
from claimrules.expr.vocabulary import OFFERABLE, VOCABULARY, input_of
from claimrules.model.claim import ClaimLine
from claimrules.model.facts import FACTS
from claimrules.model.given import need_each

_TAKEN: Final = OFFERABLE | {field.name for field in attrs.fields(ClaimLine)} | {*FACTS}
"""A field that every rule may ask for is offered in vain, and harms nothing."""
_LISTS: Final = "sets."


def inputs_of(names: Iterable[str]) -> frozenset[str]:
    """Take the names of inputs.

    Raises:
        TypeError: one is no text.
        ValueError: there is none of that name.
    """
    says = f"inputs takes names: write inputs=[{names if isinstance(names, str) else 'specialty'!r}]"
    found = frozenset(need_each(names, str, says))
    for name in sorted(found - _TAKEN):
        if not name.startswith(_LISTS):
            msg = f"inputs: {name[:60]!r} is none that a rule asks for; {_nearest(name)}"
            raise ValueError(msg)
    return found


def _nearest(name: str) -> str:
    """The input that a field of that name needs, or those that are called nearly so."""
    named = [field for group in VOCABULARY.values() if (field := group.get(name)) and field.optional]
    return did_you_mean(input_of(named[0]) or name if named else name.lower(), OFFERABLE)
