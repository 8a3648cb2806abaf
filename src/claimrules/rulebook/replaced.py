"""Claims that replace others: a rule that joins lines of two claims does not fire while one may be gone."""

from functools import cache
from typing import Final

import attrs

from claimrules.expr.nodes import Aggregate, And, Condition, Constant, Quantified, aggregates, conjuncts
from claimrules.expr.parse import Scope, parse
from claimrules.rulebook.rule import Rule, RuleScope

_STANDS: Final = {
    RuleScope.GROUP: "all(line.replaces_none) or min(line.claim) == max(line.claim)",
    RuleScope.PAIR: "(line.replaces_none and other.replaces_none) or line.claim == other.claim",
}
"""What else must hold for a finding: no claim replaces another of the lines, or all stand on one claim."""


@cache
def _stands(scope: RuleScope) -> Condition:
    return parse(_STANDS[scope], Scope(scope=scope.value))


def proving(rule: Rule) -> tuple[Aggregate | Quantified, ...]:
    """The aggregates whose members prove a finding: those that the rule itself asks for."""
    return aggregates(
        *(part for part in conjuncts(rule.when) if part != _stands(RuleScope.GROUP)), rule.unless
    )


def cautious(rule: Rule) -> Rule:
    """The rule as it is asked where claims replace others and it is not known which."""
    if rule.scope is RuleScope.LINE or rule.other == "none":
        return rule
    if any(key.field.name == "claim" for key in rule.same):
        return rule
    parts = (*(part for part in conjuncts(rule.when) if not isinstance(part, Constant)), _stands(rule.scope))
    made = attrs.evolve(rule, when=And(parts) if len(parts) > 1 else parts[0])
    # What is doubtful is unknown, and unseen lines change nothing in that.
    vars(made)["fired_stays"] = rule.fired_stays
    return made
