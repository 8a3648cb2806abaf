"""Which setting a hospital's bill belongs to, by its type of bill."""

from typing import Final

from claimrules.model.claim import Setting

_NOT_OUTPATIENT: Final = frozenset(
    ["11", "18", "21", "28", "32", "33", "41", "51", "61", "65", "66", "81", "82", "86"]
)
"""Facility and classification of inpatient stays, home health plans and hospices: other tables pay them."""
_ASC: Final = "83"
_FACILITY_AND_CLASS: Final = 2


def setting_of_bill(bill_type: str | None) -> Setting | None:
    """Give the setting of a type of bill (``131``, ``0131``, ``13``); ``None`` where no table here covers it.

    Without a type of bill it is a hospital outpatient's.
    """
    digits = (bill_type or "").strip()
    digits = digits.removeprefix("0")
    kind = digits[:_FACILITY_AND_CLASS]
    if kind in _NOT_OUTPATIENT:
        return None
    return Setting.ASC if kind == _ASC else Setting.OUTPATIENT
