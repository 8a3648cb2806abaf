"""The members of a ZIP archive, each as a source of its own."""

import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from typing import BinaryIO, Final, cast

import attrs

from claimrules.files.packed import DAMAGED, Guarded, is_aside
from claimrules.formats.errors import ReadError
from claimrules.formats.parts import Part, PartsReader
from claimrules.formats.reader import LineReader, ReadOptions
from claimrules.formats.stream import Stream

_MOST: Final = 10_000
"""Members of an archive."""
_NOT_CLAIMS: Final = frozenset(
    (".pdf", ".doc", ".docx", ".png", ".jpg", ".html", ".htm", ".xml", ".md", ".exe", ".zip", ".toml", ".sas")
)

OpenStream = Callable[[Stream, ReadOptions], LineReader]


def open_archive(
    stream: Stream, seekable: BinaryIO, options: ReadOptions, open_stream: OpenStream
) -> LineReader:
    """Open every member that may hold claims.

    Raises:
        ReadError: the archive is damaged or locked, or holds nothing to read.
    """
    try:
        archive = zipfile.ZipFile(seekable)
        members = [info for info in archive.infolist() if not info.is_dir()]
    except DAMAGED as error:
        msg = "is a damaged ZIP archive; fetch it again"
        raise ReadError(msg) from error
    wanted = [info for info in members if _may_hold_claims(info.filename)]
    _check(wanted)
    opened = partial(_open_member, _Archive(stream.name, archive, open_stream))
    parts = [
        Part(name=info.filename, open=partial(opened, info, _named(options, info, len(wanted))))
        for info in wanted
    ]
    others = [info.filename for info in members if info not in wanted]
    passed = (f"members that hold no table were passed over: {', '.join(others)}",) if others else ()
    return PartsReader(stream, parts, passed)


def _may_hold_claims(name: str) -> bool:
    return not is_aside(name) and PurePath(name).suffix.lower() not in _NOT_CLAIMS


def _check(wanted: list[zipfile.ZipInfo]) -> None:
    if not wanted:
        msg = "is a ZIP archive without any file of claims"
        raise ReadError(msg)
    if len(wanted) > _MOST:
        msg = f"is a ZIP archive of more than {_MOST:,} files; unpack it"
        raise ReadError(msg)
    locked = [info.filename for info in wanted if info.flag_bits & 1]
    if locked:
        msg = f"is locked by a password ({', '.join(locked[:3])}); unpack it and give the files inside"
        raise ReadError(msg)


def _named(options: ReadOptions, info: zipfile.ZipInfo, count: int) -> ReadOptions:
    if count == 1:
        return options
    return attrs.evolve(options, line_prefix=f"{options.line_prefix}{PurePath(info.filename).name}:")


@attrs.frozen
class _Archive:
    """An archive that is open, and what opens a stream of it."""

    name: str
    archive: zipfile.ZipFile
    open_stream: OpenStream


def _open_member(outer: _Archive, info: zipfile.ZipInfo, options: ReadOptions) -> LineReader:
    try:
        member = outer.archive.open(info)
    except DAMAGED as error:
        msg = "is damaged within the archive; fetch it again"
        raise ReadError(msg) from error
    guarded = Guarded(cast("BinaryIO", member), _Size(info.compress_size))
    return outer.open_stream(Stream(cast("BinaryIO", guarded), f"{outer.name} > {info.filename}"), options)


@attrs.frozen
class _Size:
    """The packed size of a member, as if it had all been read."""

    size: int

    def tell(self) -> int:
        """How much was read."""
        return self.size
