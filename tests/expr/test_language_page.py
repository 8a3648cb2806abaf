"""The reference page of the language says what the program does."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from claimrules.expr.functions import FUNCTIONS
from claimrules.expr.vocabulary import fields

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The script that writes the generated parts."""
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_parts_are_fresh(generator: ModuleType) -> None:
    """If this fails: python docs/generate.py."""
    assert generator.main(["--check"]) == 0


def test_every_generated_part_stands_in_the_page(generator: ModuleType) -> None:
    """And holds something."""
    found = re.findall(r"<!-- generated: (\w+) -->\n(.+?)<!-- end -->", generator.PAGE.read_text(), re.DOTALL)

    assert sorted(name for name, text in found if text.strip()) == sorted(generator.PARTS)


def test_a_stale_page_is_found_and_mended(
    generator: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--check`` writes nothing."""
    page = tmp_path / "language.md"
    page.write_text("<!-- generated: keys -->\nold\n<!-- end -->\n")
    monkeypatch.setattr(generator, "PAGE", page)

    assert generator.main(["--check"]) == 1
    assert "old" in page.read_text()
    assert generator.main([]) == 0
    assert "`physician`" in page.read_text()
    assert generator.main(["--check"]) == 0


def test_the_page_names_every_field_and_function() -> None:
    """Nothing of the language is left out."""
    text = (DOCS / "language.md").read_text()

    assert not [str(field) for field in fields() if f"`{field.base}`" not in text]
    assert not [name for name in FUNCTIONS if f"`{name}(" not in text]
