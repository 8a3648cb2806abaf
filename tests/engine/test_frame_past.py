"""A history beside a frame: both engines say the same, and its lines are neither judged nor counted."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from claimrules import Checker, ClaimLine, Coverage, History, Rulebook
from claimrules.engine.frame import FrameError
from claimrules.testing.frames import frame_of, row_of

ENGINES = ("polars", "polars-lazy", "pandas", "pyarrow", "duckdb")
COLUMNS = ("code", "units", "from_date", "claim_id", "line_id", "patient", "provider")
MODIFIERS = tuple(f"modifier_{slot}" for slot in range(1, 5))
CODES = ("G0412", "99213", "47383", "G0105", "G0117", "99999", "20610")
SELECTED = ["GLOB404", "GLOB405", "DUP101", "MUE102", "STAT107", "BILAT101", "SPLIT107"]
"""Group and pair rules, of claim and of history, and line rules beside them."""


def drawn(seed: int, count: int, claim: str) -> Iterator[ClaimLine]:
    """Draw lines of few patients, providers and days."""
    pick = random.Random(seed)  # noqa: S311 (no secret)
    for number in range(count):
        day = date(2025, 10, 1) + timedelta(days=pick.choice((0, 0, 1, 9, 10, 11, 30, 90)))
        yield ClaimLine(
            code=pick.choice(CODES),
            modifiers=pick.choice(((), (), ("24",), ("78",), ("RT",), ("50",), ("54",))),
            from_date=day,
            claim_id=f"{claim}{number // 2}",
            line_id=str(number),
            patient=pick.choice(("P1", "P2", None)),
            provider=pick.choice(("1234567893", "1245319599", None)),
        )


def frames(engine: str, *tables: Sequence[ClaimLine]) -> list[Any]:
    """Make frames of lines."""
    rows = [
        [{name: row_of(line)[name] for name in (*COLUMNS, *MODIFIERS)} for line in each] for each in tables
    ]
    made = [frame_of(each, engine.removesuffix("-lazy")) for each in rows]
    return [each.lazy() for each in made] if engine.endswith("lazy") else made


def both(engine: str, past: Sequence[ClaimLine], lines: Sequence[ClaimLine]) -> tuple[Any, Any]:
    """Give what the line engine says, and what the frame engine says."""
    checker = Checker(rulebook=Rulebook.load(SELECTED))
    coverage = Coverage(complete_from=date(2025, 9, 1), complete_to=date(2025, 12, 30), providers="all")
    history = History(past, **attrs.asdict(coverage))
    now, before = frames(engine, lines, past)
    return (
        checker.check_lines(lines, history),
        checker.check_frame(now, history=coverage, past=before),
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_both_engines_say_the_same_of_lines_with_a_history(engine: str) -> None:
    """Outcomes of every rule, causes, severities, editions, and the findings with their proofs."""
    pytest.importorskip({"polars-lazy": "polars"}.get(engine, engine))
    found, framed = both(engine, list(drawn(1, 30, "H")), list(drawn(2, 40, "C")))
    summary, explained = framed.summary, framed.explained(None)

    assert found.checked == summary.checked == 40
    assert found.rules == summary.rules
    assert (found.unknown_by_cause, found.incomplete_lines) == (
        summary.unknown_by_cause,
        summary.incomplete_lines,
    )
    assert (found.severities, found.editions, found.unknown) == (
        summary.severities,
        summary.editions,
        summary.unknown,
    )
    key = lambda each: (each.claim_id, each.line_id, each.rule, each.other_count, each.severity)  # noqa: E731
    assert sorted(map(key, found.findings)) == sorted(map(key, explained.findings))
    assert any(each.rule == "GLOB404" for each in explained.findings)
    assert not any((each.claim_id or "").startswith("H") for each in explained.findings)


def test_a_frame_with_a_history_covers_its_own_days() -> None:
    """Undeclared, the days of the lines that are judged are complete, not those of the history."""
    pytest.importorskip("polars")
    checker = Checker(rulebook=Rulebook.load(["GLOB404"]))
    text = "99213 2025-11-03 patient:P1 by:1234567893"
    lines = [attrs.evolve(ClaimLine.parse(text), claim_id="C1", line_id="1")]
    past = [attrs.evolve(lines[0], code="G0105", from_date=date(2025, 1, 1), claim_id="H1")]
    now, before = frames("polars", lines, past)

    summary = checker.check_frame(now, past=before).summary

    assert summary.unknown_by_cause == {"no_history": 1}
    assert "complete from 2025-11-03 to 2025-11-03" in summary.unknown[0].what


@pytest.mark.parametrize("engine", ENGINES)
def test_the_first_line_that_is_judged_carries_what_is_told_once(engine: str) -> None:
    """A line of the history counts, and carries nothing: the finding stands on the first line judged."""
    pytest.importorskip({"polars-lazy": "polars"}.get(engine, engine))
    plain = ClaimLine.parse("47383 2025-11-03 patient:P1 by:1234567893")
    past = [attrs.evolve(plain, claim_id="H1", line_id="1")]
    lines = [attrs.evolve(plain, code=code, claim_id="C1", line_id=code) for code in ("20610", "G0412")]
    checker = Checker(rulebook=Rulebook.load(["MULT103"], preview=True))
    now, before = frames(engine, lines, past)

    found = checker.check_lines(lines, History(past))
    explained = checker.check_frame(now, past=before).explained(None)

    assert [each.line_id for each in found.findings] == ["20610"]
    assert [(each.line_id, each.other_count) for each in explained.findings] == [("20610", 2)]


def test_line_rules_alone_need_no_history() -> None:
    """It is left out, and the lines are judged as they are."""
    pytest.importorskip("polars")
    lines = list(drawn(3, 5, "C"))
    now, before = frames("polars", lines, list(drawn(4, 5, "H")))
    checker = Checker(rulebook=Rulebook.load(["BILAT101"]))

    assert checker.check_frame(now, past=before).summary == checker.check_frame(now).summary


def test_a_history_of_another_kind_is_refused() -> None:
    """Another library, or a column of another type: the remedy is said."""
    pl = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    lines = list(drawn(5, 3, "C"))
    [now] = frames("polars", lines)
    checker = Checker(rulebook=Rulebook.load(["GLOB404"]))

    with pytest.raises(
        FrameError, match="the history is a pyarrow frame and the lines are polars; give both alike"
    ):
        checker.check_frame(now, past=frames("pyarrow", lines)[0])
    with pytest.raises(
        FrameError, match="the history's column 'units' is Int32, that of the lines String; cast"
    ):
        checker.check_frame(now, past=now.with_columns(units=pl.lit(1)))
    fewer = checker.check_frame(now, past=now.drop("modifier_4", "units"))
    assert fewer.summary.checked == 3


def test_what_only_a_history_writes_unreadably_is_not_told() -> None:
    """Fields that could not be read are those of lines that are judged; a history's are not counted."""
    pl = pytest.importorskip("polars")
    names = ("code", *MODIFIERS, "units", "from_date", "claim_id", "line_id", "patient")
    rows = [
        ("G0105", "50", "", "", "", units, "2025-11-03", claim, "1", "P1")
        for units, claim in (("1", "C1"), ("x", "C2"), ("many", "H1"))
    ]
    now, bad, past = (pl.DataFrame([dict(zip(names, row, strict=True))]) for row in rows)
    checker = Checker(rulebook=Rulebook.load(SELECTED))
    found = checker.check_frame(now, history=Coverage(), past=past)
    other = checker.check_frame(pl.concat([now, bad]), history=Coverage(), past=past)

    assert found.unreadable() == ()
    assert [(each.field, each.lines, each.first) for each in other.unreadable()] == [
        ("units", 1, (("C2", "1"),))
    ]
