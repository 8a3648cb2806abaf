"""What conditions compare, made from what a line or a claim says; what is unknown stays ``None``.

Numbers become integers with the scale of their field: comparing and adding them is exact whatever
decimal context the caller has set.
"""

from datetime import date, timedelta
from decimal import Decimal

from claimrules.model.claim import ClaimLine
from claimrules.model.edition import code_shape
from claimrules.model.facts import malformed
from claimrules.model.npi import npi_valid
from claimrules.model.period import add_years


def scaled(number: Decimal | None, scale: int) -> int | None:
    """Make an exact integer of a number with at most ``scale`` decimals."""
    if number is None:
        return None
    numerator, denominator = number.as_integer_ratio()
    return int(numerator * 10**scale // denominator)


def thousandths(units: Decimal | None) -> int | None:
    """Units of service as integer thousandths."""
    if units is None:
        return None
    numerator, denominator = units.as_integer_ratio()
    return numerator * 1000 if denominator == 1 else numerator * 1000 // denominator


def whole(units: Decimal | None) -> bool | None:
    """Whether units are a whole number."""
    return None if units is None else units.as_integer_ratio()[1] == 1


def days(line: ClaimLine) -> int | None:
    """Calendar days of the line, both ends counted."""
    if line.from_date is None or line.to_date is None:
        return None
    return 1 if line.to_date == line.from_date else (line.to_date - line.from_date).days + 1


def component(modifiers: tuple[str, ...] | None) -> str | None:
    """``26``, ``TC``, or blank: also with both."""
    if not modifiers:
        return None if modifiers is None else ""
    professional, technical = "26" in modifiers, "TC" in modifiers
    if professional is technical:
        return ""
    return "26" if professional else "TC"


def repeated(modifiers: tuple[str, ...] | None) -> int | None:
    """How many modifiers repeat an earlier one."""
    return None if modifiers is None else len(modifiers) - len(set(modifiers))


def form_of(line: ClaimLine, field: str) -> str:
    """How a field arrived."""
    return line.form(field).value


def shape(code: str | None) -> str | None:
    """The shape of a code."""
    return None if code is None else code_shape(code)


def shift_days(day: date | None, amount: int) -> date | None:
    """A date ``amount`` days later; what never ends, never ends later either."""
    if day is None:
        return None
    try:
        return day + timedelta(days=amount)
    except OverflowError:
        return date.max if amount > 0 else date.min


def shift_years(day: date | None, amount: int) -> date | None:
    """A date ``amount`` years later; 29 February becomes 28 where it must."""
    if day is None:
        return None
    if not date.min.year <= day.year + amount <= date.max.year:
        return date.max if amount > 0 else date.min
    return add_years(day, amount)


def npi_right(npi: str | None) -> bool | None:
    """Whether an NPI has a right check digit."""
    return None if npi is None else npi_valid(npi)


def how_many(members: tuple[str, ...] | None) -> int | None:
    """How many there are."""
    return None if members is None else len(members)


def how_many_malformed(diagnoses: tuple[str, ...] | None) -> int | None:
    """How many diagnoses have not the shape of a code."""
    return None if diagnoses is None else malformed(diagnoses)


def start(text: str | None, length: int) -> str | None:
    """The first characters of a text."""
    return None if text is None else text[:length]


def year(day: date | None) -> int | None:
    """The calendar year of a date."""
    return None if day is None else day.year


def years(first: date | None, last: date | None) -> int | None:
    """How many calendar years a span touches."""
    return None if first is None or last is None else last.year - first.year + 1
