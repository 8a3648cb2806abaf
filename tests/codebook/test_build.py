"""Building a book: recognised by content, replaced in one step, the same every time."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from claimrules.codebook import BuildError, CodeBook, build_book, writing
from claimrules.model.claim import Setting

Published = Callable[..., Path]

JULY = "2025 National Physician Fee Schedule Relative Value File July Release"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Where the book shall stand, alone in its folder."""
    folder = tmp_path / "books"
    folder.mkdir()
    return folder / "book.sqlite"


def test_the_report_tells_what_became_of_each_file(published: Published, output: Path) -> None:
    """Edition, dates, rows, extent, records left out with reason and line."""
    seen: list[str] = []
    path = published([{}, "G0121,,short"], name="what is this.txt")
    report = build_book([path], output, progress=seen.append)
    (file,) = report.files
    assert seen == [str(path)]
    assert (file.what, file.rows, file.extent) == (
        "Physician Fee Schedule relative value file (CSV)",
        1,
        "excerpt",
    )
    assert report.lines() == (
        f"{path}: RVU25D, 2025-10-01 to 2025-12-31, 1 rows, excerpt",
        "  skipped: has 3 columns where the header has 31 (line 7)",
        "  skipped: an end-of-file mark (one 0x1A character), not a record (line 8)",
        f"{output}: 1 editions, content {report.content_hash[:12]}",
    )
    assert CodeBook.open(output).content_hash == report.content_hash


def test_a_build_adds_to_the_book_that_is_there(published: Published, output: Path) -> None:
    """A new quarter is added; the same quarter is replaced, and the report says so."""
    build_book([published([{"bilateral": "1"}])], output)
    added = build_book([published([{"bilateral": "2"}], title=JULY, released="RELEASED 06/01/2025")], output)
    assert [edition.name for edition in added.editions] == ["RVU25C", "RVU25D"]
    assert added.files[0].replaced is None
    again = build_book([published([{"bilateral": "3"}], name="again.csv")], output)
    replaced = again.files[0].replaced
    assert replaced is not None
    assert replaced.source_file == "PPRRVU.csv"
    assert "  replaces RVU25D from PPRRVU.csv" in again.lines()
    book = CodeBook.open(output)
    assert [book.code("G0105", on=date(2025, m, 1)).bilateral for m in (8, 11)] == ["2", "3"]


def test_of_two_files_for_one_quarter_the_later_counts(published: Published, output: Path) -> None:
    """Twin files are one edition; putting an older release over a newer one is remarked."""
    first = published([{"bilateral": "1"}], name="a.csv")
    second = published([{"bilateral": "2"}], name="b.csv", released="RELEASED 08/01/2025")
    report = build_book([first, second], output)
    assert len(report.editions) == 1
    assert report.files[1].replaced == report.files[0].edition
    assert "released 2025-08-01, before the 2025-09-11 of the one it replaces" in str(
        report.files[1].warnings
    )
    assert CodeBook.open(output).code("G0105", on=date(2025, 11, 3)).bilateral == "2"


def test_the_content_hash_is_of_the_content(published: Published, output: Path) -> None:
    """Another order of records, another file name, another path to the same book: the same hash."""
    a, b = {"code": "G0105"}, {"code": "G0121"}
    july = {"title": JULY, "released": "RELEASED 06/01/2025"}
    october, summer = published([a, b], name="1.csv"), published([b], name="2.csv", **july)
    one = build_book([october, summer], output).content_hash
    other = output.with_name("other.sqlite")
    build_book([summer], other)
    build_book([published([a], name="3.csv")], other)
    assert build_book([published([b, a], name="4.csv")], other).content_hash == one
    assert CodeBook.open(other) == CodeBook.open(output)
    assert build_book([published([a, b | {"team": "1"}])], other).content_hash != one


def test_a_failed_build_leaves_the_old_book_and_no_litter(
    published: Published, output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bad file, or an interruption while writing: nothing has happened."""
    build_book([published()], output)
    before = output.read_bytes()
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(BuildError, match="empty"):
        build_book([published([{"bilateral": "1"}]), empty], output)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "_insert_edition", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build_book([published([{"bilateral": "1"}])], output)
    assert output.read_bytes() == before
    assert list(output.parent.iterdir()) == [output]


def test_every_bad_file_is_named_at_once(published: Published, output: Path, tmp_path: Path) -> None:
    """One error per file, each with what it is and what to do."""
    heads = {
        "zip.csv": (b"PK\x03\x04", "ZIP archive or a workbook; unpack it"),
        "gz.csv": (b"\x1f\x8b\x08", "compressed"),
        "wide.csv": ("HCPCS".encode("utf-16"), "UTF-16"),
        "fixed.txt": (b"HDR CPT CODES", "fixed-width form"),
        "claims.csv": (b"code,units\nG0105,1\n", "known are: Physician Fee Schedule"),
        "nul.csv": (bytes(5000), "no published file that is known here"),
        "empty.csv": (b"", "is empty"),
    }
    for name, (head, _) in heads.items():
        (tmp_path / name).write_bytes(head)
    paths = [published(), tmp_path, tmp_path / "missing.csv", *(tmp_path / name for name in heads)]
    with pytest.raises(BuildError) as caught:
        build_book(paths, output)
    errors = caught.value.errors
    assert len(errors) == len(heads) + 2
    for error, (name, (_, text)) in zip(errors[2:], heads.items(), strict=True):
        assert error.startswith(str(tmp_path / name))
        assert text in error
    assert not output.exists()


def test_an_output_that_is_no_book_is_not_overwritten(published: Published, output: Path) -> None:
    """Neither another file nor a missing folder nor an empty call does harm."""
    output.write_text("my thesis")
    with pytest.raises(BuildError, match=r"not a code book.*not overwritten"):
        build_book([published()], output)
    assert output.read_text() == "my thesis"
    with pytest.raises(BuildError, match=r"folder .* does not exist"):
        build_book([published()], output.parent / "no" / "book.sqlite")
    with pytest.raises(BuildError, match="no files given"):
        build_book([], output.with_name("new.sqlite"))


def test_both_layouts_stand_in_one_book(published: Published, output: Path) -> None:
    """31 columns to 2025, 32 from 2026: every field keeps its meaning."""
    title = "2026 National Physician Fee Schedule Relative Value File January Release"
    endoscopy = {"multiple_procedure": "3", "endoscopic_base": "45378", "code": "45385", "label": ""}
    old = published([endoscopy], name="old.csv")
    new = published(
        [endoscopy | {"pricing": "9"}],
        name="new.csv",
        title=title,
        released="RELEASED 12/29/2025",
        pricing=True,
    )
    build_book([old, new], output)
    lookup = CodeBook.open(output).lookup("exact")
    days = (date(2025, 11, 3), date(2026, 2, 1))
    before, after = (lookup.slot(day, Setting.PROFESSIONAL).get("45385") for day in days)
    assert (before.pricing, after.pricing) == (None, "9")
    for found in (before, after):
        assert (found.endoscopic_base, found.supervision, found.team) == ("45378", "09", "0")
        assert (str(found.conversion_factor), found.imaging_family) == ("32.3465", "99")
