"""The records of ``FACT_ROWS`` as cells of a database, by the types of their fields, and back."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeVar, get_args, get_type_hints

import attrs

R = TypeVar("R")
Cell = str | int | None

_SEPARATOR: Final = "|"


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(_SEPARATOR)) if text else ()


_READ: Final[dict[type, Callable[[Any], Any]]] = {
    date: date.fromisoformat,
    Decimal: Decimal,
    tuple: _split,
}


def columns_of(row: type[attrs.AttrsInstance]) -> tuple[tuple[str, str], ...]:
    """Give the columns of a record type: name and SQL type."""
    return tuple((name, "INTEGER" if kind is int else "TEXT") for name, kind in _kinds(row))


def cells_of(row: attrs.AttrsInstance) -> tuple[Cell, ...]:
    """Give the cells of a record, in the order of ``columns_of``."""
    return tuple(_cell(getattr(row, name)) for name, _ in _kinds(type(row)))


def record_of(row: type[R], cells: Sequence[Any]) -> R:
    """Make a record of its cells, the inverse of ``cells_of``."""
    kinds = _kinds(row)  # type: ignore[arg-type]
    given = {
        name: cell if cell is None or kind not in _READ else _READ[kind](cell)
        for (name, kind), cell in zip(kinds, cells, strict=True)
    }
    return row(**given)


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | int):
        return value
    return _SEPARATOR.join(value) if isinstance(value, tuple) else str(value)


@cache
def _kinds(row: Any) -> tuple[tuple[str, type], ...]:  # noqa: ANN401 (mypy: no union of types is hashable)
    hints = get_type_hints(row)
    return tuple((field.name, _kind(hints[field.name])) for field in attrs.fields(row))


def _kind(hint: Any) -> type:  # noqa: ANN401 (a type hint)
    """Give the type behind ``X | None`` and ``tuple[X, ...]``."""
    if getattr(hint, "__origin__", None) is tuple:
        return tuple
    found = [part for part in get_args(hint) if part is not type(None)]
    kind: type = found[0] if found else hint
    return kind
