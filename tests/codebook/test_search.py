"""Searching a book: words, beginnings of words and of codes; nothing in a query is an instruction."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.codebook import made

from claimrules.codebook import AddOnRow, CodeBook, build_book
from claimrules.codebook.search import MARKS
from claimrules.codebook.writing import building
from claimrules.model.edition import Table
from claimrules.model.published import AscRow, HcpcsRow, ModifierRow, OppsRow, RbcsRow

Published = Callable[..., Path]

PAGES = Path(__file__).resolve().parents[1] / "data" / "pages"
START = date(2025, 10, 1)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of HCPCS, MUE, a page and two profiles."""
    folder = tmp_path_factory.mktemp("search")
    shutil.copytree(PAGES, folder / "pages")
    texts = {
        made.HCPCS: made.hcpcs_text(
            {
                "A4253": "Blood glucose test strips",
                "A4259": "Lancets per box of 100",
                "E0607": "Blood glucose monitor home",
                "G0105": "Colorectal scrn; hi risk ind",
                "J1610": "Glucagon hydrochloride/1 MG",
            }
        ),
        made.MUES: made.mue_text({"A4259": 1, "47383": 1}),
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    build_book([folder], folder / "book.sqlite")
    return folder / "book.sqlite"


@pytest.fixture
def book(path: Path) -> CodeBook:
    """Open it."""
    return CodeBook.open(path)


def found(book: CodeBook, query: str, limit: int = 20) -> list[tuple[str, str]]:
    """Give kind and code of every hit."""
    return [(hit.kind, hit.code) for hit in book.search(query, limit=limit)]


def test_the_page_and_the_profile_are_found_with_the_code(book: CodeBook) -> None:
    """By words of their text; ranked; the matched part is marked; the file is named."""
    assert ("page", "G0105") in found(book, "colonoscopy on individual at high risk")
    assert found(book, "sedative camera bowel") == [("profile", "G0105")]
    assert set(found(book, "screening colonoscopy")) == {
        ("page", "G0105"),
        ("profile", "G0105"),
        ("profile", ""),
    }
    (hit,) = book.search("gastroenterologist nurse")
    assert hit.title == "Colorectal cancer screening; colonoscopy on individual at high risk"
    assert hit.source == "profile_g0105.txt"
    assert f"{MARKS[0]}Gastroenterologist{MARKS[1]}" in hit.matched
    assert book.search("profile_g0105") == ()  # the name of a file is no text


def test_every_word_counts_else_any(book: CodeBook) -> None:
    """Case, order and endings do not."""
    assert found(book, "GLUCOSE blood") == [("code", "A4253"), ("code", "E0607")]
    assert found(book, "glucose monitors") == [("code", "E0607")]
    assert ("code", "A4259") in found(book, "lancet zeppelin")
    assert found(book, "zeppelin") == []


def test_the_last_word_may_be_unfinished(book: CodeBook) -> None:
    """The others not."""
    assert found(book, "blood gluc") == [("code", "A4253"), ("code", "E0607")]
    assert {code for _, code in found(book, "gluc")} == {"A4253", "E0607", "J1610"}
    assert found(book, "lanc bo") != found(book, "lancets bo") == [("code", "A4259")]


def test_the_beginning_of_a_code_finds_codes(book: CodeBook) -> None:
    """In their order, those without any descriptor too; a page and a profile below their code."""
    assert found(book, "A42") == found(book, "a42") == [("code", "A4253"), ("code", "A4259")]
    assert found(book, "4738") == [("code", "47383")]
    assert found(book, "g0105") == [("code", "G0105"), ("page", "G0105"), ("profile", "G0105")]
    assert found(book, "Z99") == []
    assert found(book, "100") == [("code", "A4259")]  # no code begins so: a word of a text


def test_a_limit(book: CodeBook) -> None:
    """The best ones are kept."""
    assert len(found(book, "blood glucose", 1)) == 1
    assert len(found(book, "A4", 1)) == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        '"',
        "''",
        "*",
        "_",
        "-",
        "( )",
        "\x00",
        "AND",
        "OR NOT",
        "NEAR(blood glucose)",
        "code : A4253",
        "{title} : glucose",
        'blood" OR "glucose',
        "^blood + glucose",
        "'; DROP TABLE search; --",
        "blood) UNION SELECT * FROM editions --",
        "é ½ ١٢ ﬁ 😀",
        "blood " * 3000,
        " ".join(str(number) for number in range(3000)),
        "x" * 100_000,
    ],
)
def test_a_query_is_only_words(book: CodeBook, query: str) -> None:
    """No mark is an operator, no word an instruction; the book is as it was."""
    book.search(query)
    assert found(book, "gluc monitor") == found(book, "monitor gluc") == [("code", "E0607")]


def test_operators_are_words_like_others(book: CodeBook) -> None:
    """Quotes and columns do not narrow a search."""
    assert found(book, 'blood" AND "monitor') == found(book, "blood and monitor")
    assert found(book, "title:glucose blood") == found(book, "title glucose blood")


def test_a_file_and_a_book_in_memory_find_the_same_codes(tmp_path: Path) -> None:
    """Every table that has codes, whatever it says of them."""
    tables = (
        made.fees(START, {"47383": "0"}),
        made.mues(START, {"A4259": 1}),
        made.add_ons(START, {"G2211": (AddOnRow("", "2", START),)}),
        made.facts(Table.HCPCS, START, {"E0607": HcpcsRow(long_description="A monitor, home")}),
        made.facts(Table.ADDENDUM_B, START, {"E0607": OppsRow(short_description="Monitor")}),
        made.facts(Table.ASC, START, {"G0105": AscRow(addendum="AA", short_description="Scope")}),
        made.facts(Table.RBCS, START, {"E0100": RbcsRow()}),
        made.facts(Table.MODIFIERS, START, {"E1": ModifierRow(short_description="Eyelid")}),
    )
    with building(tmp_path / "b", None) as book:
        for table in tables:
            book.put(table)
        book.finish()
    words = ("E0", "47383", "A4259", "E01", "G22", "monitor", "scope", "eyelid", "E1")
    expected = [["E0100", "E0607"], ["47383"], ["A4259"], ["E0100"], ["G2211"], ["E0607"], ["G0105"], [], []]
    for each in (CodeBook.from_tables(tables), CodeBook.open(tmp_path / "b")):
        assert [[hit.code for hit in each.search(word)] for word in words] == expected
        assert each.search("monitor")[0].title == "A monitor, home"


def test_the_starter_is_searched() -> None:
    """Its Level II codes have descriptions; the others a public group."""
    book = CodeBook.starter()
    assert found(book, "47383") == [("code", "47383")]
    assert {"G0105", "G0121"} <= {code for _, code in found(book, "colo")}
    assert all(hit.source == "" for hit in book.search("G0"))
