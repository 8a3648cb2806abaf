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


def check_output(path: Path | None, inputs: Sequence[str | Path], *, name: str = "") -> None:
    """Refuse, before any work, an output that cannot be written or that is one of the inputs.

    ``name`` is what the text calls it, where that is not the option ``--output``.

    Raises:
        Stop: it is a folder, a device, in no folder, an input, or what standard input or output already is.
    """
    if path is None:
        return
    name = name or f"--output {path}"
    if str(path) == "-" or _is_standard(path):
        message = f"{name}: is standard input or output, and they are no file to write; name another"
        raise Stop(message)
    if path.exists() and not path.is_file():
        message = f"{name}: is no regular file; name another, in a folder that is there"
        raise Stop(message)
    if not path.parent.is_dir():
        message = f"{name}: the folder {path.parent} does not exist; make it first"
        raise Stop(message)
    if path.exists() and any(Path(each).exists() and path.samefile(each) for each in inputs):
        message = f"{name}: is one of the files that are read; name another"
        raise Stop(message)


def _is_standard(path: Path) -> bool:
    """Whether standard input, output or error is this file: to take its place would lose what is there."""
    for number in range(3):
        with contextlib.suppress(OSError):
            if os.path.samestat(path.stat(), os.fstat(number)):
                return path.is_file()
    return False


def deliver(path: Path | None, write: Write, *, name: str = "--output") -> None:
    """Write to standard output, or to ``path`` in one step, readable by its owner alone.

    Raises:
        Stop: the file cannot be written; what stood there before is as it was.
    """
    if path is None:
        write(sys.stdout)
        return
    try:
        with text_replacing(path) as stream:
            write(stream)
    except OSError as error:
        message = f"{name} {path}: cannot be written ({error.strerror}); nothing was changed"
        raise Stop(message) from error


@contextmanager
def text_replacing(path: Path) -> Iterator[TextIO]:
    """Give a new file in the same folder, which takes the place of ``path`` when all is written."""
    with replacing(path) as new, new.open("w", encoding="utf-8", newline="\n") as stream:
        yield stream


@contextmanager
def replacing(path: Path, *, private: bool = True) -> Iterator[Path]:
    """Give the path of a new, empty file in the same folder; it takes the place of ``path`` at the end.

    It is readable by its owner alone; where it is not ``private``, by whom the umask allows.
    """
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    new = Path(name)
    try:
        if not private:
            os.fchmod(number, 0o666 & ~_umask())
        yield new
        os.fsync(number)
        new.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink()
        raise
    finally:
        os.close(number)


def _umask() -> int:
    """Read the mask of the process: it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
