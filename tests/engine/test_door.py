"""What a frame needs beside its own package."""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from claimrules.engine.frame import door
from claimrules.engine.frame.door import FrameError
from claimrules.testing.frames import frame_of

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = {"pandas": "pandas", "pyarrow": "pandas", "duckdb": "duckdb"}


@pytest.mark.parametrize("kind", EXTRAS)
def test_a_frame_without_what_it_needs_names_the_extra(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Narwhals imports NumPy in the midst of a check; DuckDB alone does not bring it."""
    frame = frame_of([{"code": "G0105"}], kind)
    monkeypatch.setattr(door, "find_spec", lambda name: None if name == "numpy" else find_spec(name))
    with pytest.raises(FrameError, match=re.escape(f"numpy: pip install 'claimrules[{EXTRAS[kind]}]'")):
        door.open_frame(frame)


def test_polars_needs_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a frame of Polars has all of it."""
    monkeypatch.setattr(door, "find_spec", lambda _: None)

    assert door.open_frame(frame_of([{"code": "G0105"}], "polars")).name == "polars"


@pytest.mark.parametrize("extra", ["pandas", "duckdb", "spark"])
def test_the_extra_brings_it(extra: str) -> None:
    """PyArrow by name, NumPy by name or with pandas."""
    project: Any = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {each.partition(">")[0] for each in project["optional-dependencies"][extra]}

    assert "pyarrow" in named
    assert named & {"numpy", "pandas"}
