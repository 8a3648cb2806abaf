"""Which numbers stand beside each other in one group: told by place, where a join would hash every pair."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.steps import worked_out

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw
    import polars as pl

    Lazy = nw.LazyFrame[Any]

_ROOM: Final = 2**62
"""What a group and a number together must stay below."""
_BITS: Final = 2**29
"""How many pairs of numbers a list of what is listed may have."""
_AT_ONCE: Final = 2**20
"""How many keys meet another in one step."""


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

    native, pairs = worked_out(frame), worked_out(listed.pairs)
    many = listed.many
    if native.is_empty() or many * many > _BITS:
        return None
    first, last = native[by].min(), native[by].max()
    if (last - first + 1) * many >= _ROOM:
        return None
    key = (pl.col(by) - first) * many + pl.col(number)
    keys = worked_out(native.lazy().select(key.alias("key")))["key"].sort().to_frame()
    new = (pl.col("key") != pl.col("key").shift(1)).fill_null(value=True)
    found = pl.concat(_steps(keys.filter(new), many, _listed(pairs.to_series(), listed)))
    found = found.select(
        (pl.col("one") // many).alias(by), (pl.col("one") % many).alias(number), n_other=pl.col("two") % many
    )
    turned = found.filter(pl.col(number) != pl.col("n_other"))
    turned = turned.select(by, pl.col("n_other").alias(number), pl.col(number).alias("n_other"))
    found = pl.concat([found, turned]).with_columns(pl.col(by) + first)
    theirs = found.lazy().select(key.alias("key")).unique()
    few: Any = native.lazy().with_columns(key.alias("key")).join(theirs, on="key", how="semi").drop("key")
    told: Any = found.lazy()
    return told, few


def _listed(pairs: "pl.Series", listed: Listed) -> "pl.Expr":
    """Whether the keys ``one`` and ``two`` of one group, the lower first, are a pair that is listed."""
    import polars as pl  # noqa: PLC0415

    many = listed.many
    one, two = (pl.col(key) % many for key in ("one", "two"))
    bits = pl.zeros(many * many, dtype=pl.Boolean, eager=True).scatter(pairs, values=True)
    found = pl.lit(bits).gather(one * many + two)
    if listed.opened:
        is_open = pl.zeros(many, dtype=pl.Boolean, eager=True).scatter(list(listed.opened), values=True)
        found = found | pl.lit(is_open).gather(one) | pl.lit(is_open).gather(two)
    return found


def _steps(keys: "pl.DataFrame", many: int, listed: "pl.Expr") -> "list[pl.DataFrame]":
    """Each sorted key with itself, with the next of its group, with that after the next, and so on.

    Where few groups are left, many steps are taken at once: a group may have thousands of numbers.
    """
    import polars as pl  # noqa: PLC0415

    key, one, two = pl.lit(keys["key"]), pl.col("one"), pl.col("two")
    itself = keys.lazy().select(one=pl.col("key"), two=pl.col("key"))
    parts = [itself.filter(listed).collect()]
    left, step = keys.select(at=pl.int_range(pl.len(), dtype=pl.Int64), one=pl.col("key")), 1
    while left.height:
        far = step + max(1, min(many, _AT_ONCE // left.height))
        steps = pl.LazyFrame({"step": range(step, far)}, schema={"step": pl.Int64})
        met = left.lazy().join(steps, how="cross").with_columns(at=pl.col("at") + pl.col("step"))
        met = met.with_columns(two=key.gather(pl.col("at"), null_on_oob=True))
        same = met.filter(one // many == two // many).collect()
        parts.append(same.lazy().filter(listed).select("one", "two").collect())
        last = pl.col("step") == far - 1
        left, step = same.filter(last).select(pl.col("at") - pl.col("step"), "one"), far
    return parts
