"""Who shares the keys of pairs is found while combinations are judged, and says what the frame says later."""

import random
from typing import Any

import pytest

from claimrules import Checker, Rulebook
from claimrules.engine.frame import grounding
from claimrules.engine.frame.combos import combine

pl = pytest.importorskip("polars")

DRAWN = 400


def drawn(seed: int, *, blank: bool) -> Any:
    """Lines of few patients, some in runs of one patient and day, of codes that are paired or limited."""
    pick = random.Random(seed)  # noqa: S311 (a test)
    rows: list[tuple[str, ...]] = []
    while len(rows) < DRAWN:
        who = (f"P{pick.randrange(60)}", f"12345{pick.randrange(3)}", f"2025-11-{pick.randrange(1, 9):02d}")
        for _ in range(pick.choice((1, 1, 2, 3))):
            patient = pick.choice(("", who[0])) if blank else who[0]
            code = pick.choice(("99213", "G0105", "36415", "45378", "43239"))
            rows.append((patient, *who[1:], pick.choice(("", who[2])), code, pick.choice("125")))
    names = ("patient", "provider", "from_date", "to_date", "code", "units")
    return pl.DataFrame(rows, schema=names, orient="row").with_row_index("line_id").cast(pl.String)


def said(lines: Any, monkeypatch: pytest.MonkeyPatch, many: int) -> tuple[Any, ...]:
    """Everything that is said of lines, and whether company was told ahead."""
    ahead: list[bool] = []

    def combined(context: Any) -> Any:
        found = combine(context)
        ahead.append(found.company is not None)
        return found

    monkeypatch.setattr(grounding, "_MANY", many)
    monkeypatch.setattr("claimrules.engine.frame.combine", combined)
    result = Checker(rulebook=Rulebook.load(select=["MUE", "NCCI", "DUP"])).check_frame(lines)
    counts, outcomes = result.summary.rules, result.outcomes()
    findings = result.findings.sort(pl.all())
    return ahead.pop(), dict(counts), outcomes, findings.rows(), repr(result.unreadable()), result.result(2)


@pytest.mark.parametrize("seed", range(4))
def test_company_told_ahead_is_that_which_is_asked_for(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once with all keys known, as in large exports, and once asked for later."""
    lines = drawn(seed, blank=False)
    ahead, *found = said(lines, monkeypatch, 0)
    later, *expected = said(lines, monkeypatch, lines.height + 1)

    assert (ahead, later) == (True, False)
    assert found == expected
    assert any(count.fired for count in expected[0].values())


def test_keys_that_are_unknown_are_asked_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line without a patient shares nothing with another."""
    ahead, *_ = said(drawn(7, blank=True), monkeypatch, 0)

    assert not ahead
