"""Which group rules say the same whatever the others of a group are, where a table does not speak."""

from collections.abc import Mapping

import pytest

from claimrules.engine.deaf import deaf_without
from claimrules.model.edition import Table
from claimrules.rulebook.select import Rulebook

DEAF: Mapping[str, tuple[Table, ...]] = {
    "AOC102": (Table.ADD_ON,),
    # Lines of a claim may be of other days, for which Addendum B speaks: they make the rule pass.
    "OPPS106": (),
    "OPPS109": (),
}


@pytest.mark.parametrize("code", DEAF)
def test_a_rule_is_deaf_only_where_the_others_are_of_its_day_and_setting(code: str) -> None:
    """A table that is silent for one line is silent for all of those."""
    (rule,) = Rulebook.load(select=code, preview=True).rules

    assert deaf_without(rule) == DEAF[code]
