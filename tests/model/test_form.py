"""The normaliser: what raw text becomes, and in which form it arrived."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from claimrules.model.form import (
    Form,
    read_code,
    read_date,
    read_modifier,
    read_money,
    read_place,
    read_units,
)

Reader = Callable[[str], tuple[object, Form]]
READERS = (read_units, read_money, read_code, read_modifier, read_place, read_date)


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize("text", ["", "   "], ids=["empty", "blanks"])
def test_nothing_is_missing(read: Reader, text: str) -> None:
    """An empty or blank field is missing, not unreadable."""
    assert read(text) == (None, Form.MISSING)


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize(
    "text", ["1\n", "99213\n", "٣", "²", "<x>"], ids=["n1", "n5", "arabic", "super", "tag"]
)
def test_hostile_text_is_unreadable(read: Reader, text: str) -> None:
    """A line feed at the end and digits of other scripts are never accepted."""
    assert read(text) == (None, Form.UNREADABLE)


@pytest.mark.parametrize("text", ["1", "0", "1.5", "0.125", "9999999.999", " 2 "])
def test_units_are_read_exactly(text: str) -> None:
    """Up to seven digits and three decimals, never through a float."""
    assert read_units(text) == (Decimal(text.strip()), Form.OK)


@pytest.mark.parametrize("text", ["-1", "+1", "1e3", "1.", ".5", "1.2345", "12345678", "1,5", "nan", "1_0"])
def test_other_units_are_unreadable(text: str) -> None:
    """Signs, exponents, thousands and too many digits leave the units unknown."""
    assert read_units(text) == (None, Form.UNREADABLE)


@pytest.mark.parametrize("text", ["150", "-12.50", "999999999.99", "0.1"])
def test_money_is_read_exactly(text: str) -> None:
    """Up to nine digits and two decimals; a credit is negative."""
    assert read_money(text) == (Decimal(text), Form.OK)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("$150", "150"), ("$ 150.5", "150.5"), ("1,500.00", "1500"), ("$1,020.50", "1020.50")),
        *(("999,999,999.99", "999999999.99"), (".50", "0.5"), ("45.0000", "45"), ("45.2500", "45.25")),
        *(("(45.00)", "-45"), ("$(45.00)", "-45"), ("($1,045)", "-1045"), ("45.00-", "-45")),
        *(("-$45", "-45"), ("$-45", "-45"), ("- 45", "-45"), ("-1,045.1", "-1045.1"), ("(0.00)", "0")),
    ],
)
def test_money_as_spreadsheets_write_it_is_repaired(text: str, amount: str) -> None:
    """A sign for dollars, commas between thousands, a credit in brackets, zeros beyond cents."""
    found, form = read_money(text)
    assert (found, form) == (Decimal(amount), Form.REPAIRED)
    assert found is not None
    assert not found.is_signed() or found


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1.234",
            "1234567890",
            "1,234,567,890",
            "1,50",
            "1,5000",
            "12,34.00",
            "1.020,50",
            "1 020.50",
            "0.005",
        ),
        *(
            "(45",
            "45)",
            "(-45)",
            "-(45)",
            "--45",
            "-45-",
            "$$45",
            "45$",
            "€45",
            "$",
            "()",
            ".",
            "-",
            "1e3",
            "45 USD",
        ),
    ],
)
def test_other_money_is_unreadable(text: str) -> None:
    """Other currencies and commas, too many digits, and signs that contradict each other leave it unknown."""
    assert read_money(text) == (None, Form.UNREADABLE)


def test_a_code_is_repaired_by_upper_case_only() -> None:
    """Trimming goes unmentioned; upper-casing is a repair; anything else is unreadable."""
    assert read_code(" G0105 ") == ("G0105", Form.OK)
    assert read_code("g0105") == ("G0105", Form.REPAIRED)
    assert read_code("NO SHOW") == (None, Form.UNREADABLE)
    assert read_code("1050") == (None, Form.UNREADABLE)


def test_sharp_s_does_not_become_two_letters() -> None:
    """str.upper() turns one character into two, which would make a modifier of it."""
    assert read_modifier("ß") == (None, Form.UNREADABLE)


def test_modifiers_and_places_are_two_characters() -> None:
    """A modifier is letters or digits, a place digits."""
    assert read_modifier("lt") == ("LT", Form.REPAIRED)
    assert read_modifier("5") == (None, Form.UNREADABLE)
    assert read_place("02") == ("02", Form.OK)
    for named in ("11 - Office", " 11-Office ", "11: Office, 2nd"):
        assert read_place(named) == ("11", Form.REPAIRED)
    for other in ("11 Office", "11 -", "11 - 12", "111 - Office", "11 - Büro", "11 - a\nb"):
        assert read_place(other) == (None, Form.UNREADABLE)
    assert read_place("2") == (None, Form.UNREADABLE)
    assert read_place("AB") == (None, Form.UNREADABLE)


@pytest.mark.parametrize("text", ["2025-11-03", "20251103", " 2025-11-03 "])
def test_dates_are_read_in_two_ways(text: str) -> None:
    """ISO with dashes or without."""
    assert read_date(text) == (date(2025, 11, 3), Form.OK)


@pytest.mark.parametrize("text", ["10", "Tuesday", "11/03/2025", "2025-02-29", "2025-W45-1", "2025-11-3"])
def test_dates_are_never_guessed(text: str) -> None:
    """What a lenient parser would turn into some date stays unknown."""
    assert read_date(text) == (None, Form.UNREADABLE)
