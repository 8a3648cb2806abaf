"""Files that mean harm: each ends in a clear error or in entries; no line is lost, none fills the memory."""

import io
import tracemalloc
from typing import TYPE_CHECKING

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.benchmarks.interchange import interchange
from tests.formats.claims_837 import CLAIM, LINE, claims

from claimrules.formats.errors import ReadError
from claimrules.formats.open import open_lines
from claimrules.formats.reader import ReadOptions
from claimrules.formats.records import LONGEST_LINE
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator


class Endless(io.RawIOBase):
    """A stream that is made as it is read: a beginning, the same bytes over and over, an end."""

    def __init__(self, first: bytes, over: bytes, times: int, last: bytes) -> None:
        """Make nothing yet."""
        self._pieces: Iterator[bytes] = iter((first, *[over] * times, last))
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


def read(stream: io.RawIOBase | io.BytesIO, **options: str) -> tuple[list[str | None], list[str]]:
    """Read a stream: codes, and reasons of what is rejected."""
    with open_lines(stream, ReadOptions(**options)) as reader:  # type: ignore[arg-type]
        entries = list(reader)
    codes = [entry.code for entry in entries if isinstance(entry, ClaimLine)]
    return codes, [entry.reason for entry in entries if isinstance(entry, Rejected)]


GIGABYTE = (b"x" * (1 << 20), 1 << 10)


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (b"code,name\nG0105,", b"\nG0121,\n", f"is longer than {LONGEST_LINE:,} bytes"),
        (b'code,name\n"G0105,', b'"\nG0121,\n', f"is longer than {LONGEST_LINE:,} bytes"),
        (
            b"".join(claims(*CLAIM, *LINE).partition(b"REF")[:1])[:-60] + b"NTE*ADD*",
            b"~LX*2~SV1*HC:G0121*1*UN*1***1~SE*1*0001~GE*1*1~IEA*1*000000001~",
            "holds a segment that cannot be read",
        ),
    ],
    ids=["csv", "open quote", "837"],
)
def test_a_line_of_a_gigabyte_is_never_held(first: bytes, last: bytes, reason: str) -> None:
    """It costs itself, the next line is read, and memory stays small."""
    tracemalloc.start()
    codes, reasons = read(Endless(first, *GIGABYTE, last))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert codes == ["G0121"]
    assert reasons == [reason]
    assert peak < 40 << 20


@pytest.mark.parametrize("name", ["utf-16", "utf-32"])
def test_wrong_encodings_are_named_or_refused(name: str) -> None:
    """Text of two or four bytes a letter is no table."""
    raw = "code,units\nG0105,1\n".encode(name)
    with pytest.raises(ReadError):
        read(io.BytesIO(raw))


@pytest.mark.parametrize("name", ["latin-1", "cp1252", "utf-8-sig"])
def test_older_encodings_are_read(name: str) -> None:
    """A name with an umlaut costs nothing."""
    assert read(io.BytesIO("code,name\nG0105,Müller\n".encode(name)))[0] == ["G0105"]


def test_a_column_of_formulas_is_text() -> None:
    """It is unreadable, never computed."""
    raw = b"code,units,patient\n=SUM(A1:A9),=1+1,=cmd|' /C calc'!A0\n@x,+1,-2\n"
    with open_lines(io.BytesIO(raw)) as reader:
        entries = [entry for entry in reader if isinstance(entry, ClaimLine)]
    assert [(entry.code, entry.units, entry.unreadable) for entry in entries] == [
        (None, None, ("code", "units"))
    ] * 2


@pytest.mark.parametrize(
    "raw",
    [
        *(
            b"",
            b"\n\n",
            b" ",
            b"\x00",
            b"\x00" * 5_000,
            b"\x1a",
            b"\xef\xbb\xbf",
            b"\xff\xfe\x00",
            b"{",
            b"[" * 200_000,
        ),
        *(
            b'"',
            b'"code',
            b",,,,",
            b"code\x00\nG0105",
            b"ISA",
            b"ISA*",
            b"ISA*" * 200,
            b"GS*x",
            b"PK\x03\x04",
            b"PAR1",
        ),
        *(
            b"\x1f\x8b",
            b"BZh",
            b"BZh9" + bytes(9),
            b"\xfd7zXZ\x00",
            b"\xd0\xcf\x11\xe0" * 9,
            b"\x28\xb5\x2f\xfd\x00",
        ),
        *(b'{"resourceType"', b'[{"resourceType": "Claim"}', b'{"a": ' * 100_000, b'{"code": NaN}', b"null"),
    ],
)
def test_beginnings_of_files_end_in_a_clear_error_or_in_entries(raw: bytes) -> None:
    """Nothing else is raised."""
    for stream in (io.BytesIO(raw), Endless(b"", raw, 1, b"")):
        try:
            codes, reasons = read(stream)
        except ReadError:
            continue
        assert len(codes) + len(reasons) < 20


@example(b"PK", "xlsx")
@given(st.binary(max_size=200), st.sampled_from(["csv", "jsonl", "xlsx", "837", "fhir", None]))
def test_any_bytes_in_any_format(raw: bytes, kind: str | None) -> None:
    """A clear error, or entries."""
    try:
        codes, reasons = read(io.BytesIO(raw), **({"input_format": kind} if kind else {}))
    except ReadError:
        return
    assert len(codes) + len(reasons) <= len(raw) + 2


def test_a_header_alone_has_no_lines() -> None:
    """No error, and nothing lost."""
    assert read(io.BytesIO(b"code,units\n")) == ([], [])


def test_a_medium_that_fails_is_an_error_with_words() -> None:
    """What was read before is not taken for the whole."""

    class Failing(Endless):
        def read(self, size: int = -1) -> bytes:
            found = super().read(size)
            if not found:
                raise OSError(5, "Input/output error")
            return found

    for raw in (b"code\nG0105\n" * 4_000, claims(*CLAIM, *LINE), b'{"code": "G0105"}\n'):
        with pytest.raises(ReadError, match="Input/output error"):
            read(Failing(raw, raw, 1, b""))


@given(
    st.lists(
        st.tuples(st.integers(0, 1 << 16), st.sampled_from(("", "~", "*", ":", "9", "a", "\x7f", "*UN*.5"))),
        max_size=30,
    )
)
def test_what_an_837_gives_passes_every_check_of_its_fields(damage: list[tuple[int, str]]) -> None:
    """The reader skips the checks of lines and facts, as its patterns are as strict: they hold."""
    text = interchange(4).decode() + interchange(4, hospital=True).decode()
    for where, put in damage:
        at = 120 + where % (len(text) - 120)
        text = text[:at] + put + text[at + 1 :]
    with open_lines(io.BytesIO(text.encode())) as reader:
        lines = [entry for entry in reader if isinstance(entry, ClaimLine)]
    for line in lines:
        attrs.validate(line)
        if line.facts is not None:
            attrs.validate(line.facts)
    assert lines or damage
