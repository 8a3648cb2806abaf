"""Builds a code book from published files: recognises each by its content, replaces the book in one step."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

import attrs

from claimrules.codebook.errors import BookError, BuildError
from claimrules.codebook.notes import Note
from claimrules.codebook.readers import HEAD_BYTES, READERS
from claimrules.codebook.readers.result import Reader, ReadResult
from claimrules.codebook.store import StoredTables
from claimrules.codebook.writing import Key, key_of, write_book
from claimrules.model.edition import Edition


@attrs.frozen(kw_only=True)
class FileReport:
    """What became of one file; ``replaced`` is the edition whose place it took."""

    file: str
    what: str
    edition: Edition
    rows: int
    skipped: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()
    replaced: Edition | None = None

    @property
    def extent(self) -> str:
        """``complete``: an absent code is known to be absent; ``excerpt``: it is not."""
        return "complete" if self.edition.complete else "excerpt"

    def lines(self) -> tuple[str, ...]:
        """Tell it line by line."""
        edition = self.edition
        dates = f"{edition.effective} to {edition.ends}"
        head = f"{self.file}: {edition.name}, {dates}, {self.rows:,} rows, {self.extent}"
        old = self.replaced
        replaced = (f"  replaces {old.name} from {old.source_file}",) if old else ()
        skipped = tuple(f"  skipped: {note}" for note in self.skipped)
        return (head, *replaced, *skipped, *(f"  warning: {note}" for note in self.warnings))


@attrs.frozen(kw_only=True)
class BuildReport:
    """A book that was built: where, its content hash, all its editions, and the files it took in."""

    output: str
    content_hash: str
    editions: tuple[Edition, ...]
    files: tuple[FileReport, ...]

    def lines(self) -> tuple[str, ...]:
        """Tell it line by line."""
        told = tuple(line for file in self.files for line in file.lines())
        return (*told, f"{self.output}: {len(self.editions)} editions, content {self.content_hash[:12]}")


def build_book(
    paths: Iterable[str | Path], output: str | Path, *, progress: Callable[[str], None] | None = None
) -> BuildReport:
    """Read published files into the code book at ``output``; add to the book that is there already.

    An edition takes the place of one of the same table, setting and effective date, also of an
    earlier file of the same call. The book is replaced in one step at the end: until then, and after
    any error, the old one is as it was. ``progress`` is told the name of each file before it is read.

    Raises:
        BuildError: a file cannot be used, with one text for each; or the output cannot be written.
    """
    target = Path(output)
    old = _old_book(target)
    results = _read_all([Path(path) for path in paths], progress or (lambda _: None))
    try:
        content_hash = write_book(target, old, [result.table for _, _, result in results])
    except (OSError, sqlite3.Error) as error:
        msg = f"{target}: cannot be written ({error}); nothing was changed"
        raise BuildError(msg) from error
    return BuildReport(
        output=str(target),
        content_hash=content_hash,
        editions=StoredTables(target).editions,
        files=_reports(old, results),
    )


def _old_book(target: Path) -> StoredTables | None:
    if not target.parent.is_dir():
        msg = f"{target}: the folder {target.parent} does not exist; make it first"
        raise BuildError(msg)
    if not target.exists():
        return None
    try:
        return StoredTables(target)
    except BookError as error:
        msg = f"{error}; or give another --output: this file is not overwritten"
        raise BuildError(msg) from error


def _read_all(paths: list[Path], progress: Callable[[str], None]) -> list[tuple[Path, Reader, ReadResult]]:
    if not paths:
        msg = "no files given; name the published files to read"
        raise BuildError(msg)
    results: list[tuple[Path, Reader, ReadResult]] = []
    errors: list[str] = []
    for path in paths:
        progress(str(path))
        try:
            reader = _reader_for(path)
            results.append((path, reader, reader.read(path)))
        except BuildError as error:
            errors.extend(error.errors)
    if errors:
        raise BuildError(*errors)
    return results


def _reader_for(path: Path) -> Reader:
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); give a published file"
        raise BuildError(msg) from error
    if not head:
        msg = f"{path}: is empty; download it again"
        raise BuildError(msg)
    for reader in READERS:
        if reader.detect(head):
            return reader
    msg = f"{path}: {_not_recognised(head)}"
    raise BuildError(msg)


def _not_recognised(head: bytes) -> str:
    if head.startswith(b"PK"):
        return "is a ZIP archive or a workbook; unpack it and give the CSV file inside"
    if head.startswith(b"\x1f\x8b"):
        return "is compressed (gzip); unpack it first"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "is UTF-16; use the file as published, or save it as CSV in UTF-8"
    if head.startswith(b"HDR"):
        return "is the fixed-width form of the relative value file; give the CSV file of the same release"
    known = "; ".join(reader.what for reader in READERS)
    return f"is no published file that is known here; known are: {known}"


def _reports(
    old: StoredTables | None, results: list[tuple[Path, Reader, ReadResult]]
) -> tuple[FileReport, ...]:
    standing: dict[Key, Edition] = {key_of(edition): edition for edition in (old.editions if old else ())}
    reports = []
    for path, reader, result in results:
        edition = result.table.edition
        replaced = standing.get(key_of(edition))
        standing[key_of(edition)] = edition
        reports.append(
            FileReport(
                file=str(path),
                what=reader.what,
                edition=edition,
                rows=edition.rows,
                skipped=result.skipped,
                warnings=(*result.warnings, *_older(edition, replaced)),
                replaced=replaced,
            )
        )
    return tuple(reports)


def _older(edition: Edition, replaced: Edition | None) -> tuple[Note, ...]:
    if not replaced or not edition.released or not replaced.released or edition.released >= replaced.released:
        return ()
    text = f"released {edition.released}, before the {replaced.released} of the one it replaces"
    return (Note(text=text, count=1, lines=()),)
