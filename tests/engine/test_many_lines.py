"""Ten thousand lines of one patient and day: the work grows with the lines, not with their pairs."""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import attrs
import pytest

from claimrules import Checker, ClaimLine, Rulebook
from claimrules.engine.history import Coverage
from claimrules.engine.run import Judged
from claimrules.engine.subject import NO_FACTS, subjects
from claimrules.model.finding import Outcome
from claimrules.rulebook.rule import Example
from claimrules.testing.example_book import example_book

LINES = 10_000
MOST = 10
"""So many candidates may be judged for each line, on average; judging pairs would take thousands."""
CODES = tuple(f"G{number:04d}" for number in range(101, 141))
MODIFIERS = (
    (),
    ("50",),
    ("RT",),
    ("LT",),
    ("26",),
    ("TC",),
    ("59",),
    ("76",),
    ("80",),
    ("25",),
    ("RT", "59"),
)
DAY = date(2025, 11, 3)
COVERAGE = Coverage(complete_from=date(2020, 1, 1), complete_to=date(2026, 1, 31), providers="all")
INPUTS = frozenset({"group", "specialty"})
RULES = Rulebook.load(preview=True).rules


def book() -> Any:
    """Invented attributes for forty codes, pairs of the first with each other, and add-ons."""
    draw = random.Random(1)  # noqa: S311 (attributes, not secrets)
    codes = {
        code: {
            "status": draw.choice("AARTX"),
            "pctc": draw.choice("0123"),
            "global_days": draw.choice(["000", "010", "090", "XXX", "ZZZ"]),
            "multiple_procedure": draw.choice("0234"),
            "bilateral": draw.choice("0123"),
            "mue": draw.choice([1, 2, 20_000]),
            "mai": draw.choice("123"),
        }
        for code in CODES
    }
    pairs = tuple((one, two, draw.choice("01")) for one, two in product(CODES[:8], CODES[:8]) if one < two)
    add_ons = tuple((code, CODES[0], "1") for code in CODES[20:24])
    example = Example(
        kind=Outcome.FIRED, title="many", lines=(), codes=codes, pairs=pairs, add_ons=add_ons, complete=True
    )
    return example_book(example)


def many(providers: int, days: int) -> list[ClaimLine]:
    """Lines that differ in code, modifiers, units and claim, of one patient and group."""
    draw = random.Random(2)  # noqa: S311 (lines, not secrets)
    return [
        ClaimLine(
            code=draw.choice(CODES),
            modifiers=draw.choice(MODIFIERS),
            units=Decimal(draw.randrange(1, 9)),
            from_date=DAY + timedelta(days=draw.randrange(days)),
            place_of_service=draw.choice(["11", "22"]),
            charge=Decimal(draw.randrange(100, 900)),
            claim_id=f"C{draw.randrange(6)}",
            line_id=str(number),
            patient="P1",
            provider=f"{1_000_000_000 + draw.randrange(providers)}",
            group="G1",
            specialty="20",
        )
        for number in range(LINES)
    ]


def counted(checker: Checker, lines: list[ClaimLine]) -> tuple[list[Judged], Counter[str]]:
    """Judge the lines, and count for each rule how often it judged a candidate or a line."""
    calls: Counter[str] = Counter()
    engine = checker.engine

    def counting(compiled: Any) -> Any:
        judge, code = compiled.judge, compiled.rule.code

        def judged(*arguments: Any) -> int:
            calls[code] += 1
            return int(judge(*arguments))

        return attrs.evolve(compiled, judge=judged)

    engine.around = tuple(map(counting, engine.around))  # type: ignore[misc]
    everyone = subjects(lines, NO_FACTS, checker.lookup)
    return engine.run(everyone, COVERAGE, checker.lookup), calls


def few_for_each(select: list[str], providers: int, days: int) -> None:
    """Judge the lines by some rules: a few candidates for each line, and something is proven."""
    rulebook = Rulebook.load(select=select, preview=True)
    checker = Checker(book=book(), rulebook=rulebook, inputs=INPUTS)
    judged, calls = counted(checker, many(providers, days))

    assert len(judged) == LINES
    assert not {code: count for code, count in calls.items() if count > MOST * LINES}
    assert sum(len(one.proofs) for one in judged) > 0


@pytest.mark.parametrize("scope", ["group", "pair"])
def test_ten_thousand_lines_of_one_provider(scope: str) -> None:
    """Every rule of the scope judges a few candidates a line."""
    few_for_each([rule.code for rule in RULES if rule.scope.value == scope], 1, 1)


def test_ten_thousand_lines_of_two_thousand_providers_of_one_group() -> None:
    """Lines that share a physician by the NPI, or by group and specialty, are not merged for each line."""
    by_physician = [rule for rule in RULES if any(key.field.name == "physician" for key in rule.same)]
    few_for_each([rule.code for rule in by_physician], 2_000, 3)
