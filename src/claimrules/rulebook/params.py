"""Parameters of rules: what they can be, and what an overlay may set them to."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from claimrules.expr.errors import did_you_mean
from claimrules.expr.parse import Param
from claimrules.expr.typing_rules import DIGITS, scale_of
from claimrules.model.form import DATE_PATTERN

PARAM_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_plain_text = re.compile(r"[ -~]{0,60}")
_date = re.compile(DATE_PATTERN)
_KINDS: Final[Mapping[type, str]] = {str: "a text", Decimal: "a number", tuple: "a list of texts"}


def kind_of(value: object) -> type:
    """Tell the three kinds of parameters apart."""
    if isinstance(value, tuple):
        return tuple
    return str if isinstance(value, str) else Decimal


def value_of(value: object) -> Param | None:
    """One value of a parameter; ``None`` where it is of no kind that can be."""
    texts = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    if texts:
        right = all(isinstance(text, str) and _plain_text.fullmatch(text) for text in texts)
        return (tuple(value) if isinstance(value, list) else str(value)) if right else None
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def fault_of(name: str, given: Param | None, defaults: Mapping[str, Param]) -> str:
    """Say why an overlay cannot set a parameter to a ``value_of``; nothing where it can."""
    if name not in defaults:
        return (
            f" has no parameter {name[:40]!r}; {did_you_mean(name, defaults) if defaults else 'it has none'}"
        )
    default = defaults[name]
    if given is None or kind_of(given) is not kind_of(default):
        return f".{name} takes {_KINDS[kind_of(default)]}"
    if isinstance(given, int | Decimal) and isinstance(default, int | Decimal):
        if scale_of(Decimal(given)) is None:
            return f".{name} takes a number of {DIGITS}"
        if given < 0 <= default:
            return f".{name} takes no number below zero; write 0 or more"
    if isinstance(default, str) and _date.fullmatch(default) and not _date.fullmatch(str(given)):
        return f'.{name} takes a date; write it as in "2025-11-03"'
    return ""
