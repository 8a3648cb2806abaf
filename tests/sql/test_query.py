"""What a printed query looks like, which rules print, and what the command says of those that do not."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest
from tests.cli.conftest import run

from claimrules import CodeBook
from claimrules.codebook.resolved import ATTRIBUTES
from claimrules.expr.parse import Scope, parse
from claimrules.expr.sql_dialect import DIALECTS, dialect
from claimrules.expr.to_sql import SqlWriter
from claimrules.expr.vocabulary import VOCABULARY
from claimrules.model.claim import Setting
from claimrules.rulebook.select import Rulebook
from claimrules.sql import NotExpressible, reasons_against, rule_sql

__all__ = ["run"]
RULES = Rulebook.load(preview=True).rules
PRINTED = [rule for rule in RULES if not reasons_against(rule)]


@cache
def query(code: str, name: str) -> str:
    """The query of a rule."""
    return rule_sql(next(rule for rule in RULES if rule.code == code), name)


def written(condition: str, name: str = "duckdb", scope: str = "line") -> str:
    """A condition in SQL."""
    return SqlWriter(dialect(name)).condition(parse(condition, Scope(scope=scope)))


@pytest.mark.parametrize(
    ("condition", "duckdb", "spark"),
    [
        ("line.units > 1.5", "units > 1.5", "units > 1.5"),
        ('line.code != "G0105"', "code <> 'G0105'", "code <> 'G0105'"),
        ('code.status in ("A", "R")', "code_status IN ('A', 'R')", "code_status IN ('A', 'R')"),
        ('"50" in line.modifiers', "list_contains(modifiers, '50')", "array_contains(modifiers, '50')"),
        (
            'add_days(line.from_date, 10) < "2025-01-01"',
            "(from_date + 10) < DATE '2025-01-01'",
            "date_add(from_date, 10) < DATE '2025-01-01'",
        ),
        (
            'not (line.units == 1 or form.units == "ok")',
            "NOT (units = 1 OR form_units = 'ok')",
            "NOT (units = 1 OR form_units = 'ok')",
        ),
    ],
)
def test_a_condition_in_both_dialects(condition: str, duckdb: str, spark: str) -> None:
    """Only phrases differ."""
    assert (written(condition), written(condition, "spark")) == (duckdb, spark)


def test_a_text_stays_a_text() -> None:
    """Quotes and backslashes of a literal end nothing."""
    assert DIALECTS["duckdb"].text("it's \\") == r"'it''s \'"
    assert DIALECTS["spark"].text("it's \\") == r"'it\'s \\'"
    with pytest.raises(ValueError, match="did you mean duckdb"):
        dialect("duckdbb")


def test_nearly_all_rules_print() -> None:
    """Each prints in both dialects, or says why it does not."""
    refused = {rule.code for rule in RULES} - {rule.code for rule in PRINTED}
    scopes = Counter(rule.scope.value for rule in RULES if rule.code in refused)
    assert scopes == {"line": 3}
    for rule in PRINTED:
        for name in DIALECTS:
            text = query(rule.code, name)
            assert text.startswith(f"-- {rule.code}  {rule.name}  ({name})")
            assert all(title.split(",")[0].split()[0] in text for title in rule.sources)
            assert text.rstrip().endswith("ORDER BY claim_id, line_id;")


def test_spark_is_asked_for_nothing_of_duckdb() -> None:
    """No phrase of one dialect stands in a query of the other."""
    for rule in PRINTED:
        spark, duckdb = query(rule.code, "spark"), query(rule.code, "duckdb")
        assert not re.search(r"\blist_\w+\(|\blambda\b|date_diff\(|\[\'|to_years", spark), rule.code
        assert not re.search(r"\barray_(?!to_string|agg)\w+\(|RLIKE|datediff\(|add_months", duckdb), rule.code


def test_what_a_query_cannot_say_is_refused(run: Callable[..., Any]) -> None:
    """With the reason, exit code 2, and nothing on standard output."""
    for rule in RULES:
        if rule not in PRINTED:
            with pytest.raises(NotExpressible, match=f"{rule.code} cannot be written as a query: "):
                rule_sql(rule, "duckdb")
    ended = run("rule", "MOD101", "--sql", "duckdb")
    assert (ended.code, ended.out) == (2, "")
    assert "MOD101 cannot be written as a query: line.modifiers_unlisted asks the list" in ended.err


def test_the_command_prints_the_query(run: Callable[..., Any]) -> None:
    """To be piped: nothing else on standard output."""
    ended = run("rule", "mue101", "--sql", "spark")
    rule = next(rule for rule in RULES if rule.code == "MUE101")
    assert (ended.code, ended.err, ended.out) == (0, "", rule_sql(rule, "spark"))


def test_the_table_of_codes_holds_every_attribute_that_a_rule_can_name() -> None:
    """The columns are those of the language."""
    assert set(ATTRIBUTES) == set(VOCABULARY["code"])


def test_the_table_of_codes_says_what_the_book_says() -> None:
    """For each row, on its first and its last day; and beside it there is nothing else for a code and day."""
    pytest.importorskip("pyarrow")
    book = CodeBook.starter()
    rows = book.codes_by_day().to_pylist()
    assert {row["setting"] for row in rows} == {"professional", "outpatient", "dme"}
    selected = {"any": "26", "whole": "", "26": "26", "TC": "TC", "53": "53"}
    for row in rows:
        for day in (row["first_day"], row["last_day"]):
            found = book.code(
                row["code"], on=day, row=selected[row["fee_row"]], setting=Setting(row["setting"])
            )
            for name in ("status", "bilateral", "mue", "mai", "in_force", "global_days"):
                assert row[name] == getattr(found, name), (row["code"], name)
            assert row["rows"] == (None if found.rows is None else sorted(found.rows))
    keys = Counter((row["code"], row["fee_row"], row["setting"], row["first_day"]) for row in rows)
    assert max(keys.values()) == 1
    assert min(row["first_day"] for row in rows) == date(2025, 1, 1)
