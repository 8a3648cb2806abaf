"""The global surgical package of a procedure: its days, and what may be billed within them."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import attrs

from claimrules.model.code import Cause
from claimrules.model.indicator import GlobalDays
from claimrules.model.period import Period

_DAYS: Final = {
    GlobalDays.SAME_DAY: (0, 0),
    GlobalDays.TEN_DAYS: (0, 10),
    GlobalDays.NINETY_DAYS: (1, 90),
}
"""Days before and after the procedure that its fee includes: the day after surgery is day 1."""
COUNTED: Final = tuple(each.value for each in _DAYS)


def package(global_days: str | None, day: date) -> Period | None:
    """Give the days that the fee of a procedure done on ``day`` includes; ``None`` where it is not by days.

    >>> str(package("090", date(2025, 1, 5)))
    '2025-01-04 to 2025-04-05'
    """
    found = next((days for days in _DAYS if days == global_days), None)
    if found is None:
        return None
    before, after = _DAYS[found]
    try:
        return Period(day - timedelta(days=before), day + timedelta(days=after))
    except OverflowError:
        return None


class Phase(StrEnum):
    """Where a day lies in a window."""

    BEFORE = "before"
    DAY = "day"
    AFTER = "after"


class Standing(StrEnum):
    """What a line does to the calendar."""

    OPENS = "opens"
    NONE = "none"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class GlobalPeriod:
    """What one line does to the calendar of its patient: the window that it opens, or why it opens none.

    ``global_days`` is as published; ``days`` what was applied (another for YYY alone). ``period`` holds
    both its first and its last day. ``part`` is the modifier of split care that the line carries: 54
    the surgery, 55 the care after it, 56 the care before; blank where it is the whole package.
    ``intra`` and ``post`` are the shares of the fee in whole percent.
    """

    code: str | None
    on: date | None
    standing: Standing
    patient: str | None = attrs.field(default=None, repr=False)
    provider: str | None = attrs.field(default=None, repr=False)
    group: str | None = attrs.field(default=None, repr=False)
    specialty: str | None = None
    claim_id: str | None = attrs.field(default=None, repr=False)
    line_id: str | None = attrs.field(default=None, repr=False)
    modifiers: tuple[str, ...] | None = ()
    global_days: str | None = None
    days: str | None = None
    period: Period | None = None
    part: str = ""
    intra: int | None = None
    post: int | None = None
    reason: str = ""
    cause: Cause | None = None
    edition: str = ""
    how: str = ""

    def phase(self, day: date) -> Phase | None:
        """Say where a day lies in the window; ``None`` where it lies outside of it, or there is none."""
        if self.period is None or self.on is None or day not in self.period:
            return None
        if day == self.on:
            return Phase.DAY
        return Phase.BEFORE if day < self.on else Phase.AFTER

    def number(self, day: date) -> int | None:
        """Count a day from the surgery: -1 the day before, 0 the day itself, 1 the day after."""
        return (day - self.on).days if self.on is not None else None


@attrs.frozen(kw_only=True)
class Choice:
    """One modifier that would be right for something billed in a window, when, and what it needs.

    ``about`` is ``visit``, ``critical care``, ``procedure`` or ``split care``; ``doubtful`` says what is
    not certain.
    """

    about: str
    modifier: str
    when: str
    needs: str
    effect: str = ""
    doubtful: str = ""


@attrs.frozen(kw_only=True)
class GlobalCalendar:
    """The windows of some lines, by patient and day; every line is in one of the three."""

    windows: tuple[GlobalPeriod, ...] = ()
    none: tuple[GlobalPeriod, ...] = ()
    unknown: tuple[GlobalPeriod, ...] = ()

    @property
    def lines(self) -> int:
        """How many lines came in."""
        return len(self.windows) + len(self.none) + len(self.unknown)

    def open_on(self, day: date) -> tuple[GlobalPeriod, ...]:
        """Give the windows that hold a day."""
        return tuple(each for each in self.windows if each.period is not None and day in each.period)

    def of(self, patient: str) -> "GlobalCalendar":
        """Give the calendar of one patient."""
        return GlobalCalendar(
            windows=tuple(each for each in self.windows if each.patient == patient),
            none=tuple(each for each in self.none if each.patient == patient),
            unknown=tuple(each for each in self.unknown if each.patient == patient),
        )
