"""Pages and profiles in a book: bound through what is loaded, now or later; replaced when read again."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from claimrules.codebook import BuildReport, CodeBook, Declared, build_book

Published = Callable[..., Path]

PAGES = Path(__file__).resolve().parents[1] / "data" / "pages"
PAGE, PROFILE, OTHER = "code_page_g0105.txt", "profile_g0105.txt", "profile_g0121.txt"
NO_SCHEDULE = "no loaded schedule has its short descriptor; load one of the page's time, or give --code CODE"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Where the book shall stand."""
    return tmp_path / "book.sqlite"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Put the invented pages into a folder of their own."""
    return shutil.copytree(PAGES, tmp_path / "pages")


def codes(output: Path) -> tuple[list[str | None], list[str | None]]:
    """Give the codes of the pages and of the profiles."""
    found = CodeBook.open(output).documents
    return [page.code for page in found.pages], [profile.code for profile in found.profiles]


def unbound(report: BuildReport) -> list[str]:
    """Give the names of the files that stayed unbound; the book says the same."""
    info = CodeBook.open(report.output).info()
    assert info.unbound == report.unbound
    return [line.split(":")[0] for line in report.unbound]


def test_a_page_is_bound_through_the_schedule_and_a_profile_through_the_page(
    published: Published, output: Path, pages: Path
) -> None:
    """In one call, in any order; a profile without a page stays unbound and is told."""
    report = build_book([pages, published()], output)
    assert codes(output) == (["G0105"], ["G0105", None])
    assert unbound(report) == [OTHER]
    assert report.lines()[-2].startswith(f"unbound: {OTHER}: profile bound to no code: no loaded code page")
    info = CodeBook.open(output).info()
    assert (info.pages, info.profiles) == (1, 2)


def test_a_schedule_that_comes_later_binds(published: Published, output: Path, pages: Path) -> None:
    """Until then the page says what it waits for."""
    first = build_book([pages], output)
    assert codes(output) == ([None], [None, None])
    assert unbound(first) == [PAGE, PROFILE, OTHER]
    assert first.unbound[0] == f"{PAGE}: code page bound to no code: {NO_SCHEDULE}"
    later = build_book([published()], output)
    assert codes(output) == (["G0105"], ["G0105", None])
    assert unbound(later) == [OTHER]
    once = build_book([pages, published()], output.with_name("once"))
    assert once.content_hash == later.content_hash


def test_a_schedule_that_goes_unbinds(published: Published, output: Path, pages: Path) -> None:
    """A binding is never left over from what the book no longer holds."""
    build_book([pages, published()], output)
    report = build_book([published([{"label": "Something else"}])], output)
    assert unbound(report) == [PAGE, PROFILE, OTHER]
    assert codes(output) == ([None], [None, None])


def test_a_descriptor_of_two_codes_binds_to_none(published: Published, output: Path, pages: Path) -> None:
    """Both are named; one that is declared is kept whatever is loaded."""
    both = published([{}, {"code": "G0121"}])
    report = build_book([pages / PAGE, both], output)
    assert "several codes; give --code CODE (G0105, G0121)" in report.unbound[0]
    build_book([pages / PAGE], output, declared=Declared(code="G0121"))
    assert codes(output) == (["G0121"], [])


def test_a_page_that_is_read_again_is_replaced(published: Published, output: Path, pages: Path) -> None:
    """The same file and title: the report counts it; the same text gives the same hash."""
    first = build_book([pages, published()], output)
    again = build_book([pages / PAGE], output)
    (file,) = again.files
    assert (file.what, file.documents, file.documents_replaced) == ("code page", 1, 1)
    assert "  1 read, 1 replaced" in again.lines()
    assert again.content_hash == first.content_hash
    text = (pages / PAGE).read_text(encoding="utf-8")
    (pages / PAGE).write_text(text.replace("2019-01-01", "2021-01-01"), encoding="utf-8")
    changed = build_book([pages / PAGE], output)
    assert changed.content_hash != first.content_hash
    assert [page.history[0].on for page in CodeBook.open(output).documents.pages] == [date(2021, 1, 1)]
    assert [hit.kind for hit in CodeBook.open(output).search("G0105")] == ["code", "page", "profile"]


def test_the_name_of_a_page_s_file_is_no_content(output: Path, pages: Path) -> None:
    """The hash is of what it says."""
    one = build_book([pages / PAGE], output)
    (pages / PAGE).rename(pages / "other.txt")
    other = build_book([pages / "other.txt"], output.with_name("other"))
    assert one.content_hash == other.content_hash


def test_what_a_page_notes_is_history(published: Published, output: Path, pages: Path) -> None:
    """Only of the code that it is bound to."""
    build_book([pages, published()], output)
    book = CodeBook.open(output)
    noted = [(change.on, change.action, change.note) for change in book.history("G0105")]
    assert noted == [
        (date(1998, 1, 1), "added", ""),
        (date(2019, 1, 1), "changed", "Short description edited."),
    ]
    assert book.history("G0121") == ()


def test_what_could_not_be_placed_is_reported(output: Path, pages: Path) -> None:
    """With the file and the line, by the build."""
    (file,) = build_book([pages / PAGE], output).files
    assert [str(note) for note in file.skipped] == [
        "text apart from the page's prose: kept as unplaced (line 18)"
    ]
    assert file.taken == ()
