"""A check of more lines than memory holds is done in parts; which files need it is decided here."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from claimrules.cli.errors import Stop
from claimrules.cli.parts_common import size_of
from claimrules.cli.parts_frames import parts_by_frame
from claimrules.cli.parts_lines import parts_by_line
from claimrules.cli.progress import Tell
from claimrules.cli.run import need_engine, run_check
from claimrules.cli.task import Checked, CheckOptions, not_plain
from claimrules.formats.native import FRAMES, lacking
from claimrules.formats.plain_parts import NotPlainError

_WHOLE: Final = 1 << 28
"""Bytes of files that are checked in one piece; more is checked in parts."""


def run_large(options: CheckOptions, tell: Tell) -> Checked:
    """Check in one piece, or in parts where the files are large or ``partitions`` says so.

    Raises:
        Stop: a file cannot be used, or the engine asked for cannot be.
    """
    small = options.partitions is None and options.resume is None and size_of(options) < _WHOLE
    if options.partitions == 1 or small:
        return run_check(options, tell)
    if any(rule.same and not _stays(rule.same) for rule in options.rulebook.rules):
        message = (
            "a rule compares lines of different patients, so that all lines stand together: leave out "
            "--partitions and --resume, or --ignore the rule"
        )
        if options.partitions is not None or options.resume is not None:
            raise Stop(message)
        return run_check(options, tell)
    if options.engine in FRAMES or (options.engine == "auto" and not lacking("polars")):
        need_engine(options.engine)
        with suppress(NotPlainError):
            return parts_by_frame(options, tell)
    if options.engine in FRAMES:
        raise Stop(not_plain(options.engine))
    return parts_by_line(options, tell)


def _stays(same: Sequence[object]) -> bool:
    """Whether lines that share these keys share a patient or a claim."""
    return any(str(key).removeprefix("line.").partition(":")[0] in ("patient", "claim") for key in same)
