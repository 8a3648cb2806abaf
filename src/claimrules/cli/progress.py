"""A progress bar on standard error: after a second of work, on a terminal, with rich; silent otherwise."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from claimrules.cli.console import is_dumb

_SECOND: Final = 1.0
_DELAY: Final = 1.0
"""Seconds of work before anything is shown."""


class Tell(Protocol):
    """Takes what is being done, and how much of how much is done; ``total = None`` is not known.

    ``lines`` are the claim lines so far, whatever ``done`` counts.
    """

    def __call__(
        self, what: str, done: int = 0, total: int | None = None, *, lines: int | None = None
    ) -> None:
        """Tell it."""


class Speed:
    """Lines per second of the work that goes on now."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the clock."""
        self._clock = clock
        self._start, self._first, self._last = clock(), 0, 0

    def words(self, lines: int | None) -> str:
        """Say how many lines there are so far, and how many a second; fewer than before is other work."""
        now = self._clock()
        if lines is None or lines < self._last:
            self._start, self._first, self._last = now, lines or 0, lines or 0
            return ""
        self._last = lines
        seconds = now - self._start
        rate = f", {int((lines - self._first) / seconds):,} a second" if seconds >= _SECOND else ""
        return f"{lines:,} lines{rate}"


@contextmanager
def progress() -> Iterator[Tell]:
    """Give what is to be called as the work goes on."""
    if not sys.stderr.isatty() or is_dumb():
        yield _silent
        return
    try:
        from rich.console import Console  # noqa: PLC0415 (an extra)
        from rich.progress import (  # noqa: PLC0415 (an extra)
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )
    except ImportError:
        yield _silent
        return
    speed, words = Speed(), TextColumn("{task.fields[speed]}")
    columns = (*Progress.get_default_columns()[:3], words, TimeElapsedColumn(), TextColumn("left"))
    columns = (*columns, TimeRemainingColumn())
    bar = Progress(*columns, console=Console(file=sys.stderr), transient=True)
    task = bar.add_task("starting", total=None, speed="")
    timer = threading.Timer(_DELAY, bar.start)
    timer.daemon = True
    timer.start()

    def tell(what: str, done: int = 0, total: int | None = None, *, lines: int | None = None) -> None:
        bar.update(task, description=what, completed=done, total=total, speed=speed.words(lines))

    try:
        yield tell
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


def _silent(what: str, done: int = 0, total: int | None = None, *, lines: int | None = None) -> None:
    """Show nothing."""
