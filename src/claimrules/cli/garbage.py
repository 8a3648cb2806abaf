"""Objects that hold each other are looked for seldom: a command makes few of them and ends soon."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_OBJECTS: Final = 50_000
"""Objects that are made before Python looks for those that nothing holds any more."""


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look for garbage seldom, and never among modules: with all rules in memory each look takes long."""
    first, *others = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(max(first, _OBJECTS) if first else 0, *others)
    try:
        yield
    finally:
        gc.set_threshold(first, *others)
        gc.unfreeze()
