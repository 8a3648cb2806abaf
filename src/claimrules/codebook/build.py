"""Builds a code book from published files: recognises each by its content, replaces the book in one step."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from os import PathLike
from pathlib import Path

import attrs

from claimrules.codebook.build_report import BuildReport, FileReport
from claimrules.codebook.errors import BookError, BuildError
from claimrules.codebook.readers import READERS
from claimrules.codebook.readers.containers import PassedOver, open_published
from claimrules.codebook.readers.published import Declared, PublishedFile
from claimrules.codebook.readers.result import ReadResult
from claimrules.codebook.settle import Action, settle
from claimrules.codebook.store import StoredTables
from claimrules.codebook.writing import Building, building, key_of
from claimrules.model.given import need_each, need_path

Progress = Callable[[str, int, int], None]
"""Is told what is read now, the bytes read so far and the bytes in all."""


def build_book(
    paths: Iterable[str | Path],
    output: str | Path,
    *,
    declared: Declared | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Read published files into the code book at ``output``; add to the book that is there already.

    Files, folders (read with all below them) and archives may be mixed. An edition takes the place of
    one of the same table, program, setting, effective date and part; of two releases the later one
    stands. The book is replaced in one step at the end: until then, and after any error, the old one
    is as it was. ``declared`` says what the files do not: effective date, setting, code.

    Raises:
        TypeError: the files or the book are no paths.
        BuildError: a file cannot be used, with one text for each; or the output cannot be written.
    """
    files = need_each(paths, str | PathLike, "build_book takes several files: write ['PPRRVU26_JAN.csv']")
    need_path(output, "the book is named by its path: write 'my.book'")
    target = Path(output)
    old = _old_book(target)
    try:
        with building(target, old) as book:
            work = _Work(book, declared or Declared(), progress or (lambda *_: None))
            work.read_all([*map(Path, files)], target)
            content_hash, unbound = book.finish()
    except (OSError, sqlite3.Error) as error:
        msg = f"{target}: cannot be written ({error}); nothing was changed"
        raise BuildError(msg) from error
    return BuildReport(
        output=str(target),
        content_hash=content_hash,
        editions=StoredTables(target).editions,
        files=tuple(work.reports),
        passed_over=tuple(work.passed_over),
        unbound=unbound,
    )


def _old_book(target: Path) -> Path | None:
    if not target.parent.is_dir():
        msg = f"{target}: the folder {target.parent} does not exist; make it first"
        raise BuildError(msg)
    if not target.exists():
        return None
    try:
        return StoredTables(target).path
    except BookError as error:
        msg = f"{error}; or give another --output: this file is not overwritten"
        raise BuildError(msg) from error


@attrs.define
class _Work:
    """The files of one call, read one after the other."""

    book: Building
    declared: Declared
    progress: Progress
    reports: list[FileReport] = attrs.field(factory=list)
    passed_over: list[str] = attrs.field(factory=list)
    errors: list[str] = attrs.field(factory=list)
    fresh: dict[object, str] = attrs.field(factory=dict)

    def read_all(self, given: list[Path], target: Path) -> None:
        """Read every file; raise at the end with all that was wrong."""
        if not given:
            msg = "no files given; name the published files to read"
            raise BuildError(msg)
        files = list(_files(given, target))
        total = sum(path.stat().st_size for path, _ in files if path.is_file())
        done = 0
        for path, named in files:
            self.progress(path.name, done, total)
            done += path.stat().st_size if path.is_file() else 0
            try:
                self._read(path, named=named)
            except BuildError as error:
                self.errors += error.errors
        self.progress("search index", done, total)
        if not self.errors and not self.reports:
            self.errors.append(f"no published file in {', '.join(str(path) for path in given)}")
        if self.errors:
            raise BuildError(*self.errors)

    def _read(self, path: Path, *, named: bool) -> None:
        """Read one file; a file that was named must be a published one, one in a folder need not."""
        found, passed = False, []
        for content in open_published(path, self.declared):
            if isinstance(content, PassedOver):
                passed.append(f"{content.where}: {content.why}")
                continue
            reader = next((each for each in READERS if each.detect(content)), None)
            if reader is None:
                passed.append(f"{content.where}: no published file that is known here")
                continue
            found = True
            self._take(content, reader.what, reader.read(content))
        if not found and named:
            known = "; ".join(each.what for each in READERS)
            msg = f"{path}: is no published file that is known here; known are: {known}"
            raise BuildError(msg)
        self.passed_over += passed

    def _take(self, file: PublishedFile, what: str, result: ReadResult) -> None:
        taken = []
        for table in result.tables:
            try:
                settled = settle(self.book, table, self.fresh)
            except BuildError as error:
                self.errors += [f"{file.where}: {text}" for text in error.errors]
                continue
            taken.append(settled)
            if settled.action in (Action.ADDED, Action.REPLACES):
                self.fresh[key_of(table.edition)] = file.where
            elif settled.action is not Action.OLDER:
                self.fresh.setdefault(key_of(table.edition), file.where)
        replaced = self.book.put_documents(result.documents, file.sha256)
        self.reports.append(
            FileReport(
                file=file.where,
                what=what,
                taken=tuple(taken),
                documents=len(result.documents),
                documents_replaced=replaced,
                skipped=result.skipped,
                warnings=result.warnings,
            )
        )


def _files(given: list[Path], target: Path) -> Iterator[tuple[Path, bool]]:
    """Give every file, and whether it was named itself; what begins with a dot is left alone."""
    for path in given:
        if not path.is_dir():
            yield path, True
            continue
        for each in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in each.relative_to(path).parts)
            if each.is_file() and not hidden and each.absolute() != target.absolute():
                yield each, False
