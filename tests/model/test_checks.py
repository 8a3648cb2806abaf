"""Values that a reader makes without checks are values like any other."""

from decimal import Decimal

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
