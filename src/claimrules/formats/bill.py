"""What a bill says by its codes: a hospital's setting by the type of bill, minutes by that of a service."""

from typing import Final

from claimrules.model.claim import Setting

_NOT_OUTPATIENT: Final = frozenset(
    ["11", "18", "21", "28", "32", "33", "41", "51", "61", "65", "66", "81", "82", "86"]
)
"""Facility and classification of inpatient stays, home health plans and hospices: other tables pay them."""
_ASC: Final = "83"
_FACILITY_AND_CLASS: Final = 2
_ANAESTHESIA: Final = ("00100", "01999")


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


def is_anaesthesia(code: str | None) -> bool:
    """Say whether a code is one of anaesthesia: those alone are billed in minutes on a bill without columns.

    A quantity is minutes or units there, and of timed therapy it is units.
    """
    return code is not None and code.isdecimal() and _ANAESTHESIA[0] <= code <= _ANAESTHESIA[1]
