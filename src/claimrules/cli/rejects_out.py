"""Where rejected records go: whole to the file of ``--rejects`` as they come, else without their text."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from claimrules.cli.errors import Stop
from claimrules.cli.output import text_replacing
from claimrules.formats.rejects import rejects_writer
from claimrules.model.finding import Rejected

Refuse = Callable[[Rejected], Rejected]
"""Takes a rejected record, and gives what is held of it."""


def only_held(entry: Rejected) -> Rejected:
    """Hold a record as it is."""
    return entry


@contextmanager
def rejects_out(path: Path | None) -> Iterator[Refuse]:
    """Give what takes rejected records; the file is there when all is done, and not before.

    Raises:
        Stop: the file cannot be written.
    """
    if path is None:
        yield only_held
        return
    inside, full = False, False
    try:
        with text_replacing(path) as stream:
            write = rejects_writer(stream)

            def take(entry: Rejected) -> Rejected:
                nonlocal full
                try:
                    write(entry)
                except OSError as error:
                    full = True
                    raise _unwritten(path, error) from error
                return attrs.evolve(entry, raw=None, raw_size=None)

            inside = True
            yield take
            inside = False
    except OSError as error:
        if inside and not full:
            raise
        raise _unwritten(path, error) from error


def _unwritten(path: Path, error: OSError) -> Stop:
    return Stop(f"--rejects {path}: cannot be written ({error.strerror}); nothing was changed")
