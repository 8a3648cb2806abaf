"""Every example of every rule on a local Spark session, all of the same day "as of" in one frame."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from claimrules.rulebook.rule import Rule
from claimrules.rulebook.select import Rulebook
from claimrules.testing.examples import Said, compare
from claimrules.testing.frame_together import Place, run_together, together

RULES = Rulebook.load(preview=True).rules

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def said(spark: Any) -> Callable[[Place], Said]:
    """What Spark says of an example; the first that asks for one of a frame waits for all of it."""
    assert spark is not None
    frames = {place: some for some in together(RULES) for place in some.examples}
    run = cache(lambda some: run_together(some, "spark"))
    return lambda place: run(frames[place])[place]


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.code) for rule in RULES])
def test_examples_in_spark(rule: Rule, said: Callable[[Place], Said]) -> None:
    """Each example of the rule, judged by native Spark plans among the examples of all rules."""
    for number, example in enumerate(rule.examples):
        compare(rule, example, said((rule.code, number)), "spark")
