"""Examples of many rules in few frames say what each says alone."""

import pytest

from claimrules.rulebook.select import Rulebook
from claimrules.testing.examples import compare
from claimrules.testing.frame_together import run_together, together

RULES = Rulebook.load(
    select=("BILAT101", "UNIT202", "MUE102", "NCCI101", "STAT101", "AOC101", "LIAB102", "GLOB404")
).rules


@pytest.mark.parametrize("engine", ["polars", "pandas", "duckdb"])
def test_examples_together_say_what_they_expect(engine: str) -> None:
    """Rules of every scope, one of which asks what an earlier one denied: no example meets another."""
    rules = {rule.code: rule for rule in RULES}
    checked = 0
    for some in together(RULES):
        said = run_together(some, engine)
        for place, example in some.examples.items():
            compare(rules[place[0]], example, said[place], engine)
            checked += 1
    assert checked == sum(len(rule.examples) for rule in RULES)


def test_a_frame_for_each_day_as_of_which_is_judged() -> None:
    """Each example stands in one frame; those that are judged as of another day have one of their own."""
    frames = together(Rulebook.load().rules)
    places = [place for some in frames for place in some.examples]
    assert len(places) == len(set(places)) == sum(len(rule.examples) for rule in Rulebook.load().rules)
    assert len({some.as_of for some in frames}) == len(frames) > 1
