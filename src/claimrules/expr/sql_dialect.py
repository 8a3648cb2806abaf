"""What two warehouses write differently: a table of phrases, filled in by position."""

from collections.abc import Mapping
from typing import Final

import attrs

from claimrules.expr.errors import did_you_mean


@attrs.frozen(kw_only=True)
class Dialect:
    """The phrases of one dialect of SQL; ``{0}``, ``{1}`` stand for what is filled in."""

    name: str
    array: str
    empty: str
    contains: str
    overlap: str
    common: str
    different: str
    size: str
    ordered: str
    reverse: str
    place_where: str
    joined: str
    count_where: str
    matches: str
    add_days: str
    add_years: str
    days_between: str
    quote: tuple[tuple[str, str], ...]

    def text(self, text: str) -> str:
        """Write a text literal."""
        for old, new in self.quote:
            text = text.replace(old, new)
        return f"'{text}'"

    def texts(self, texts: tuple[str, ...]) -> str:
        """Write an array of texts."""
        return self.array.format(", ".join(map(self.text, texts))) if texts else self.empty


DIALECTS: Final[Mapping[str, Dialect]] = {
    "duckdb": Dialect(
        name="duckdb",
        array="[{0}]",
        empty="CAST([] AS VARCHAR[])",
        contains="list_contains({0}, {1})",
        overlap="list_has_any({0}, {1})",
        common="list_intersect({0}, {1})",
        different="list_distinct({0})",
        size="len({0})",
        ordered="list_sort({0})",
        reverse="list_reverse({0})",
        place_where="list_position(list_transform({0}, lambda m: {1}), TRUE)",
        joined="array_to_string({0}, ' ')",
        count_where="len(list_filter({0}, lambda d: {1}))",
        matches="regexp_matches({0}, {1})",
        add_days="({0} + {1})",
        add_years="CAST({0} + to_years({1}) AS DATE)",
        days_between="date_diff('day', {0}, {1})",
        quote=(("'", "''"),),
    ),
    "spark": Dialect(
        name="spark",
        array="array({0})",
        empty="CAST(array() AS ARRAY<STRING>)",
        contains="array_contains({0}, {1})",
        overlap="arrays_overlap({0}, {1})",
        common="array_intersect({0}, {1})",
        different="array_distinct({0})",
        size="array_size({0})",
        ordered="array_sort({0})",
        reverse="reverse({0})",
        place_where="array_position(transform({0}, m -> {1}), TRUE)",
        joined="array_join({0}, ' ')",
        count_where="array_size(filter({0}, d -> {1}))",
        matches="({0} RLIKE {1})",
        add_days="date_add({0}, {1})",
        add_years="add_months({0}, 12 * {1})",
        days_between="datediff({1}, {0})",
        quote=(("\\", "\\\\"), ("'", "\\'")),
    ),
}


def dialect(name: str) -> Dialect:
    """Give a dialect by its name.

    Raises:
        ValueError: there is no such dialect.
    """
    if name not in DIALECTS:
        message = f"{name[:40]!r} is no dialect; {did_you_mean(name, DIALECTS)}"
        raise ValueError(message)
    return DIALECTS[name]
