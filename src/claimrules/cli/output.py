"""Where a report goes: to standard output, or to a file that is there whole or not at all."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from claimrules.cli.errors import Stop

Write = Callable[[TextIO], None]


def check_output(path: Path | None, inputs: Sequence[str]) -> None:
    """Refuse, before any work, an output that cannot be written or that is one of the inputs.

    Raises:
        Stop: it is a folder, a device, in no folder, or an input.
    """
    if path is None:
        return
    if path.exists() and not path.is_file():
        message = f"--output {path}: is no regular file; leave --output out to write to standard output"
        raise Stop(message)
    if not path.parent.is_dir():
        message = f"--output {path}: the folder {path.parent} does not exist; make it first"
        raise Stop(message)
    if path.exists() and any(Path(name).exists() and path.samefile(name) for name in inputs):
        message = f"--output {path}: is one of the files to check; name another"
        raise Stop(message)


def deliver(path: Path | None, write: Write) -> None:
    """Write to standard output, or to ``path`` in one step, readable by its owner alone.

    Raises:
        Stop: the file cannot be written; what stood there before is as it was.
    """
    if path is None:
        write(sys.stdout)
        return
    try:
        with _replacing(path) as stream:
            write(stream)
    except OSError as error:
        message = f"--output {path}: cannot be written ({error.strerror}); nothing was changed"
        raise Stop(message) from error


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """Give a new file in the same folder, which takes the place of ``path`` when all is written."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
