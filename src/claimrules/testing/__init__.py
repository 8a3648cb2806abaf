"""The test kit: run the examples of a rule, and assert what rules say of a line."""

from claimrules.testing.asserts import assert_clean, assert_fires, assert_outcome
from claimrules.testing.examples import ENGINES, ExampleFailed, run_example

__all__ = ["ENGINES", "ExampleFailed", "assert_clean", "assert_fires", "assert_outcome", "run_example"]
