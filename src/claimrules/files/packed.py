"""Compressed files: how each is recognised, opened as a stream, and kept from exploding."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from importlib import import_module
from importlib.util import find_spec
from pathlib import PurePath
from typing import BinaryIO, Final, Protocol, cast

ZIP: Final = b"PK\x03\x04"
EMPTY_ZIP: Final = b"PK\x05\x06"
GZIP: Final = b"\x1f\x8b"
_BZIP, _XZ, _ZSTD = b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"

DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    NotImplementedError,
    ValueError,
)
"""What reading a damaged archive raises, by the ways in which its members can be packed."""

FREE: Final = 1 << 28
"""Bytes that anything may unpack to."""
MOST_RATIO: Final = 500
"""What unpacks to more than so many times its size, beyond the free bytes, is a bomb."""


_SIDE: Final = "__MACOSX"
"""The folder in which a Mac sets down what it alone knows of the files beside it."""


def is_aside(member: str) -> bool:
    """Whether a member of an archive is no file of its maker's: hidden, or what a Mac packs beside each."""
    path = PurePath(member)
    return path.name.startswith(".") or _SIDE in path.parts


def is_panic(error: BaseException) -> bool:
    """Whether a reader written in Rust met what it did not foresee: that is no ``Exception``."""
    return type(error).__name__ == "PanicException"


class PackedError(ValueError):
    """Why something cannot be unpacked."""


class _Counted(Protocol):
    def tell(self) -> int:
        """How many bytes were read so far."""


class Guarded(io.RawIOBase):
    """An unpacked stream that ends in an error where it is damaged, or far too large for its source."""

    def __init__(self, unpacked: BinaryIO, packed: _Counted) -> None:
        """Count from here."""
        self._unpacked, self._packed = unpacked, packed
        self._given = 0

    def read(self, size: int = -1) -> bytes:
        """Read; at the end there is nothing.

        Raises:
            PackedError: it is damaged, cut off, or a bomb.
        """
        try:
            found = self._unpacked.read(size)
        except PackedError:
            raise
        except DAMAGED as error:
            message = "is damaged or cut off within its compression; fetch it again"
            raise PackedError(message) from error
        self._given += len(found)
        if self._given > FREE and self._given > MOST_RATIO * max(self._packed.tell(), 1):
            message = (
                f"unpacks to more than {MOST_RATIO} times its size: no file of claims does; reading stopped"
            )
            raise PackedError(message)
        return found

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def close(self) -> None:
        """Close the unpacked stream."""
        self._unpacked.close()
        super().close()


def compression_of(head: bytes) -> str:
    """Name the compression of a stream by its first bytes; nothing where it is none."""
    for magic, name in ((GZIP, "gzip"), (_BZIP, "bzip2"), (_XZ, "xz"), (_ZSTD, "zstandard")):
        if head.startswith(magic):
            return name
    return ""


def unpacked(stream: BinaryIO, name: str) -> BinaryIO:
    """Open a compressed stream; ``stream`` tells by ``tell`` how much of it was read.

    Raises:
        PackedError: what reads this compression is not installed.
    """
    if name == "gzip":
        opened = cast("BinaryIO", gzip.GzipFile(fileobj=stream))
    elif name == "bzip2":
        opened = cast("BinaryIO", bz2.BZ2File(stream))
    elif name == "xz":
        opened = cast("BinaryIO", lzma.LZMAFile(stream))  # noqa: SIM115 (closed with what wraps it)
    else:
        opened = _zstandard(stream)
    return cast("BinaryIO", Guarded(opened, stream))


def _zstandard(stream: BinaryIO) -> BinaryIO:
    """Open with the standard library of Python 3.14, or with what is installed."""
    for module in ("compression.zstd", "backports.zstd"):
        if find_spec(module.partition(".")[0]) is not None and _has(module):
            return cast("BinaryIO", import_module(module).ZstdFile(stream))
    if find_spec("pyarrow") is not None:
        return cast("BinaryIO", import_module("pyarrow").CompressedInputStream(stream, "zstd"))
    message = (
        "is compressed with zstandard, which needs Python 3.14 or pyarrow; unpack it, or pip install pyarrow"
    )
    raise PackedError(message)


def _has(module: str) -> bool:
    try:
        import_module(module)
    except ImportError:
        return False
    return True
