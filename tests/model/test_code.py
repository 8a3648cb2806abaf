"""What is published about a code, as rules see it."""

import pytest

from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import Table
from claimrules.model.published import AscRow

SURGERY = AscRow(addendum="AA", payment_indicator="J8", multiple_discount="Y")
DRUG = AscRow(addendum="BB", payment_indicator="K2")


@pytest.mark.parametrize(
    ("row", "missing", "payment", "discount"),
    [
        (SURGERY, {}, "J8", "Y"),
        (AscRow(addendum="AA", payment_indicator="J8"), {}, "J8", None),
        (DRUG, {}, "K2", ""),
        (None, {}, "", ""),
        (None, {Table.ASC: Cause.NO_TABLE}, None, None),
    ],
)
def test_asc_marks_tell_blank_from_unknown(
    row: AscRow | None, missing: dict[Table, Cause], payment: str | None, discount: str | None
) -> None:
    """Off the lists is known, and so is that the discount is marked in Addendum AA alone."""
    found = CodeAttributes(code="G0105", asc=row, missing=missing)

    assert (found.payment_indicator, found.multiple_discount) == (payment, discount)
