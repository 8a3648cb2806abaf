"""Sets and scopes for the tests of the language."""

from collections.abc import Callable

import pytest

from claimrules.expr.errors import ExpressionError
from claimrules.expr.nodes import Condition, NamedSet
from claimrules.expr.parse import Param, Scope, parse

Read = Callable[..., Condition]
Refused = Callable[..., ExpressionError]

SETS = {
    "side": NamedSet("side", "modifiers", frozenset({"LT", "RT"})),
    "distinct": NamedSet("distinct", "modifiers", frozenset({"59", "XS"})),
    "anaesthesia": NamedSet("anaesthesia", "codes", frozenset(), (("00100", "01999"),)),
    "hospital": NamedSet("hospital", "places", frozenset({"21", "22"})),
}


@pytest.fixture
def read() -> Read:
    """Read a condition in a scope, with the sets above."""

    def read_in(source: str, scope: str = "line", **params: Param) -> Condition:
        return parse(source, Scope(scope=scope, sets=SETS, params=params))

    return read_in


@pytest.fixture
def refused(read: Read) -> Refused:
    """Read a condition that must be refused, and give the error."""

    def refuse(source: str, scope: str = "line", **params: Param) -> ExpressionError:
        with pytest.raises(ExpressionError) as caught:
            read(source, scope, **params)
        return caught.value

    return refuse
