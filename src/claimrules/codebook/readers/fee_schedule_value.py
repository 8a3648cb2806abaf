"""One cell of the fee schedule: what it can hold, and what a spreadsheet did to it, undone.

A spreadsheet, or a program that takes codes for numbers, drops leading zeros (global days ``10``) and
writes amounts with the rounding error of a binary fraction (``0.07000000000000002``).
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from claimrules.codebook.schema import BLANK_SPEAKS, DECIMAL, WHOLE
from claimrules.model.indicator import INDICATORS

CODE: Final = re.compile(r"[0-9A-Z]{5}", re.ASCII)

_NUMBER = re.compile(r"\d{1,7}(\.\d{1,6})?|\.\d{1,6}", re.ASCII)
_LONG_NUMBER = re.compile(r"\d{1,7}\.\d{7,20}", re.ASCII)
_NOISE: Final = Decimal("1e-9")
_NA: Final = "NA"
_HUNDREDTH, _FACTOR_UNIT = Decimal("0.01"), Decimal("0.0001")
_MAY_BE_BLANK: Final = frozenset({"label", "pricing"})
_WIDTHS: Final = {"global_days": 3, "supervision": 2, "imaging_family": 2}
_VALUES: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(member.value for member in members) for name, members in INDICATORS.items()
}


def read_value(field: str, text: str) -> tuple[object, str]:
    """Give the value of a cell, ``None`` where it is open, and a remark, empty where all is well.

    Percentages become whole percent, relative values have two places, the conversion factor has four.
    """
    if not text:
        return _blank(field)
    if field in INDICATORS:
        return _indicator(field, text)
    if field in DECIMAL or field in WHOLE:
        return _number(field, text)
    if field == "endoscopic_base" and not CODE.fullmatch(text):
        return _impossible(field, text)
    return text, ""


def shown(text: str) -> str:
    """Quote what stands in a cell, cut to what is needed to find it."""
    return repr(text if len(text) <= 12 else f"{text[:12]}…")  # noqa: PLR2004 (enough to find it)


def _blank(field: str) -> tuple[object, str]:
    if field in BLANK_SPEAKS:
        return "", ""
    return (
        None,
        "" if field in _MAY_BE_BLANK else f"{field}: blank, which it never is as published; left open",
    )


def _indicator(field: str, text: str) -> tuple[object, str]:
    if text in _VALUES[field]:
        return text, ""
    padded = text.zfill(_WIDTHS.get(field, 0))
    if padded in _VALUES[field]:
        return padded, f"{field}: had lost its leading zeros, restored"
    return _impossible(field, text)


def _number(field: str, text: str) -> tuple[object, str]:
    if text == _NA and field in DECIMAL:
        return None, ""
    remark = ""
    unit = _FACTOR_UNIT if field == "conversion_factor" else _HUNDREDTH
    if _NUMBER.fullmatch(text):
        exact = Decimal(text)
        number = exact.quantize(unit)
        number = number if number == exact else exact
    elif _LONG_NUMBER.fullmatch(text):
        exact = Decimal(text)
        number = exact.quantize(unit)
        remark = "numbers with the rounding error of a binary fraction (0.30000000000000004), rounded"
        if abs(number - exact) > _NOISE:
            return _impossible(field, text)
    else:
        return _impossible(field, text)
    if field in DECIMAL:
        return number, remark
    percent = number * 100
    if percent != int(percent) or percent > 100:  # noqa: PLR2004 (percent)
        return _impossible(field, text)
    return int(percent), remark


def _impossible(field: str, text: str) -> tuple[None, str]:
    return None, f"{field}: {shown(text)} is not a value it can have; left open"
