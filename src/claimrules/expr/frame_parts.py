"""Small parts of frame expressions that the frame compiler and the frame engine share."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce
from operator import and_, or_
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Expr = nw.Expr
else:
    Expr = Any


def any_true(tests: Sequence["Expr"]) -> "Expr":
    """True where one is."""
    return reduce(or_, tests)


def all_true(tests: Sequence["Expr"]) -> "Expr":
    """True where all are."""
    return reduce(and_, tests)


def shift(nw: ModuleType, day: "Expr", function: str, amount: int) -> "Expr":
    """A date some days or years later; none lies after the end of the calendar, which stands for no end."""
    if amount <= 0:
        return _moved(nw, day, function, amount)
    latest = date.max - timedelta(days=amount) if function == "add_days" else date(9999 - amount, 12, 31)
    ends = day <= nw.lit(latest)
    moved = _moved(nw, nw.when(ends).then(day), function, amount)
    found: Expr = nw.when(ends | day.is_null()).then(moved).otherwise(nw.lit(date.max))
    return found


def _moved(nw: ModuleType, day: "Expr", function: str, amount: int) -> "Expr":
    """A date moved; years as yyyymmdd integers, 29 February becomes 28."""
    if function == "add_days":
        moved: Expr = day.dt.offset_by(f"{amount}d").cast(nw.Date)
        return moved
    # Some engines give months and days as 8-bit integers: a month times a hundred would overflow.
    year, month, number = (part.cast(nw.Int64) for part in (day.dt.year(), day.dt.month(), day.dt.day()))
    year = year + amount
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    last = (month == 2) & (number == 29) & ~leap  # noqa: PLR2004 (29 February)
    number = nw.when(last).then(nw.lit(28)).otherwise(number)
    whole: Expr = (year * 10_000 + month * 100 + number).cast(nw.Int64).cast(nw.String)
    return whole.str.to_date("%Y%m%d")
