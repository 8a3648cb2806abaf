"""What several rules of one run ask for, found once, whoever asks first."""

from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Shared(dict[Any, Any]):
    """What several rules of one run ask for, by name; ``lock`` is held by the one that finds it.

    What is asked for by those that hold it has locks of its own, so that it can be found beside them.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__()
        self.lock = RLock()
        self._locks: dict[object, Any] = {}

    def lock_of(self, name: object) -> Any:
        """The lock of something that asks for nothing that holds ``lock``."""
        return self._locks.setdefault(name, RLock())


def kept_as(shared: Shared, name: object, find: Callable[[], T]) -> T:
    """What is kept by a name, found now if nobody has: it asks for nothing that holds ``lock``."""
    with shared.lock_of(name):
        if name not in shared:
            shared[name] = find()
        found: T = shared[name]
        return found


def once(find: Callable[P, T]) -> Callable[P, T]:
    """Let nobody else look while something is found that is ``Shared``, the last argument."""

    @wraps(find)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        shared: Any = args[-1]
        with shared.lock:
            return find(*args, **kwargs)

    return asked


def once_by_itself(find: Callable[P, T]) -> Callable[P, T]:
    """The same for what asks for nothing but its like: only the same is not looked for meanwhile."""

    @wraps(find)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        shared: Any = args[-1]
        with shared.lock_of((find.__name__, *args[2:-1])):
            return find(*args, **kwargs)

    return asked
