"""Rule files written for one test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from claimrules.rulebook.load import load_rules
from claimrules.rulebook.reading import RulebookError

Write = Callable[..., Path]
Errors = Callable[[], tuple[str, ...]]

_TEXT = """
code     = "{code}"
name     = "{name}"
title    = "A test"
severity = "review"
since    = "0.1"
settings = ["professional"]
{keys}
{when}
{message}
why      = "A test."

[[sources]]
title = "none"

{examples}
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a rule file into ``tmp_path/test``; keys replace or follow those of a plain line rule."""

    def write_rule(  # noqa: PLR0913 (each part of a rule file can be bent)
        keys: str = "",
        *,
        code: str = "TEST101",
        name: str = "",
        when: str = "when = 'line.units > 1'",
        message: str = 'message = "Test."',
        examples: str = "",
        file: str = "",
    ) -> Path:
        path = tmp_path / "test" / f"{file or code}.toml"
        path.parent.mkdir(exist_ok=True)
        parts = {"keys": keys, "when": when, "message": message, "examples": examples}
        path.write_text(_TEXT.format(code=code, name=name or code.lower(), **parts), encoding="utf-8")
        return path

    return write_rule


@pytest.fixture
def errors(tmp_path: Path) -> Errors:
    """Load what was written, which must be refused, and give every error."""

    def load() -> tuple[str, ...]:
        with pytest.raises(RulebookError) as caught:
            load_rules((tmp_path,))
        return caught.value.errors

    return load
