"""Keys of lines are told as numbers: which lines share them is what their texts say."""

import pytest

from claimrules import Checker

pl = pytest.importorskip("polars")


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (["A", "A", "B", "B"], ["2", "4"]),
        (["A", "B", "A", "B"], ["3", "4"]),
        (["A", " A", "B", "A "], ["2", "4"]),
        (["", "A", "A", None], ["3"]),
        ([None, "", None, ""], []),
    ],
)
def test_lines_of_one_claim_are_found_wherever_they_stand(
    claims: list[str | None], expected: list[str]
) -> None:
    """Beside each other or apart, with blanks around the id, or without one."""
    lines = pl.DataFrame(
        {
            "claim_id": pl.Series(claims, dtype=pl.String),
            "line_id": ["1", "2", "3", "4"],
            "patient": ["P", "P ", "P", "P"],
            "provider": ["1234567893"] * 4,
            "code": ["G0105"] * 4,
            "units": ["1"] * 4,
            "from_date": ["2025-11-03"] * 4,
        }
    )

    found = Checker().check_frame(lines).findings

    assert sorted(found.filter(pl.col("rule") == "DUP103")["line_id"]) == expected
