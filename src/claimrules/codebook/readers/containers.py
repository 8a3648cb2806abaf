"""Opens what was downloaded: plain files, ``.gz``, ZIP archives and workbooks, each as published files."""

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path, PurePath
from typing import Final

import attrs

from claimrules.codebook.errors import BuildError
from claimrules.codebook.readers.published import HEAD_CHARACTERS, Declared, PublishedFile
from claimrules.codebook.readers.workbook import sheets_of
from claimrules.files.packed import DAMAGED, GZIP, ZIP, is_aside
from claimrules.files.workbook import is_workbook

LARGEST: Final = 512 * 2**20
"""Bytes of one file when unpacked: ten times the largest published one; what is larger is a ZIP bomb."""

_WORKBOOKS: Final = (".xlsx", ".xls")
_FORMS: Final = (".csv", *_WORKBOOKS, ".txt")
"""The forms in which an archive holds one and the same table, the richest first."""

_READABLE: Final = frozenset({*_FORMS, ".tsv", ".md", ""})


@attrs.frozen(kw_only=True)
class PassedOver:
    """A member of an archive that is not read, and why."""

    where: str
    why: str


@attrs.frozen
class _Outer:
    """What every published file in one file on disk shares."""

    sha256: str
    declared: Declared


def open_published(path: Path, declared: Declared) -> Iterator[PublishedFile | PassedOver]:
    """Give every published file in the file at ``path``, one after the other.

    Raises:
        BuildError: it cannot be read, is empty, damaged, locked by a password, or far too large.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _fault(str(path), f"cannot be read ({error.strerror}); give a published file") from error
    if not raw.strip():
        raise _fault(str(path), "is empty; download it again")
    outer = _Outer(hashlib.sha256(raw).hexdigest(), declared)
    if raw.startswith(ZIP) and not is_workbook(raw):
        yield from _members(path, raw, outer)
        return
    if raw.startswith(GZIP):
        raw = _unzipped(path, raw)
        name = path.name.removesuffix(".gz")
        yield from _contents(raw, name, name, str(path), outer)
        return
    yield from _contents(raw, path.name, path.name, str(path), outer)


def _members(path: Path, raw: bytes, outer: _Outer) -> Iterator[PublishedFile | PassedOver]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            tables = [info for info in members if _may_be_table(info.filename)]
            read = {min(forms, key=_form_of) for forms in _by_stem(tables).values()}
            for name in sorted(info.filename for info in members):
                where = f"{path} > {name}"
                if not _may_be_table(name):
                    yield PassedOver(where=where, why="not a table")
                elif name not in read:
                    yield PassedOver(where=where, why="the same table in another form")
                else:
                    content = _member(where, archive, name)
                    yield from _contents(content, PurePath(name).name, path.name, where, outer)
    except DAMAGED as error:
        raise _fault(str(path), f"is a damaged ZIP archive ({error}); download it again") from error


def _may_be_table(name: str) -> bool:
    return not is_aside(name) and PurePath(name).suffix.lower() in _READABLE


def _by_stem(members: list[zipfile.ZipInfo]) -> dict[str, list[str]]:
    stems: dict[str, list[str]] = {}
    for info in members:
        path = PurePath(info.filename)
        stem = str(path.with_suffix("")) if path.suffix.lower() in _FORMS else str(path)
        stems.setdefault(stem.lower(), []).append(info.filename)
    return stems


def _form_of(name: str) -> int:
    """Rank the forms of a table; a workbook comes last where the extra that reads it is missing."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _WORKBOOKS and find_spec("python_calamine") is None:
        return len(_FORMS) + 1
    return _FORMS.index(suffix) if suffix in _FORMS else len(_FORMS)


def _member(where: str, archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).flag_bits & 1:
        raise _fault(where, "is locked by a password; unpack it and give the file inside")
    with archive.open(name) as stream:
        return _within(where, stream.read(LARGEST + 1))


def _unzipped(path: Path, raw: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
            return _within(str(path), stream.read(LARGEST + 1))
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise _fault(str(path), f"is damaged or cut off ({error}); download it again") from error


def _within(where: str, content: bytes) -> bytes:
    if len(content) > LARGEST:
        text = f"unpacks to more than {LARGEST // 2**20} MiB: no published table does; it was not read"
        raise _fault(where, text)
    return content


def _contents(raw: bytes, name: str, container: str, where: str, outer: _Outer) -> Iterator[PublishedFile]:
    if is_workbook(raw):
        shared = PublishedFile(
            name=name,
            container=container,
            where=where,
            sha256=outer.sha256,
            head="",
            is_text=False,
            declared=outer.declared,
            lines=lambda: iter(()),
        )
        yield from sheets_of(raw, shared, LARGEST)
        return
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _fault(where, "is UTF-16; use the file as published, or save it in UTF-8")
    text = decode(raw)
    yield PublishedFile(
        name=name,
        container=container,
        where=where,
        sha256=outer.sha256,
        head=text[:HEAD_CHARACTERS],
        declared=outer.declared,
        lines=lambda: (line.rstrip("\n") for line in io.StringIO(text, newline=None)),
    )


def decode(raw: bytes) -> str:
    """Decode UTF-8, with or without its mark, else Latin-1, which the older files use."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _fault(where: str, text: str) -> BuildError:
    return BuildError(f"{where}: {text}")
