"""Numbers that stand beside each other in a group, told by place."""

from itertools import combinations_with_replacement
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimrules.engine.frame import company
from claimrules.engine.frame.company import Listed, paired

MANY = 6
numbers = st.integers(0, MANY - 1)
rows_drawn = st.lists(st.tuples(st.integers(7, 9), numbers), min_size=1, max_size=30)
pairs_drawn = st.sets(st.tuples(numbers, numbers).map(lambda pair: (min(pair), max(pair))))


@pytest.mark.parametrize("at_once", [1, 5, 2**20])
@settings(max_examples=30)
@given(rows=rows_drawn, pairs=pairs_drawn, opened=st.sets(numbers))
def test_what_is_listed_is_found_in_both_orders(
    at_once: int, rows: list[tuple[int, int]], pairs: set[tuple[int, int]], opened: set[int]
) -> None:
    """As comparing each number of a group with each says, however many steps are taken at once."""
    groups: dict[int, set[int]] = {}
    for group, number in rows:
        groups.setdefault(group, set()).add(number)
    expected = {
        (group, *order)
        for group, inside in groups.items()
        for pair in combinations_with_replacement(sorted(inside), 2)
        if pair in pairs or opened & {*pair}
        for order in (pair, pair[::-1])
    }
    keys = [one * MANY + two for one, two in pairs]
    coded: Any = pl.LazyFrame({"n_pair": keys}, schema={"n_pair": pl.Int64})
    frame: Any = pl.LazyFrame(rows, schema={"g": pl.Int64, "n": pl.Int64}, orient="row")
    listed = Listed(pairs=coded, opened=sorted(opened), many=MANY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(company, "_AT_ONCE", at_once)
        found = paired(frame, "g", "n", listed)

    assert found is not None
    natives: Any = found
    told, few = (each.collect().rows() for each in natives)
    assert len(told) == len({*told})
    assert {*told} == expected
    assert sorted(few) == sorted(row for row in rows if row in {each[:2] for each in expected})
