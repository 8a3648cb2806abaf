"""business-rules: eight rules as dictionaries over declared variables, run on each line."""

from pathlib import Path
from typing import Any, Final

from business_rules import run_all
from business_rules import variables as declare
from business_rules.actions import BaseActions, rule_action
from business_rules.fields import FIELD_TEXT
from tests.benchmarks.peers.eight import ASSISTANT, EIGHT, OF_THE_CODE, Pair, facts

NAME: Final = "business-rules"
CHECKS: Final = EIGHT


def declared() -> type:
    """The class of variables that conditions may name; they compare with constants only."""
    texts = {
        name: lambda self, name=name: self.line[name] for name in (*OF_THE_CODE, "has_26", "has_tc", "mai")
    }
    one_day = lambda self: self.line["from_date"] == self.line["to_date"]  # noqa: E731
    above = lambda self: self.line["units"] > self.line["mue"] >= 1  # noqa: E731
    members: dict[str, Any] = {
        **{name: declare.string_rule_variable(name)(read) for name, read in texts.items()},
        "modifiers": declare.select_multiple_rule_variable("modifiers")(lambda self: self.line["modifiers"]),
        "one_day": declare.boolean_rule_variable("one day")(one_day),
        "above_limit": declare.boolean_rule_variable("above the limit")(above),
        "__init__": lambda self, line: setattr(self, "line", line),
    }
    return type("Line", (declare.BaseVariables,), members)


class Told(BaseActions):  # type: ignore[misc]
    """What a rule that fires does: it is written down."""

    def __init__(self, found: list[Pair], line: dict[str, Any]) -> None:
        """Hold where to write, and the line."""
        self.found, self.line = found, line

    @rule_action(params={"rule": FIELD_TEXT})  # type: ignore[untyped-decorator]
    def tell(self, rule: str) -> None:
        """Write down a finding."""
        self.found.append((self.line["claim_id"], self.line["line_id"], rule))


def rule(code: str, *conditions: dict[str, Any]) -> dict[str, Any]:
    """A rule: all conditions hold."""
    return {"conditions": {"all": list(conditions)}, "actions": [{"name": "tell", "params": {"rule": code}}]}


def equal(name: str, value: str) -> dict[str, Any]:
    """An indicator has a value."""
    return {"name": name, "operator": "equal_to", "value": value}


def holds(name: str) -> dict[str, Any]:
    """A boolean variable is true."""
    return {"name": name, "operator": "is_true", "value": None}


def carries(*modifiers: str) -> dict[str, Any]:
    """The line carries one of them."""
    return {"name": "modifiers", "operator": "shares_at_least_one_element_with", "value": list(modifiers)}


NO_PARTS: Final = {"name": "pctc", "operator": "matches_regex", "value": "^(?!1$)"}
RULES: Final = [
    rule("ASST101", equal("assistant", "1"), carries(*ASSISTANT)),
    rule("BILAT101", equal("bilateral", "0"), carries("50")),
    rule("COSG101", equal("co_surgeon", "0"), carries("62")),
    rule("MUE101", equal("mai", "1"), holds("one_day"), holds("above_limit")),
    rule("PCTC101", NO_PARTS, equal("has_26", "N"), carries("26")),
    rule("PCTC102", NO_PARTS, equal("has_tc", "N"), carries("TC")),
    rule("STAT103", equal("status", "N")),
    rule("TEAM101", equal("team", "0"), carries("66")),
]


def run(lines: Path, codes: Path) -> list[Pair]:
    """Find claim, line and rule."""
    found: list[Pair] = []
    line_of = declared()
    for line in facts(lines, codes):
        run_all(RULES, line_of(line), Told(found, line))
    return found


def pairs(found: list[Pair]) -> set[Pair]:
    """As claim, line and rule."""
    return set(found)
