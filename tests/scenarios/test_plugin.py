"""The pytest plugin: scenario files are collected, and nothing is loaded before one is."""

import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytest_plugins = ("pytester",)

PLUGIN = "claimrules.testing.pytest_plugin"
ROOT = Path(__file__).parents[2]
SIDES = """
[[claims]]
title = "Both sides of a code that is never bilateral"
lines = ["G0105-50 2025-11-03 @22"]
expect = [{{ rule = "BILAT101", severity = "{severity}" }}]
"""


def options(*more: str) -> tuple[str, ...]:
    """Name the plugin where the installed package does not register it itself."""
    known = any(each.value == PLUGIN for each in entry_points(group="pytest11"))
    return (*(() if known else ("-p", PLUGIN)), "-p", "no:cacheprovider", *more)


def test_the_entry_point_names_the_plugin() -> None:
    """Whoever installs claimrules has it in his pytest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["entry-points"]["pytest11"] == {"claimrules": PLUGIN}


def test_importing_the_plugin_imports_no_rule_engine() -> None:
    """Every pytest run of whoever has installed the package pays for this import."""
    script = f"import sys, {PLUGIN}; print(*sorted(each for each in sys.modules if 'claimrules.' in each))"

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 (our own text)

    assert ended.stdout.split() == ["claimrules.lazy", "claimrules.testing", PLUGIN]


def test_a_run_without_scenarios_loads_nothing(pytester: pytest.Pytester) -> None:
    """A test that has nothing to do with claims finds no engine loaded."""
    pytester.makepyfile(
        "import sys\n\n\ndef test_it():\n    assert 'claimrules.engine.line' not in sys.modules\n"
    )

    pytester.runpytest_subprocess(*options()).assert_outcomes(passed=1)


def test_each_claim_is_a_test(pytester: pytest.Pytester) -> None:
    """One passes and one fails: the text says where, what was expected and what came, without a traceback."""
    good = SIDES.format(severity="return")
    bad = SIDES.format(severity="deny").replace("Both", "Two")
    pytester.path.joinpath("sides.claims.toml").write_text(good + bad, "utf-8")

    ended = pytester.runpytest_inprocess(*options())

    ended.assert_outcomes(passed=1, failed=1)
    ended.stdout.fnmatch_lines(
        ["*sides.claims.toml:7: Two sides*", "*line 1: BILAT101: expected severity deny, but it is return*"]
    )
    assert "Traceback" not in ended.stdout.str()
    assert "pytest_plugin.py" not in ended.stdout.str()


def test_a_claim_is_chosen_by_its_title(pytester: pytest.Pytester) -> None:
    """As any test is; other TOML files are left alone."""
    text = SIDES.format(severity="return")
    pytester.path.joinpath("sides.claims.toml").write_text(text + text.replace("Both", "Two"), "utf-8")
    pytester.path.joinpath("other.toml").write_text("x = [", "utf-8")

    pytester.runpytest_inprocess(*options("-k", "Two")).assert_outcomes(passed=1, deselected=1)


def test_a_file_that_cannot_be_used_is_an_error_of_collection(pytester: pytest.Pytester) -> None:
    """With file, line and remedy, and no traceback."""
    pytester.path.joinpath("wrong.claims.toml").write_text("[[claims]]\ntitle = 'x'\nlinse = []\n", "utf-8")

    ended = pytester.runpytest_inprocess(*options())

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(["*wrong.claims.toml:1: *lines: required, but missing*"])
    assert "Traceback" not in ended.stdout.str()


@pytest.mark.parametrize("way", ["option", "setting"])
def test_a_payers_overlay_and_book(pytester: pytest.Pytester, way: str) -> None:
    """By an option or by a setting of the project; one that cannot be opened is an error."""
    overlay = "title = 'A payer'\nsince = '0.1'\n[[severity]]\nrules = ['BILAT101']\nseverity = 'review'\n"
    pytester.path.joinpath("payer.toml").write_text(overlay + "reason = 'x'\nsource = 'x'\n", "utf-8")
    pytester.path.joinpath("sides.claims.toml").write_text(SIDES.format(severity="review"), "utf-8")
    if way == "setting":
        pytester.makeini("[pytest]\nclaimrules_overlay = payer.toml\n")
    said = options(*(("--claimrules-overlay", "payer.toml") if way == "option" else ()))

    pytester.runpytest_inprocess(*said).assert_outcomes(passed=1)
    ended = pytester.runpytest_inprocess(*said, "--claimrules-book", "none.claimbook")
    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(["*none.claimbook*"])
