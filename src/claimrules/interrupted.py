"""The exit code of a command that is interrupted; it is known before the command line is loaded."""

from typing import Final

INTERRUPTED: Final = 130
