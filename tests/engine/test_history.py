"""What a history covers: the days before a line, and those after it."""

from datetime import date

import pytest

from claimrules.engine.history import Coverage, lacking
from claimrules.rulebook.rule import Needs

NEEDS = Needs(days_before=10, days_after=1)


@pytest.mark.parametrize(
    ("day", "covered"),
    [
        (date(2025, 11, 10), False),
        (date(2025, 11, 11), True),
        (date(2025, 11, 29), True),
        (date(2025, 11, 30), False),
        (date.max, False),
        (None, False),
    ],
)
def test_the_first_and_the_last_day_that_a_rule_needs(day: date | None, covered: bool) -> None:
    """Ten days before and one after must lie in November."""
    november = Coverage(complete_from=date(2025, 11, 1), complete_to=date(2025, 11, 30))

    assert november.covers(NEEDS, day) is covered


def test_all_providers_are_more_than_the_own() -> None:
    """A history of the own lines alone does not serve a rule on those of others."""
    first, last, day = date(2025, 1, 1), date(2025, 12, 31), date(2025, 11, 3)
    needs = Needs(providers="all")

    assert not Coverage(complete_from=first, complete_to=last).covers(needs, day)
    assert Coverage(complete_from=first, complete_to=last, providers="all").covers(needs, day)


@pytest.mark.parametrize(
    ("complete_from", "day", "covered"),
    [
        (date(2025, 1, 1), date(2025, 1, 1), True),
        (date(2025, 1, 1), date(2025, 12, 31), True),
        (date(2025, 1, 2), date(2025, 12, 31), False),
        (date(2025, 1, 2), date(2026, 1, 1), True),
        (date(2025, 1, 1), date(2026, 2, 1), False),
        (date(2025, 1, 1), date(2024, 12, 31), False),
    ],
)
def test_a_year_is_known_from_its_first_day(complete_from: date, day: date, covered: bool) -> None:
    """From 1 January to the line, and no earlier year."""
    found = Coverage(complete_from=complete_from, complete_to=date(2026, 1, 31))

    assert found.covers(Needs(year=True), day) is covered


def test_what_a_year_lacks_is_said() -> None:
    """The first day of which the year is known, and how far the rules look."""
    found = Coverage(complete_from=date(2025, 3, 1), complete_to=date(2026, 1, 31))

    assert lacking(Needs(year=True), found)[0] == (
        "known from 2026-01-01 for rules that look back to 1 January (complete from 2025-03-01 to 2026-01-31)"
    )
