"""Opening, sharing and pickling a code book."""

import pickle
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from claimrules.codebook import BookError, CodeBook, FeeSchedule, MueTable, PairTable, build_book
from claimrules.codebook.writing import write_book
from claimrules.model.claim import Setting
from claimrules.model.edition import Edition, Table

Published = Callable[..., Path]
Schedule = Callable[..., FeeSchedule]
Mue = Callable[..., MueTable]

DAY = date(2025, 11, 3)


@pytest.fixture
def path(published: Published, tmp_path: Path) -> Path:
    """A small book in a file."""
    output = tmp_path / "small book #1.sqlite"
    build_book([published([{}, {"row": "53", "work": "1.63"}, {"code": "47383", "label": ""}])], output)
    return output


def test_a_book_from_a_file_gives_attributes_with_their_source(path: Path) -> None:
    """The look-up names the edition and the dates it holds."""
    found = CodeBook.open(path).code("G0105", on=DAY, row="53")
    assert (found.row, found.bilateral, found.assistant, str(found.work_rvu)) == ("53", "0", "1", "1.63")
    source = found.sources[Table.FEE_SCHEDULE]
    assert (source.edition.name, source.edition.holds.end) == ("RVU25D", date(2025, 12, 31))
    assert source.edition.source_file == "PPRRVU.csv"


def test_info_lists_every_edition(path: Path) -> None:
    """What ``book info`` shows: names, dates, rows, file and hash."""
    info = CodeBook.open(str(path)).info()
    (edition,) = info.editions
    assert (edition.rows, edition.complete, len(edition.sha256)) == (3, False, 64)
    assert info.path == str(path)
    assert not info.is_starter
    assert info.description == "A code book of 1 edition: fee schedule."
    assert "small book #1.sqlite, 1 editions" in repr(CodeBook.open(path))


def test_a_file_that_is_no_code_book_is_refused(tmp_path: Path) -> None:
    """Missing, another kind of file, another SQLite file, a folder: each says so."""
    text, other = tmp_path / "book.txt", tmp_path / "other.sqlite"
    text.write_text("47383")
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE book (content_hash TEXT)")
    connection.close()
    with pytest.raises(BookError, match="no such file; build one with: claimrules book build"):
        CodeBook.open(tmp_path / "nothing.sqlite")
    for wrong in (text, other):
        with pytest.raises(BookError, match="is not a code book"):
            CodeBook.open(wrong)
    with pytest.raises(BookError, match="cannot be read"):
        CodeBook.open(tmp_path)


def test_a_newer_or_damaged_book_is_refused(path: Path, tmp_path: Path) -> None:
    """A newer layout asks for an update; damage asks for a new build."""
    newer, short = tmp_path / "newer.sqlite", tmp_path / "short.sqlite"
    shutil.copy(path, newer)
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(BookError, match="layout 99, this claimrules reads up to 1; update claimrules"):
        CodeBook.open(newer)
    short.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(BookError, match="is damaged"):
        CodeBook.open(short)


def test_a_book_pickles_by_path_and_hash(path: Path, published: Published) -> None:
    """The pickle is small; a book rebuilt with another content in between is refused."""
    book = CodeBook.open(path)
    data = pickle.dumps(book)
    assert len(data) < 500
    again = pickle.loads(data)  # noqa: S301 (our own)
    assert again == book
    assert hash(again) == hash(book)
    assert again.code("G0105", on=DAY) == book.code("G0105", on=DAY)
    build_book([published([{"bilateral": "1"}])], path)
    with pytest.raises(BookError, match="another content than when it was pickled"):
        pickle.loads(data)  # noqa: S301 (our own)
    path.unlink()
    with pytest.raises(BookError, match="no such file"):
        pickle.loads(data)  # noqa: S301 (our own)


def test_a_book_rebuilt_while_open_is_never_mixed(path: Path, published: Published) -> None:
    """Rows are read late; they must belong to the editions that were opened."""
    book = CodeBook.open(path)
    build_book([published([{"bilateral": "1"}])], path)
    with pytest.raises(BookError, match="was rebuilt after it was opened"):
        book.code("G0105", on=DAY)


def test_books_in_memory_and_the_starter_pickle(schedule: Schedule) -> None:
    """One in memory takes its tables along; the starter is found again."""
    book = CodeBook.from_tables([schedule(date(2025, 10, 1), {"G0105": {"": {"bilateral": "0"}}})])
    again = pickle.loads(pickle.dumps(book))  # noqa: S301 (our own)
    assert again == book
    assert again.code("G0105", on=DAY).bilateral == "0"
    assert pickle.loads(pickle.dumps(CodeBook.starter())) is CodeBook.starter()  # noqa: S301 (our own)
    assert book != CodeBook.starter()
    assert book != "a book"


def test_file_and_memory_have_one_content_hash(path: Path) -> None:
    """The hash is of the content, wherever it stands."""
    book = CodeBook.open(path)
    tables = [book._tables.table(position) for position in range(len(book.editions))]  # noqa: SLF001
    assert CodeBook.from_tables(tables).content_hash == book.content_hash


def test_tables_of_every_kind_go_to_a_file_and_come_back(
    schedule: Schedule, mue: Mue, tmp_path: Path
) -> None:
    """Fee schedules and MUE tables are stored as they are; pairs are not stored yet, and say so."""
    start, output = date(2025, 10, 1), tmp_path / "book.sqlite"
    tables = (schedule(start, {"G0105": {"": {"bilateral": "0"}}}), mue(start, "dme", {"L1833": 2}))
    write_book(output, None, tables)
    book = CodeBook.open(output)
    assert book == CodeBook.from_tables(tables)
    found = book.code("L1833", on=DAY, setting=Setting.DME)
    assert (found.mue, found.mai, found.mue_rationale) == (2, "2", "CMS Policy")
    assert book.code("G9999", on=DAY).in_force is None
    assert book.code("99999", on=DAY).in_force == "unlisted"
    pairs = Edition(name="NCCI", table=Table.NCCI_PAIRS, effective=start, ends=DAY)
    with pytest.raises(TypeError, match="NCCI: the NCCI pair table cannot be written to a file yet"):
        write_book(output, None, [PairTable(edition=pairs, rows={})])
    assert CodeBook.open(output) == book


def test_threads_share_one_book(path: Path) -> None:
    """Many threads that open the same look-up at once get the same objects and the same answers."""
    book = CodeBook.open(path)

    def look(number: int) -> tuple[int, str | None]:
        lookup = book.lookup(("near", "exact", "latest")[number % 3])
        slot = lookup.slot(DAY, Setting.OUTPATIENT)
        slot.get(f"{number:05}")
        return id(lookup), slot.get("G0105", "53").assistant

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(look, range(600)))
    assert {answer for _, answer in results} == {"1"}
    assert len({lookup for lookup, _ in results}) == 3
