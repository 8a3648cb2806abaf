"""What a code book tells: attributes with their source, what it holds; pickling, equality, threads."""

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.codebook import made

from claimrules.codebook import AddOnRow, BookError, CodeBook, FeeSchedule, MueTable, PairRow, build_book
from claimrules.codebook.writing import building
from claimrules.model.claim import Setting
from claimrules.model.edition import Table
from claimrules.model.published import AscRow, HcpcsRow, ModifierRow, OppsRow, RbcsRow

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
    """What ``book info`` shows: names, dates, rows, file and hash, and what is not there."""
    info = CodeBook.open(str(path)).info()
    (edition,) = info.editions
    assert (edition.rows, edition.complete, len(edition.sha256)) == (3, False, 64)
    assert (info.path, info.is_starter, info.pages, info.unbound) == (str(path), False, 0, ())
    assert info.description == "A code book of 1 edition: fee schedule."
    assert [cover.editions for cover in info.covers] == [info.editions]
    assert Table.MUE in info.missing
    assert "small book #1.sqlite, 1 editions" in repr(CodeBook.open(path))


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


def test_books_in_memory_and_the_starter_pickle(schedule: Schedule) -> None:
    """One in memory takes its tables along; the starter is found again."""
    book = CodeBook.from_tables([schedule(date(2025, 10, 1), {"G0105": {"": {"bilateral": "0"}}})])
    again = pickle.loads(pickle.dumps(book))  # noqa: S301 (our own)
    assert again == book
    assert again.code("G0105", on=DAY).bilateral == "0"
    assert pickle.loads(pickle.dumps(CodeBook.starter())) is CodeBook.starter()  # noqa: S301 (our own)
    assert book != CodeBook.starter()
    assert book != "a book"


def test_every_kind_of_table_goes_to_a_file_and_comes_back(
    schedule: Schedule, mue: Mue, tmp_path: Path
) -> None:
    """Rows, editions, days of rows and content hash are those of the book in memory."""
    start, output = date(2025, 10, 1), tmp_path / "book.sqlite"
    edits = {("G0105", "G0121"): (PairRow(start, rationale="Misuse"), PairRow(DAY, DAY, "9"))}
    given = (
        schedule(start, {"G0105": {"": {"bilateral": "0"}, "26": {}}}, released=date(2025, 9, 1)),
        mue(start, "dme", {"L1833": 2}),
        made.pairs(start, edits, part="f1", rows=2),
        made.add_ons(start, {"G2211": (AddOnRow("", "2", start, note="by the contractor"),)}),
        made.facts(Table.HCPCS, start, {"E0100": HcpcsRow(pricing=("32", "46"), added=start)}),
        made.facts(Table.MODIFIERS, start, {"XS": ModifierRow(excludes=("59",), termination=DAY)}),
        made.facts(Table.ADDENDUM_B, start, {"G0105": OppsRow(apc="5313", rate=Decimal("933.20"))}),
        made.facts(Table.ASC, start, {"G0105": AscRow(addendum="AA")}, part="AA"),
        made.facts(Table.RBCS, start, {}),
        made.facts(Table.RBCS, DAY, {"G0105": RbcsRow(category="Procedure", ended=DAY)}),
    )
    with building(output, None) as book:
        for table in given:
            book.put(table)
        content_hash, _ = book.finish()
    opened, held = CodeBook.open(output), CodeBook.from_tables(given)
    assert opened == held
    assert opened.content_hash == content_hash
    positions = {edition: place for place, edition in enumerate(held.editions)}
    for place, edition in enumerate(opened.editions):
        assert opened._tables.table(place) == given[positions[edition]]  # noqa: SLF001
        if edition.table in (Table.ADD_ON, Table.HCPCS, Table.MODIFIERS):
            assert opened._tables.spans(place) == held._tables.spans(positions[edition])  # noqa: SLF001
        for code in ("G0105", "E0100", "XS", "Z9999"):
            one = opened._tables.entry(place, code)  # noqa: SLF001
            assert one == held._tables.entry(positions[edition], code)  # noqa: SLF001
    assert opened._tables.known_codes() == held._tables.known_codes() == {"G0105", "E0100"}  # noqa: SLF001
    assert opened.code("L1833", on=DAY, setting=Setting.DME).mue == 2
    assert opened.code("99999", on=DAY).in_force == "unlisted"


def test_entries_are_read_without_their_table(path: Path) -> None:
    """And the same once the table is in memory."""
    book = CodeBook.open(path)
    before = book._tables.entry(0, "G0105")  # noqa: SLF001
    assert book._tables._loaded == {}  # type: ignore[attr-defined]  # noqa: SLF001
    book.code("G0105", on=DAY)
    assert book._tables.entry(0, "G0105") == before is not None  # noqa: SLF001


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


def test_both_layouts_stand_in_one_book(published: Published, tmp_path: Path) -> None:
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
    build_book([old, new], tmp_path / "book.sqlite")
    lookup = CodeBook.open(tmp_path / "book.sqlite").lookup("exact")
    days = (date(2025, 11, 3), date(2026, 2, 1))
    before, after = (lookup.slot(day, Setting.PROFESSIONAL).get("45385") for day in days)
    assert (before.pricing, after.pricing) == (None, "9")
    for found in (before, after):
        assert (found.endoscopic_base, found.supervision, found.team) == ("45378", "09", "0")
        assert (str(found.conversion_factor), found.imaging_family) == ("32.3465", "99")
