"""The standard rules as a whole: no dead set, nothing decided before ``when``, grades, settings, order.

What one file must hold stands in ``test_standard.py``; that messages name fields of the vocabulary is
checked when a rule is read.
"""

import re
import tomllib
from graphlib import TopologicalSorter
from typing import Final

import attrs
import pytest

from claimrules import __version__
from claimrules.expr.nodes import FALSE, TRUE, Condition, Constant, named_sets
from claimrules.model.claim import Setting
from claimrules.model.finding import Outcome, Severity
from claimrules.model.structure import from_dict
from claimrules.rulebook.load import rules_folder
from claimrules.rulebook.rule import Example, Rule, RuleScope, Status
from claimrules.rulebook.select import Rulebook
from claimrules.rulebook.sets import SetTable
from claimrules.rulebook.template import Carried
from claimrules.testing.examples import ExampleFailed, run_example

BOOK = Rulebook.load(preview=True)
RULES = BOOK.known
LINE_RULES = tuple(rule for rule in RULES if rule.scope is RuleScope.LINE)

UNUSED: Final[dict[str, str]] = {}
"""Sets that no rule reads yet: the rules across lines, which are to come, read them."""

TO_COME: Final = frozenset[str]()
"""Rules that look around and are not written yet, but are named by a rule that takes their place."""

HOSPITAL: Final = re.compile(
    r"I/OCE|hospital|institutional|OPPS|critical access|Part A"
    # General billing, Part B hospital, rehabilitation, drugs, coding and edits, the UB-04 form, coverage.
    r"|\(Pub\. 100-04\), chapter (1|4|5|17|23|25|32)\b"
    # The edits and the modifiers are the same for practitioners and hospitals.
    r"|NCCI Policy Manual|HCPCS Level II modifiers|^Integrated Outpatient"
)
"""Sources that speak of hospital outpatients."""
OTHERWISE: Final = {
    **dict.fromkeys(("DATE308", "DATE309", "DATE310", "NPI101"), "the same for the claim of every setting"),
    "DATE313": "a reason code says it, and no manual",
    "MOD105": "a hook: the payer's own list says for which claims",
    "TELE105": "section 190.6.2 speaks of practitioners who bill through a critical access hospital",
}

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
every_line_rule = pytest.mark.parametrize("rule", LINE_RULES, ids=lambda rule: rule.code)


def read_by(rule: Rule) -> set[str]:
    """The sets that a rule names, in its conditions, its severities, its hints, its keys and its message."""
    conditions: tuple[Condition, ...] = (
        *(rule.applies, rule.when, rule.unless),
        *(condition for condition, _ in (*rule.severity_if, *rule.hints)),
    )
    keys = {key.members.name for key in rule.same if key.members}
    told = {part.members.name for part in rule.message.parts if isinstance(part, Carried)}
    return keys | told | {found.name for found in named_sets(*conditions)}


def included(names: set[str]) -> set[str]:
    """These sets, and all that they include."""
    tables = set_tables()
    found, rest = set[str](), list(names)
    while rest:
        name = rest.pop()
        if name not in found:
            found.add(name)
            rest.extend(tables[name].include)
    return found


def set_tables() -> dict[str, SetTable]:
    """The sets as their files write them."""
    files = sorted((rules_folder() / "sets").glob("*.toml"))
    return {
        name: from_dict(SetTable, table)
        for path in files
        for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }


def test_no_set_is_dead() -> None:
    """Each is read by a rule, included in a set that is, or kept for a reason."""
    read = included(set().union(*map(read_by, RULES)))

    assert {name for name in BOOK.sets if name not in read} == set(UNUSED)


def applies_known(rule: Rule) -> Rule:
    """A rule that fires where the rule given is known to apply."""
    return attrs.evolve(rule, applies=TRUE, when=rule.applies, unless=FALSE)


def fires(rule: Rule, example: Example) -> bool:
    """Say whether a rule fires on an example."""
    wanted = attrs.evolve(example, kind=Outcome.FIRED, cause=None, severity=None, others=None)
    try:
        run_example(rule, wanted, known=RULES)
    except ExampleFailed:
        return False
    return True


@every_line_rule
def test_an_example_passes_through_when(rule: Rule) -> None:
    """It is known that the rule applies, and known that nothing is wrong."""
    passing = [example for example in rule.examples if example.kind is Outcome.PASSED]
    if not isinstance(rule.applies, Constant):
        passing = [example for example in passing if fires(applies_known(rule), example)]

    assert passing


@every_line_rule
def test_applies_turns_a_line_away(rule: Rule) -> None:
    """Where a rule has it: an example to which the rule is known not to apply."""
    turned = [example for example in rule.examples if example.kind is Outcome.NOT_APPLICABLE]

    assert turned or isinstance(rule.applies, Constant)


@every_rule
def test_a_preview_denies_nothing(rule: Rule) -> None:
    """What is doubted asks for a look at most."""
    assert rule.status is not Status.PREVIEW or rule.gravest in (Severity.REVIEW, Severity.INFO)


@every_rule
def test_a_rule_is_as_old_as_the_version_that_brought_it(rule: Rule) -> None:
    """And none comes from a version that is still to be released."""
    since = tuple(int(part) for part in rule.since.split("."))

    assert (0, 1) <= since <= tuple(int(part) for part in __version__.split(".")[:2])


@every_rule
def test_supersedes_names_rules_that_are_there(rule: Rule) -> None:
    """Or that are still to come, and never the rule itself."""
    known = {each.code for each in RULES}

    assert set(rule.supersedes) - known <= TO_COME
    assert rule.code not in rule.supersedes


def test_rules_to_come_have_not_come() -> None:
    """Then they leave the list."""
    assert TO_COME.isdisjoint(rule.code for rule in RULES)


def test_no_two_rules_supersede_each_other() -> None:
    """Not even around a corner: ``static_order`` refuses a circle."""
    order = TopologicalSorter({rule.code: rule.supersedes for rule in RULES}).static_order()

    assert {rule.code for rule in RULES} <= set(order)


@every_rule
def test_a_rule_for_hospitals_cites_their_editor_or_manual(rule: Rule) -> None:
    """The claim form of practitioners proves nothing for a hospital."""
    if Setting.OUTPATIENT not in rule.settings:
        pytest.skip("does not govern hospital outpatients")
    cited = any(HOSPITAL.search(source) for source in rule.sources)

    assert cited is not (rule.code in OTHERWISE)
