"""The test kit: assert what rules say, make lines that fail and pass, run the examples of a rule."""

from typing import TYPE_CHECKING, Final

from claimrules.lazy import lazy_names

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

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
