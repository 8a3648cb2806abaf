"""What goes wrong with a whole source of claims, or with the disk that lines are set aside on."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_of_system: Final = re.compile(r"os error ([0-9]+)")


class ReadError(ValueError):
    """A source that cannot be read: what is wrong, and the remedy; it holds no value of the source."""


class SetAsideError(Exception):
    """Lines could not be set aside on disk: what is wrong, and the remedy."""


def polars_faults() -> tuple[type[BaseException], ...]:
    """Give what Polars raises on a damaged file: its own errors, and panics, which are no ``Exception``."""
    import polars as pl  # noqa: PLC0415 (only where a file is read with it)

    return pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, UnicodeError


@contextmanager
def os_errors() -> Iterator[None]:
    """Tell as such what Polars wraps of the errors of the system.

    Raises:
        OSError: what is written within could not be.
    """
    import polars as pl  # noqa: PLC0415 (only where a frame is written)

    try:
        yield
    except pl.exceptions.ComputeError as error:
        found = _of_system.search(str(error))
        number = int(found[1]) if found else errno.EIO
        raise OSError(number, os.strerror(number) if found else "it breaks off") from error


@contextmanager
def setting_aside(folder: Path) -> Iterator[None]:
    """Tell of a folder that cannot be written to.

    Raises:
        SetAsideError: what is written within could not be.
    """
    try:
        yield
    except OSError as error:
        message = (
            f"{folder.parent}: lines cannot be set aside there ({error.strerror}); make room, or name "
            "another folder by the variable TMPDIR"
        )
        raise SetAsideError(message) from error
