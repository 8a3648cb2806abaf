"""Draws claim lines for the benchmarks: the same from the same seed, as repetitive as asked for."""

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, count, islice, product
from pathlib import Path
from typing import Any, Final, NamedTuple

import attrs

from claimrules import Claim, ClaimLine, History
from claimrules.codebook.starter import starter_tables
from claimrules.codebook.tables import FeeSchedule

COLUMNS: Final = (
    *("claim_id", "line_id", "patient", "provider", "code"),
    *("modifier_1", "modifier_2", "modifier_3", "modifier_4"),
    *("units", "from_date", "to_date", "place_of_service", "charge"),
)
FIRST: Final = date(2025, 10, 1)
DAYS: Final = 92
PLACES: Final = ("11", "22", "21", "24", "23", "12", "31", "41", "19", "81")
MODIFIERS: Final = tuple(
    tuple(text.split())
    for text in (
        *("", "25", "59", "RT", "LT", "26", "50", "TC", "76", "GC", "80", "RT 59", "62", "XS", "24", "57"),
        *(
            "LT 59",
            "26 59",
            "KX",
            "GY",
            "AS",
            "50 59",
            "82",
            "66",
            "RT LT",
            "26 TC",
            "LT LT",
            "GA",
            "53",
            "52",
        ),
        *(
            "77 RT",
            "25 59",
            "KX GP",
            "KX GO",
            "76 26",
            "GC 26",
            "50 RT",
            "80 59",
            "GZ",
            "JW",
            "JZ",
            "95",
            "CR",
        ),
    )
)
"""What lines carry, the plain first."""
LINES_A_CLAIM: Final = (1, 1, 1, 2, 2, 3, 4)
LINES_A_PATIENT: Final = 12
LINES_A_PROVIDER: Final = 2_000
OF_CLAIM, OF_HISTORY = 5, 20
_HEAD: Final = 20
_STEEP: Final = -1.4
_PAID: Final = ("A", "R", "C", "X", "T", "E")
_NEVER_PAID: Final = 8
_ANOTHER_UNIT: Final = 6


class Combination(NamedTuple):
    """What line rules look at, beside dates."""

    code: str
    modifiers: tuple[str, ...]
    units: int
    place: str


def codes() -> dict[int, list[str]]:
    """The codes of the starter's fee schedule by what they cost in plainness: those never paid come late."""
    found: dict[int, list[str]] = {0: [], _NEVER_PAID: []}
    for schedule in starter_tables():
        if isinstance(schedule, FeeSchedule):
            for code, known in sorted(schedule.rows.items()):
                found[0 if known[""].status in _PAID else _NEVER_PAID].append(code)
    return found


Pool = Mapping[int, Sequence[str]]
"""Codes by what they cost in plainness."""


def combinations(number: int, draw: random.Random, pool: Pool | None = None) -> list[Combination]:
    """The plainest combinations: few units, common modifiers and places first; codes in any order."""
    return list(islice(_plainest(draw, pool or codes()), number))


def _plainest(draw: random.Random, known: Pool) -> Iterator[Combination]:
    for level in count():
        for modifier, place, kind in product(range(len(MODIFIERS)), range(len(PLACES)), known):
            units, odd = divmod(level - modifier - place - kind, _ANOTHER_UNIT)
            if units >= 0 and not odd:
                for code in draw.sample(known[kind], len(known[kind])):
                    yield Combination(code, MODIFIERS[modifier], units + 1, PLACES[place])


def rows(lines: int, distinct: float, seed: int = 1, pool: Pool | None = None) -> Iterator[tuple[str, ...]]:
    """Rows of text in the order of ``COLUMNS``; each combination comes once, the plain ones often."""
    draw = random.Random(seed)  # noqa: S311 (lines, not secrets)
    known = combinations(max(1, min(lines, round(lines * distinct))), draw, pool)
    weights = list(accumulate((rank + _HEAD) ** _STEEP for rank in range(len(known))))
    chosen = [*known, *draw.choices(known, cum_weights=weights, k=lines - len(known))]
    draw.shuffle(chosen)
    patients, providers = max(1, lines // LINES_A_PATIENT), max(5, lines // LINES_A_PROVIDER)
    claim = left = line = 0
    who = day = ""
    billed: set[str] = set()
    for combination in chosen:
        if not left or combination.code in billed:
            claim, left, line, billed = claim + 1, draw.choice(LINES_A_CLAIM), 0, set()
            patient, provider = draw.randrange(patients), draw.randrange(providers)
            who, day = f"P{patient:07d} {1_000_000_000 + provider}", _day(draw)
        line, left = line + 1, left - 1
        billed.add(combination.code)
        modifiers = (*combination.modifiers, "", "", "", "")[:4]
        charge = f"{draw.randrange(2_000, 400_000) / 100:.2f}"
        ids = (f"C{claim:08d}", str(line), *who.split())
        rest = (str(combination.units), day, day, combination.place, charge)
        yield (*ids, combination.code, *modifiers, *rest)


def _day(draw: random.Random) -> str:
    return (FIRST + timedelta(days=draw.randrange(DAYS))).isoformat()


def write_csv(path: Path, lines: int, distinct: float, seed: int = 1, pool: Pool | None = None) -> None:
    """Write the lines as a CSV file with a header."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(rows(lines, distinct, seed, pool))


def claim_lines(lines: int, distinct: float, seed: int = 1) -> list[ClaimLine]:
    """The same lines as values."""
    drawn = rows(lines, distinct, seed)
    return [line_of(dict(zip(COLUMNS, row, strict=True)), tuple(filter(None, row[5:9]))) for row in drawn]


def line_of(cells: Mapping[str, Any], modifiers: tuple[str, ...]) -> ClaimLine:
    """A line as a value."""
    return ClaimLine(
        code=cells["code"],
        modifiers=modifiers,
        units=Decimal(str(cells["units"])),
        from_date=date.fromisoformat(cells["from_date"]),
        to_date=date.fromisoformat(cells["to_date"]),
        place_of_service=cells["place_of_service"],
        charge=Decimal(cells["charge"]),
        claim_id=cells["claim_id"],
        line_id=cells["line_id"],
        patient=cells["patient"],
        provider=cells["provider"],
    )


def claims_with_history(number: int, seed: int = 1) -> list[tuple[Claim, History]]:
    """Claims of five lines of one day and provider, each with twenty lines of its patient's past."""
    draw = random.Random(seed)  # noqa: S311 (days, not secrets)
    drawn = iter(claim_lines(number * (OF_CLAIM + OF_HISTORY), 0.12, seed))
    found = []
    for count_of in range(number):
        lines, past = list(islice(drawn, OF_CLAIM)), list(islice(drawn, OF_HISTORY))
        day, patient = lines[0].from_date or FIRST, f"P{count_of:07d}"
        mine = (
            attrs.evolve(line, from_date=day, to_date=day, patient=patient, claim_id=None) for line in lines
        )
        before = (_of_the_past(line, day, patient, draw) for line in past)
        claim = Claim(lines=tuple(mine), claim_id=f"C{count_of:08d}", patient=patient)
        found.append((claim, History(before, complete_from=day - timedelta(days=365), complete_to=day)))
    return found


def _of_the_past(line: ClaimLine, day: date, patient: str, draw: random.Random) -> ClaimLine:
    then = day - timedelta(days=draw.choice((0, 1, 3, 10, 30, 60, 90, 180)))
    return attrs.evolve(line, from_date=then, to_date=then, patient=patient)
