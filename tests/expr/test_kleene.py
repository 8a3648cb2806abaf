"""Kleene's three values, and the five outcomes, in the Python compiler."""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from claimrules.engine.source import Source
from claimrules.expr.nodes import And, Condition, Not, Or, outer_names
from claimrules.model.finding import Outcome
from claimrules.rulebook.load import load_rule
from claimrules.testing.examples import run_example

Read = Callable[..., Condition]
Value = bool | None
VALUES: tuple[Value, ...] = (True, False, None)
A, B, C = "line.denied", "line.teaching", "line.documentation"


def reference(node: Condition, values: dict[str, Value]) -> Value:
    """Kleene's logic, written down plainly."""
    if isinstance(node, Not):
        part = reference(node.part, values)
        return None if part is None else not part
    if isinstance(node, And | Or):
        deciding = isinstance(node, Or)
        parts = [reference(part, values) for part in node.parts]
        return deciding if deciding in parts else None if None in parts else not deciding
    return values[str(outer_names(node)[0])]


def compiled(node: Condition) -> Callable[..., tuple[bool, bool, int]]:
    """Compile a condition over flags: known true, known false, and the position of the unknown field."""
    source = Source()
    fields = outer_names(node)
    for field in fields:
        source.variable(field)
    writer = source.writer
    arguments = ", ".join(source.variable(field) for field in fields)
    missing = writer.missing(node, lambda field: str(fields.index(field)))
    source.add(1, f"return bool({writer.true(node)}), bool({writer.false(node)}), {missing}")
    return source.compile("judge", arguments)


@pytest.mark.parametrize(
    "text",
    [
        f"{A} and {B}",
        f"{A} or {B}",
        f"not {A}",
        f"not ({A} and {B})",
        f"not ({A} or {B})",
        f"{A} and {B} or {C}",
        f"{A} and ({B} or not {C})",
        f"not ({A} and not ({B} or {C})) and {A}",
        f"{A} or not {A}",
        f"{A} and not {A}",
        f"{A} and {B} and {C}",
        f"{A} or {B} or {C}",
    ],
)
def test_conditions_follow_kleene(read: Read, text: str) -> None:
    """Every combination of true, false and unknown: known true, known false, or neither."""
    node = read(text)
    judge, names = compiled(node), [str(field) for field in outer_names(node)]
    for values in product(VALUES, repeat=len(names)):
        true, false, missing = judge(*values)
        expected = reference(node, dict(zip(names, values, strict=True)))
        assert (true, false) == (expected is True, expected is False), values
        if expected is None:
            assert values[missing] is None, values


RULE = """
code     = "TEST{number:03}"
name     = "test-{number}"
title    = "A test"
severity = "info"
since    = "0.1"
settings = ["professional"]
{keys}
message  = "Test."
why      = "A test."

[[sources]]
title = "none"

[[fires]]
title = "{title}"
lines = ["G0105{flags} 2025-11-03"]
codes.G0105 = {{ bilateral = "1" }}
expect = {{ outcome = "{outcome}" }}
"""
FLAGS = {True: "yes", False: "no"}
CONDITIONS = {"applies": "line.teaching", "when": "line.documentation", "unless": "line.units > 1"}
UNITS = {True: " x2", False: " x1", None: " x?"}


def expected_outcome(applies: Value, when: Value, unless: Value) -> Outcome:
    """The first line that holds decides (design, decision 2)."""
    if applies is False:
        return Outcome.NOT_APPLICABLE
    if when is False:
        return Outcome.PASSED
    if unless is True:
        return Outcome.BYPASSED
    if applies is True and when is True and unless is False:
        return Outcome.FIRED
    return Outcome.UNKNOWN


@pytest.mark.parametrize("absent", [(), ("applies",), ("unless",), ("applies", "unless")])
@pytest.mark.parametrize("unless", VALUES)
@pytest.mark.parametrize("when", VALUES)
@pytest.mark.parametrize("applies", VALUES)
def test_the_order_of_the_five_outcomes(
    tmp_path: Path, applies: Value, when: Value, unless: Value, absent: tuple[str, ...]
) -> None:
    """Every combination of the three conditions, through the line engine; absent keys are known."""
    known_applies = True if "applies" in absent else applies
    known_unless = False if "unless" in absent else unless
    outcome = expected_outcome(known_applies, when, known_unless)
    keys = [f"{key} = '{source}'" for key, source in CONDITIONS.items() if key not in absent]
    flags = f" teaching:{FLAGS[applies]}" if applies is not None else ""
    flags += f" doc:{FLAGS[when]}" if when is not None else ""
    text = RULE.format(
        number=1, keys="\n".join(keys), title="all", flags=flags + UNITS[unless], outcome=outcome.value
    )
    path = tmp_path / "TEST001.toml"
    path.write_text(text)
    rule = load_rule(path, {})

    assert run_example(rule, rule.examples[0]).outcome is outcome
