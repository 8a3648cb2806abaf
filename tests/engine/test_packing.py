"""Rows of one value in another row too, found by runs or one by one."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimrules.engine.frame import packing

values_drawn = st.lists(st.integers(0, 6).flatmap(lambda value: st.lists(st.just(value), max_size=3)))


@pytest.mark.parametrize("by_runs", [0.0, 1.0])
@given(runs=values_drawn)
def test_rows_whose_value_repeats_are_those_that_count_more_than_once(
    by_runs: float, runs: list[list[int]]
) -> None:
    """In the order in which they came, whether or not equal ones follow each other."""
    values = [value for run in runs for value in run]
    rows = [(value, place) for place, value in enumerate(values)]
    frame: Any = pl.LazyFrame(rows, schema={"value": pl.Int64, "place": pl.Int64}, orient="row")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("claimrules.engine.frame.runs._RUNS", by_runs)
        found: Any = packing.repeated(frame, "value")

    assert found.collect().rows() == [row for row in rows if values.count(row[0]) > 1]
