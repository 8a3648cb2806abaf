"""One run of ``check`` in one piece; which engine does it is decided here."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

from claimrules.cli.errors import Stop
from claimrules.cli.progress import Tell
from claimrules.cli.run_frames import run_frames
from claimrules.cli.run_lines import run_lines
from claimrules.cli.task import Checked, CheckOptions, not_plain
from claimrules.formats.native import FRAMES, lacking

_LARGE: Final = 5_000_000


def run_check(options: CheckOptions, tell: Tell) -> Checked:
    """Check the files with the engine asked for; ``auto`` takes the fastest that is there.

    Raises:
        Stop: a file cannot be used, with one text for each, or the engine is not there.
    """
    need_engine(options.engine)
    large = options.engine == "auto" and _is_large((*options.files, *options.past.files))
    if options.engine in FRAMES or (large and not lacking("polars")):
        checked = run_frames(options, tell)
        if checked is not None:
            return checked
        if options.engine in FRAMES:
            raise Stop(not_plain(options.engine))
    return run_lines(options, tell)


def need_engine(engine: str) -> None:
    """Refuse an engine that is not installed.

    Raises:
        Stop: it is not.
    """
    remedy = lacking(engine)
    if remedy:
        message = f"--engine {engine}: is not installed; {remedy}"
        raise Stop(message)


def _is_large(files: Sequence[Path | BinaryIO]) -> bool:
    """Whether frames are worth their start: they take a second before the first line."""
    sizes = [path.stat().st_size for path in files if isinstance(path, Path) and path.is_file()]
    return len(sizes) == len(files) and sum(sizes) >= _LARGE
