"""Every example of every rule, in every engine but Spark; ``pytest -k BILAT101`` runs those of one rule."""

import random
from datetime import date
from decimal import Decimal

import pytest

from claimrules.model.claim import ClaimLine, Setting
from claimrules.rulebook.rule import Example, Rule
from claimrules.rulebook.select import Rulebook
from claimrules.testing import run_example
from claimrules.testing.examples import compare
from claimrules.testing.frame_examples import run_frame_examples

RULES = Rulebook.load(preview=True).rules
CASES = [
    pytest.param(rule, example, id=f"{rule.code}-{example.kind.value}-{example.title.replace(' ', '_')}")
    for rule in RULES
    for example in rule.examples
]
FRAMES = ["polars", "polars-lazy", "pandas", "pyarrow", "duckdb"]
BETWEEN = 1_000


def strangers(seed: int) -> list[ClaimLine]:
    """A thousand random lines of other patients, to stand between the examples."""
    draw = random.Random(seed)  # noqa: S311 (an order, not a secret)
    codes, modifiers = ("G0105", "G0412", "99213", None, "A0425"), ("50", "26", "80", "RT", "LT", "76")
    return [
        ClaimLine(
            code=draw.choice(codes),
            modifiers=tuple(draw.sample(modifiers, draw.randrange(4))),
            units=draw.choice([None, Decimal(1), Decimal("2.5")]),
            from_date=draw.choice([None, date(2025, 11, draw.randrange(1, 28))]),
            place_of_service=draw.choice([None, "11", "22"]),
            setting=draw.choice(list(Setting)),
            claim_id=f"stranger-{number // 3}",
            line_id=str(number),
            patient=f"stranger-{number // 6}",
            provider=draw.choice([None, "1234567893"]),
        )
        for number in range(BETWEEN)
    ]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_examples_line_by_line(rule: Rule, example: Example) -> None:
    """The line engine says what the example expects."""
    run_example(rule, example, known=RULES)


@pytest.mark.parametrize("engine", FRAMES)
@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.code) for rule in RULES])
def test_examples_in_one_frame(rule: Rule, engine: str) -> None:
    """All examples of a rule in one frame, shuffled, with a thousand random lines between."""
    seed = int(rule.code[-3:])
    between = strangers(seed) if engine == "polars" else strangers(seed)[:50]
    said = run_frame_examples(rule, rule.examples, engine, known=RULES, between=between, seed=seed)
    for example, one in zip(rule.examples, said, strict=True):
        compare(rule, example, one, engine)


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.code) for rule in RULES])
def test_the_edition_that_decided_is_told_alike(rule: Rule) -> None:
    """Where now one table decides and now another, or none, both engines name the one that did."""
    framed = run_frame_examples(rule, rule.examples, "polars", known=RULES)
    for example, one in zip(rule.examples, framed, strict=True):
        line = run_example(rule, example, known=RULES)
        assert one.edition == line.edition, (example.title, one.edition, line.edition)
