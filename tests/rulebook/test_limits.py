"""Examples stand at the limits of their rules and next to them, and the tool makes those that are missing."""

from pathlib import Path
from shutil import copytree

import attrs
import pytest

from claimrules.rulebook.load import load_rules, rules_folder
from claimrules.rulebook.rule import Rule
from claimrules.rulebook.select import Rulebook
from claimrules.testing.boundaries import blocks, exercised, limits, missing
from claimrules.testing.examples import run_example

BOOK = Rulebook.load(preview=True)
LIMITED = tuple(rule for rule in BOOK.known if limits(rule))


@pytest.mark.parametrize("rule", LIMITED, ids=lambda rule: rule.code)
def test_an_example_stands_at_each_limit_and_one_next_to_it(rule: Rule) -> None:
    """Those of the line's own fields: the mutants look at all the others."""
    bare = [
        str(limit) for limit in limits(rule) if 0 not in (found := exercised(rule, limit)) or len(found) < 2
    ]

    assert bare == []


@pytest.mark.parametrize("code", ["DATE304", "DATE308", "CHRG102", "UNIT206", "DATE311", "DATE302"])
def test_blocks_for_missing_places_are_right_as_they_are_pasted(code: str, tmp_path: Path) -> None:
    """A rule that has but one example of each kind gets the others, and they come out as they say."""
    rule = BOOK.get(code)
    first = {example.kind: example for example in reversed(rule.examples)}
    bare = attrs.evolve(rule, examples=tuple(first.values()))
    made = list(blocks(bare, BOOK.known))
    folder = copytree(rules_folder(), tmp_path / "rules")
    assert rule.path is not None
    path = folder / rule.path.relative_to(rules_folder())
    path.write_text(path.read_text(encoding="utf-8") + "\n" + "\n\n".join(made) + "\n", encoding="utf-8")

    rules, _ = load_rules((folder,))
    [found] = [each for each in rules if each.code == code]

    assert len(found.examples) == len(rule.examples) + len(made)
    for example in found.examples:
        run_example(found, example, known=BOOK.known)
    assert set(missing(found)) < set(missing(bare))
