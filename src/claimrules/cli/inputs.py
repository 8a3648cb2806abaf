"""Which files are meant: a folder stands for the claims in it, a pattern for the files that it fits."""

import glob
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs

from claimrules.cli.errors import Stop
from claimrules.report.words import count

STANDARD_INPUT: Final = "-"
_TABLES: Final = (".csv", ".tsv", ".tab", ".psv", ".txt", ".dat", ".parquet", ".xlsx", ".xls")
_OTHERS: Final = (".json", ".jsonl", ".ndjson", ".837", ".837p", ".837i", ".x12", ".edi", ".zip")
_CLAIMS: Final = frozenset((*_TABLES, *_OTHERS))
"""Names of files that a folder is searched for; what they hold is seen in their content."""
_PACKED: Final = frozenset((".gz", ".bz2", ".xz", ".zst"))
_OURS: Final = re.compile(r".*\.findings(?:-[0-9]+)?\.(?:csv|jsonl|parquet)")
_PATTERN: Final = frozenset("*?[")
_NAMED: Final = 3


@attrs.frozen(kw_only=True)
class Inputs:
    """The files, ``-`` for standard input; ``notes`` say what was passed over, and what is given twice."""

    files: tuple[Path | str, ...]
    notes: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files without standard input."""
        return tuple(each for each in self.files if isinstance(each, Path))


def inputs_of(words: Sequence[str], outputs: Iterable[Path | None] = ()) -> Inputs:
    """Give the files that are meant, each once; ``outputs`` are no inputs, though they lie in a folder.

    Raises:
        Stop: a folder holds no file of claims, a pattern fits none, or standard input stands twice.
    """
    if list(words).count(STANDARD_INPUT) > 1:
        message = "- stands twice; standard input can be read once"
        raise Stop(message)
    written = frozenset(path.resolve() for path in outputs if path is not None)
    found: dict[Path, Path] = {}
    files: list[Path | str] = []
    notes: list[str] = []
    twice = 0
    for word in words:
        for path in (STANDARD_INPUT,) if word == STANDARD_INPUT else _meant(word, written, notes):
            if isinstance(path, Path) and found.setdefault(path.resolve(), path) is not path:
                twice += 1
            else:
                files.append(path)
    if twice:
        notes.append(f"{count(twice, 'file')} given more than once: each is read once")
    return Inputs(files=tuple(files), notes=tuple(notes))


def _meant(word: str, written: frozenset[Path], notes: list[str]) -> list[Path]:
    if not word.strip():
        message = "the name of a file is blank: is a variable not set? For the folder one is in, write ."
        raise Stop(message)
    path = Path(word)
    if path.is_dir():
        return _walk(path, written, notes)
    if not is_pattern(word):
        return [path]
    found = []
    for name in sorted(glob.glob(word, recursive=True)):  # noqa: PTH207 (the pattern may be absolute)
        each = Path(name)
        if not each.is_dir():
            found.append(each)
        elif "**" not in word:
            found += _walk(each, written, notes)
    if not found:
        message = f"{word}: no file has a name like that; give the files, or the folder they are in"
        raise Stop(message)
    return found


def is_pattern(word: str) -> bool:
    """Whether a word stands for the files that it fits."""
    return bool(_PATTERN & set(word)) and not Path(word).exists()


def _walk(folder: Path, written: frozenset[Path], notes: list[str]) -> list[Path]:
    """Give the files of claims in a folder and those below it, in the order of their names."""
    found, passed = [], []
    for path in _all(folder):
        if _is_claims(path) and path.resolve() not in written:
            found.append(path)
        else:
            passed.append(str(path.relative_to(folder)))
    told = f"{count(len(passed), 'file')} of other kinds passed over: {_first(passed)}" if passed else ""
    if not found:
        message = f"{folder}: the folder holds no file of claims; names end in {', '.join(sorted(_CLAIMS))}, "
        message += f"also with {', '.join(sorted(_PACKED))} behind" + (f" ({told})" if told else "")
        raise Stop(message)
    if told:
        notes.append(f"{folder}: {told}")
    return found


def _all(folder: Path) -> Iterator[Path]:
    """Give every file, and every folder that is not gone into: hidden ones, and links to folders."""

    def stop(error: OSError) -> None:
        message = f"{error.filename}: cannot be read ({error.strerror}); give a folder that can be read"
        raise Stop(message)

    for name, folders, files in os.walk(folder, onerror=stop):
        here = Path(name)
        left = [each for each in folders if each.startswith(".") or (here / each).is_symlink()]
        folders[:] = sorted(set(folders) - set(left))
        yield from (here / each for each in sorted((*files, *left)))


def _is_claims(path: Path) -> bool:
    name = path.name.lower()
    if name.startswith((".", "~$")) or _OURS.fullmatch(name) or not path.is_file():
        return False
    suffixes = Path(name).suffixes
    if suffixes and suffixes[-1] in _PACKED:
        return len(suffixes) == 1 or suffixes[-2] in _CLAIMS
    return bool(suffixes) and suffixes[-1] in _CLAIMS


def _first(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
