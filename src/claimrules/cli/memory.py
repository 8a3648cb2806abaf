"""How much memory is at hand: what the machine has free, and what control groups leave to this process."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_UNKNOWN: Final = 4 << 30
"""Bytes that are taken to be there where nothing tells."""
_LIMITS: Final = (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes"))
_CACHE: Final = ("inactive_file", "total_inactive_file")
"""What a group holds of files and gives back when it is asked for memory."""


def at_hand(proc: Path = Path("/proc"), groups: Path = Path("/sys/fs/cgroup")) -> int:
    """Give the bytes that this process can take: the least that any limit leaves."""
    known = [*_free(proc), *_left(proc, groups)]
    return max(0, min(known)) if known else _half()


def _half() -> int:
    """Half of what the machine has, where it does not tell what is free."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return _UNKNOWN


def _free(proc: Path) -> Iterator[int]:
    """What Linux says is free, or can be made so."""
    for name, *words in _words(proc / "meminfo"):
        if name == "MemAvailable:" and words and words[0].isdecimal():
            yield int(words[0]) * 1024


def _left(proc: Path, groups: Path) -> Iterator[int]:
    """What each control group of this process leaves, up to the outermost."""
    for _, controllers, path in (
        line.split(":", 2) for line in _lines(proc / "self/cgroup") if line.count(":") > 1
    ):
        if "memory" not in controllers.split(",") and controllers:
            continue
        root = groups / "memory" if controllers else groups
        folder = root / path.strip("/")
        while folder.is_relative_to(root):
            yield from _left_by(folder)
            folder = folder.parent


def _left_by(folder: Path) -> Iterator[int]:
    """What one control group leaves, if it has a limit."""
    for limit, used in _LIMITS:
        numbers = [_lines(folder / name) for name in (limit, used)]
        most, now = (lines[0].strip() if lines else "" for lines in numbers)
        if most.isdecimal() and now.isdecimal():
            given = {name: words[0] for name, *words in _words(folder / "memory.stat") if words}
            cache = next((int(given[name]) for name in reversed(_CACHE) if name in given), 0)
            yield int(most) - int(now) + cache


def _words(path: Path) -> Iterator[list[str]]:
    return (line.split() for line in _lines(path) if line.strip())


def _lines(path: Path) -> list[str]:
    """The lines of a small file of the system; none where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
