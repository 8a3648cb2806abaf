"""The National Provider Identifier: ten digits, the last of which checks the others."""

from typing import Final

LENGTH: Final = 10
_PREFIX_SUM: Final = 24
"""What the prefix 80840 of a health card issuer adds to the check sum (45 CFR 162.406)."""


def npi_valid(text: str) -> bool:
    """Whether a text is ten digits with a right check digit (Luhn, with the prefix 80840)."""
    if len(text) != LENGTH or not (text.isascii() and text.isdecimal()):
        return False
    total = _PREFIX_SUM
    for place, digit in enumerate(reversed(text)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 (the digit sum of a product above nine)
    return total % 10 == 0
