"""Calendar periods: both ends belong to them."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimrules.model.period import OPEN_END, Period, add_years, quarter_end, quarter_start

DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))


def test_both_ends_are_included() -> None:
    """A quarter of 92 days holds its first and its last."""
    quarter = Period(date(2025, 10, 1), date(2025, 12, 31))

    assert date(2025, 10, 1) in quarter
    assert date(2025, 12, 31) in quarter
    assert date(2026, 1, 1) not in quarter
    assert quarter.days == 92
    assert str(quarter) == "2025-10-01 to 2025-12-31"


def test_an_open_period_says_so() -> None:
    """Without an end only the start is printed."""
    period = Period(date(2025, 1, 1))

    assert period.end == OPEN_END
    assert str(period) == "from 2025-01-01"


def test_what_is_no_date_is_in_no_period() -> None:
    """Text that looks like a date does not count."""
    assert "2025-10-01" not in Period(date(2025, 1, 1))


def test_a_period_cannot_end_before_it_starts() -> None:
    """The error names both days."""
    with pytest.raises(ValueError, match=r"2025-01-01.*2025-01-02"):
        Period(date(2025, 1, 2), date(2025, 1, 1))


@settings(deadline=None)
@given(DAYS)
def test_every_day_lies_in_its_quarter(day: date) -> None:
    """A quarter starts on the first of January, April, July or October and has 90 to 92 days."""
    quarter = Period(quarter_start(day), quarter_end(day))

    assert day in quarter
    assert (quarter.start.month % 3, quarter.start.day) == (1, 1)
    assert 90 <= quarter.days <= 92


def test_leap_days_become_the_28th() -> None:
    """29 February has no anniversary in most years."""
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)
