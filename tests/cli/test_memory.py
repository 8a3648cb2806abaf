"""How much is checked at once follows the memory at hand."""

from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.cli.conftest import Run
from tests.cli.test_parts import claims, told

from claimrules import CodeBook, Rulebook
from claimrules.cli import parts_common, run_parts
from claimrules.cli.memory import at_hand
from claimrules.cli.options import today
from claimrules.cli.task import CheckOptions

FREE = 3_000_000 * 1024


def machine(folder: Path, cgroup: str, files: dict[str, str]) -> int:
    """What is at hand where the system tells this."""
    proc, groups = folder / "proc", folder / "cgroup"
    told = {
        proc / "meminfo": "MemTotal: 8000000 kB\nMemAvailable: 3000000 kB\n",
        proc / "self/cgroup": cgroup,
    }
    for path, text in {**told, **{groups / name: text for name, text in files.items()}}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return at_hand(proc, groups)


def test_memory_is_what_the_machine_has_free(tmp_path: Path) -> None:
    """Without a limit it is what Linux calls available."""
    assert machine(tmp_path, "0::/\n", {"memory.max": "max\n", "memory.current": "5\n"}) == FREE


@pytest.mark.parametrize("group", ["/", "/user/run.scope"])
def test_memory_is_what_control_groups_leave(tmp_path: Path, group: str) -> None:
    """The limit of an outer group holds too; what a group holds of files can be had again."""
    limit = {
        "memory.max": "1000000\n",
        "memory.current": "600000\n",
        "memory.stat": "anon 1\ninactive_file 7\n",
    }

    assert machine(tmp_path, f"0::{group}\n", limit) == 400_007


def test_memory_is_what_older_control_groups_leave(tmp_path: Path) -> None:
    """The first version of control groups has one tree for memory alone."""
    limit = {"memory/a/memory.limit_in_bytes": "900\n", "memory/a/memory.usage_in_bytes": "1000\n"}

    assert machine(tmp_path, "4:memory:/a/b\n1:cpu:/\nnothing\n", limit) == 0


def test_something_is_told_where_nothing_tells(tmp_path: Path) -> None:
    """Elsewhere than on Linux it is half of the machine."""
    assert at_hand(tmp_path, tmp_path) >= 1 << 28


@pytest.mark.parametrize("engine", ["python", "polars", "auto"])
def test_little_memory_makes_parts(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """A file that memory does not hold is checked in parts, which say the same."""
    if engine != "python":
        pytest.importorskip("polars")
    taken: list[str] = []
    for name in ("run_check", "run_frames", "parts_by_line", "parts_by_frame"):
        known = getattr(run_parts, name)

        def noted(*words: Any, known: Any = known, name: str = name) -> Any:
            taken.append(name)
            return known(*words)

        monkeypatch.setattr(run_parts, name, noted)
    path = tmp_path / "claims.csv"
    path.write_text(claims(150), encoding="utf-8")
    said = []
    for free in (1 << 34, 1 << 18, 1 << 15):
        monkeypatch.setattr(parts_common, "at_hand", lambda free=free: free)
        said.append(told(run, tmp_path, str(path), "--engine", engine))
    middle = "parts_by_line" if engine == "python" else "run_frames"

    assert said[1] == said[2]
    assert said[0][1] == said[1][1]
    assert taken == ["run_check", middle, "parts_by_line" if engine == "python" else "parts_by_frame"]


def options_of(path: Path, **more: Any) -> CheckOptions:
    """A check of a file by a few rules."""
    book = CodeBook.starter()
    return CheckOptions(files=(path,), book=book, rulebook=Rulebook.load(("BILAT",)), as_of=today(), **more)


def test_a_run_to_go_on_with_is_always_divided_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory that is at hand differs from day to day; the parts of a run that is gone on with must not."""
    path = tmp_path / "claims.csv"
    path.write_text(claims(150), encoding="utf-8")
    counts = []
    for free in (1 << 34, 1 << 14):
        monkeypatch.setattr(parts_common, "at_hand", lambda free=free: free)
        counts += [
            parts_common.parts_for(options_of(path, resume=resume), frames=True)
            for resume in (None, tmp_path)
        ]

    assert counts[1] == counts[3]
    assert counts[0] < counts[2]


def test_short_lines_and_many_rules_take_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte of a file of short lines takes more memory; so does one that many rules look at."""
    monkeypatch.setattr(parts_common, "at_hand", lambda: 1 << 30)
    path, short = tmp_path / "claims.csv", tmp_path / "short.csv"
    path.write_text(claims(150), encoding="utf-8")
    short.write_text("code,units\n" + "G0105,1\n" * 100, encoding="utf-8")
    few = options_of(path)
    sizes = [
        parts_common.piece(each, frames=True)
        for each in (few, options_of(short), attrs.evolve(few, rulebook=Rulebook.load(("ALL",))))
    ]

    assert sizes[0] > max(sizes[1:])
    assert parts_common.piece(few, frames=False) < sizes[0]
