"""Bad input through a check in parts: no line is lost, nothing but a clear error is said."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.formats.claims_837 import CLAIM, LINE, claims

HEADER = b"claim_id,patient,code,units,from_date\n"
GOOD = b"C1,P1,G0105,1,2025-11-03\n"
FEW = ("--select", "BILAT", "--as-of", "2026-01-01", "--exit-zero", "--format", "json", "--partitions", "3")


def bomb() -> bytes:
    """A small archive of much text."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", HEADER + b" " * (4 << 20))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "checked", "rejected"),
    [
        (lambda: HEADER + GOOD + GOOD.replace(b"P1", b"P\xe9"), 2, 0),
        (lambda: HEADER + GOOD + GOOD.replace(b"P1", b"P\x81\x8d"), 1, 1),
        (lambda: HEADER + GOOD + b"C2,P1,G01\x0005,1,2025-11-03\n", 2, 0),
        (lambda: HEADER + GOOD + b"C2,P1\n" + GOOD.replace(b"\n", b",,,,\n"), 1, 2),
        (lambda: HEADER + GOOD + b'"C2,P1,G0105,1,2025-11-03\n' + GOOD, 2, 1),
        (lambda: HEADER + GOOD.replace(b"\n", b"\r") + GOOD.replace(b"\n", b"\r\n") + GOOD, 3, 0),
        (lambda: HEADER + GOOD + b"C2,P1,G0105,1," + b"9" * (50 << 20) + b"\n" + GOOD, 2, 1),
        (lambda: HEADER, 0, 0),
        (lambda: gzip.compress(HEADER + GOOD) + gzip.compress(GOOD), 2, 0),
    ],
    ids=[
        "latin-1",
        "no text",
        "NUL",
        "ragged",
        "quote",
        "line ends",
        "50 MB line",
        "header",
        "two gzip members",
    ],
)
def test_every_record_is_checked_or_rejected(
    run: Run, tmp_path: Path, content: Callable[[], bytes], checked: int, rejected: int
) -> None:
    """As many as there are, in parts."""
    path = tmp_path / "claims.csv"
    path.write_bytes(content())
    ended = run("check", str(path), *FEW)
    summary = ended.data["summary"]

    assert (summary["checked"], summary["rejected"]) == (checked, rejected)
    assert summary["lines"] == checked + rejected
    assert "fault" not in ended.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: b"", "is empty"),
        (lambda: (HEADER + GOOD).decode().encode("utf-16"), "is UTF-16"),
        (lambda: gzip.compress(HEADER + GOOD)[:-9], "claims.csv"),
        (bomb, "unpacks to more than"),
    ],
    ids=["empty", "UTF-16", "cut gzip", "bomb"],
)
def test_what_cannot_be_read_is_said(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: Callable[[], bytes],
    words: str,
) -> None:
    """One clear error, and nothing on standard output."""
    monkeypatch.setattr("claimrules.files.packed.FREE", 1 << 20)
    path = tmp_path / "claims.csv"
    path.write_bytes(content())
    ended = run("check", str(path), *FEW)

    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert "a fault of claimrules" not in ended.err


def test_an_837_cut_in_the_middle_loses_no_line(run: Run, tmp_path: Path) -> None:
    """The line that the end is missing of and the cut segment are rejected, each with its place."""
    path = tmp_path / "claims.837"
    whole = claims(*CLAIM, *LINE)
    path.write_bytes(whole[: whole.index(b"SE*") + 4])
    ended = run("check", str(path), *FEW)
    summary = ended.data["summary"]

    assert ended.code == 2
    assert (summary["lines"], summary["checked"], summary["rejected"]) == (2, 0, 2)
    claim = whole.index(b"CLM*")
    assert all(claim < entry["offset"] < len(whole) for entry in ended.data["rejected"])


def test_parquet_of_odd_types_loses_no_line(run: Run, tmp_path: Path) -> None:
    """Nested columns are named and passed over; numbers and days are told as they are."""
    pl = pytest.importorskip("polars")
    path = tmp_path / "claims.parquet"
    lines = {"code": ["G0105", "G0121", None], "units": [1.0, 2.5, None], "nested": [{"a": 1}] * 3}
    pl.DataFrame({**lines, "from_date": [20251103, 20251104, None]}).write_parquet(path)
    ended = run("check", str(path), *FEW)
    summary = ended.data["summary"]

    assert (summary["checked"], summary["rejected"]) == (3, 0)
    assert "nested" in ended.err
