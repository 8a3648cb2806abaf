"""Reads what only the name of a published file says: its quarter, its setting, its program.

The names that are known: ``MCR_MUE_PractitionerServices_Eff_07-01-2024``, ``AOC_V2026Q2-MCR``,
``medicare-ncci-2025-q4-practitioner-services-mue-table``, ``ccipra-v302r0-f1`` (version 30.2: the third
quarter of 1994 + 30), ``RVU25D``, ``HCPC2020_OCT_anweb``, ``PPRRVU22_JAN``,
``2026_April_Web_Addendum_B.03232026`` (which ends with its release), ``addendum_b_2026_04``,
``MCD-MUE-PRA-v2014q1`` and ``medicaid-ncci-2026-q2-mue-edits-practitioner-services`` of Medicaid.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from claimrules.codebook.readers.published import PublishedFile
from claimrules.model.edition import MEDICAID, MEDICARE

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_month_words = re.compile(
    r"(?<![a-z])(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])"
)
_years = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_short_years = re.compile(r"(?<![a-z\d])(?:ppr)?rvu(\d\d)(?!\d)")

_effective = re.compile(r"eff[a-z]*[ _.-]*(\d\d)[-_.]?(\d\d)[-_.]?(20\d\d)(?!\d)")
_quarters = re.compile(r"(?<!\d)(20\d\d)[ _-]?q([1-4])(?!\d)")
_quarters_first = re.compile(r"(?<![a-z\d])q([1-4])[ _-]?(20\d\d)(?!\d)")
_ncci_versions = re.compile(r"(?<![a-z])v(\d\d)([0-3])r\d")
_releases = re.compile(r"rvu(?:20)?(\d\d)([a-d])r?(?![a-z])")
_first_days = re.compile(r"(?<!\d)(20\d\d)([-_]?)(\d\d)\2(01)(?!\d)")
_year_months = re.compile(r"(?<!\d)(20\d\d)[-_](\d\d)(?![-_]?\d)")

_FIRST_NCCI_YEAR: Final = 1994
_LETTERS: Final = "abcd"


def effective_date(file: PublishedFile, example: str, *, year_alone: bool = False) -> date:
    """Give the first day of a file whose content does not say it: by its name, its container, the caller.

    ``example`` is a published name that says it, for the remedy. With ``year_alone`` a name that says
    nothing but a year means 1 January: right for tables that are published once a year.

    Raises:
        BuildError: none of them says it.
    """
    for name in (file.name, file.container):
        if found := date_in(name, year_alone=year_alone):
            return found
    if file.declared.effective:
        return file.declared.effective
    text = (
        "the file does not say its quarter: keep the published name "
        f"(for example {example}) or give --effective YYYY-MM-DD"
    )
    raise file.error(text)


def setting(file: PublishedFile, example: str) -> str:
    """Give the setting of a file whose content does not say it: by its name, its container, the caller.

    Raises:
        BuildError: none of them says it.
    """
    for name in (file.name, file.container):
        if found := setting_in(name):
            return found
    if file.declared.setting:
        return file.declared.setting
    text = (
        "the file does not say its setting: keep the published name "
        f"(for example {example}) or give --setting professional, outpatient or dme"
    )
    raise file.error(text)


def quarter_name(day: date) -> str:
    """Name the calendar quarter of a day, such as ``2024Q3``."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def date_in(name: str, *, year_alone: bool = False) -> date | None:
    """Give the first day that a file name says, ``None`` where it says none or two different ones."""
    lower = name.lower()
    for says in _SAYINGS:
        if found := says(lower):
            return found
    years = set(_years.findall(lower))
    return date(int(years.pop()), 1, 1) if year_alone and len(years) == 1 else None


def setting_in(text: str) -> str | None:
    """Give the setting that a file name or a header says in words, ``None`` where it says none or two."""
    found = {name for name, words in _SETTING_WORDS.items() if words.search(text.lower())}
    return found.pop() if len(found) == 1 else None


def program_in(text: str) -> str:
    """Give the program that a file name or a title says: Medicaid's where it says so, else Medicare's."""
    return MEDICAID if _medicaid.search(text.lower()) else MEDICARE


_SETTING_WORDS: Final = {
    "professional": re.compile(r"practitioner|(?<![a-z])(cci)?pra(?![a-z])"),
    "outpatient": re.compile(r"hospital|(?<![a-z])(cci)?oph(?![a-z])"),
    "dme": re.compile(r"(?<![a-z])dme|durable.medical"),
}
# The agency is called Centers for Medicare & Medicaid Services in the files of Medicare too.
_medicaid = re.compile(r"medicaid(?![ _-]*services)|(?<![a-z])mcd(?![a-z])")


def _of_effective(name: str) -> date | None:
    match = _effective.search(name)
    return _day(match[3], match[1], match[2]) if match else None


def _of_quarter(name: str) -> date | None:
    if match := _quarters.search(name):
        return date(int(match[1]), 3 * int(match[2]) - 2, 1)
    match = _quarters_first.search(name)
    return date(int(match[2]), 3 * int(match[1]) - 2, 1) if match else None


def _of_version(name: str) -> date | None:
    if match := _ncci_versions.search(name):
        return date(_FIRST_NCCI_YEAR + int(match[1]), 3 * int(match[2]) + 1, 1)
    match = _releases.search(name)
    return date(2000 + int(match[1]), 3 * _LETTERS.index(match[2]) + 1, 1) if match else None


def _of_month(name: str) -> date | None:
    months = {_MONTHS.index(word[:3]) + 1 for word in _month_words.findall(name)}
    years = {int(year) for year in _years.findall(name)}
    years = years or {2000 + int(year) for year in _short_years.findall(name)}
    return date(years.pop(), months.pop(), 1) if len(months) == len(years) == 1 else None


def _of_digits(name: str) -> date | None:
    if match := _first_days.search(name):
        return _day(match[1], match[3], match[4])
    match = _year_months.search(name)
    return _day(match[1], match[2], "01") if match else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


_SAYINGS: Final[tuple[Callable[[str], date | None], ...]] = (
    _of_effective,
    _of_quarter,
    _of_version,
    _of_month,
    _of_digits,
)
"""What a name can say, the plainest first."""
