"""Readers of published files, one module each with the same two functions: ``detect`` and ``read``."""

from typing import Final

from claimrules.codebook.readers import (
    add_on,
    addendum_b,
    asc,
    code_page,
    fee_schedule,
    fee_schedule_derived,
    fee_schedule_fixed,
    hcpcs,
    mue,
    pairs,
    profile,
    rbcs,
)
from claimrules.codebook.readers.result import Reader

_SCHEDULE: Final = "Physician Fee Schedule relative value file"

READERS: Final[tuple[Reader, ...]] = tuple(
    Reader(what=what, detect=module.detect, read=module.read)
    for what, module in (
        (f"{_SCHEDULE} (CSV, workbook)", fee_schedule),
        (f"{_SCHEDULE} (fixed width)", fee_schedule_fixed),
        (f"{_SCHEDULE} (one line of header)", fee_schedule_derived),
        ("MUE table", mue),
        ("NCCI procedure-to-procedure edits", pairs),
        ("add-on code edits", add_on),
        ("HCPCS Level II codes and modifiers", hcpcs),
        ("OPPS Addendum B", addendum_b),
        ("ASC Addendum AA or BB", asc),
        ("RBCS classification", rbcs),
        ("code page", code_page),
        ("procedure profile", profile),
    )
)
"""Every reader; no file is recognised by two of them."""
