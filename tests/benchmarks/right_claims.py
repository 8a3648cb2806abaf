"""Draws claims as an export has them: most lines are right, and a few have findings."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, islice
from random import Random
from typing import Final

import attrs
from tests.benchmarks import synthetic
from tests.benchmarks.synthetic import OF_CLAIM, OF_HISTORY, Combination, Pool

from claimrules import Checker, Claim, ClaimLine, History

WRONG: Final = 0.08
"""The share of the lines that have a finding when they stand alone."""
OPERATIONS: Final = 0.005
"""The share of the lines that begin a global period of ten or ninety days."""
OVERLOOKED: Final = 0.2
"""The share of the claims that nobody checked before they left."""
KINDS: Final = 3_000
DAYS_BEFORE: Final = (0, 1, 3, 10, 30, 60, 90, 180)
PERIODS: Final = ("010", "090")
_TRIED: Final = 10
_HEAD, _STEEP = 20, -1.4
_PROVIDERS: Final = ("1234567893", "1245319599", "1003000126")


@attrs.frozen
class Kinds:
    """What lines bill: those of which nothing is said, such operations, the others; the first come often."""

    right: Sequence[Combination]
    operations: Sequence[Combination]
    wrong: Sequence[Combination]

    def draw(self, draw: Random) -> Combination:
        """Draw one."""
        place = draw.random()
        found = self.wrong if place < WRONG else self.right
        if self.operations and place > 1 - OPERATIONS:
            found = self.operations
        return draw.choices(found, cum_weights=_weights(len(found)))[0]


_known: dict[int, list[float]] = {}


def _weights(number: int) -> list[float]:
    if number not in _known:
        _known[number] = list(accumulate((rank + _HEAD) ** _STEEP for rank in range(number)))
    return _known[number]


def kinds(checker: Checker, pool: Pool, first: date, number: int = KINDS) -> Kinds:
    """Sort the plainest combinations of some codes by what the checker says of a line alone."""
    right: list[Combination] = []
    wrong: list[Combination] = []
    operations: list[Combination] = []
    for each in islice(synthetic.combinations(number * _TRIED, Random(1), pool), number * _TRIED):  # noqa: S311 (lines, not secrets)
        if len(right) == number and wrong:
            break
        line = _line(each, first, _PROVIDERS[0], "P", Decimal(100))
        operates = checker.lookup.slot(first, line.setting).get(each.code).global_days in PERIODS
        none = operations if operates else right
        (wrong if checker.check_line(line).findings else none).append(each)
    return Kinds(right, operations, wrong)


def right_claims(found: Kinds, number: int, first: date, seed: int = 1) -> list[tuple[Claim, History]]:
    """Claims of five lines of one day and provider, each with twenty lines of its patient's past."""
    draw = Random(seed)  # noqa: S311 (lines, not secrets)
    return [_claim(found, draw, f"{seed}-{count}", first) for count in range(number)]


def scrubbed(
    found: Kinds, number: int, first: date, seed: int, checker: Checker
) -> list[tuple[Claim, History]]:
    """The same, as they leave a house that checks first: of most claims with findings another is drawn."""
    draw = Random(seed)  # noqa: S311 (lines, not secrets)
    claims = []
    for count in range(number):
        claim, history = _claim(found, draw, f"{seed}-{count}", first)
        if draw.random() > OVERLOOKED:
            for _ in range(_TRIED):
                if not checker.check(claim, history).findings:
                    break
                claim, history = _claim(found, draw, f"{seed}-{count}", first)
        claims.append((claim, history))
    return claims


def _claim(found: Kinds, draw: Random, name: str, first: date) -> tuple[Claim, History]:
    day = first + timedelta(days=draw.randrange(synthetic.DAYS))
    patient, provider = f"P{name}", draw.choice(_PROVIDERS)
    chosen: dict[str, Combination] = {}
    while len(chosen) < OF_CLAIM:
        each = found.draw(draw)
        chosen.setdefault(each.code, each)
    lines = tuple(_line(each, day, provider, patient, _charge(draw)) for each in chosen.values())
    past = [
        attrs.evolve(
            _line(
                found.draw(draw),
                day - timedelta(days=draw.choice(DAYS_BEFORE)),
                draw.choice((provider, *_PROVIDERS)),
                patient,
                _charge(draw),
            ),
            claim_id=f"H{name}-{number // 3}",
            line_id=str(number % 3 + 1),
        )
        for number in range(OF_HISTORY)
    ]
    history = History(past, complete_from=day - timedelta(days=365), complete_to=day)
    return Claim(lines=lines, claim_id=f"C{name}", patient=patient), history


def _charge(draw: Random) -> Decimal:
    return Decimal(draw.randrange(2_000, 400_000)) / 100


def _line(each: Combination, day: date, provider: str, patient: str, charge: Decimal) -> ClaimLine:
    return ClaimLine(
        code=each.code,
        modifiers=each.modifiers,
        units=Decimal(each.units),
        from_date=day,
        place_of_service=each.place,
        charge=charge,
        patient=patient,
        provider=provider,
    )
