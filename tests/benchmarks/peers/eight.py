"""The eight checks that every peer can say, what they need to know of a code, and lines to try them on."""

import csv
import random
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, product
from pathlib import Path
from typing import Any, Final

import attrs
from tests.benchmarks.synthetic import COLUMNS, FIRST, rows

from claimrules import Checker, Rulebook, Setting
from claimrules.codebook.starter import starter_tables
from claimrules.codebook.tables import FeeSchedule

Pair = tuple[str, str, str]
"""The claim, the line, and the check that fired."""

EIGHT: Final = (
    *("ASST101", "BILAT101", "COSG101", "MUE101"),
    *("PCTC101", "PCTC102", "STAT103", "TEAM101"),
)
OF_THE_CODE: Final = ("status", "pctc", "bilateral", "assistant", "co_surgeon", "team")
FACTS: Final = (*OF_THE_CODE, "has_26", "has_tc", "mue", "mai")
MODIFIERS: Final = ("modifier_1", "modifier_2", "modifier_3", "modifier_4")
ASSISTANT: Final = ("80", "81", "82", "AS")
_LOOKED_AT: Final = ("", "50", "62", "66", *ASSISTANT, "26", "TC")
_UNITS: Final = ("1", "999")


@cache
def checker() -> Checker:
    """The checker with the eight rules of the catalogue."""
    book = Rulebook.load()
    return Checker(rulebook=attrs.evolve(book, rules=tuple(r for r in book.rules if r.code in EIGHT)))


def write_codes(path: Path) -> list[str]:
    """Write a table of the starter's codes, a row each: the fee schedule's blank row, and the MUE."""
    schedule = next(table for table in starter_tables() if isinstance(table, FeeSchedule))
    slot = checker().lookup.slot(FIRST, Setting.PROFESSIONAL)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("code", *FACTS))
        for code in schedule.rows:
            known = slot.get(code)
            parts = ("Y" if part in (known.rows or ()) else "N" for part in ("26", "TC"))
            writer.writerow(
                (code, *(getattr(known, name) for name in OF_THE_CODE), *parts, known.mue, known.mai)
            )
    return list(schedule.rows)


def write_lines(path: Path, codes: Sequence[str], lines: int, distinct: float) -> int:
    """Write every code under every modifier that is looked at, then drawn lines; return how many."""
    planted = [
        (
            "PLANTED",
            str(number),
            "P",
            "1",
            code,
            modifier,
            "",
            "",
            "",
            units,
            "2025-11-03",
            "2025-11-03",
            "22",
            "9",
        )
        for number, (code, modifier, units) in enumerate(product(codes, _LOOKED_AT, _UNITS), 1)
    ]
    random.Random(1).shuffle(planted)  # noqa: S311 (lines, not secrets)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(chain(planted, rows(max(1, lines - len(planted)), distinct)))
    return max(len(planted) + 1, lines)


def facts(lines: Path, codes: Path) -> Iterator[dict[str, Any]]:
    """Read each line with what is known of its code, as the peers that see one line at a time want it."""
    with codes.open(encoding="utf-8", newline="") as stream:
        known = {row["code"]: {**row, "mue": int(row["mue"] or 0)} for row in csv.DictReader(stream)}
    nothing = {**dict.fromkeys(FACTS, ""), "mue": 0}
    with lines.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            modifiers = [row[name] for name in MODIFIERS if row[name]]
            of_line = {"modifiers": modifiers, "units": float(row["units"])}
            yield {**row, **known.get(row["code"], nothing), **of_line}
