"""Lines that must fail and lines that must pass, from a rule's own examples."""

import attrs
import pytest

from claimrules import ClaimLine, Rulebook
from claimrules.model.finding import Outcome
from claimrules.rulebook.select import SelectorError
from claimrules.testing import Case, NoExample, assert_fires, make_case, make_line, nearest

RULEBOOK = Rulebook.load(preview=True)


def outcome(case: Case) -> Outcome:
    """What the rule says of the line of a case."""
    return list(case.check().outcomes.values())[case.line_number - 1][case.rule].outcome


@pytest.mark.parametrize("code", sorted({rule.family: rule.code for rule in RULEBOOK.rules}.values()))
def test_every_family_has_a_nearest_pair_that_does_what_it_says(code: str) -> None:
    """The failing case fires, the passing one does not, and they differ in something that is named."""
    pair = nearest(code, rulebook=RULEBOOK)

    assert outcome(pair.failing) is pair.failing.outcome is Outcome.FIRED
    assert outcome(pair.passing) is pair.passing.outcome is not Outcome.FIRED
    assert pair.differs


def test_the_smallest_line_that_violates_a_rule() -> None:
    """It fires with the book of its case; by id or by name."""
    case = make_case(violates="BILAT101")

    assert_fires(case.line, "BILAT101", checker=case.checker)
    assert make_line(violates="BILAT101") == case.line
    assert make_line(violates=RULEBOOK.get("BILAT101").name) == case.line
    assert "50" in (case.line.modifiers or ())
    assert case.book is case.checker.book
    assert len(case.claim.lines) == 1


def test_a_line_that_satisfies_a_rule() -> None:
    """Its rule passes it, or lets it through."""
    case = make_case(satisfies="BILAT101")

    assert isinstance(make_line(satisfies="BILAT101"), ClaimLine)
    assert outcome(case) in (Outcome.PASSED, Outcome.BYPASSED)


def test_the_nearest_pair_names_what_differs() -> None:
    """A single unit more, where the rule is about units."""
    pair = nearest("UNIT201")

    assert pair.differs == ("line 1 units",)
    assert pair.failing.title != pair.passing.title


def test_what_is_not_there() -> None:
    """No such rule, no such example, nothing or two things asked."""
    with pytest.raises(SelectorError, match="there is no rule 'BILAT999'"):
        make_line(violates="BILAT999")
    with pytest.raises(ValueError, match="say one of violates="):
        make_case()
    with pytest.raises(ValueError, match="say one of violates="):
        make_case(violates="BILAT101", satisfies="BILAT101")
    bare = attrs.evolve(RULEBOOK.get("BILAT101"), examples=())
    with pytest.raises(NoExample, match="has no example that is passed or bypassed"):
        make_case(satisfies="BILAT101", rulebook=Rulebook((bare,), (bare,)))
