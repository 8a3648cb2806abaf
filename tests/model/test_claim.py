"""Lines and claims: defaults, what is unknown, and what a line refuses."""

from datetime import date
from decimal import Decimal

import attrs
import pytest

from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.form import Form


def test_a_bare_line_has_no_modifiers_and_one_unit() -> None:
    """None is unknown; an empty tuple says that there are none."""
    line = ClaimLine(code="G0105")

    assert line.modifiers == ()
    assert line.units == 1
    assert line.setting is Setting.PROFESSIONAL
    assert line.from_date is None


def test_a_line_ends_on_the_day_it_starts() -> None:
    """to_date follows from_date unless it is given, even as None."""
    day = date(2025, 11, 3)

    assert ClaimLine(from_date=day).to_date == day
    assert ClaimLine(from_date=day, to_date=None).to_date is None


@pytest.mark.parametrize("field", ["units", "charge", "dose"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "1.23456", "10000000000"])
def test_numbers_that_do_not_fit_are_refused(field: str, value: str) -> None:
    """Frames hold thousandths and cents as integers: nothing may be lost on the way."""
    with pytest.raises(ValueError, match=field):
        ClaimLine(**{field: Decimal(value)})  # type: ignore[arg-type]


def test_trailing_zeros_do_not_count_as_decimals() -> None:
    """1.50000 is 1.5."""
    assert ClaimLine(units=Decimal("1.50000")).units == Decimal("1.5")


def test_a_float_is_no_number_of_units() -> None:
    """Float sums exceed limits that are met exactly."""
    with pytest.raises(ValueError, match="units"):
        ClaimLine(units=1.5)  # type: ignore[arg-type]


def test_the_form_of_a_field() -> None:
    """Unreadable and repaired fields are named; the others speak for themselves."""
    line = ClaimLine(code=None, units=None, modifiers=("LT",), unreadable=("units",), repaired=("modifiers",))

    forms = [line.form(field) for field in ("code", "units", "modifiers", "setting")]

    assert forms == [Form.MISSING, Form.UNREADABLE, Form.REPAIRED, Form.OK]


def test_a_line_is_frozen_and_hashable() -> None:
    """Lines can be keys, and cannot change under one's hands."""
    line = ClaimLine(code="G0105")

    assert len({line, ClaimLine(code="G0105")}) == 1
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        line.code = "G0121"  # type: ignore[misc]


def test_nobody_is_named_in_a_repr() -> None:
    """Logs show a line by its repr."""
    line = ClaimLine(patient="P001", provider="1234567893", billing_provider="1234567893", claim_id="C001")

    assert not any(secret in repr(line) for secret in ("P001", "1234567893", "C001"))
