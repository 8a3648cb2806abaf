"""Which lines may prove something for a rule, as the frame engine reads it from the rule's conditions."""

import pytest

from claimrules import Checker, Rulebook
from claimrules.engine.frame.index import concern_flag, flags_of, partner_flag
from claimrules.expr.nodes import TRUE, names


@pytest.fixture(scope="module")
def checker() -> Checker:
    """One with all published rules."""
    return Checker(rulebook=Rulebook.load())


def _fields(checker: Checker, code: str, *, partner: bool) -> set[str]:
    """The fields that tell the lines a rule concerns, or those that prove something for it."""
    flag = partner_flag if partner else concern_flag
    _, condition = flags_of(checker.engine)[flag(checker.engine.numbers[code])]
    return set() if condition == TRUE else {str(field) for field in names(condition)}


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        pytest.param("EM102", {"line.code", "line.modifiers"}, id="any-of-a-group"),
        pytest.param("STAT106", {"code.status"}, id="beside-what-rests-on-other-rules"),
        pytest.param("DUP108", {"line.code"}, id="within-either-or"),
        pytest.param("MULT104", {"code.multiple_procedure", "line.modifiers"}, id="count-and-distinct"),
    ],
)
def test_partners_are_told_by_what_the_conditions_ask_of_them(
    checker: Checker, code: str, fields: set[str]
) -> None:
    """Code, modifiers and attributes that a partner must have stand in the flag, and nothing that moves."""
    assert _fields(checker, code, partner=True) == fields


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("NCCI104", id="count-of-all"),
        pytest.param("AOC102", id="all-of-a-group"),
        pytest.param("BILAT107", id="sum-of-all"),
    ],
)
def test_any_line_may_prove_where_a_rule_counts_all(checker: Checker, code: str) -> None:
    """A rule that counts every line, or asks something of all, leaves none out."""
    assert _fields(checker, code, partner=True) == set()
    assert _fields(checker, code, partner=False)
