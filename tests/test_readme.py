"""The documentation shows what happens: every block of it is run."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.codebook.conftest import Published
from tests.codebook.conftest import published as _published
from tests.doc_blocks import PageError, blocks, compare, run_page

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
RUN = [ROOT / "README.md", DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]
READ = [*RUN, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
SCHEDULE = "PPRRVU25_OCT.csv"
_link = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")

published = _published


def name(path: Path) -> str:
    """Give the path of a page below the root."""
    return path.relative_to(ROOT).as_posix()


@pytest.fixture
def examples(tmp_path: Path, published: Published, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with the example files, and a published file of a few lines."""
    pytest.importorskip("polars")
    records: tuple[dict[str, str], ...] = (
        {},
        {"row": "53", "work": "1.63"},
        {"code": "G0412", "bilateral": "1", "assistant": "2"},
    )
    published(records, name=SCHEDULE)
    shutil.copytree(DOCS / "examples", tmp_path / "docs" / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(words: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run Python in a folder, with the package of this repository."""
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)  # noqa: S603 (our own)


@pytest.mark.parametrize("path", RUN, ids=name)
@pytest.mark.usefixtures("examples")
def test_every_block_of_a_page_does_what_it_shows(path: Path) -> None:
    """Python and commands, in order, with what they print."""
    assert run_page(path.read_text("utf-8")) > 0


@pytest.mark.parametrize("path", dict.fromkeys(READ), ids=name)
def test_every_link_of_a_page_leads_somewhere(path: Path) -> None:
    """Those inside the repository."""
    targets = [link.partition("#")[0] for link in _link.findall(path.read_text("utf-8")) if "://" not in link]

    assert [target for target in targets if target and not (path.parent / target).exists()] == []


def test_the_lines_of_the_example_script_are_printed(examples: Path) -> None:
    """The script of ten lines runs, and prints what its last lines say."""
    script = examples / "docs" / "examples" / "check_lines.py"

    ended = run([str(script)], examples)

    shown = re.findall("^# (?!ruff)(.*)$", script.read_text("utf-8"), re.MULTILINE)
    assert ended.stdout.splitlines() == shown


def test_the_tests_of_a_payer_pass(examples: Path) -> None:
    """The example of a payer's tests, run as a payer would."""
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "payer_test.py"]

    ended = run(words, examples / "docs" / "examples")

    assert ended.returncode == 0, ended.stdout


def test_the_readme_counts_the_rules_and_the_starter() -> None:
    """Numbers that a page gives are those of the package."""
    from claimrules import CodeBook, Rulebook  # noqa: PLC0415
    from claimrules.rulebook.rule import Status  # noqa: PLC0415

    text = (ROOT / "README.md").read_text("utf-8")
    table = text.partition("## What is checked")[2].partition("\n## ")[0]
    rules = Rulebook.load(preview=True).known
    families = Counter(rule.family for rule in rules)
    records = [line.split(" | ") for line in table.splitlines() if line.startswith("| `")]

    assert {first.strip("| `"): int(last.strip(" |")) for first, _, last in records} == families
    assert f"{len(rules)} rules" in table
    assert f"{len(rules)} rules in {len(families)} families" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"{sum(rule.status is Status.PREVIEW for rule in rules)} of them" in table
    assert CodeBook.starter().describe().partition(": ")[2].partition(",")[0] in text


def test_a_page_that_shows_something_else_is_found() -> None:
    """The helper itself: an exact text, a wildcard in a line, a wildcard for lines."""
    compare("a …\n…\nz\n", "a b\nc\nd\nz\n", "here")
    with pytest.raises(PageError, match="here: the page shows"):
        compare("a\n", "a\nb\n", "here")
    with pytest.raises(PageError, match="only claimrules"):
        run_page("```console\n$ ls\n```\n")
    assert [block.line for block in blocks("x\n```python\n1\n```\n")] == [2]
