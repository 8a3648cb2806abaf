"""What rules that look around say of a line that shares what they ask for with no other."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

import attrs

from claimrules.engine.settled import EXACT, is_settled_field
from claimrules.expr.vocabulary import Field

if TYPE_CHECKING:
    from claimrules.engine.group_rules import GroupRule
    from claimrules.engine.pair_rules import PairRule
    from claimrules.engine.subject import Proofs, Subject

_ONE_DAY: Final = "days"


@attrs.frozen
class Said:
    """The outcome where all that the rule needs is known, that where it is not, and what proves them."""

    covered: int
    uncovered: int
    proofs: "Proofs"


def said_alone(compiled: "PairRule | GroupRule", subject: "Subject") -> Said:
    """Say what a rule gives for a line that stands alone."""
    return Said(*compiled.lonely(subject))


def rests_on_class(fields: Collection[Field], exact: Collection[str]) -> bool:
    """Say whether lines of one class have these fields in common; ``exact`` stand in its key as they are."""
    return all(
        is_settled_field(field)
        or (field.namespace == "line" and (field.name == _ONE_DAY or EXACT.get(field.name) in exact))
        for field in fields
    )
