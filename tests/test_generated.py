"""The generated pages say what the sources say."""

import importlib.util
from pathlib import Path
from types import ModuleType

import attrs
import pytest

from claimrules import Rulebook
from claimrules.codebook.tables import FACT_ROWS, AddOnRow, FeeRow, MueRow, PairRow
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
