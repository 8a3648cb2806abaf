"""What checks in parts share: how many parts, where lines are set aside, and what is told at the end."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import attrs

from claimrules.cli.journal import files_now, versions
from claimrules.cli.memory import at_hand
from claimrules.cli.parts_total import Total
from claimrules.cli.task import Checked, CheckOptions, concluded, grouped_by
from claimrules.engine.history import Coverage
from claimrules.formats.reader import LineReader
from claimrules.model.finding import Rejected
from claimrules.report.facts import Past

_PART: Final = {True: 1 << 27, False: 1 << 25}
"""Bytes of a part of a run that may be gone on with, for frames and for lines."""
_LARGEST: Final = {True: 3 << 27, False: 1 << 25}
"""Bytes of a part of any other run where memory holds it: each part takes two seconds beside its lines."""
_MOST: Final = 512
_MEMORY: Final = 1 << 33
"""Bytes of memory that a check takes at most, if half of what is at hand is not less."""
_TAKEN: Final = {True: 9.0, False: 36.0}
"""Bytes of memory that a byte of a file takes where it is checked, by frames and by lines; measured."""
_TAKEN_BY_RULE: Final = {True: 0.03, False: 0.0}
_SHORT: Final = 80
"""Bytes of a line from which on its text decides what it takes, not that it is one."""
_HEAD: Final = 1 << 16
_PACKED: Final = frozenset((".gz", ".zst", ".bz2", ".xz", ".zip", ".parquet"))
_PACKING: Final = 8


def size_of(options: CheckOptions) -> int:
    """Bytes of all files, unpacked as far as can be guessed."""
    paths = [path for path in (*options.files, *options.past.files) if isinstance(path, Path)]
    sizes = [
        path.stat().st_size * (_PACKING if path.suffix.lower() in _PACKED else 1)
        for path in paths
        if path.is_file()
    ]
    return sum(sizes)


def piece(options: CheckOptions, *, frames: bool) -> int:
    """Say how many bytes of files are checked at once in the memory at hand."""
    taken = _TAKEN[frames] + _TAKEN_BY_RULE[frames] * len(options.rulebook.rules)
    return int(min(at_hand() // 2, _MEMORY) / taken / _shortness(options))


def _shortness(options: CheckOptions) -> float:
    """How much more a byte of the largest file takes because its lines are short."""
    paths = [path for path in options.files if isinstance(path, Path) and path.is_file()]
    largest = max(paths, key=lambda path: path.stat().st_size, default=None)
    if largest is None or largest.suffix.lower() in _PACKED:
        return 1.0
    with suppress(OSError), largest.open("rb") as stream:
        head = stream.read(_HEAD)
        return max(1.0, _SHORT * head.count(b"\n") / max(1, len(head)))
    return 1.0


def parts_for(options: CheckOptions, *, frames: bool) -> int:
    """Say in how many parts the files are checked; a run that may be gone on with is always divided alike."""
    most = _PART[frames]
    if options.resume is None:
        # Patients make no two parts of one size.
        most = max(1, min(_LARGEST[frames], piece(options, frames=frames) * 2 // 3))
    return options.partitions or min(_MOST, max(2, -(-size_of(options) // most)))


@contextmanager
def private_folder() -> Iterator[Path]:
    """Give a folder that only its owner can read, which is gone at the end, also when we are told to stop."""
    with tempfile.TemporaryDirectory(prefix="claimrules-") as name:
        yield Path(name)


def identity(options: CheckOptions, parts: int) -> dict[str, Any]:
    """What has to be the same for a run to go on."""
    files = [path for path in (*options.files, *options.past.files) if isinstance(path, Path)]
    return {
        "files": files_now(files),
        "book": options.book.info().content_hash,
        "rules": [[rule.code, sorted(rule.texts.items())] for rule in options.rulebook.rules],
        "options": [*options.said, options.as_of.isoformat()],
        "findings": options.put is not None,
        "limit": options.limit,
        "by": options.by,
        "parts": parts,
        "versions": versions(),
    }


def past_of(
    options: CheckOptions,
    total: Total,
    earlier: Sequence[LineReader],
    coverage: Coverage,
    rejected: Sequence[Rejected] = (),
) -> Past | None:
    """Tell what the history is, all parts together."""
    if not options.past.given:
        return None
    return Past(
        files=tuple(table.name for table in earlier),
        rejected=tuple(rejected),
        lines=total.before["past_lines"],
        twins=total.before["past_twins"],
        strangers=total.before["past_strangers"],
        **attrs.asdict(coverage),
    )


def checked_of(
    options: CheckOptions,
    tables: Sequence[LineReader],
    total: Total,
    coverage: Coverage,
    earlier: Sequence[LineReader],
) -> Checked:
    """Give the result of all parts, with what a report tells of the run."""
    unread = tuple(total.unread[name] for name in sorted(total.unread))
    found = concluded(options, tables, earlier, total.result, coverage)
    return found.telling(
        lines=total.lines, unread=unread, past=total.past, grouped=grouped_by(options, total.grouped)
    )
