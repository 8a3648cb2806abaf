"""What further members of a group can change."""

from collections.abc import Callable

import pytest

from claimrules.expr.growth import holds_on, of_condition
from claimrules.expr.nodes import FALSE, Condition

Read = Callable[..., Condition]


@pytest.mark.parametrize(
    ("source", "up", "down"),
    [
        ("line.units > 1", False, False),
        ("any(line.units > 1)", True, False),
        ("all(line.units > 1)", False, True),
        ("not any(line.units > 1)", False, True),
        ("count() > 2", True, False),
        ("2 >= count()", False, True),
        ("count() < 3", False, True),
        ("count() == 3", True, True),
        ("distinct(line.provider) > 1", True, False),
        ("sum(line.units) > code.mue", True, False),
        ("sum(line.charge) > 5", True, True),
        ("code.mue < sum(line.units)", True, False),
        ("15 * sum(line.units) > sum(line.minutes)", True, True),
        ("15 * sum(line.units) > 7", True, False),
        ("sum(line.units) * 2 > 7", True, False),
        ("sum(line.units) * -2 > 7", True, True),
        ("sum(line.units) + count() > 7", True, False),
        ("line.units - sum(line.units) > 7", False, True),
        ("line.seq > min(line.seq)", True, False),
        ("line.seq < max(line.seq)", True, False),
        ("min(line.claim) != max(line.claim)", True, True),
        ("any(line.units > 1) and line.units > 1", True, False),
        ("any(line.units > 1) or all(line.units > 1)", True, True),
    ],
)
def test_which_way_a_condition_can_go(read: Read, source: str, up: bool, down: bool) -> None:
    """From false to true, from true to false, or neither."""
    assert of_condition(read(source, "group")) == (up, down)


def test_a_rule_goes_on_firing_only_if_nothing_can_resolve_it(read: Read) -> None:
    """More lines may not make ``when`` false, nor ``unless`` true."""
    some, few = read("any(line.units > 1)", "group"), read("count() < 3", "group")

    assert holds_on(some, FALSE)
    assert holds_on(some, few)
    assert not holds_on(few, FALSE)
    assert not holds_on(some, some)
