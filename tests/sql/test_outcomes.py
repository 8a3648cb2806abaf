"""A printed query tells the truth: on a rule's own examples it says what the line engine says."""

import pytest

from claimrules.rulebook.rule import Rule
from claimrules.rulebook.select import Rulebook
from claimrules.sql import reasons_against, rule_sql

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

from tests.sql.warehouse import OUTCOMES, asked, expected

RULES = Rulebook.load(preview=True).rules
PRINTED = [pytest.param(rule, id=rule.code) for rule in RULES if not reasons_against(rule)]


@pytest.mark.parametrize("rule", PRINTED)
def test_a_query_says_what_the_engine_says(rule: Rule) -> None:
    """Of every line of every example of the rule."""
    query = rule_sql(rule, "duckdb")
    for example in rule.examples:
        wanted = expected(rule, example, RULES)
        said = asked(rule, example, query, RULES)
        assert set(said.values()) <= OUTCOMES
        assert {key: said[key] for key in wanted} == wanted, example.title
