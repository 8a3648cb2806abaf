"""A check of more lines than memory holds is done in parts; which files need it is decided here."""

from collections.abc import Sequence
from contextlib import suppress

from claimrules.cli.errors import Stop
from claimrules.cli.parts_common import piece, size_of
from claimrules.cli.parts_frames import parts_by_frame
from claimrules.cli.parts_lines import parts_by_line
from claimrules.cli.progress import Tell
from claimrules.cli.run import need_engine, run_check
from claimrules.cli.run_frames import run_frames
from claimrules.cli.task import Checked, CheckOptions, not_plain
from claimrules.formats.native import FRAMES, lacking
from claimrules.formats.plain_parts import NotPlainError


def run_large(options: CheckOptions, tell: Tell) -> Checked:
    """Check in one piece where memory holds it; else, or where ``partitions`` says so, in parts.

    Raises:
        Stop: a file cannot be used, or the engine asked for cannot be.
    """
    asked = options.partitions is not None or options.resume is not None
    size = size_of(options)
    if options.partitions == 1 or (not asked and size <= piece(options, frames=False)):
        return run_check(options, tell)
    if any(rule.same and not _stays(rule.same) for rule in options.rulebook.rules):
        message = (
            "a rule compares lines of different patients, so that all lines stand together: leave out "
            "--partitions and --resume, or --ignore the rule"
        )
        if asked:
            raise Stop(message)
        return run_check(options, tell)
    if options.engine in FRAMES or (options.engine == "auto" and not lacking("polars")):
        need_engine(options.engine)
        checked = _by_frame(options, tell, whole=not asked and size <= piece(options, frames=True))
        if checked is not None:
            return checked
    if options.engine in FRAMES:
        raise Stop(not_plain(options.engine))
    return parts_by_line(options, tell)


def _by_frame(options: CheckOptions, tell: Tell, *, whole: bool) -> Checked | None:
    """Check by frames; ``None`` where the line reader has to account for the records of a file."""
    if whole:
        return run_frames(options, tell)
    with suppress(NotPlainError):
        return parts_by_frame(options, tell)
    return None


def _stays(same: Sequence[object]) -> bool:
    """Whether lines that share these keys share a patient or a claim."""
    return any(str(key).removeprefix("line.").partition(":")[0] in ("patient", "claim") for key in same)
