"""Damaged interchanges: a fault costs a line or a claim, with its place and a reason, never the file."""

import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.claims_837 import (
    BILLER,
    CLAIM,
    ISA,
    LINE,
    PERSON,
    claims,
    interchange,
    transaction,
    written,
)

from claimrules.formats.errors import ReadError
from claimrules.formats.open import open_lines
from claimrules.formats.x12.reader import X12Reader
from claimrules.formats.x12.segments import LONGEST_SEGMENT
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Rejected

SECOND = ("LX*2", "SV1*HC:G0121*1*UN*1***1", "DTP*472*D8*20251103")
OTHER = ("HL*3*1*22*0", "NM1*IL*1*ROE*AL****MI*M88", "CLM*C88*1***11:B:1", *LINE)
IDS = ("C77", "M77", "1234567893", "DOE", "C88", "M88")


def read(raw: bytes) -> tuple[list[str | None], list[str], tuple[str, ...]]:
    """Read an interchange: the codes of its lines, the reasons of what is rejected, the notes."""
    with open_lines(io.BytesIO(raw)) as reader:
        entries = list(reader)
        notes = reader.notes
    rejected = [entry for entry in entries if isinstance(entry, Rejected)]
    assert all(entry.offset is not None and 0 <= entry.offset <= len(raw) for entry in rejected)
    assert not any(name in entry.reason for entry in rejected for name in IDS)
    codes = [entry.code for entry in entries if isinstance(entry, ClaimLine)]
    return codes, [entry.reason for entry in rejected], notes


def test_a_broken_segment_in_a_line_costs_the_line() -> None:
    """Its neighbours and the next claim are read."""
    codes, reasons, _ = read(claims(*CLAIM, *LINE, "\x01?junk", *SECOND, *OTHER))
    assert codes == ["G0121", "G0105"]
    assert reasons == ["holds a segment that cannot be read"]


def test_a_broken_segment_in_a_claim_costs_the_claim() -> None:
    """Each of its lines is counted as rejected."""
    codes, reasons, _ = read(claims(CLAIM[0], "\x01?junk", *LINE, *SECOND, *OTHER))
    assert codes == ["G0105"]
    assert reasons == ["holds a segment that cannot be read"] * 2


def test_a_broken_segment_before_a_claim_costs_the_claims_of_the_person() -> None:
    """It may have told whose claim it is."""
    codes, reasons, _ = read(claims("??", *CLAIM, *LINE, *OTHER))
    assert codes == ["G0105"]
    assert len(reasons) == 1
    assert "whose claim it is" in reasons[0]


def test_a_segment_of_many_megabytes() -> None:
    """It is never held, and costs the line it stands in."""
    codes, reasons, _ = read(claims(*CLAIM, *LINE, "NTE*ADD*" + "x" * (40 * LONGEST_SEGMENT), *SECOND))
    assert (codes, reasons) == (["G0121"], ["holds a segment that cannot be read"])


def test_bytes_of_no_encoding_cost_the_line() -> None:
    """Bytes that are neither UTF-8 nor Windows-1252."""
    raw = claims(*CLAIM, *LINE, "REF*6R*ZZZ", *SECOND).replace(b"ZZZ", b"\x81\xff")
    assert read(raw)[:2] == (["G0121"], ["holds a segment that cannot be read"])


@pytest.mark.parametrize(
    ("segments", "reason"),
    [
        (CLAIM, "is a claim without service lines"),
        ((*CLAIM, "LX*1"), "is a service line without SV1 or SV2"),
        ((*CLAIM, "LX*1", "SV3*AD:D0120*50"), "is a dental service (SV3), which no table here speaks of"),
        (LINE[1:], "is a service line outside of any claim"),
        (
            ("CLM*C*1***11:B:8", *LINE),
            "stands on a claim of frequency 8, which voids an earlier one and bills nothing",
        ),
    ],
)
def test_what_is_no_service_line(segments: tuple[str, ...], reason: str) -> None:
    """Each is said, and the next claim is read."""
    assert read(claims(*segments, *OTHER))[:2] == (["G0105"], [reason])


def test_lines_without_lx() -> None:
    """Two services are two lines all the same."""
    assert read(claims(*CLAIM, *LINE[1:], *SECOND[1:]))[0] == ["G0105", "G0121"]


def cuts() -> Iterator[bytes]:
    """Give a file of two claims, cut at every byte."""
    raw = claims(*CLAIM, *LINE, *SECOND, *OTHER)
    return (raw[:at] for at in range(120, len(raw) - 60))


def test_a_file_cut_anywhere_is_never_silent() -> None:
    """Wherever it breaks off before its set is closed, that is said, and no line is half."""
    whole = ["G0105", "G0121", "G0105"]
    for raw in cuts():
        codes, reasons, notes = read(raw)
        assert codes == whole[: len(codes)]
        if b"SE*" not in raw:
            assert reasons, raw[-40:]
            assert "breaks off without SE" in reasons[-1] or "without any claim" in reasons[-1]
        assert reasons or notes


def test_counts_that_disagree_are_notes() -> None:
    """SE, GE, IEA and control numbers."""
    body = interchange(transaction(*BILLER, *PERSON, *CLAIM, *LINE))
    for old, new, words in (
        ("SE*14", "SE*15", "SE counts 15 segments, 14 stand there"),
        ("SE*14*0001", "SE*14*0002", "another control number"),
        ("IEA*1", "IEA*x", "IEA counts no functional groups, 1 stand there"),
    ):
        changed = [segment.replace(old, new) for segment in body]
        assert changed != body
        codes, reasons, notes = read(written(changed))
        assert (codes, reasons, len(notes)) == (["G0105"], [], 1)
        assert words in notes[0]


def test_what_the_envelope_misses_is_rejected() -> None:
    """More sets or groups than stand there, or no end: what is lost is counted, so that nothing is clean."""
    body = interchange(transaction(*BILLER, *PERSON, *CLAIM, *LINE))
    for changed, reason, words in (
        (
            [*body[:-2], "GE*7*1", body[-1]],
            "GE counts more than",
            "GE counts 7 transaction sets, 1 stand there",
        ),
        ([*body[:-1], "IEA*2*1"], "IEA counts more than", "IEA counts 2 functional groups, 1 stand there"),
        (body[:-1], "breaks off without IEA", "not closed (no IEA)"),
        (body[:-2], "breaks off without IEA", "not closed (no IEA)"),
        ([*body[:-1], *body], "breaks off without IEA", "another interchange begins before one is closed"),
    ):
        codes, reasons, notes = read(written(changed))
        assert set(codes) == {"G0105"}
        assert len(reasons) == len(notes) == 1
        assert reason in reasons[0]
        assert words in notes[0]


def test_a_group_that_is_not_closed() -> None:
    """Without GE, before the next group or the end of the interchange: it is said, and all is read."""
    body = interchange(transaction(*BILLER, *PERSON, *CLAIM, *LINE))
    codes, reasons, notes = read(written([*body[:-2], "IEA*1*1"]))
    assert (codes, reasons, len(notes)) == (["G0105"], [], 1)
    assert "without GE" in notes[0]
    codes, reasons, notes = read(written([*body[:-2], *body[1:-1], "IEA*2*1"]))
    assert (codes, reasons, len(notes)) == (["G0105", "G0105"], [], 1)


def test_many_wrong_counts_are_counted() -> None:
    """The first in words, the rest as a number."""
    sets = [[*transaction(*BILLER, *PERSON, *CLAIM, *LINE)[:-1], "SE*99*0001"] for _ in range(30)]
    notes = read(written(interchange(*sets)))[2]
    assert len(notes) == 6
    assert notes[-1] == "25 further counts disagree"


def test_no_claim_is_never_silent() -> None:
    """An interchange without any, and one of other sets."""
    assert read(written(interchange(transaction())))[1] == [
        "is the end of a file without any claim (no CLM segment)"
    ]
    remittance = [
        ISA,
        "GS*HP*A*B*20251103*1200*1*X*005010X221A1",
        "ST*835*0001",
        "SE*2*0001",
        "GE*1*1",
        "IEA*1*1",
    ]
    codes, reasons, _ = read(written(remittance))
    assert (codes, reasons) == ([], ["is a transaction set 835, not a claim (837)"])


def test_a_set_that_is_not_closed_before_the_next() -> None:
    """Its last line may lack something; the next set is read."""
    cut = transaction(*BILLER, *PERSON, *CLAIM, *LINE, *SECOND)[:-1]
    codes, reasons, _ = read(written(interchange(cut, transaction(*BILLER, *PERSON, *CLAIM, *LINE))))
    assert codes == ["G0105", "G0105"]
    assert len(reasons) == 2
    assert "is not complete" in reasons[0]


def test_a_header_that_is_lost_or_damaged() -> None:
    """Without it separators are concluded and said; where they cannot be, nothing is read."""
    raw = written(interchange(transaction(*BILLER, *PERSON, *CLAIM, *LINE))[1:])
    codes, _, notes = read(raw)
    assert codes == ["G0105"]
    assert "no ISA segment" in notes[0]
    with pytest.raises(ReadError, match="ISA segment"):
        open_lines(io.BytesIO(b"ISA*00*" + b" " * 400))


def test_a_trailer_without_terminator() -> None:
    """The last one is often left out."""
    raw = claims(*CLAIM, *LINE)
    assert read(raw.rstrip(b"~\n"))[1:] == ([], ())
    assert read(raw + b"\x1a\x00\r\n")[1:] == ([], ())


def test_claims_seen_are_counted() -> None:
    """The number of CLM segments."""
    with open_lines(io.BytesIO(claims(*CLAIM, *LINE, *OTHER))) as reader:
        assert isinstance(reader, X12Reader)
        assert len([*reader]) == reader.claims == 2


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [*BILLER, *PERSON, *CLAIM, *LINE, *SECOND, *OTHER, "SE*1*1", "ST*837*1", "IEA*1*1", ISA]
        ),
        st.text(alphabet="CLMSV1X*:~ \x00é", max_size=12),
    ),
    max_size=25,
)


@given(PIECES)
def test_anything_is_lines_or_rejected(pieces: list[str]) -> None:
    """Nothing raises, and no service segment within a set is lost."""
    body = transaction(*BILLER, *PERSON, *pieces)
    codes, reasons, _ = read(written([ISA, *body]))
    services = sum(piece.startswith(("SV1*", "SV2*")) for piece in pieces)
    closed = any(piece.startswith(("SE*", "ST*", "IEA*", "ISA*")) for piece in pieces)
    assert closed or len(codes) + len(reasons) >= services
