"""Polars: what tells groups apart as small numbers, by the runs in which their rows follow each other."""

from typing import TYPE_CHECKING, Any, Final

from claimrules.engine.frame.steps import kept, worked_out

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw
    import polars as pl

    Lazy = nw.LazyFrame[Any]

_RUNS: Final = 0.6
"""Up to which share of the rows their runs are fewer enough to be looked at instead."""
_SPARSE: Final = 4
"""How many times longer than the rows a list of their numbers may be."""


def runs_of(rows: "pl.DataFrame", name: str) -> "pl.DataFrame | None":
    """Each run of ``name``: its value and where it begins; ``None`` where runs are hardly fewer than rows."""
    import polars as pl  # noqa: PLC0415

    value = pl.col(name)
    every: Any = rows.lazy().select(value, place=pl.int_range(pl.len(), dtype=pl.Int64))
    runs: pl.DataFrame = worked_out(every.filter((value != value.shift(1)).fill_null(value=True)))
    return None if runs.height > rows.height * _RUNS else runs


def numbered(frame: "Lazy", name: str) -> "Lazy":
    """The rows with ``name``, which ``packed`` made, as places in a list of its values.

    What is looked up by it from then on needs no hash. It stays as it is where rows of one value
    seldom follow each other.
    """
    import polars as pl  # noqa: PLC0415

    native, value = worked_out(frame), pl.col(name)
    runs = runs_of(native, name)
    if runs is None:
        return kept(native)
    begun: Any = runs.lazy().with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64))
    again = begun.group_by(name).agg(first=pl.col("place").min(), n=pl.len())
    again = worked_out(again.filter(pl.col("n") > 1)).lazy()
    told = worked_out(begun.join(again, on=name, how="inner"))
    number = value.rle_id().cast(pl.Int64)
    if told.height:
        # Where a value begins anew it keeps the place of its first run.
        firsts = pl.int_range(runs.height, dtype=pl.Int64, eager=True).scatter(told["place"], told["first"])
        number = pl.lit(firsts).gather(value.rle_id())
    return kept(native.with_columns(number.alias(name)))


def divided(frame: "Lazy", name: str) -> "tuple[Lazy, Lazy] | None":
    """The rows whose small number stands in another row too, and the others; ``None`` where it is big.

    The number is a place in a list, in which the last row of each stands.
    """
    import polars as pl  # noqa: PLC0415

    native = worked_out(frame)
    value = native[name]
    size = (value.max() or 0) + 1
    if size > _SPARSE * native.height:
        return None
    place = pl.int_range(native.height, dtype=pl.Int64, eager=True)
    last = pl.zeros(size, dtype=pl.Int64, eager=True).scatter(value, place)
    earlier = value.filter(last.gather(value) != place)
    several = pl.zeros(size, dtype=pl.Boolean, eager=True).scatter(earlier, values=True).gather(value)
    together = pl.lit(several)
    return native.lazy().filter(together), native.lazy().filter(~together)
