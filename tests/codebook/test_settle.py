"""Two files for one place in a book: releases, twins, forms, files that agree and that do not."""

from collections.abc import Callable
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from tests.codebook import made

from claimrules.codebook import BuildError, BuildReport, CodeBook, PairRow, build_book
from claimrules.codebook.settle import Action, Settled, settle
from claimrules.codebook.tables import AnyTable
from claimrules.codebook.writing import building, key_of

Published = Callable[..., Path]

DAY, START = date(2025, 11, 3), date(2025, 10, 1)
EARLY, LATER = "RELEASED 08/01/2025", "RELEASED 09/11/2025"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Where the book shall stand."""
    return tmp_path / "book.sqlite"


def actions(report: BuildReport) -> list[Action]:
    """What became of each edition, in the order read."""
    return [settled.action for file in report.files for settled in file.taken]


def settled(path: Path, *tables: AnyTable, old: tuple[AnyTable, ...] = ()) -> tuple[list[Settled], str]:
    """Settle tables one after the other, each of its own file; give the content hash too."""
    fresh: dict[object, str] = {}
    found = []
    with building(path, None) as book:
        for table in old:
            book.put(table)
        for number, table in enumerate(tables):
            found.append(settle(book, table, fresh))
            fresh.setdefault(key_of(table.edition), f"file {number}")
        content_hash, _ = book.finish()
    return found, content_hash


def test_a_later_release_stands_whichever_is_read_first(published: Published, output: Path) -> None:
    """And the report says so."""
    early = published([{"bilateral": "1"}], name="early.csv", released=EARLY)
    later = published([{"bilateral": "2"}], name="later.csv", released=LATER)
    one = build_book([early, later], output)
    assert actions(one) == [Action.ADDED, Action.REPLACES]
    assert "  replaces RVU25D from early.csv, released 2025-08-01" in one.lines()
    other = build_book([later, early], output.with_name("other"))
    assert actions(other) == [Action.ADDED, Action.OLDER]
    assert "  not used: later.csv, released 2025-09-11 stands in its place" in other.lines()
    assert one.content_hash == other.content_hash
    assert CodeBook.open(output).code("G0105", on=DAY).bilateral == "2"
    again = build_book([early], output)
    assert (actions(again), again.content_hash) == ([Action.OLDER], one.content_hash)


def test_twins_by_the_conversion_factor_are_one_edition(published: Published, output: Path) -> None:
    """The lower factor stands, whatever the order; in one call or in two."""
    low = published([{"conversion_factor": "33.4009"}, {"code": "G0121"}], name="nonQPP.csv")
    high = published([{"conversion_factor": "33.5675"}, {"code": "G0121"}], name="QPP.csv")
    hashes = set()
    for number, order in enumerate(permutations([low, high])):
        report = build_book(order, output.with_name(f"{number}"))
        assert (actions(report), len(report.editions)) == ([Action.ADDED, Action.TWIN], 1)
        assert f"  the twin of {order[0].name} but for the conversion factor: one edition" in report.lines()
        hashes.add(report.content_hash)
        for path in order:
            last = build_book([path], output.with_name(f"one by one {number}"))
        hashes.add(last.content_hash)
    assert len(hashes) == 1
    book = CodeBook.open(output.with_name("0"))
    assert str(book.code("G0105", on=DAY).conversion_factor) == "33.4009"


@pytest.mark.parametrize("change", [{"bilateral": "3"}, {"row": "26"}, {"code": "G0106"}])
def test_what_differs_in_more_is_no_twin(published: Published, output: Path, change: dict[str, str]) -> None:
    """An indicator, a row, a code."""
    one = published([{"conversion_factor": "33.4009"}], name="one.csv")
    other = published([{"conversion_factor": "33.5675", **change}], name="other.csv")
    with pytest.raises(BuildError, match=r"other\.csv: disagrees with .*one\.csv about RVU25D"):
        build_book([one, other], output)


def test_files_of_one_call_that_disagree_are_an_error(
    published: Published, output: Path, tmp_path: Path
) -> None:
    """Both are named, and how many keys; the other files are tried all the same."""
    codes = [f"G01{number:02}" for number in range(7)]
    one = published([{"code": code} for code in codes], name="one.csv")
    other = published([{"code": code, "bilateral": "3"} for code in codes], name="other.csv")
    bad = tmp_path / "bad.csv"
    bad.write_text("hello")
    with pytest.raises(BuildError) as caught:
        build_book([one, other, bad], output)
    first, second = caught.value.errors
    assert first == (
        f"{other}: disagrees with {one} about RVU25D: 7 keys (G0100, G0101, G0102, G0103, G0104, …); "
        "give only the one that is right"
    )
    assert second.startswith(f"{bad}: is no published file")
    assert not output.exists()


def test_the_file_that_is_named_is_the_one_that_stands(published: Published, output: Path) -> None:
    """Not one that was replaced, or not used, in the same call."""
    early = published([{"bilateral": "1"}], name="early.csv", released=EARLY)
    later = published([{"bilateral": "2"}], name="later.csv", released=LATER)
    third = published([{"bilateral": "3"}], name="third.csv", released=LATER)
    for order in ((early, later, third), (later, early, third)):
        with pytest.raises(BuildError, match=r"third\.csv: disagrees with .*later\.csv about"):
            build_book(order, output)
    build_book([later], output)
    report = build_book([early, third], output)
    assert actions(report) == [Action.OLDER, Action.REPLACES]


def test_the_same_content_is_not_added_twice(published: Published, output: Path) -> None:
    """In one call or later; the report says so, and the hash stays."""
    one, copy = published(name="one.csv"), published(name="copy.csv")
    report = build_book([one, copy], output)
    assert actions(report) == [Action.ADDED, Action.SAME]
    assert "  the same as one.csv: nothing to add" in report.lines()
    again = build_book([copy], output)
    assert (actions(again), again.content_hash) == ([Action.SAME], report.content_hash)


def test_a_new_file_takes_the_place_of_what_the_book_held(published: Published, output: Path) -> None:
    """With a warning that counts what differs."""
    build_book([published([{}, {"code": "G0121"}], name="old.csv")], output)
    report = build_book([published([{"bilateral": "3"}, {"code": "G0121"}], name="new.csv")], output)
    assert actions(report) == [Action.REPLACES]
    assert "  replaces RVU25D from old.csv, released 2025-09-11" in report.lines()
    assert "  warning: differs from what it replaces: 1 keys (G0105)" in report.lines()
    assert CodeBook.open(output).code("G0105", on=DAY).bilateral == "3"


RELEASED = {"released": date(2025, 9, 11)}


@pytest.mark.parametrize("bilateral", ["0", "3"])
def test_a_form_without_release_date_gives_way_to_one_with_it(tmp_path: Path, bilateral: str) -> None:
    """The text form of a schedule has none; whatever the order, the book is the same."""
    text = made.fees(START, {"G0105": "0"}, source_file="text")
    table = made.fees(START, {"G0105": bilateral}, source_file="csv", **RELEASED)
    (_, second), one = settled(tmp_path / "1", text, table)
    assert (second.action, second.other) == (Action.REPLACES, text.edition)
    (_, second), other = settled(tmp_path / "2", table, text)
    assert (second.action, second.other) == (Action.SAME if bilateral == "0" else Action.OLDER, table.edition)
    assert one == other == CodeBook.from_tables([table]).content_hash
    (only,), third = settled(tmp_path / "3", table, old=(text,))
    assert (only.action, len(only.warnings), third) == (Action.REPLACES, bilateral == "3", one)


def test_a_complete_file_stands_before_an_excerpt(tmp_path: Path) -> None:
    """Of one call, whatever the order."""
    whole, excerpt = (made.mues(START, {"A4206": n}, complete=n == 1) for n in (1, 2))
    for number, order in enumerate(permutations([whole, excerpt])):
        _, content_hash = settled(tmp_path / f"{number}", *order)
        assert content_hash == CodeBook.from_tables([whole]).content_hash


def test_the_order_of_a_pair_s_edits_is_no_difference(tmp_path: Path) -> None:
    """A book keeps none; what is counted as different is different."""
    old, new = PairRow(date(2010, 1, 1), date(2012, 1, 1), "1"), PairRow(date(2020, 1, 1))
    rows = {("G0105", "G0121"): (new, old), ("G0105", "G0122"): (old, new), ("J0001", "J0002"): (new,)}
    table = made.pairs(START, rows)
    turned = made.pairs(START, {key: tuple(reversed(edits)) for key, edits in rows.items()})
    found, _ = settled(tmp_path / "1", table, turned)
    assert [each.action for each in found] == [Action.ADDED, Action.SAME]
    changed = made.pairs(START, {**turned.rows, ("J0001", "J0002"): (old,)})
    with pytest.raises(BuildError, match=r"disagrees with file 0 about .*: 1 keys \(J0001/J0002\)"):
        settled(tmp_path / "2", table, changed)


def test_parts_settings_and_programs_stand_side_by_side(tmp_path: Path) -> None:
    """They are different places."""
    tables: list[AnyTable] = [
        made.mues(START, {"A4206": 1}),
        made.mues(START, {"A4206": 2}, setting="dme"),
        made.mues(START, {"A4206": 3}, program="medicaid"),
        made.pairs(START, {("G0105", "G0121"): PairRow(START)}, part="f1"),
        made.pairs(START, {("J0105", "J0121"): PairRow(START)}, part="f2"),
    ]
    found, _ = settled(tmp_path / "1", *tables)
    assert {each.action for each in found} == {Action.ADDED}
