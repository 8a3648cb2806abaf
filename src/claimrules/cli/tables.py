"""The files of a run as readers of lines: opened, read one after the other, and what is said of them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import BinaryIO, Final

import attrs

from claimrules.cli.errors import Stop
from claimrules.cli.progress import Tell
from claimrules.formats.errors import ReadError
from claimrules.formats.file_reader import FileReader
from claimrules.formats.open import open_lines
from claimrules.formats.reader import LineReader, ReadOptions
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected

_EVERY: Final = 4096
_HELD: Final = 64
"""Files that are held open; where there are more, each is open while it is read."""
_NAMED: Final = 3
_TOLD: Final = 20
"""Faults, and different texts about files, that are told; more are counted."""


def prefixes(files: Sequence[Path | BinaryIO], *, always: bool = False) -> list[str]:
    """What stands before the number of a line without an id, where there are several files.

    It is the name of the file; its path, where several have that name.
    """
    if len(files) < 2 and not always:  # noqa: PLR2004 (one file needs no name)
        return [""] * len(files)
    names = Counter(each.name for each in files if isinstance(each, Path))
    return [
        f"{each.name if names[each.name] == 1 else each}:" if isinstance(each, Path) else "" for each in files
    ]


def open_all(
    reading: ReadOptions, files: Sequence[Path | BinaryIO], stack: ExitStack, *, always: bool = False
) -> list[LineReader]:
    """Open every file, or tell what is wrong with each; with ``always`` the ids of lines name their file.

    Raises:
        Stop: one of them cannot be read.
    """
    tables, errors = [], []
    many = len(files) > _HELD
    for source, prefix in zip(files, prefixes(files, always=always), strict=True):
        try:
            tables.append(stack.enter_context(_open(source, reading, prefix, many=many)))
        except ReadError as error:
            errors.append(f"{source if isinstance(source, Path) else 'standard input'}: {error}")
    if errors:
        more = [f"and {len(errors) - _TOLD:,} more files"] if len(errors) > _TOLD else []
        raise Stop("\n".join((*errors[:_TOLD], *more)))
    return tables


def _open(source: Path | BinaryIO, reading: ReadOptions, prefix: str, *, many: bool) -> LineReader:
    options = attrs.evolve(reading, line_prefix=prefix)
    if many and isinstance(source, Path) and source.is_file():
        return FileReader(source, options)
    return open_lines(source, options)


def refused_of(
    tables: Sequence[LineReader], reading: ReadOptions, refuse: Callable[[Rejected], Rejected]
) -> list[Rejected]:
    """Give the records that frames of these tables left out, as the line reader tells of them."""
    found = []
    for table in tables:
        if table.refused:
            with open_lines(Path(table.name), reading) as again:
                found += [refuse(entry) for entry in again.rejected(frozenset(table.refused))]
    return found


def opened(table: LineReader) -> AbstractContextManager[LineReader]:
    """Give the reader of the file itself, open."""
    return table.opened() if isinstance(table, FileReader) else nullcontext(table)


def entries(tables: Sequence[LineReader], tell: Tell) -> Iterator[ClaimLine | Rejected]:
    """Give the records of all tables in their order.

    Raises:
        Stop: one cannot be read any further.
    """
    sizes = [table.progress[1] for table in tables]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    before, lines = 0, 0
    for table, size in zip(tables, sizes, strict=True):
        try:
            for number, entry in enumerate(table, 1):
                if number % _EVERY == 1:
                    done = before + table.progress[0]
                    tell(f"reading {Path(table.name).name}", done, total, lines=lines + number)
                table.count = number
                yield entry
        except ReadError as error:
            message = f"{table.name}: {error}"
            raise Stop(message) from error
        before, lines = before + (size or 0), lines + table.count


def said_of(
    tables: Sequence[LineReader], texts: Sequence[Sequence[str]], *, always: bool = False
) -> tuple[str, ...]:
    """Join what is said of each table; name the tables where there are several, or ``always``."""
    groups: dict[str, list[str]] = {}
    for table, said in zip(tables, texts, strict=True):
        if said:
            groups.setdefault("; ".join(said), []).append(table.name)
    if not (always or len(tables) > 1):
        return tuple(groups)
    told = [f"{name}: {text}" for text, names in groups.items() for name in _names(names)]
    more = (f"and {len(told) - _TOLD:,} more notes on other files",) if len(told) > _TOLD else ()
    return (*told[:_TOLD], *more)


def _names(names: Sequence[str]) -> Sequence[str]:
    """Name a few files one by one, many as one."""
    if len(names) <= _NAMED:
        return names
    return [f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED:,} more files"]
