"""The journal of a long run: what each finished part said, so that a killed run can go on.

It lies in a folder of its own that only its owner can read, because it names claims.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

import attrs

from claimrules.cli.console import note
from claimrules.cli.errors import Stop
from claimrules.cli.output import replacing
from claimrules.engine.grouped import Grouped
from claimrules.formats.findings import Row
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import CheckResult
from claimrules.model.structure import StructureError, from_json, to_json
from claimrules.report.facts import Unread

_RUN: Final = "run.json"


@attrs.frozen(kw_only=True)
class PartDone:
    """What one part said: the counts, the findings that are shown with their lines, and a row for each."""

    result: CheckResult
    lines: tuple[ClaimLine, ...] = ()
    unread: tuple[Unread, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = attrs.field(default=(), repr=False)
    grouped: tuple[tuple[str, str, str, str], ...] = attrs.field(default=(), repr=False)
    past_lines: int = 0
    past_twins: int = 0
    past_strangers: int = 0


class Journal:
    """The folder of ``--resume``; without one, nothing is kept."""

    def __init__(self, folder: Path | None, run: dict[str, Any]) -> None:
        """Begin a run, or go on with the same one.

        Raises:
            Stop: the folder holds another run, or something else, or cannot be written.
        """
        self._folder = folder
        self._open = ExitStack()
        if folder is None:
            return
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._begin(folder, json.dumps(run, indent=1, sort_keys=True, default=str))
            self._take(self._open.enter_context((folder / _RUN).open("rb")))
        except OSError as error:
            message = f"--resume {folder}: cannot be used ({error.strerror}); name another folder"
            raise Stop(message) from error

    def _begin(self, folder: Path, run: str) -> None:
        path = folder / _RUN
        if not path.exists():
            if any(each for each in folder.iterdir() if not _half(each)):
                message = f"--resume {folder}: holds something else than a run; name another folder"
                raise Stop(message)
            folder.chmod(0o700)
            _write(path, run)
            return
        known, now = json.loads(path.read_text(encoding="utf-8")), json.loads(run)
        differ = sorted(name for name in {*known, *now} if known.get(name) != now.get(name))
        if differ:
            message = (
                f"--resume {folder}: was begun with other {', '.join(differ)}; give what was given then, "
                "or name another folder to begin anew"
            )
            raise Stop(message)

    def _take(self, run: BinaryIO) -> None:
        """Keep another process from going on with the same run while this one does."""
        try:
            import fcntl  # noqa: PLC0415 (not on Windows)
        except ImportError:
            return
        try:
            fcntl.flock(run, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._open.close()
            message = (
                f"--resume {self._folder}: another run is at it; wait for its end, or name another folder"
            )
            raise Stop(message) from error

    def __enter__(self) -> Self:
        """Hold the folder."""
        return self

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        """Leave it to others; whoever stops the run is told how it goes on."""
        self._open.close()
        if self._folder is not None and fault in (KeyboardInterrupt, SystemExit):
            note(f"--resume {self._folder}: stopped; the same command goes on from here")

    def part(self, number: int) -> PartDone | None:
        """Give what a part said, if it was finished.

        Raises:
            Stop: the file of the part was changed.
        """
        path = self._path(number)
        if path is None or not path.exists():
            return None
        try:
            return from_json(PartDone, path.read_text(encoding="utf-8"))
        except (StructureError, UnicodeDecodeError) as error:
            message = f"{path}: is no longer what was written; delete it, and its part is judged again"
            raise Stop(message) from error

    def keep(self, number: int, done: PartDone) -> None:
        """Keep what a part said."""
        path = self._path(number)
        if path is None:
            return
        try:
            _write(path, to_json(done))
        except OSError as error:
            message = (
                f"--resume {path.parent}: cannot be written ({error.strerror}); make room, and the same "
                "command goes on from here"
            )
            raise Stop(message) from error

    def _path(self, number: int) -> Path | None:
        return None if self._folder is None else self._folder / f"part-{number:06}.json"


def end_journal(folder: Path | None) -> None:
    """Delete what was kept: the run is done, and its findings are where they were wanted."""
    if folder is None or not folder.is_dir():
        return
    halves = filter(_half, folder.iterdir())
    for path in (*folder.glob("part-*.json"), folder / _RUN, *halves):
        path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _half(path: Path) -> bool:
    """Whether a run was killed while it wrote this: it never took the place of what it was to be."""
    return path.name.startswith((f".{_RUN}.", ".part-"))


def rows_of_part(done: PartDone) -> list[Row]:
    """The findings of a part, a row each."""
    return [Row._make((*rest, int(number or 0))) for *rest, number in done.rows]


def kept_rows(rows: Iterable[Row]) -> tuple[tuple[str | None, ...], ...]:
    """Rows as they are kept: all is text."""
    return tuple((*row[:-1], str(row.other_count)) for row in rows)


def kept_counts(grouped: Grouped) -> tuple[tuple[str, str, str, str], ...]:
    """Counts as they are kept: all is text."""
    return tuple((*key, str(number)) for key, number in grouped.items())


def files_now(paths: Sequence[Path]) -> list[list[Any]]:
    """Name, size and time of change of each file."""
    return [[str(path.absolute()), (found := path.stat()).st_size, found.st_mtime_ns] for path in paths]


def digest(path: Path | None) -> str:
    """The digest of a small file; blank for none."""
    return "" if path is None else sha256(path.read_bytes()).hexdigest()


def versions() -> list[str]:
    """What decides how lines are divided into parts and judged."""
    found = []
    for name in ("claimrules", "polars", "narwhals"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found


def _write(path: Path, text: str) -> None:
    with replacing(path) as new:
        new.write_text(text, encoding="utf-8")
