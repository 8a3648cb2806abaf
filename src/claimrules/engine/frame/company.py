"""Which numbers stand beside each other in one group: told by place, where a join would hash every pair."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw
    import polars as pl

    Lazy = nw.LazyFrame[Any]

_ROOM: Final = 2**62
"""What a group and a number together must stay below."""
_BITS: Final = 2**29
"""How many pairs of numbers a list of what is listed may have."""


@attrs.frozen(kw_only=True, eq=False)
class Listed:
    """Pairs of numbers below ``many``: ``pairs`` has one column, the lower times ``many`` plus the other.

    Any number beside one of those ``opened`` counts as listed too.
    """

    pairs: "Lazy"
    opened: Sequence[int]
    many: int


def paired(frame: "Lazy", by: str, number: str, listed: Listed) -> "tuple[Lazy, Lazy] | None":
    """Polars: the listed pairs of numbers that stand in one group, in both orders, and their rows.

    The pairs have the columns ``by``, ``number`` and ``n_other``. ``None`` where the numbers have no room.
    """
    import polars as pl  # noqa: PLC0415

    native: Any = frame.collect()
    pairs: Any = listed.pairs.collect()
    many = listed.many
    if native.is_empty() or many * many > _BITS:
        return None
    first, last = native[by].min(), native[by].max()
    if (last - first + 1) * many >= _ROOM:
        return None
    key = (pl.col(by) - first) * many + pl.col(number)
    rows = native.lazy().select(key.alias("key")).collect()["key"].sort().to_frame().lazy()
    new = (pl.col("key") != pl.col("key").shift(1)).fill_null(value=True)
    rows = rows.filter(new).select((pl.col("key") // many).alias(by), (pl.col("key") % many).alias(number))
    bits = pl.zeros(many * many, dtype=pl.Boolean, eager=True).scatter(pairs.to_series(), values=True)
    is_open = pl.zeros(many, dtype=pl.Boolean, eager=True).scatter(list(listed.opened), values=True)
    found = pl.concat(_steps(rows.collect(), by, number, _listed(bits, is_open, many)))
    turned = found.filter(pl.col(number) != pl.col("n_other"))
    turned = turned.select(by, pl.col("n_other").alias(number), pl.col(number).alias("n_other"))
    found = pl.concat([found, turned]).with_columns(pl.col(by) + first)
    theirs = found.lazy().select(key.alias("key")).unique()
    few: Any = native.lazy().with_columns(key.alias("key")).join(theirs, on="key", how="semi").drop("key")
    told: Any = found.lazy()
    return told, few


def _listed(bits: "pl.Series", is_open: "pl.Series", many: int) -> "pl.Expr":
    """Whether the numbers ``one`` and ``two``, the lower first, are a pair that is listed."""
    import polars as pl  # noqa: PLC0415

    found = pl.lit(bits).gather(pl.col("one") * many + pl.col("two"))
    if is_open.any():
        found = found | pl.lit(is_open).gather(pl.col("one")) | pl.lit(is_open).gather(pl.col("two"))
    return found


def _steps(rows: "pl.DataFrame", by: str, number: str, listed: "pl.Expr") -> "list[pl.DataFrame]":
    """The pairs of each row with itself, with the next of its group, with that after the next, and so on."""
    import polars as pl  # noqa: PLC0415

    groups, numbers = pl.lit(rows[by]), pl.lit(rows[number])
    at, parts = rows.lazy().select(at=pl.int_range(pl.len(), dtype=pl.UInt32)).collect(), []
    step = 0
    while at.height:
        place = pl.col("at")
        met = at.lazy().select(
            groups.gather(place).alias(by),
            numbers.gather(place).alias("one"),
            numbers.gather(place + step).alias("two"),
        )
        parts.append(met.filter(listed).select(by, pl.col("one").alias(number), n_other="two").collect())
        step += 1
        room = at.lazy().filter(place + step < rows.height)
        at = room.filter(groups.gather(place) == groups.gather(place + step)).collect()
    return parts
