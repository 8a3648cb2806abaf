"""One run of ``check`` in one piece; which engine does it is decided here."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

from claimrules.cli.errors import Stop
from claimrules.cli.progress import Tell
from claimrules.cli.run_frames import run_frames
from claimrules.cli.run_lines import run_lines
from claimrules.cli.task import NOT_PLAIN, Checked, CheckOptions
from claimrules.formats.scan import have_polars

_LARGE: Final = 5_000_000


def run_check(options: CheckOptions, tell: Tell) -> Checked:
    """Check the files with the engine asked for; ``auto`` takes the fastest that is there.

    Raises:
        Stop: a file cannot be used, with one text for each, or the engine is not there.
    """
    if options.engine == "polars" and not have_polars():
        message = "--engine polars: polars is not installed; pip install 'claimrules[batch]'"
        raise Stop(message)
    large = options.engine == "auto" and _is_large((*options.files, *options.past.files)) and have_polars()
    if options.engine == "polars" or large:
        checked = run_frames(options, tell)
        if checked is not None:
            return checked
        if options.engine == "polars":
            raise Stop(NOT_PLAIN)
    return run_lines(options, tell)


def _is_large(files: Sequence[Path | BinaryIO]) -> bool:
    """Whether frames are worth their start: they take a second before the first line."""
    sizes = [path.stat().st_size for path in files if isinstance(path, Path) and path.is_file()]
    return len(sizes) == len(files) and sum(sizes) >= _LARGE
