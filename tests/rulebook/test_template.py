"""Messages name the modifiers that they are about."""

import pytest

from claimrules.expr.errors import ExpressionError
from claimrules.rulebook.select import Rulebook
from claimrules.rulebook.template import Template

SETS = Rulebook.load().sets


def test_a_message_picks_the_modifiers_of_a_set() -> None:
    """In the order of the line; where none is held, all of them stand."""
    template = Template.parse("{line.code}: {line.modifiers:sets.side}", sets=SETS)
    code, modifiers = template.fields

    assert template.render({code: "G0412", modifiers: "59 RT LT KX"}) == "G0412: RT LT"
    assert template.render({code: "G0412", modifiers: "59 KX"}) == "G0412: 59 KX"
    assert template.render({code: "G0412", modifiers: "unknown"}) == "G0412: unknown"


@pytest.mark.parametrize("text", ["{line.code:sets.side}", "{line.modifiers:sets.anaesthesia}"])
def test_only_modifiers_are_picked(text: str) -> None:
    """Out of the modifiers of a line, by a set of modifiers."""
    with pytest.raises(ExpressionError, match="is no set of modifiers to pick from"):
        Template.parse(text, sets=SETS)


def test_the_source_of_a_pick_can_be_shown() -> None:
    """As the rule file writes it."""
    template = Template.parse("{line.modifiers:sets.side}", sets=SETS)

    assert [str(part) for part in template.parts] == ["line.modifiers:sets.side"]
