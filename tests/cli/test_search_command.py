"""``search``: what is found, marked, and what is said if nothing is."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from tests.small_book import small_book

from claimrules.cli import console
from claimrules.codebook import SearchHit
from claimrules.report.search import search_page

Run = Callable[..., Any]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A book of many tables, with pages and profiles."""
    return str(small_book(tmp_path_factory.mktemp("book")))


def test_words_find_codes_pages_and_profiles(run: Run, book: str) -> None:
    """With kind, code, title and the matched part."""
    ended = run("search", "screening", "colonoscopy", "--book", book)
    assert (ended.code, ended.err) == (0, "")
    for part in ("G0105  code page, code_page_g0105.txt", "no code  procedure profile", "«colonoscopy»"):
        assert part in ended.out
    data = run("search", "airway", "--book", book, "--format", "json").data
    assert (data["query"], data["hits"][0]["code"], data["hits"][0]["kind"]) == ("airway", "E0601", "code")


def test_the_beginning_of_a_code_finds_codes(run: Run, book: str) -> None:
    """As many as asked for."""
    hits = run("search", "G0", "--book", book, "--limit", "2", "--format", "json").data["hits"]
    assert [hit["code"][:2] for hit in hits] == ["G0", "G0"]


def test_nothing_found_is_no_error(run: Run, book: str) -> None:
    """Standard error says what was searched."""
    ended = run("search", "xylophone", "--book", book)
    assert (ended.code, ended.out) == (0, "")
    assert "nothing found. Searched:" in ended.err
    assert "1 code page, 2 profiles" in ended.err


@pytest.mark.parametrize("words", [("?!",), ("bowel", "--limit", "0"), ("bowel", "--book", "nowhere.book")])
def test_what_cannot_be_searched_is_refused(run: Run, words: tuple[str, ...]) -> None:
    """No word, no hit allowed, no book."""
    ended = run("search", *words)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)


def test_a_terminal_shows_marked_words_bold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without their marks; plain text keeps them."""
    pytest.importorskip("rich")
    hit = SearchHit(kind="code", code="E0601", title="Airway device", matched="«Airway» device", source="")
    page = search_page([hit])
    assert page.text == "E0601  code\n  «Airway» device\n"
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    console.write_page(page, stream)
    assert "\x1b[1mAirway\x1b[0m device" in stream.getvalue()
