"""Values that a reader makes without checks are values like any other."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from claimrules.model.checks import maker, unchecked
from claimrules.model.claim import ClaimLine
from claimrules.model.facts import ClaimFacts


def test_a_value_made_without_checks_is_of_its_class() -> None:
    """It equals the one that was checked, and has its defaults."""
    checked = ClaimLine(code="G0105", units=Decimal(2))
    made = maker(ClaimLine)(code="G0105", units=Decimal(2))
    assert type(made) is ClaimLine
    assert (made, hash(made), repr(made)) == (checked, hash(checked), repr(checked))
    assert unchecked(ClaimFacts, {"sex": "F"}) == ClaimFacts(sex="F")


def test_it_cannot_be_changed() -> None:
    """It was filled while it could be."""
    made = maker(ClaimLine)(code="G0105")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.code = "G0121"
    assert attrs.evolve(made, code="G0121") == ClaimLine(code="G0121")


@pytest.mark.parametrize("value", ["2025-11-03", datetime(2025, 11, 3, tzinfo=UTC), 20251103])
def test_a_day_is_a_date(value: Any) -> None:
    """The field and the remedy are named: a ``datetime`` would fail in the midst of a check."""
    for make in (ClaimLine, ClaimFacts):
        field = "from_date" if make is ClaimLine else "received_date"
        with pytest.raises(ValueError, match=rf"{field}: a date is needed; write date\("):
            make(**{field: value})
