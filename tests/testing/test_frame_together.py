"""Examples of many rules in few frames say what each says alone."""

from collections.abc import Sequence

import pytest

from claimrules.rulebook.rule import Rule
from claimrules.rulebook.select import Rulebook
from claimrules.testing.examples import compare
from claimrules.testing.frame_together import run_together, together

EVERY = Rulebook.load(preview=True).rules
SOME = Rulebook.load(
    select=("BILAT101", "UNIT202", "MUE102", "NCCI101", "STAT101", "AOC101", "LIAB102", "GLOB404")
).rules


@pytest.mark.parametrize(
    ("engine", "chosen"),
    [
        pytest.param("polars", EVERY, id="polars, every rule"),
        pytest.param("pandas", SOME, id="pandas"),
        pytest.param("duckdb", SOME, id="duckdb"),
    ],
)
def test_examples_together_say_what_they_expect(engine: str, chosen: Sequence[Rule]) -> None:
    """No example meets another, though a claim that replaces others changes how rules are asked."""
    rules = {rule.code: rule for rule in chosen}
    checked = 0
    for some in together(chosen):
        said = run_together(some, engine)
        for place, example in some.examples.items():
            compare(rules[place[0]], example, said[place], engine)
            checked += 1
    assert checked == sum(len(rule.examples) for rule in chosen)


def test_a_frame_for_each_day_as_of_which_is_judged() -> None:
    """Each example stands in one frame; those that are judged as of another day have one of their own."""
    frames = together(Rulebook.load().rules)
    places = [place for some in frames for place in some.examples]
    assert len(places) == len(set(places)) == sum(len(rule.examples) for rule in Rulebook.load().rules)
    assert len({some.as_of for some in frames}) == len(frames) > 1
