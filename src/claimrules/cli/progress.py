"""A progress bar on standard error: after a second of work, on a terminal, with rich; silent otherwise."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

_DELAY: Final = 1.0
"""Seconds of work before anything is shown."""


class Tell(Protocol):
    """Takes what is being done, and how much of how much is done; ``total = None`` is not known."""

    def __call__(self, what: str, done: int = 0, total: int | None = None) -> None:
        """Tell it."""


@contextmanager
def progress() -> Iterator[Tell]:
    """Give what is to be called as the work goes on."""
    if not sys.stderr.isatty():
        yield _silent
        return
    try:
        from rich.console import Console  # noqa: PLC0415 (an extra)
        from rich.progress import Progress, TimeElapsedColumn, TimeRemainingColumn  # noqa: PLC0415 (an extra)
    except ImportError:
        yield _silent
        return
    columns = (*Progress.get_default_columns()[:3], TimeElapsedColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(file=sys.stderr), transient=True)
    task = bar.add_task("starting", total=None)
    timer = threading.Timer(_DELAY, bar.start)
    timer.daemon = True
    timer.start()

    def tell(what: str, done: int = 0, total: int | None = None) -> None:
        bar.update(task, description=what, completed=done, total=total)

    try:
        yield tell
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


def _silent(what: str, done: int = 0, total: int | None = None) -> None:
    """Show nothing."""
