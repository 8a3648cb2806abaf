"""Running the command line inside the tests."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from claimrules.cli import main


@attrs.frozen
class Ended:
    """How a command ended: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """Standard output as JSON."""
        found: dict[str, Any] = json.loads(self.out)
        return found


Run = Callable[..., Ended]
Table = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command and give how it ended."""

    def run(*words: str) -> Ended:
        code = main([*words])
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return run


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Write a table and give its path."""

    def write(*lines: str, header: str = "code,modifier_1,units,from_date", name: str = "claims.csv") -> str:
        path = tmp_path / name
        path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
        return str(path)

    return write
