"""Being told to stop: what stands half-written goes away, as at the end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any


@contextmanager
def tidy_when_stopped() -> Iterator[None]:
    """Leave in order, also when the process is told to stop."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    known: dict[int, Any] = {}
    numbers = (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP"))  # Windows has no SIGHUP
    with suppress(ValueError):  # a thread other than the first takes no signals
        for number in map(int, filter(None, numbers)):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup: it is to go on
                known[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)
