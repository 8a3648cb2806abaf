"""What fields of a claim and its lines may hold; a check names the field and the remedy, never the value."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any, Final, TypeVar, cast

import attrs

_FIRST_YEAR, _LAST_YEAR = 1800, 2199
A_DATE: Final = "a date is needed; write date(2025, 11, 3), and of a datetime its .date()"
Made = TypeVar("Made")
Check = Callable[[object, "attrs.Attribute[Any]", Any], None]


class UnfitError(ValueError):
    """A value that its field cannot hold; the text names the field and the remedy, never the value."""


def number(decimals: int, limit: Decimal) -> Check:
    """A finite number below ``limit``, with at most ``decimals`` decimals."""

    def check(_value: object, field: "attrs.Attribute[Any]", value: Any) -> None:  # noqa: ANN401 (a caller may give anything)
        if value is None:
            return
        if not isinstance(value, Decimal) or not value.is_finite():
            msg = f"{field.name}: a finite Decimal is needed; write Decimal('1')"
            raise UnfitError(msg)
        # Exact whatever decimal context the caller has set: normalize() would round.
        denominator = value.as_integer_ratio()[1]
        if abs(value) >= limit or 10**decimals % denominator:
            msg = f"{field.name}: must be below {limit}, with at most {decimals} decimals"
            raise UnfitError(msg)

    return check


def shape(pattern: re.Pattern[str], says: str, remedy: str, *, several: bool = False) -> Check:
    """A text, or a tuple of ``several``, of one shape; ``{field}`` in the remedy is the field's name."""

    def check(_value: object, field: "attrs.Attribute[Any]", value: Any) -> None:  # noqa: ANN401 (a caller may give anything)
        if value is None:
            return
        wrong = isinstance(value, tuple) is not several
        for text in (None,) if wrong else value if several else (value,):
            if not (isinstance(text, str) and pattern.fullmatch(text)):
                msg = f"{field.name}: {says}; {remedy.format(field=repr(field.name))}"
                raise UnfitError(msg)

    return check


def is_day(value: object) -> bool:
    """Whether something is a calendar day: a ``datetime`` is none, and compares with none."""
    return isinstance(value, date) and not isinstance(value, datetime)


def texts(_value: object, field: "attrs.Attribute[Any]", value: object) -> None:
    """A tuple of texts, and not one text, which would be its letters."""
    if value is None:
        return
    if not isinstance(value, tuple) or not all(isinstance(text, str) for text in value):
        msg = f"{field.name}: a tuple of texts is needed; write {field.name}=('...',)"
        raise UnfitError(msg)


def need_kinds(values: Mapping[str, object], kind: type, says: str) -> None:
    """Refuse fields that are of another kind: a number equals no text, in silence.

    Raises:
        ValueError: one is.
    """
    if {*map(type, values.values())} <= {kind, NoneType}:
        return
    for name, value in values.items():
        if value is not None and not isinstance(value, kind):
            msg = f"{name}: {says}"
            raise UnfitError(msg)


def day(_value: object, field: "attrs.Attribute[Any]", value: object) -> None:
    """A date of the years that are read; a ``datetime`` compares with none."""
    if value is None:
        return
    if not is_day(value):
        msg = f"{field.name}: {A_DATE}"
        raise UnfitError(msg)
    if not isinstance(value, date) or not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        msg = f"{field.name}: years from {_FIRST_YEAR} to {_LAST_YEAR} are read; give None for an open end"
        raise UnfitError(msg)


def unchecked(cls: type[Made], values: dict[str, Any]) -> Made:
    """Make a value of a frozen class for a reader, whose own patterns are as strict: no check runs again."""
    return cast("Made", maker(cast("Any", cls))(**values))


@cache
def maker(cls: type[Any]) -> Callable[..., Any]:
    """Give what makes such values, by the names of their fields.

    They are filled while they can be changed, which is fast, and become values of the frozen class then.
    """

    def freeze(made: Any) -> None:  # noqa: ANN401 (of a class that is made here)
        made.__class__ = cls

    fields: dict[str, Any] = {field.name: attrs.field(default=field.default) for field in attrs.fields(cls)}
    after = {"__attrs_post_init__": freeze}
    bare: Any = attrs.make_class(cls.__name__, fields, class_body=after, kw_only=True, eq=False, repr=False)
    # Both, or every assignment takes the slow way through the type.
    plain = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    return type(cls.__name__, (cls,), {"__slots__": (), "__init__": bare.__init__, **after, **plain})
