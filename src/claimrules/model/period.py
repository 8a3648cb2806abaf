"""Calendar periods: whole days, both ends included."""

from datetime import date

import attrs
from dateutil.relativedelta import relativedelta

OPEN_END = date(9999, 12, 31)
"""The last day of a period that has no end."""


@attrs.frozen(order=True)
class Period:
    """A run of calendar days from ``start`` to ``end``, both included.

    Raises:
        ValueError: ``end`` lies before ``start``.
    """

    start: date
    end: date = OPEN_END

    def __attrs_post_init__(self) -> None:
        if self.end < self.start:
            msg = f"a period cannot end ({self.end}) before it starts ({self.start})"
            raise ValueError(msg)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end

    def __str__(self) -> str:
        if self.end == OPEN_END:
            return f"from {self.start}"
        return f"{self.start} to {self.end}"

    @property
    def days(self) -> int:
        """The number of calendar days in the period."""
        return (self.end - self.start).days + 1


def quarter_start(day: date) -> date:
    """Give the first day of the calendar quarter that holds ``day``."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def quarter_end(day: date) -> date:
    """Give the last day of the calendar quarter that holds ``day``."""
    return quarter_start(day) + relativedelta(months=3, days=-1)


def add_years(day: date, years: int) -> date:
    """Give the same day ``years`` later; 29 February becomes 28 where it must."""
    return day + relativedelta(years=years)
