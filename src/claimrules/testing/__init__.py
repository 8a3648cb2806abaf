"""The test kit: assert what rules say, make lines that fail and pass, run the examples of a rule."""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from claimrules.testing.asserts import assert_clean, assert_fires, assert_outcome
    from claimrules.testing.examples import ENGINES, ExampleFailed, run_example
    from claimrules.testing.factory import Case, Nearest, NoExample, make_case, make_line, nearest

__all__ = [
    "ENGINES",
    "Case",
    "ExampleFailed",
    "Nearest",
    "NoExample",
    "assert_clean",
    "assert_fires",
    "assert_outcome",
    "make_case",
    "make_line",
    "nearest",
    "run_example",
]

_HOMES: Final = {
    "asserts": "assert_clean assert_fires assert_outcome",
    "examples": "ENGINES ExampleFailed run_example",
    "factory": "Case Nearest NoExample make_case make_line nearest",
}
"""Where each name is defined: pytest loads the plugin of this package, and no engine with it."""


def __getattr__(name: str) -> object:
    """Load a name when it is first asked for."""
    for home, names in _HOMES.items():
        if name in names.split():
            found: object = getattr(import_module(f"{__name__}.{home}"), name)
            globals()[name] = found
            return found
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    """Name what the test kit offers, loaded or not."""
    return sorted({*globals(), *__all__})
