"""The eighteen hard rules that the language was tried on: each loads, and comes out alike in both engines."""

from pathlib import Path

import pytest

from claimrules.model.finding import Outcome
from claimrules.rulebook.load import load_rule, rules_folder
from claimrules.rulebook.rule import Rule
from claimrules.rulebook.sets import load_sets
from claimrules.testing.examples import compare, run_example
from claimrules.testing.frame_examples import run_frame_examples

FOLDER = Path(__file__).resolve().parent.parent / "data" / "hard_rules"
SETS = load_sets((rules_folder(),))
RULES = tuple(load_rule(path, SETS) for path in sorted(FOLDER.glob("*/*.toml")))

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def test_there_are_eighteen_of_every_scope() -> None:
    """Line, group and pair; both relations; both kinds of reach; both ways to combine partners."""
    assert len(RULES) == 18
    assert {rule.scope.value for rule in RULES} == {"line", "group", "pair"}
    assert {rule.relation for rule in RULES} == {None, "ncci_pair", "add_on_primary"}
    assert {(rule.reach, rule.other) for rule in RULES} == {
        ("claim", "any"),
        ("claim", "none"),
        ("history", "any"),
    }
    assert {rule.stratum for rule in RULES} == {1, 2, 3}


@every_rule
def test_each_has_examples_that_fire_pass_and_are_unknown(rule: Rule) -> None:
    """And one that is bypassed, where something can resolve it."""
    kinds = {example.kind for example in rule.examples}

    assert {Outcome.FIRED, Outcome.PASSED, Outcome.UNKNOWN} <= kinds
    assert (Outcome.BYPASSED in kinds) is ("unless" in rule.texts)


@every_rule
def test_the_line_engine_says_what_the_examples_expect(rule: Rule) -> None:
    """Outcome, cause, severity and proofs."""
    for example in rule.examples:
        run_example(rule, example, "python")


@every_rule
@pytest.mark.parametrize("engine", ["polars", "polars-lazy", "pandas", "pyarrow", "duckdb"])
def test_the_frame_engine_says_the_same(rule: Rule, engine: str) -> None:
    """All examples in one frame, shuffled."""
    pytest.importorskip({"polars-lazy": "polars"}.get(engine, engine))
    said = run_frame_examples(rule, rule.examples, engine)
    for example, one in zip(rule.examples, said, strict=True):
        compare(rule, example, one, engine)
