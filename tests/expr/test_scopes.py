"""What the scopes of a rule allow, and the bounds of numbers."""

from collections.abc import Callable

import pytest

from claimrules.expr.errors import ExpressionError

Refused = Callable[..., ExpressionError]


@pytest.mark.parametrize("scope", ["line", "pair"])
def test_aggregates_exist_in_group_scope_only(refused: Refused, scope: str) -> None:
    """The remedy names the keys of a group rule."""
    for source in ("any(line.denied)", "count() > 1", "sum(line.units) > 1"):
        error = refused(source, scope)
        assert "group scope only" in error.problem
        assert 'scope = "group"' in error.remedy


@pytest.mark.parametrize(
    "source", ["sum(count()) > 1", "any(sum(line.units) > 1)", "sum(line.units, any(line.denied)) > 1"]
)
def test_aggregates_are_never_nested(refused: Refused, source: str) -> None:
    """Neither as the value nor as the condition."""
    assert "cannot stand inside another" in refused(source, "group").problem


@pytest.mark.parametrize(
    "source", ["sum(line.code) > 1", "min(line.modifiers) == 1", "distinct(line.modifiers) > 1"]
)
def test_aggregates_have_types(refused: Refused, source: str) -> None:
    """Sums are of numbers, the others of numbers, dates and text."""
    assert refused(source, "group")


@pytest.mark.parametrize(
    "source", ['other.code == "X"', 'other_code.status == "A"', 'pair.modifier_indicator == "0"']
)
@pytest.mark.parametrize("scope", ["line", "group"])
def test_the_other_line_exists_in_pair_scope_only(refused: Refused, source: str, scope: str) -> None:
    """Elsewhere there is none."""
    assert "pair scope only" in refused(source, scope).problem


@pytest.mark.parametrize(
    "source", ["line.seq > other.seq", "other.seq <= line.seq", "other.seq < 3", "other.seq + 1 < line.seq"]
)
def test_the_order_of_two_lines_is_asked_in_one_way(refused: Refused, source: str) -> None:
    """``other.seq`` occurs only as ``other.seq < line.seq``."""
    assert refused(source, "pair").remedy == "write other.seq < line.seq"


@pytest.mark.parametrize(
    ("source", "scope"),
    [
        ("line.charge * line.charge > 1", "line"),
        ("line.units * 1000000000 > 1", "line"),
        ("sum(line.charge * 100) > 1", "group"),
        ("sum(line.units * line.days) > 1", "group"),
    ],
)
def test_numbers_stay_within_64_bits(refused: Refused, source: str, scope: str) -> None:
    """What could exceed the integers of a frame is refused when the rule is read."""
    assert "64-bit" in refused(source, scope).problem
