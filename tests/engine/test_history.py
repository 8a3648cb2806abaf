"""What a history covers: the days before a line, and those after it."""

from datetime import date

import pytest

from claimrules.engine.history import Coverage
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
