"""What ends a command with exit code 2: errors whose text is meant for the person at the terminal."""

from typing import Final

from claimrules.codebook import BookError, BuildError
from claimrules.engine.both_sides import ConventionError
from claimrules.engine.global_periods import GlobalDaysError
from claimrules.formats.errors import ReadError, SetAsideError
from claimrules.model.shorthand import ShorthandError
from claimrules.rulebook.reading import RulebookError
from claimrules.rulebook.select import SelectorError
from claimrules.scenarios.scenario import ScenarioError
from claimrules.sql import NotExpressible


class Stop(Exception):  # noqa: N818 (it stops a command; its text says what is wrong and the remedy)
    """A command cannot run."""


EXPECTED: Final = (
    Stop,
    BookError,
    BuildError,
    NotExpressible,
    ConventionError,
    GlobalDaysError,
    RulebookError,
    ScenarioError,
    SelectorError,
    ShorthandError,
    ReadError,
    SetAsideError,
)
"""Every error whose text is fit to be shown as it is."""
