"""Groups told by small numbers, and the rows that stand in one with others."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimrules.engine.frame import runs

values_drawn = st.lists(st.integers(0, 6).flatmap(lambda value: st.lists(st.just(value), max_size=3)))


def _frame(values: list[int]) -> Any:
    rows = [(value, place) for place, value in enumerate(values)]
    return pl.LazyFrame(rows, schema={"value": pl.Int64, "place": pl.Int64}, orient="row")


@pytest.mark.parametrize("by_runs", [0.0, 1.0])
@given(drawn=values_drawn)
def test_numbers_tell_the_same_rows_apart(by_runs: float, drawn: list[list[int]]) -> None:
    """A value that begins anew has the number of its first run."""
    values = [value * 10**12 for run in drawn for value in run]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "_RUNS", by_runs)
        found: Any = runs.numbered(_frame(values), "value")

    numbered = found.collect()
    assert numbered["place"].to_list() == list(range(len(values)))
    pairs = set(zip(values, numbered["value"].to_list(), strict=True))
    assert len(pairs) == len({value for value, _ in pairs}) == len({number for _, number in pairs})
    if by_runs:
        assert all(number < len(values) for _, number in pairs)


@given(drawn=values_drawn)
def test_rows_are_divided_into_those_of_a_group_and_those_that_stand_alone(drawn: list[list[int]]) -> None:
    """Each in the order in which it came."""
    values = [value for run in drawn for value in run]
    rows = [(value, place) for place, value in enumerate(values)]
    parts: Any = runs.divided(_frame(values), "value")

    if parts is None:
        assert max(values, default=0) + 1 > 4 * len(values)
        return
    several, single = (part.collect().rows() for part in parts)
    assert several == [row for row in rows if values.count(row[0]) > 1]
    assert single == [row for row in rows if values.count(row[0]) == 1]


def test_big_numbers_are_no_places() -> None:
    """A list with a place for each would be longer than memory."""
    assert runs.divided(_frame([2**60, 2**60]), "value") is None
