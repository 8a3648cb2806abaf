"""The generated pages say what the sources say."""

import importlib.util
from pathlib import Path
from types import ModuleType

import attrs
import pytest

from claimrules import Rulebook
from claimrules.codebook.tables import FACT_ROWS, AddOnRow, FeeRow, MueRow, PairRow
from claimrules.expr.nodes import FALSE, TRUE
from claimrules.expr.parse import Scope, parse
from claimrules.expr.vocabulary import VOCABULARY
from claimrules.model.edition import Table
from claimrules.model.indicator import INDICATORS

DOCS = Path(__file__).resolve().parent.parent / "docs"


def script(name: str) -> ModuleType:
    """Load a script of the documentation."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The script that writes the pages of the rules and of the command line."""
    return script("generate_pages")


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    """The script that writes the page of the code book's tables."""
    return script("generate_tables")


@pytest.fixture(scope="module")
def coverage() -> ModuleType:
    """The script that writes the page of what the rules cover."""
    return script("generate_coverage")


@pytest.fixture(autouse=True)
def width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the width that the script sets end with the test."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")


def test_the_pages_are_fresh(generator: ModuleType) -> None:
    """If this fails: make docs."""
    assert generator.stale() == []


def test_a_stale_a_missing_and_a_left_over_page_are_found_and_mended(
    generator: ModuleType, tmp_path: Path
) -> None:
    """In a folder of their own."""
    generator.write(tmp_path)
    assert generator.stale(tmp_path) == []

    (tmp_path / "cli.md").write_text("old")
    (tmp_path / "rules" / "BILAT101.md").unlink()
    (tmp_path / "rules" / "GONE101.md").write_text("left over")
    assert generator.stale(tmp_path) == ["cli.md", "rules/BILAT101.md", "rules/GONE101.md"]

    generator.write(tmp_path)
    assert generator.stale(tmp_path) == []


def test_a_page_shows_every_example_and_source(generator: ModuleType) -> None:
    """Nothing of a rule file is left out."""
    for rule in Rulebook.load(preview=True).known:
        page = generator.rule_page(rule)

        assert page.count("Published: ") == len(rule.examples)
        assert all(source in page for source in rule.sources)
        assert all(text.strip() in page for text in rule.texts.values())


def test_the_page_of_the_command_line_holds_every_command(generator: ModuleType) -> None:
    """Those of ``book`` too."""
    page = generator.command_page()
    commands = ("check", "line", "rule", "rules", "code", "book", "book build", "book info")

    assert [command for command in commands if f"\n## claimrules {command}\n" not in page] == []


def test_the_page_of_the_tables_is_fresh(
    tables: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails: make docs. A stale or missing one is found, and mended."""
    assert tables.main(["--check"]) == 0

    monkeypatch.setattr(tables, "PAGE", tmp_path / "tables.md")
    assert tables.main(["--check"]) == 1
    assert tables.main([]) == 0
    assert tables.main(["--check"]) == 0


def test_the_page_of_the_tables_names_every_table_field_and_indicator(tables: ModuleType) -> None:
    """And says of every table what its silence means."""
    page = tables.page()
    fields = [name for row in (FeeRow, MueRow, PairRow, AddOnRow) for name in row._fields]
    fields += [field.name for row in FACT_ROWS.values() for field in attrs.fields(row)]

    assert [table for table in Table if f"\n`{table.value}`: " not in page] == []
    assert page.count("**A key that it lacks.** ") == len(Table)
    assert [name for name in fields if f"\n| `{name}` |" not in page] == []
    assert [each for each in INDICATORS.values() if f"\n### {each.__name__}\n" not in page] == []


def test_the_page_of_the_coverage_is_fresh(
    coverage: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails: make docs, after a look at `docs/coverage_reasons.toml`."""
    assert coverage.main(["--check"]) == 0

    monkeypatch.setattr(coverage, "PAGE", tmp_path / "coverage.md")
    assert coverage.main(["--check"]) == 1
    assert coverage.main([]) == 0
    assert coverage.main(["--check"]) == 0


def test_every_published_value_has_a_rule_or_a_reason(coverage: ModuleType) -> None:
    """And none has both: a reason goes when a rule names its value."""
    rules = Rulebook.load(preview=True).known

    assert coverage.problems(rules, coverage.read_reasons()) == []


def test_a_hole_a_spare_reason_and_an_unknown_value_are_found(coverage: ModuleType) -> None:
    """A hole is a value with neither."""
    rules = Rulebook.load(preview=True).known
    reasons = dict(coverage.read_reasons())
    reasons.pop(hole := min(reasons))
    reasons["code.bilateral", "0"] = "not true"
    reasons["code.bilateral", "7"] = "no such value"
    found = coverage.problems(rules, reasons)

    assert len(found) == 3
    assert any(text.endswith("no rule names it and no reason is given") for text in found)
    assert any(text.startswith("code.bilateral = '7': there is no such") for text in found)
    assert any(text.startswith("code.bilateral = '0': has a reason, but BILAT101") for text in found)
    assert hole not in coverage.named_by(rules)


def test_every_field_with_a_published_indicator_is_covered(coverage: ModuleType) -> None:
    """A field of the language with a closed list of values from a table is one of them."""
    closed = [
        str(field)
        for space in ("code", "pair")
        for field in VOCABULARY[space].values()
        if field.values and field.table
    ]

    assert set(closed) <= set(coverage.FIELDS)


def test_what_a_rule_leaves_out_is_told_from_what_it_asks_for(coverage: ModuleType) -> None:
    """Through `!=`, `not in` and `not`, twice too, and in every condition of the rule."""
    scope = Scope()
    when = parse(
        'code.status != "N" and not (code.pctc in ("1", "2") or code.bilateral != "0") '
        'and code.team not in ("0", "9") and "2" in code.type_of_service',
        scope,
    )
    rule = attrs.evolve(
        Rulebook.load(preview=True).known[0], applies=TRUE, when=when, unless=FALSE, severity_if=()
    )
    left_out = {key: set(found.values()) for key, found in coverage.named_by([rule]).items()}

    assert left_out == {
        ("code.status", "N"): {True},
        ("code.pctc", "1"): {True},
        ("code.pctc", "2"): {True},
        ("code.bilateral", "0"): {False},
        ("code.team", "0"): {True},
        ("code.team", "9"): {True},
        ("code.type_of_service", "2"): {False},
    }
