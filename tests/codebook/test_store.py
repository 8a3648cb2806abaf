"""The file of a code book: refused when it is none, damaged or of another layout, noticed when rebuilt."""

import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from tests.codebook import made

from claimrules.codebook import BookError, BuildError, CodeBook, PairFact, PairRow, build_book, store
from claimrules.codebook.writing import building

Published = Callable[..., Path]

DAY, START = date(2025, 11, 3), date(2025, 10, 1)


@pytest.fixture
def path(published: Published, tmp_path: Path) -> Path:
    """A small book in a file."""
    output = tmp_path / "book.sqlite"
    build_book([published()], output)
    return output


def changed(path: Path, statement: str) -> Path:
    """Copy a book and change the copy."""
    copy = path.with_name("changed.sqlite")
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute(statement)
    return copy


def test_a_file_that_is_no_code_book_is_refused(tmp_path: Path) -> None:
    """Missing, another kind of file, another SQLite file, an empty one, a folder: each says so."""
    text, other, empty = tmp_path / "book.txt", tmp_path / "other.sqlite", tmp_path / "empty"
    text.write_text("47383")
    empty.touch()
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE book (content_hash TEXT)")
    with pytest.raises(BookError, match="no such file; build one with: claimrules book build"):
        CodeBook.open(tmp_path / "nothing.sqlite")
    for wrong in (text, other, empty):
        with pytest.raises(BookError, match="is not a code book"):
            CodeBook.open(wrong)
    with pytest.raises(BookError, match="is a folder; name the code book in it"):
        CodeBook.open(tmp_path)


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (99, r"has layout 99, this claimrules reads \d+; update claimrules"),
        (1, r"has the old layout 1, this claimrules reads \d+; build it anew"),
    ],
)
def test_a_book_of_another_layout_is_refused(
    path: Path, published: Published, layout: int, words: str
) -> None:
    """A newer one asks for an update, an older one for a new build; neither is overwritten."""
    other = changed(path, f"PRAGMA user_version = {layout}")
    before = other.read_bytes()
    with pytest.raises(BookError, match=words):
        CodeBook.open(other)
    with pytest.raises(BuildError, match=rf"{words}; or give another --output: this file is not overwritten"):
        build_book([published()], other)
    assert other.read_bytes() == before


def test_a_damaged_book_is_refused(path: Path, tmp_path: Path) -> None:
    """Cut off, or with a cell that cannot be."""
    short = tmp_path / "short.sqlite"
    short.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(BookError, match=r"is damaged .*; build one with: claimrules book build"):
        CodeBook.open(short)
    for statement in (
        "UPDATE editions SET effective = 'soon'",
        "UPDATE editions SET table_name = 'weather'",
        "DELETE FROM book",
        "DROP TABLE editions",
    ):
        with pytest.raises(BookError, match="is damaged"):
            CodeBook.open(changed(path, statement))


@pytest.mark.parametrize("statement", ["DROP TABLE fee_schedule", "DROP TABLE search", "DROP TABLE hcpcs"])
def test_damage_that_is_found_later_is_told_too(path: Path, statement: str) -> None:
    """Never a table that seems empty."""
    book = CodeBook.open(changed(path, statement))

    def use() -> None:
        book.code("G0105", on=DAY)
        book._tables.known_codes()  # noqa: SLF001
        book.search("liver")

    with pytest.raises(BookError, match="is damaged"):
        use()


def test_a_book_rebuilt_while_open_is_never_mixed(path: Path, published: Published) -> None:
    """Rows are read late; they must belong to the editions that were opened."""
    book, warm = CodeBook.open(path), CodeBook.open(path)
    found = warm.code("G0105", on=DAY)
    build_book([published([{"bilateral": "1"}])], path)
    questions: tuple[Callable[[], object], ...] = (
        lambda: book.code("G0105", on=DAY),
        lambda: book.search("scrn"),
        lambda: book.documents,
        lambda: book._tables.entry(0, "G0105"),  # noqa: SLF001
        book._tables.known_codes,  # noqa: SLF001
    )
    for question in questions:
        with pytest.raises(BookError, match="was rebuilt after it was opened; open it again"):
            question()
    assert warm.code("G0105", on=DAY) is found


def test_a_book_rebuilt_with_the_same_content_is_the_same(path: Path, published: Published) -> None:
    """The content counts, not the bytes."""
    book = CodeBook.open(path)
    path.unlink()
    build_book([published(name="other.csv")], path)
    assert book.code("G0105", on=DAY).bilateral == "0"
    path.unlink()
    with pytest.raises(BookError, match="cannot be opened"):
        book.search("scrn")


def test_partners_are_read_once_and_do_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every edit of a column 1 code is kept; above the limit all are forgotten and read anew."""
    monkeypatch.setattr(store, "_PARTNERS_KEPT", 20)
    codes = [f"G{number:04}" for number in range(60)]
    rows = {(one, other): PairRow(START) for one in codes for other in codes[:4]}
    with building(tmp_path / "b", None) as book:
        book.put(made.pairs(START, rows))
        book.finish()
    tables = store.StoredTables(tmp_path / "b")
    opened = CodeBook(tables)
    for _ in range(2):
        for one in codes:
            assert isinstance(opened.pair(one, "G0003", on=DAY), PairFact)
            assert opened.pair(one, "G0004", on=DAY) is None
            assert sum(map(len, tables._partners.values())) <= 25  # noqa: SLF001
    assert tables._partners  # noqa: SLF001


def test_many_threads_ask_for_pairs(tmp_path: Path) -> None:
    """A connection does not cross threads; each question opens its own."""
    codes = [f"G{number:04}" for number in range(40)]
    with building(tmp_path / "b", None) as book:
        book.put(made.pairs(START, {(one, "J0001"): PairRow(START) for one in codes}))
        book.finish()
    opened = CodeBook.open(tmp_path / "b")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda code: opened.pair(code, "J0001", on=DAY), codes * 5))
    assert all(isinstance(fact, PairFact) for fact in found)


def test_people_read_the_pairs_by_sql(tmp_path: Path) -> None:
    """Terms are stored once; the view has them beside the pairs."""
    rows = {("G0105", f"G{number:04}"): PairRow(START, rationale="Misuse") for number in range(50)}
    with building(tmp_path / "b", None) as book:
        book.put(made.pairs(START, rows))
        book.finish()
    with closing(sqlite3.connect(tmp_path / "b")) as connection:
        (terms,) = connection.execute("SELECT count(*) FROM pair_terms").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM ncci_pairs WHERE rationale = 'Misuse'").fetchone()
        (kind,) = connection.execute("PRAGMA application_id").fetchone()
    assert (terms, count, kind.to_bytes(4, "big")) == (1, 50, b"CLMR")
