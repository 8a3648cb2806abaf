"""Dates as exports write them: one way for each column, found in its first records; nothing is guessed."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from typing import Final

from claimrules.formats.errors import ReadError
from claimrules.model.form import Form, read_date

DEFAULT: Final = "yyyy-mm-dd"
MONTH_FIRST: Final = "m/d/yyyy"
DAY_FIRST: Final = "d/m/yyyy"
DAY_NUMBER: Final = "day-number"
DAY_ZERO: Final = date(1899, 12, 30)
"""What spreadsheets count days from, those of their first two months aside."""
MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

TIME: Final = (
    r"([T ] ?[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( ?[AaPp][Mm])?( ?(Z|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
"""A time of day behind a date is passed over: the day is as it is written there."""
_MONTH: Final = "|".join("".join(f"[{letter}{letter.lower()}]" for letter in month) for month in MONTHS)
_SEPARATED: Final = r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"
PATTERNS: Final = {
    DEFAULT: r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    MONTH_FIRST: _SEPARATED,
    DAY_FIRST: _SEPARATED,
    "yyyy/m/d": r"[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}",
    "d-mon-yyyy": f"[0-9]{{1,2}}[- ]?({_MONTH})[- ]?[0-9]{{4}}",
    DAY_NUMBER: r"[1-9][0-9]{3,4}(\.[0-9]+)?",
}
"""What each format looks like, before the time; every engine runs these."""

FORMATS: Final = tuple(PATTERNS)
"""The names that ``--date-format`` takes."""
_SEEN: Final = tuple(name for name in FORMATS if name not in (DEFAULT, DAY_NUMBER))
"""Those that are found in the cells of a column."""

Read = Callable[[str], tuple[date | None, Form]]

_part = re.compile("[0-9]+|[A-Za-z]+")
_whole = {name: re.compile(pattern + TIME) for name, pattern in PATTERNS.items()}
_day_number = re.compile(r"[1-9][0-9]{4}(\.[0-9]+)?")
_no_mark = re.compile("[^-0-9A-Za-z/.:, ]")
_LONGEST_SHAPE: Final = 20
_before_time = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}


def reader_of(name: str) -> Read:
    """Give what reads dates of a format; ``2025-11-03`` and ``20251103`` are read in any."""
    if name == DEFAULT:
        return _read_default
    return partial(_read, name)


def choose(texts: Iterable[str]) -> str:
    """Give the format that a column has, by some of its cells.

    Raises:
        ReadError: month and day cannot be told apart, or there are numbers only.
    """
    cells = {text.strip(" ") for text in texts} - {""}
    others = {text for text in cells if _read_default(text)[0] is None}
    read = {name: sum(_read(name, text)[0] is not None for text in others) for name in _SEEN}
    best = max(read, key=lambda name: read[name])
    if not read[best]:
        if others == cells and 2 * sum(bool(_day_number.fullmatch(text)) for text in cells) > len(cells):
            msg = (
                "holds numbers of five digits, which look like a spreadsheet's day numbers; save the column "
                f"as dates (YYYY-MM-DD), or if it counts days as Excel does, give --date-format {DAY_NUMBER}"
            )
            raise ReadError(msg)
        return DEFAULT
    if best in (MONTH_FIRST, DAY_FIRST) and read[MONTH_FIRST] == read[DAY_FIRST]:
        msg = (
            "holds dates whose month and day cannot be told apart (nn/nn/nnnn); "
            f"say which comes first: --date-format {MONTH_FIRST} or --date-format {DAY_FIRST}"
        )
        raise ReadError(msg)
    return best


def unlike(texts: Iterable[str], name: str) -> str:
    """Say what cells look like of which none is a date of the format; nothing where one is, or all are blank.

    Letters stand as ``a`` and digits as ``n``: no value is told.
    """
    cells = [text.strip(" ") for text in texts if text.strip(" ")]
    if not cells or any(reader_of(name)(text)[0] is not None for text in cells):
        return ""
    return Counter(map(_shape, cells)).most_common(1)[0][0]


def _shape(text: str) -> str:
    told = re.sub("[0-9]", "n", re.sub("[A-Za-z]", "a", _no_mark.sub("?", text[:_LONGEST_SHAPE])))
    return told + "..." if len(text) > _LONGEST_SHAPE else told


def _read_default(text: str) -> tuple[date | None, Form]:
    found = read_date(text)
    text = text.strip(" ")
    if found[1] is Form.UNREADABLE and _whole[DEFAULT].fullmatch(text):
        return read_date(text[:10])
    return found


def _read(name: str, text: str) -> tuple[date | None, Form]:
    plain = _read_default(text)
    if plain[1] is not Form.UNREADABLE:
        return plain
    text = text.strip(" ")
    found = _before_time[name].match(text)
    if not found or not _whole[name].fullmatch(text):
        return None, Form.UNREADABLE
    if name == DAY_NUMBER:
        return DAY_ZERO + timedelta(days=int(text.partition(".")[0])), Form.OK
    parts = _part.findall(found[0])
    if len({mark for mark in _part.sub("", found[0]) if mark != " "}) > 1:
        return None, Form.UNREADABLE
    return read_date("-".join(_iso(name, parts)))


def _iso(name: str, parts: list[str]) -> tuple[str, str, str]:
    if name == "yyyy/m/d":
        year, month, day = parts
    elif name == MONTH_FIRST:
        month, day, year = parts
    else:
        day, month, year = parts
    if month.isalpha():
        month = str(MONTHS.index(month.upper()) + 1)
    return year, month.zfill(2), day.zfill(2)
