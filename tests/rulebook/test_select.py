"""Which rules are in force, and which are not run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from claimrules.expr.vocabulary import fields
from claimrules.rulebook.load import load_rules
from claimrules.rulebook.rule import Rule
from claimrules.rulebook.select import Rulebook, SelectorError, matching

Write = Callable[..., Path]


@pytest.fixture
def rules(write: Write, tmp_path: Path) -> tuple[Rule, ...]:
    """Five rules of two families that begin alike; one is a preview, one asks for an optional input."""
    write(code="MOD101", name="first")
    write(code="MOD201", name="second")
    write(code="MODX101", name="third")
    write("status = 'preview'", code="MODX102", name="fourth")
    write(code="MODX201", name="fifth", when="when = 'line.teaching and line.minutes > 5'")
    return load_rules((tmp_path,))[0]


@pytest.mark.parametrize(
    ("selector", "codes"),
    [
        ("ALL", "MOD101 MOD201 MODX101 MODX102 MODX201"),
        ("MOD", "MOD101 MOD201"),
        ("MODX", "MODX101 MODX102 MODX201"),
        ("MOD1", "MOD101"),
        ("MODX10", "MODX101 MODX102"),
        ("MODX101", "MODX101"),
        ("third", "MODX101"),
    ],
)
def test_selectors(rules: tuple[Rule, ...], selector: str, codes: str) -> None:
    """A family, a prefix of its numbers, an id, a name, or all; ``MOD`` is not ``MODX``."""
    assert [rule.code for rule in matching(selector, rules)] == codes.split()


@pytest.mark.parametrize(
    "selector", ["MO", "mod", "MOD3", "MOD1011", "MODX101 ", "thir", "", "*", "MOD*", "ALL1"]
)
def test_a_selector_that_selects_nothing_is_an_error(rules: tuple[Rule, ...], selector: str) -> None:
    """A typing error must not switch rules off in silence."""
    with pytest.raises(SelectorError, match="selects no rule"):
        Rulebook.of(rules, select=[selector])
    with pytest.raises(SelectorError, match="selects no rule"):
        Rulebook.of(rules, ignore=[selector])


def test_near_selectors_are_suggested(rules: tuple[Rule, ...]) -> None:
    """Ids, families and names."""
    with pytest.raises(SelectorError, match=r"did you mean .*MODX101"):
        matching("MODX1O1", rules)
    with pytest.raises(SelectorError, match="families: MOD, MODX"):
        matching("zzz", rules)
    with pytest.raises(SelectorError, match=r"no rule 'MOD102'; did you mean"):
        Rulebook.of(rules).get("MOD102")


def test_select_then_ignore(rules: tuple[Rule, ...]) -> None:
    """Ignoring wins, whatever was selected."""
    book = Rulebook.of(rules, select=["MOD", "MODX101"], ignore=["second", "MODX"])

    assert list(book.by_code) == ["MOD101"]
    assert book.explicit == set()
    assert book.get("MODX201").name == "fifth"


def test_one_text_holds_several_selectors(rules: tuple[Rule, ...]) -> None:
    """With commas between, as on the command line; its letters are no selectors."""
    found = Rulebook.of(rules, select="MODX, MOD101", ignore="MODX101")
    assert found.rules == Rulebook.of(rules, select=("MODX", "MOD101"), ignore=["MODX101"]).rules
    assert found.rules
    for nothing in ("", "MODX,", ","):
        with pytest.raises(SelectorError, match="selects no rule"):
            Rulebook.of(rules, select=nothing)


def test_preview_rules_run_only_when_asked_for(rules: tuple[Rule, ...]) -> None:
    """Also when they are selected by id."""
    assert "MODX102" not in Rulebook.of(rules).by_code
    assert "MODX102" not in Rulebook.of(rules, select=["MODX102"]).by_code
    assert "MODX102" in Rulebook.of(rules, preview=True).by_code


def test_a_rule_without_its_optional_inputs_is_not_run(rules: tuple[Rule, ...]) -> None:
    """It is listed once, with what would switch it on."""
    book = Rulebook.of(rules)
    run, left = book.run_with(["teaching"])

    assert [rule.code for rule in run] == ["MOD101", "MOD201", "MODX101"]
    assert [(one.rule, one.inputs) for one in left] == [("MODX201", ("minutes",))]
    assert book.run_with(["minutes", "teaching"])[1] == ()


@pytest.mark.parametrize("selector", ["MODX201", "fifth"])
def test_a_rule_that_is_selected_by_id_or_name_runs(rules: tuple[Rule, ...], selector: str) -> None:
    """And gives honest unknowns; a family is no such selection."""
    run, left = Rulebook.of(rules, select=["ALL", selector]).run_with([])

    assert "MODX201" in [rule.code for rule in run]
    assert left == ()
    assert Rulebook.of(rules, select=["MODX"]).run_with([])[1]


def test_every_optional_field_is_an_input_of_the_line_or_claim() -> None:
    """Published tables are never optional: what they lack is unknown."""
    assert {field.namespace for field in fields() if field.optional} == {"line", "claim", "form", "other"}
    assert not [field for field in fields() if field.optional and field.table]


def test_the_standard_rules_load_once() -> None:
    """Without folders of one's own the same rules are given again."""
    assert Rulebook.load().known is Rulebook.load(select=["BILAT"]).known
    assert {rule.family for rule in Rulebook.load(select=["BILAT"]).rules} == {"BILAT"}


@pytest.mark.parametrize(
    ("select", "ignore", "known"),
    [
        ("BILAT101", (), 1),
        ("BILAT1", ("BILAT101", "BILAT102"), None),
        ("modifier-50-where-one-fee-covers-both-sides", (), None),
        ("ALL", ("BILAT",), None),
    ],
)
def test_lean_selects_the_same_rules(select: str, ignore: tuple[str, ...], known: int | None) -> None:
    """A lean rulebook holds the same rules in force; where ids tell which, it knows no others."""
    lean, whole = (Rulebook.load(select, ignore, lean=each) for each in (True, False))
    assert (lean.rules, lean.explicit) == (whole.rules, whole.explicit)
    assert lean.rules
    assert known is None or len(lean.known) == known


def test_lean_knows_what_a_wrong_selector_is_near_to() -> None:
    """A selector that names nothing is an error there too, with all rules to suggest from."""
    with pytest.raises(SelectorError, match="did you mean"):
        Rulebook.load("BILAT101,MUEE", lean=True)


def test_rules_of_ones_own_stand_beside_the_standard_ones(write: Write, tmp_path: Path) -> None:
    """And may use the standard sets."""
    write(code="OWN101", when="when = 'any_of(line.modifiers, sets.side)'")
    book = Rulebook.load(folders=[tmp_path])

    assert "OWN101" in book.by_code
    assert "BILAT101" in book.by_code
