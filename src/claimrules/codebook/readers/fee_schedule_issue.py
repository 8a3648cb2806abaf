"""Which edition of the fee schedule a file is: by its title, else by its published name."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

import attrs

from claimrules.codebook.readers.naming import effective_date
from claimrules.codebook.readers.published import PublishedFile

TITLE: Final = re.compile(
    r"(20\d\d)\s+National Physician Fee Schedule Relative Value File"
    r"\s+(January|April|July|October)\s+Release",
    re.IGNORECASE,
)
"""The first line of the file as published, in CSV and in workbooks."""

_MONTHS: Final = {"january": 1, "april": 4, "july": 7, "october": 10}


@attrs.frozen(kw_only=True)
class Issue:
    """One release: its name (``RVU25D``, the reissue of a quarter ``RVU24AR``) and its first day."""

    name: str
    effective: date


def find_issue(file: PublishedFile, head: Iterable[str] = ()) -> Issue:
    """Tell the edition by the title in ``head``, the names of file and container, or what is declared.

    Raises:
        BuildError: none of them says it.
    """
    title = next((found for line in head if (found := TITLE.search(line))), None)
    if title:
        day = date(int(title[1]), _MONTHS[title[2].lower()], 1)
    else:
        day = effective_date(file, "PPRRVU25_OCT.csv, or RVU25D.zip around it")
    name = f"{day:%y}{'ABCD'[(day.month - 1) // 3]}"
    again = re.compile(rf"RVU(?:20)?{name}R(?![A-Z0-9])", re.IGNORECASE)
    reissued = again.search(file.name) or again.search(file.container)
    return Issue(name=f"RVU{name}{'R' if reissued else ''}", effective=day)
