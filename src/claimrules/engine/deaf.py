"""Group rules that say the same of a line whatever the others are, where a table does not speak."""

from collections.abc import Collection
from itertools import product
from typing import Final

from claimrules.expr.nodes import (
    And,
    Condition,
    Constant,
    Name,
    Not,
    Or,
    Quantified,
    leaves,
    names,
    quantified_truth,
)
from claimrules.model.edition import Table
from claimrules.rulebook.rule import Rule

Truths = frozenset[bool | None]
_ANY: Final[Truths] = frozenset({True, False, None})
_UNKNOWN: Final[Truths] = frozenset({None})


def deaf_without(rule: Rule) -> tuple[Table, ...]:
    """Give the tables without which a rule is unknown for want of them, whatever the group comes to."""
    tables = dict.fromkeys(
        field.table for field in names(rule.applies) if field.namespace == "code" and field.table is not None
    )
    return tuple(table for table in tables if _is_deaf(rule, table))


def _is_deaf(rule: Rule, silent: Table) -> bool:
    """Whether ``applies`` is surely unknown, and nothing makes the rule pass or resolves it."""
    alike = {"from_date", "setting"} <= {key.field.name for key in rule.same}
    return (
        _truths(rule.applies, silent, alike=alike) == _UNKNOWN
        and False not in _truths(rule.when, silent, alike=alike)
        and True not in _truths(rule.unless, silent, alike=alike)
    )


def _truths(node: Condition, silent: Table, *, alike: bool) -> Truths:
    """What a condition may come to where no field of a table is known of a line.

    If lines are ``alike``, none is of any other: a table may speak for another day or setting.
    """
    match node:
        case Constant():
            return frozenset({node.truth})
        case Not():
            return frozenset(
                None if each is None else not each for each in _truths(node.part, silent, alike=alike)
            )
        case And() | Or():
            parts = [_truths(part, silent, alike=alike) for part in node.parts]
            decides = isinstance(node, Or)
            return frozenset(_together(found, decides=decides) for found in product(*parts))
        case Quantified():  # of several lines one decides, or what is unknown of one is left
            return _truths(quantified_truth(node), silent, alike=alike) if alike else _ANY
    own = [leaf.field for leaf in leaves(node) if isinstance(leaf, Name)]
    return _UNKNOWN if any(field.table is silent and field.namespace == "code" for field in own) else _ANY


def _together(found: Collection[bool | None], *, decides: bool) -> bool | None:
    if decides in found:
        return decides
    return None if None in found else not decides
