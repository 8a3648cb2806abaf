"""Being told to stop: what stands half-written goes away, as at the end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


@contextmanager
def tidy_when_stopped() -> Iterator[None]:
    """Leave in order, also when the process is told to stop."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    known = {}
    with suppress(ValueError):  # a thread other than the first takes no signals
        known = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)
