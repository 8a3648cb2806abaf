"""``code`` and ``modifier``: a code on a day, and one modifier."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.small_book import small_book

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A book of many tables, with pages and profiles."""
    return str(small_book(tmp_path_factory.mktemp("book")))


def test_a_code_on_a_day(run: Run, book: str) -> None:
    """In words, and as JSON by the names of the model."""
    ended = run("code", "g0412", "--on", "2024-08-01", "--book", book)
    assert (ended.code, ended.err) == (0, "")
    assert "(D-1 to" in ended.out
    data = run("code", "G0412", "--on", "2024-08-01", "--book", book, "--format", "json").data
    assert (data["schema"], data["bilateral"], data["global_period"]["start"]) == (
        "claimrules/1",
        "1",
        "2024-07-31",
    )


def test_without_a_day_the_newest_of_every_table_is_told(run: Run, book: str) -> None:
    """And standard error says so; a mode that is asked for stays."""
    ended = run("code", "G0105", "--book", book)
    assert "2024-12-31, the last day of the newest edition; of each table the newest" in ended.err
    assert "RVU24D, in force 2024-10-01 to 2024-12-31 (exact)" in ended.out
    assert "MUE 2024Q3, in force 2024-07-01 to 2024-09-30 (latest" in ended.out
    exact = run("code", "G0105", "--book", book, "--editions", "exact")
    assert "MUE, professional: unknown: no loaded edition speaks for the date" in exact.out
    assert "of each table" not in exact.err


def test_everything_or_the_first(run: Run, book: str) -> None:
    """Long lists are cut in the text, with how to see the rest; never in JSON."""
    words = ("code", "G0500", "--on", "2024-08-01", "--book", book)
    assert "5 more (--all lists" in run(*words).out
    assert "G0125" in run(*words, "--all").out
    assert len(run(*words, "--format", "json").data["primaries"]["primaries"]) == 25


def test_the_rules_asked_can_be_chosen(run: Run, book: str) -> None:
    """Whoever selects rules of a family asks those."""
    words = ("code", "G0105", "--on", "2024-08-01", "--book", book, "--format", "json", "--select", "BILAT")
    fits = {fit["modifier"]: fit["fits"] for fit in run(*words).data["modifiers"]}
    assert (fits["50"], fits["80"]) == ("no", "no_rule")


def test_what_is_no_code_is_refused(run: Run, book: str) -> None:
    """With what a code looks like; a code of no table is no error."""
    ended = run("code", "G010", "--book", book)
    assert (ended.code, "write five letters or digits" in ended.err) == (2, True)
    assert run("code", "Z9999", "--on", "2024-08-01", "--book", book).code == 0


def test_a_modifier(run: Run, book: str) -> None:
    """The catalogue's words, what a loaded file publishes, and the rules that name it."""
    assert "BILAT101  return" in run("modifier", "50").out
    ended = run("modifier", "xs", "--book", book)
    assert (ended.code, "Separate, each" in ended.out, "59 XE XP XU" in ended.out) == (0, True, True)
    data = run("modifier", "XS", "--book", book, "--format", "json").data
    assert (data["modifier"], data["excludes"], data["source"]) == (
        "XS",
        ["59", "XE", "XP", "XU"],
        "HCPCS 2024Q3",
    )


@pytest.mark.parametrize(("text", "words"), [("X", "two letters or digits"), ("5Z", "neither the catalogue")])
def test_what_is_no_modifier_is_refused(run: Run, text: str, words: str) -> None:
    """By its shape, or because nothing holds it."""
    ended = run("modifier", text)
    assert (ended.code, ended.out, words in ended.err) == (2, "", True)
