"""Where the findings of a check go: to the file asked for, or, where they are many, to one of their own."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain, count, islice
from pathlib import Path
from typing import Final

from claimrules.cli.errors import Stop
from claimrules.cli.inputs import is_pattern
from claimrules.cli.output import replacing
from claimrules.formats.findings import COLUMNS, Put, Row, findings_file

MANY: Final = 1000
"""Findings up to which the text alone tells what there is."""
_SUFFIX: Final = ".findings"
_NAME: Final = "claimrules"
_HEADER: Final = ",".join(COLUMNS).encode() + b"\n"


class FindingsOut:
    """What takes findings: ``put`` is ``None`` where nobody does; ``path`` is that of the file there is.

    Without a file that was asked for, one is made when there are more than ``MANY``; ``fault`` says why
    it could not be.
    """

    def __init__(self, asked: Path | None, own: Path | None, stack: ExitStack) -> None:
        """Open the file asked for, or wait until there are many findings."""
        self.path = asked
        self.fault = ""
        self._own, self._stack = own, stack
        self._held: list[Row] = []
        self._to: Put | None = None if asked is None else self._open(asked)
        self.put: Put | None = self._to or (None if own is None else self._later)

    def _open(self, path: Path) -> Put:
        new = self._stack.enter_context(replacing(path))
        return self._stack.enter_context(findings_file(new, path.suffix.lower()))

    def _later(self, rows: Iterable[Row]) -> None:
        """Hold the first findings; from the one on that makes them many, write them."""
        if self._own is None or self.fault:
            return
        if self._to is None:
            further = iter(rows)
            self._held += islice(further, MANY + 1 - len(self._held))
            if len(self._held) <= MANY:
                return
            try:
                self._to = self._open(self._own)
            except OSError as error:
                self.fault = f"{self._own}: not written ({error.strerror})"
                return
            self.path = self._own
            rows = chain(self._held, further)
        self._to(rows)
        self._held = []


@contextmanager
def findings_out(args: argparse.Namespace, files: Sequence[Path]) -> Iterator[FindingsOut]:
    """Give what takes the findings; the file is there when all is done, and not before.

    Raises:
        Stop: the file cannot be written.
    """
    wanted = args.findings is None and args.format == "text" and args.findings_file
    own = _own(args.files, files) if wanted else None
    out: FindingsOut | None = None
    try:
        with ExitStack() as stack:
            out = FindingsOut(args.findings, own, stack)
            yield out
    except BrokenPipeError:
        raise
    except OSError as error:
        if out is not None and out.path is None:
            raise
        name = f"--findings {args.findings}" if args.findings is not None else str(own)
        message = f"{name}: cannot be written ({error.strerror}); nothing was changed"
        raise Stop(message) from error


def _own(words: Sequence[str], files: Sequence[Path]) -> Path:
    """Name a file beside what is checked, for one file or folder after it; never one of something else."""
    beside = files[0].with_name(_NAME) if files else Path(_NAME)
    if len(words) == 1 and files and not is_pattern(words[0]):
        given = Path(words[0])
        beside = given if given.name not in ("", "..") else given / _NAME
    name = beside.name
    names = (f"{name}{_SUFFIX}{number}.csv" for number in chain([""], (f"-{each}" for each in count(2))))
    return next(path for each in names if _is_free(path := beside.with_name(each)))


def _is_free(path: Path) -> bool:
    """Whether nothing is there, or the findings of an earlier run."""
    try:
        if not path.exists():
            return True
        with path.open("rb") as stream:
            return path.is_file() and stream.readline(len(_HEADER)) == _HEADER
    except OSError:
        return False
