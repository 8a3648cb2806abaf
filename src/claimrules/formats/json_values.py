"""JSON, from a stream: a value a line, or documents of any layout; arrays give their members.

Numbers stay the text that they are. One bad line costs itself.
"""

import json
import re
from collections.abc import Generator, Iterator
from typing import Any, Final, NamedTuple

from claimrules.formats.errors import ReadError
from claimrules.formats.raw import LONGEST_RAW, Numeral, Raw
from claimrules.formats.records import BOM, decoded, physical_lines
from claimrules.formats.stream import Stream

LONGEST_VALUE: Final = 1 << 28
"""Bytes of a value on one line."""
LARGEST_DOCUMENT: Final = 1 << 29
"""Bytes of a document that spans lines: it is held in memory."""

_FIRST: Final = 1 << 16
_NO_JSON: Final = "is no JSON"
_DEEP: Final = "is nested too deeply to be read"
_HALF: Final = "holds half a character (a lone surrogate)"
_surrogate = re.compile(r"\\u[dD][89a-fA-F]")
_blank = re.compile(r"[\s\ufeff]*")


class Value(NamedTuple):
    """One value: the line and byte at which it begins, and what it is, or why it is none.

    ``raw`` is it as it stands, and ``None`` where JSON text of the value says the same.
    """

    line: int
    offset: int
    value: Any = None
    fault: str = ""
    raw: Raw | None = None


class _TwiceError(ValueError):
    """A key that stands twice in an object: which of the two is meant cannot be told."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _TwiceError
    return made


_decoder: Final = json.JSONDecoder(
    parse_float=Numeral, parse_int=Numeral, parse_constant=Numeral, object_pairs_hook=_object
)


def json_values(stream: Stream) -> Iterator[Value]:
    """Give every value of the stream; members of arrays at the top one by one.

    Raises:
        ReadError: a document that spans lines is no JSON, or too large.
    """
    first, newline, _ = stream.head(_FIRST).removeprefix(BOM).lstrip().partition(b"\n")
    if newline and _goes_on(first):
        yield from _document(stream)
        return
    for number, (offset, bare, raw, size) in enumerate(physical_lines(stream, LONGEST_VALUE), 1):
        if bare is None:
            yield Value(number, offset, None, f"is longer than {LONGEST_VALUE:,} bytes", Raw(raw, size))
        elif bare.strip(b" \t\x00"):
            yield from _values(number, offset, bare)


def _goes_on(line: bytes) -> bool:
    """Whether a first line is the beginning of a value that spans lines."""
    text = line.decode("latin-1").rstrip()
    try:
        _decoder.decode(text)
    except json.JSONDecodeError as error:
        return error.pos >= len(text)
    except (ValueError, RecursionError):
        return False
    return False


def _values(number: int, offset: int, raw: bytes) -> Iterator[Value]:
    text = decoded(raw)
    if text is None:
        fault = "holds bytes that are neither UTF-8 nor Windows-1252"
        yield Value(number, offset, None, fault, Raw.of(raw))
        return
    suspect = bool(_surrogate.search(text))
    start = _past_blanks(text, 0)
    if text.startswith("[", start):
        end = yield from _array(text, start, Value(number, offset), suspect=suspect)
        if end < len(text) and (rest := _past_blanks(text, end)) < len(text):
            yield Value(number, offset, None, _NO_JSON, Raw.of(text[rest:].encode(errors="replace")))
        return
    try:
        value = _decoder.decode(text)
    except (ValueError, RecursionError) as error:
        yield Value(number, offset, None, _why(error), Raw.of(raw))
        return
    if suspect:
        yield _member(Value(number, offset, value), suspect=True)
    else:
        yield Value(number, offset, value, "", Raw.of(raw))


def _array(text: str, at: int, place: Value, *, suspect: bool) -> Generator[Value, None, int]:
    """Give the members of an array one by one, so that few are held; return where it ends."""
    first, before = True, ","
    while before == ",":
        at = _past_blanks(text, at + 1)
        if first and text.startswith("]", at):
            return at + 1
        first = False
        try:
            value, end = _decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            return (yield from _broken(text, at, place, _why(error)))
        yield _member(place._replace(value=value), suspect=suspect)
        at = _past_blanks(text, end)
        before = text[at : at + 1]
    if before != "]":
        return (yield from _broken(text, at, place, _NO_JSON))
    return at + 1


def _broken(text: str, at: int, place: Value, why: str) -> Generator[Value, None, int]:
    fault = f"{why}; nothing from here on could be read"
    yield place._replace(fault=fault, raw=Raw.of(text[at : at + LONGEST_RAW].encode(errors="replace")))
    return len(text)


def _member(value: Value, *, suspect: bool) -> Value:
    if suspect and not _is_text(value.value):
        return value._replace(value=None, fault=_HALF, raw=raw_of(value))
    return value


def raw_of(value: Value) -> Raw:
    """Give a value as it stands, or as JSON text that says the same."""
    return value.raw or Raw.written(value.value)


def _is_text(value: Any) -> bool:  # noqa: ANN401 (JSON is anything)
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _document(stream: Stream) -> Iterator[Value]:
    """Read documents one after the other, each over as many lines as it likes."""
    raw = stream.read_at_most(LARGEST_DOCUMENT)
    if len(raw) > LARGEST_DOCUMENT:
        msg = f"is one JSON document of more than {LARGEST_DOCUMENT // 2**20} MiB; write one value a line"
        raise ReadError(msg)
    text = decoded(raw)
    if text is None:
        msg = "holds bytes that are neither UTF-8 nor Windows-1252; save it in UTF-8"
        raise ReadError(msg)
    suspect = bool(_surrogate.search(text))
    number, offset, before = 1, 0, 0
    at = _past_blanks(text, 0)
    while at < len(text):
        number, offset = number + text.count("\n", before, at), offset + len(text[before:at].encode())
        before = at
        if text[at] == "[":
            at = yield from _array(text, at, Value(number, offset), suspect=suspect)
            at = _past_blanks(text, at)
            continue
        try:
            value, at = _decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            fault = f"{_why(error)}; nothing from here on could be read"
            yield Value(number, offset, None, fault, Raw.of(text[at:].encode()))
            return
        yield _member(Value(number, offset, value), suspect=suspect)
        at = _past_blanks(text, at)


def _past_blanks(text: str, at: int) -> int:
    found = _blank.match(text, at)
    return found.end() if found else at


def _why(error: Exception) -> str:
    if isinstance(error, _TwiceError):
        return "holds an object with the same key twice"
    return _DEEP if isinstance(error, RecursionError) else _NO_JSON
