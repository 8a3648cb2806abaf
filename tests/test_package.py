"""The package as a whole: its version, and that importing it stays light."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "claimrules").rglob("*.py"))
HEAVY = {"duckdb", "narwhals", "pandas", "polars", "pyarrow", "pyspark"}
MAY_BE_HEAVY = (
    "codebook/frames",
    "engine/frame/",
    "expr/frame_parts",
    "expr/to_frame",
    "formats/",
    "testing/frames",
)


def imports(nodes: list[ast.stmt]) -> Iterator[str]:
    """Give the top names of what the statements import when they are run."""
    for statement in nodes:
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module.partition(".")[0]


def test_the_version_is_that_of_the_project_file() -> None:
    """The number is written once."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert version("claimrules") == project["version"]


def test_importing_claimrules_is_light() -> None:
    """No frame library is loaded before a frame is given."""
    script = f"import sys, claimrules; print(*sorted({HEAVY!r} & set(sys.modules)))"

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 (our own text)

    assert loaded.stdout.split() == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_frame_libraries_are_imported_in_few_places_and_lazily(path: Path) -> None:
    """Only in the frame engine and compiler, the formats, the frames of book and tests; inside functions."""
    body = ast.parse(path.read_text("utf-8")).body
    inside = path.relative_to(ROOT / "src" / "claimrules").as_posix()
    at_once = [node for node in body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]

    assert HEAVY.isdisjoint(imports(at_once))
    assert inside.startswith(MAY_BE_HEAVY) or HEAVY.isdisjoint(imports(body))


@pytest.mark.parametrize(
    ("pattern", "room"),
    [("src/**/*.py", 299), ("tests/**/*.py", 400), ("docs/**/*.py", 400)],
)
def test_rooms_are_small(pattern: str, room: int) -> None:
    """A module and a test are read at once; so is a rule (``rulebook/test_standard.py``)."""
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in ROOT.glob(pattern)}

    assert lengths
    assert {path.name: length for path, length in lengths.items() if length > room} == {}


def test_public_names_are_loaded_when_they_are_asked_for() -> None:
    """Importing the package loads no engine; every public name is there, and no other."""
    script = """
import sys, claimrules
print(*sorted(name for name in sys.modules if name.startswith("claimrules.")))
print(all(getattr(claimrules, name) for name in claimrules.__all__))
print(set(claimrules.__all__) <= set(dir(claimrules)))
print(hasattr(claimrules, "Chequer"))
"""

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 (our own text)

    assert ended.stdout.splitlines() == ["claimrules.lazy", "True", "True", "False"]
