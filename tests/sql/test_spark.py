"""The queries in the dialect of Spark: all are parsed there, and some of every scope are run."""

from collections.abc import Sequence
from typing import Any

import pytest

from claimrules.rulebook.rule import Example, Rule
from claimrules.rulebook.select import Rulebook
from claimrules.sql import reasons_against, rule_sql

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

from tests.sql.warehouse import SPARK_TYPES, expected, tables_of, with_history

pytestmark = pytest.mark.spark
RULES = Rulebook.load(preview=True).rules
RUN = (
    "MOD115",
    "UNIT202",
    "CODE101",
    "DUP103",
    "SPLIT104",
    "MUE102",
    "GLOB404",
    "AOC101",
    "NCCI102",
    "DATE309",
)
EACH = 3


def answers(spark: Any, rule: Rule, example: Example, known: Sequence[Rule]) -> dict[tuple[str, str], str]:
    """What Spark says of every line of an example."""
    for name, table in tables_of(rule, example, known).items():
        schema = ", ".join(f"`{field.name}` {SPARK_TYPES[str(field.type)]}" for field in table.schema)
        rows = [tuple(row.values()) for row in table.to_pylist()]
        spark.createDataFrame(rows, schema).createOrReplaceTempView(name)
    query = with_history(rule_sql(rule, "spark"), example).rstrip().rstrip(";")
    return {(row.claim_id, row.line_id): row.outcome for row in spark.sql(query).collect()}


def test_spark_parses_every_query(spark: Any) -> None:
    """Its own parser, without running anything."""
    parser = spark._jsparkSession.sessionState().sqlParser()  # noqa: SLF001 (its only name)
    queries = [rule_sql(rule, "spark") for rule in RULES if not reasons_against(rule)]
    assert all("judged" in parser.parsePlan(query).toString() for query in queries)
    assert len(queries) > 250


@pytest.mark.parametrize("code", RUN)
def test_spark_says_what_the_engine_says(spark: Any, code: str) -> None:
    """Of the first examples of rules of every scope."""
    rule = next(rule for rule in RULES if rule.code == code)
    for example in rule.examples[:EACH]:
        wanted = expected(rule, example, RULES)
        said = answers(spark, rule, example, RULES)
        assert {key: said[key] for key in wanted} == wanted, example.title
