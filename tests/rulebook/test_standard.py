"""The standard rules, linted: forms, citations, examples, and what their texts may hold."""

import tomllib
from pathlib import Path
from typing import Final

import pytest

from claimrules.expr.nodes import FALSE, NamedSet
from claimrules.model.finding import Outcome
from claimrules.rulebook.example import BLOCKS, before_examples
from claimrules.rulebook.load import rules_folder
from claimrules.rulebook.rule import Rule
from claimrules.rulebook.select import Rulebook
from claimrules.rulebook.sets import KINDS
from claimrules.testing.examples import run_example

BOOK = Rulebook.load(preview=True)
RULES = BOOK.known
DATA = Path(__file__).resolve().parent.parent / "data"
CODES = tomllib.loads((DATA / "reason_codes.toml").read_text(encoding="utf-8"))
CARC, RARC = frozenset(CODES["carc"].split()), frozenset(CODES["rarc"].split())

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def test_there_are_at_least_thirty_three() -> None:
    """Thirty line rules and three that look around."""
    assert sum(rule.scope == "line" for rule in RULES) >= 30
    assert {rule.scope.value for rule in RULES} == {"line", "group", "pair"}


def test_ids_names_and_titles_are_unique() -> None:
    """A name is a selector too."""
    for found in (
        [rule.code for rule in RULES],
        [rule.name for rule in RULES],
        [rule.title for rule in RULES],
    ):
        assert len(set(found)) == len(found)


@every_rule
def test_the_file_is_called_as_the_rule_is(rule: Rule) -> None:
    """And stands in the folder of a family, within 120 lines of plain text."""
    assert rule.path is not None
    assert rule.path.name == f"{rule.code}.toml"
    assert rule.path.parent.parent == rules_folder()
    assert len(rule.path.read_text(encoding="utf-8").splitlines()) <= 120


@every_rule
def test_examples_stand_last(rule: Rule) -> None:
    """What stands before them says all else, so that a check need not read them; nothing is lost by it."""
    assert rule.path is not None
    text = rule.path.read_text(encoding="utf-8")
    head = before_examples(text)
    whole, first = tomllib.loads(text), tomllib.loads(head)
    assert len(head) < len(text)
    assert first == {key: value for key, value in whole.items() if key not in BLOCKS}
    assert len(rule.examples) == sum(len(whole.get(block, ())) for block in BLOCKS)


def test_a_table_behind_examples_is_read() -> None:
    """Such a file is read as one; a line that begins with a bracket is no table in an example."""
    assert before_examples("a = 1\n[[fires]]\nb = 1\n[[sources]]\nc = 1\n").endswith("c = 1\n")
    assert before_examples("a = 1\n[[fires]]\nb = 1\n  [params]\nc = 1\n").endswith("c = 1\n")
    assert before_examples("a = 1\n[[fires]]\nb = 1\n[[passes]]\nc = 1\n") == "a = 1\n"
    assert before_examples("a = 1\n") == "a = 1\n"


@every_rule
def test_texts_are_sentences(rule: Rule) -> None:
    """A title has no full stop, a message has one, and a rule says why and where it is written."""
    assert not rule.title.endswith(".")
    assert str(rule.message.parts[-1]).endswith((".", ").", "}"))
    assert rule.advice.parts
    assert 80 <= len(rule.why.strip()) <= 900
    assert rule.sources
    assert all(len(source) > 20 for source in rule.sources)


@every_rule
def test_reason_codes_are_known(rule: Rule) -> None:
    """CARC and RARC stand in the published lists."""
    assert rule.carc in CARC
    assert set(rule.rarc) <= RARC
    assert rule.group_code in ("CO", "PR", "OA")


ALWAYS_KNOWN: Final = ("FMT106", "FMT107", "NPI101")
"""Rules that ask whether fields came, which is known of every claim."""


@every_rule
def test_examples_cover_the_outcomes(rule: Rule) -> None:
    """It fires, passes and is unknown; where something can resolve it, it is bypassed."""
    kinds = {example.kind for example in rule.examples}

    assert {Outcome.FIRED, Outcome.PASSED} <= kinds
    assert (Outcome.UNKNOWN in kinds) is (rule.code not in ALWAYS_KNOWN)
    assert (Outcome.BYPASSED in kinds) is (rule.unless != FALSE)


@every_rule
def test_every_severity_has_an_example(rule: Rule) -> None:
    """Of the rule itself and of each ``severity_if``."""
    said = {run_example(rule, example, known=RULES).severity for example in rule.examples}

    assert {rule.severity, *(severity for _, severity in rule.severity_if)} <= said


@every_rule
def test_titles_of_examples_are_unique(rule: Rule) -> None:
    """An example is named by its title when it fails."""
    titles = [(example.kind, example.title) for example in rule.examples]

    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("found", BOOK.sets.values(), ids=lambda found: found.name)
def test_members_of_sets_have_the_form_of_their_kind(found: NamedSet) -> None:
    """A title and, unless the set only joins others, a source."""
    assert found.title
    assert found.members or found.ranges
    assert all(len(member) == KINDS[found.kind] and member == member.upper() for member in found.members)
    assert all(low <= high for low, high in found.ranges)


def test_sets_cite_their_source() -> None:
    """Sets that only join others may leave it to them."""
    without = [found.name for found in BOOK.sets.values() if not found.source]

    assert set(without) <= {"digit", "left", "right", "distinguishing", "fractional_units"}
