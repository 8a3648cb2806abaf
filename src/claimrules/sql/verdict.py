"""The outcome of a rule as ``CASE``: the first test that holds decides (design, decision 2)."""

from textwrap import indent
from typing import Final

from claimrules.expr.nodes import Constant
from claimrules.expr.to_sql import SqlWriter
from claimrules.expr.vocabulary import VOCABULARY
from claimrules.rulebook.rule import Needs, Rule

CONDITIONS: Final = "The three conditions of the rule, each TRUE, FALSE or NULL (unknown)."
JUDGED: Final = "What follows for each line: the first test that holds decides."
OUTCOME: Final = """\
CASE
  WHEN NOT rule_applies THEN 'not_applicable'
  WHEN NOT rule_when THEN 'passed'
  WHEN rule_unless THEN 'bypassed'
  WHEN rule_applies AND rule_when AND NOT rule_unless THEN 'fired'
  ELSE 'unknown'
END AS outcome"""


def applies(rule: Rule, writer: SqlWriter, alias: str = "") -> str:
    """``applies``, and the settings that the rule governs."""
    text = writer.condition(rule.applies)
    every = VOCABULARY["line"]["setting"].values or ()
    if set(rule.settings) == set(every):
        return text
    listed = ", ".join(writer.dialect.text(setting.value) for setting in rule.settings)
    setting = f"{alias}setting IN ({listed})"
    return setting if isinstance(rule.applies, Constant) else f"{setting}\nAND (\n{indent(text, '  ')}\n)"


def labelled(text: str, name: str) -> str:
    """A condition as a column."""
    return f"(\n{indent(text, '  ')}\n) AS {name}" if "\n" in text else f"({text}) AS {name}"


def conditions(rule: Rule, writer: SqlWriter, alias: str = "") -> list[str]:
    """The three conditions as columns."""
    return [
        labelled(applies(rule, writer, alias), "rule_applies"),
        labelled(writer.condition(rule.when), "rule_when"),
        labelled(writer.condition(rule.unless), "rule_unless"),
    ]


def select(columns: list[str], rest: str) -> str:
    """A SELECT, one column below the other."""
    return "SELECT\n" + ",\n".join(indent(column, "  ") for column in columns) + f"\n{rest}"


def covered(needs: Needs, writer: SqlWriter) -> str:
    """Whether the lines given hold all that a rule needs for a line of a day (language, A8)."""
    shift = writer.dialect.add_days.format
    tests = [
        f"history.complete_from <= {shift('line.from_date', -needs.days_before)}",
        f"{shift('line.from_date', needs.days_after)} <= history.complete_to",
    ]
    if needs.providers == "all":
        tests.append("history.providers = 'all'")
    if needs.year:
        tests.append(
            "year(line.from_date) >= year(history.complete_from) + CASE WHEN month(history.complete_from) = 1"
            " AND day(history.complete_from) = 1 THEN 0 ELSE 1 END"
        )
    return f"coalesce({' AND '.join(tests)}, FALSE)"
