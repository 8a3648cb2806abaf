"""Collects ``*.claims.toml`` in pytest: each claim is a test.

Loaded through the entry point ``pytest11`` by every pytest run, so it imports nothing of the rules before
a scenario is collected. Options: ``--claimrules-book``, ``--claimrules-overlay`` and
``--claimrules-preview``, or the settings of the same names with ``_`` (paths from the project's root).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from claimrules.scenarios.run import Runner
    from claimrules.scenarios.scenario import Scenario, ScenarioFile

_ENDING: Final = ".claims.toml"
_PATHS: Final = ("book", "overlay")
_RUNNER: Final = pytest.StashKey["Runner"]()


class ScenarioFailed(Exception):  # noqa: N818 (a failed test is no error of the program)
    """A claim about which the rules say something else than is expected."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add which book and overlay scenarios are run with."""
    group = parser.getgroup("claimrules", "claimrules: scenario files (*.claims.toml)")
    told = {"book": "the code book", "overlay": "the payer's overlay"}
    for name, words in told.items():
        group.addoption(f"--claimrules-{name}", metavar="FILE", help=f"{words} that scenarios are run with")
        parser.addini(f"claimrules_{name}", f"{words} that scenarios are run with, from the project's root")
    group.addoption("--claimrules-preview", action="store_true", help="run rules of status preview too")
    parser.addini("claimrules_preview", "run rules of status preview too", type="bool", default=False)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioModule | None":
    """Take the files that are ours."""
    if not file_path.name.endswith(_ENDING):
        return None
    return ScenarioModule.from_parent(parent, path=file_path)


class ScenarioModule(pytest.File):
    """A file of scenarios."""

    def collect(self) -> Iterator["ScenarioItem"]:
        """Read the file, and give each claim.

        Raises:
            CollectError: the file cannot be used; the text names every fault.
        """
        from claimrules.scenarios.read import read_file  # noqa: PLC0415 (no engine before a scenario)
        from claimrules.scenarios.scenario import ScenarioError  # noqa: PLC0415

        try:
            file = read_file(self.path)
        except ScenarioError as error:
            raise self.CollectError(str(error)) from None
        runner = _runner(self)
        for scenario in file.scenarios:
            yield ScenarioItem.from_parent(
                self, name=scenario.title, scenario=scenario, file=file, runner=runner
            )


def _runner(module: ScenarioModule) -> "Runner":
    """Open the book and load the rules once for the whole run."""
    from claimrules.codebook import BookError, CodeBook  # noqa: PLC0415 (no engine before a scenario)
    from claimrules.rulebook.reading import RulebookError  # noqa: PLC0415
    from claimrules.rulebook.select import Rulebook  # noqa: PLC0415
    from claimrules.scenarios.run import Runner  # noqa: PLC0415

    config = module.config
    if _RUNNER not in config.stash:
        book, overlay = (_path(config, name) for name in _PATHS)
        preview = bool(config.getoption("claimrules_preview") or config.getini("claimrules_preview"))
        try:
            config.stash[_RUNNER] = Runner(
                CodeBook.starter() if book is None else CodeBook.open(book),
                Rulebook.load(preview=preview, overlay=overlay),
            )
        except (BookError, RulebookError) as error:
            raise module.CollectError(str(error)) from None
    return config.stash[_RUNNER]


def _path(config: pytest.Config, name: str) -> Path | None:
    """A path of the command line as it stands, one of the settings from the project's root."""
    given = config.getoption(f"claimrules_{name}")
    if given:
        return Path(given)
    setting = str(config.getini(f"claimrules_{name}") or "")
    return config.rootpath / setting if setting else None


class ScenarioItem(pytest.Item):
    """One claim as a test."""

    def __init__(
        self,
        *,
        scenario: "Scenario",
        file: "ScenarioFile",
        runner: "Runner",
        **settings: Any,  # noqa: ANN401 (pytest's own)
    ) -> None:
        """Remember what is run."""
        super().__init__(**settings)
        self.scenario, self.file, self.runner = scenario, file, runner

    def runtest(self) -> None:
        """Run the claim.

        Raises:
            ScenarioFailed: the rules say something else than is expected.
        """
        ran = self.runner.run_one(self.file, self.scenario)
        if not ran.passed:
            raise ScenarioFailed("\n".join(ran.problems))

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: Any = None,  # noqa: ANN401 (pytest's own)
    ) -> Any:  # noqa: ANN401 (pytest's own)
        """Tell what is wrong, without a traceback."""
        if not isinstance(excinfo.value, ScenarioFailed):
            return super().repr_failure(excinfo, style)
        problems = [f"  {each}" for each in str(excinfo.value).split("\n")]
        return "\n".join([f"{self.path}:{self.scenario.line}: {self.scenario.title}", *problems])

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the claim stands."""
        return self.path, self.scenario.line - 1, f"claims: {self.scenario.title}"
