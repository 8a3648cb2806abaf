"""What tables say of the lines of a frame is read while the lines are gathered."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.codebook import made

from claimrules import Checker, CodeBook, Rulebook
from claimrules.codebook import PairRow, lookup, store
from claimrules.codebook.among import read_among
from claimrules.codebook.writing import building
from claimrules.engine import frame
from claimrules.engine.frame import ahead
from claimrules.engine.frame.combos import combine
from claimrules.model.claim import Setting

START = date(2025, 10, 1)


class AtOnce:
    """An executor that does everything when it is submitted."""

    def __init__(self, max_workers: int) -> None:
        """Take what a pool of threads takes."""
        assert max_workers

    def submit(self, work: Callable[..., object], *args: object) -> None:
        """Do it."""
        work(*args)

    def shutdown(self, *, wait: bool) -> None:
        """Have nothing to wait for."""
        assert not wait


@pytest.mark.parametrize("settings", [("professional",), ("professional", "outpatient", "none")])
def test_pairs_are_read_before_anybody_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: tuple[str, ...]
) -> None:
    """Once, among the codes of the lines as they are read, of the editions that speak on their days."""
    edits = (PairRow(START),)
    tables = [
        made.pairs(START, {("G0101", "G0102"): edits}),
        made.pairs(START, {("G0103", "G0101"): edits}, setting="outpatient"),
        made.pairs(date(2020, 1, 1), {("G0101", "G0103"): edits}),
    ]
    with building(tmp_path / "pairs.sqlite", None) as book:
        for table in tables:
            book.put(table)
        book.finish()
    reads: list[tuple[int, frozenset[str]]] = []

    def read(book: Any, number: int, firsts: Any, *args: Any) -> Any:
        reads.append((number, firsts))
        return read_among(book, number, firsts, *args)

    def combined(context: Any) -> Any:
        reads.append((0, frozenset()))
        return combine(context)

    monkeypatch.setattr(store, "read_among", read)
    monkeypatch.setattr(frame, "combine", combined)
    monkeypatch.setattr(ahead, "ThreadPoolExecutor", AtOnce)
    codes = [" G0101", "g0102", "?", None, "G0101"]
    lines = pl.DataFrame(
        {
            "code": codes,
            "from_date": ["20251105", " 2025-11-05", "2025-11-05", "2025-11-06", "x"],
            "setting": [settings[at % len(settings)] for at in range(len(codes))],
            "patient": "P",
            "provider": "1",
        }
    )
    checker = Checker(CodeBook.open(tmp_path / "pairs.sqlite"), Rulebook.load(select=["NCCI101"]))
    assert checker.check_frame(lines).summary.rules
    assert [what for _, what in reads] == [frozenset({"G0101", "G0102"})] * (len(reads) - 1) + [frozenset()]
    assert len({number for number, _ in reads}) == len(reads) == min(3, len(settings) + 1)


def test_slots_have_numbers_of_their_own_whoever_asks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slot that another thread made meanwhile is the one that both take, and no other has its number."""
    # A book of its own: of one that others read the slot is there already.
    found = CodeBook.from_tables([made.pairs(START, {})]).lookup("near")
    plain, meanwhile = lookup.Slot, list[Any]()

    def made_slow(*args: Any) -> Any:
        if not meanwhile:
            meanwhile.append(None)
            meanwhile[0] = (
                found.slot(date(2019, 5, 5), Setting.PROFESSIONAL),
                found.slot(START, Setting.PROFESSIONAL),
            )
        return plain(*args)

    monkeypatch.setattr(lookup, "Slot", made_slow)
    mine = found.slot(START, Setting.PROFESSIONAL)
    other, same = meanwhile[0]
    assert mine is same
    assert (
        len({slot.index for slot in (mine, other, found.slot(date(2024, 8, 8), Setting.PROFESSIONAL))}) == 3
    )
