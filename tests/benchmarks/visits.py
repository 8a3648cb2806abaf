"""Makes drawn lines repeat as in an export: patients stay with providers, and some claims come twice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import itemgetter
from random import Random
from typing import Final

Row = tuple[str, ...]

SAME_PROVIDER: Final = 0.7
"""The share of a patient's claims that come from a provider whom he has seen before."""
SAME_DAY: Final = 0.1
"""The share of claims that fall on a day on which the patient has another one."""
ADDED: Final = 0.3
"""The share of primaries that bring one of their add-on codes."""
TWICE: Final = 0.005
"""The share of claims that are sent a second time."""


def as_visits(rows: Iterable[Row], add_ons: Mapping[str, Sequence[str]], lines: int) -> Iterator[Row]:
    """So many lines, in the columns of ``synthetic``; ``add_ons`` gives the add-on codes of a primary."""
    return islice(_claims(rows, add_ons, Random(1)), lines)  # noqa: S311 (lines, not secrets)


def _claims(rows: Iterable[Row], add_ons: Mapping[str, Sequence[str]], draw: Random) -> Iterator[Row]:
    known: dict[str, list[tuple[str, str]]] = {}
    for claim, drawn in groupby(rows, key=itemgetter(0)):
        lines = list(drawn)
        patient, provider, day = lines[0][2], lines[0][3], lines[0][10]
        visits = known.setdefault(patient, [])
        if visits and draw.random() < SAME_PROVIDER:
            provider = draw.choice(visits)[0]
        if visits and draw.random() < SAME_DAY:
            day = draw.choice(visits)[1]
        visits.append((provider, day))
        billed = []
        for row in lines:
            billed.append((*row[4:10], day, day, *row[12:]))
            if row[4] in add_ons and draw.random() < ADDED:
                billed.append((draw.choice(add_ons[row[4]]), "", "", "", "", "1", day, day, *row[12:]))
        for name in (claim, f"{claim}R") if draw.random() < TWICE else (claim,):
            for number, rest in enumerate(billed, 1):
                yield (name, str(number), patient, provider, *rest)
