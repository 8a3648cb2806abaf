"""What an example can say of a code: every table that rules read, in the form of its field."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from claimrules.rulebook.load import load_rules

Write = Callable[..., Path]
Errors = Callable[[], tuple[str, ...]]

EXAMPLE = """
[[fires]]
title = "two units"
lines = ["G0105 x2 2025-11-03"]
codes.G0105 = {{ {attributes} }}
"""


def test_facts_of_every_table_are_read(write: Write, tmp_path: Path) -> None:
    """Dates become dates, lists stay lists; blank is a value where nothing is published."""
    facts = (
        'coverage = "C", type_of_service = ["2", "P"], pricing_categories = ["36"], first_date = 2015-01-01, '
        'last_date = "2020-12-31", status_indicator = "J1", payment_indicator = "", not_used = "", mai = "2"'
    )
    write(examples=EXAMPLE.format(attributes=facts))
    [rule], _ = load_rules((tmp_path,))
    found = rule.examples[0].codes["G0105"]

    assert (found["first_date"], found["last_date"]) == (date(2015, 1, 1), date(2020, 12, 31))
    assert found["type_of_service"] == ["2", "P"]
    assert (found["payment_indicator"], found["not_used"]) == ("", "")


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ('payment_indicator = "J9"', "codes.G0105.payment_indicator is never 'J9'; it can be A2, G2"),
        ('facility_na = "X"', "codes.G0105.facility_na is never 'X'; it can be NA, blank"),
        ('first_date = "2015-13-01"', "codes.G0105.first_date: month must be in 1..12"),
        ('type_of_service = "2"', "codes.G0105.type_of_service: write a list of texts"),
        ("pricing_categories = [36]", "codes.G0105.pricing_categories: write a list of texts"),
        ('coverag = "C"', "codes.G0105: no attribute 'coverag'; did you mean coverage?"),
        ('mue = "1"', "codes.G0105.mue: write a whole number"),
    ],
)
def test_what_no_table_can_say_is_refused(write: Write, errors: Errors, attributes: str, says: str) -> None:
    """With the place and the values that there are."""
    write(examples=EXAMPLE.format(attributes=attributes))

    assert any(says in error for error in errors())


def test_a_set_of_revenue_codes_serves_revenue_codes_alone(
    write: Write, errors: Errors, tmp_path: Path
) -> None:
    """Four characters each; a procedure code is looked for in a set of codes."""
    sets = tmp_path / "sets"
    sets.mkdir()
    text = '[rooms]\ntitle = "Rooms"\nkind = "revenue_codes"\nmembers = ["0360"]\n'
    (sets / "rooms.toml").write_text(text, encoding="utf-8")
    write(when="when = 'line.revenue_code in sets.rooms'")
    [rule], _ = load_rules((tmp_path,))
    assert [str(field) for field in rule.fields] == ["line.revenue_code"]

    write(when="when = 'line.code in sets.rooms'")
    assert any("sets.rooms holds revenue_codes, line.code does not" in error for error in errors())
