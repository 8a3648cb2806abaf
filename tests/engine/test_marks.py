"""What is worked out once for many group and pair rules tells what each would find by itself."""

from typing import Any

import pytest

from claimrules import Checker
from claimrules.engine.frame import marks, meeting, shapes, sharing
from claimrules.engine.frame.steady import steady

pl = pytest.importorskip("polars")


def _lines() -> Any:
    """Some hundred lines of a dozen patients, of which many share their keys."""
    codes = ("G0008", "G0009", "G0101", "G0102", "G0103", "G2211", "J1100", "", "99213")
    rows = range(500)
    return pl.DataFrame(
        {
            "claim_id": [f"C{row // 5}" for row in rows],
            "line_id": [str(row % 5 + 1) for row in rows],
            "patient": [f"P{row * 7 % 12}" for row in rows],
            "provider": [("1000000001", "1000000002", "")[row % 11 % 3] for row in rows],
            "code": [codes[row % len(codes)] for row in rows],
            "modifier_1": [("", "RT", "59", "76", "50", "LT", "JW", "?!")[row % 8] for row in rows],
            "units": [str(row % 3 + 1) for row in rows],
            "from_date": [("2025-11-03", "2025-11-04", "2025-11-05")[row // 7 % 3] for row in rows],
            "place_of_service": ["11"] * len(rows),
        }
    )


def _said() -> tuple[Any, list[Any], dict[Any, Any]]:
    result = Checker().check_frame(_lines())
    return result.summary, sorted(result.findings.rows()), dict(result.outcomes())


@pytest.mark.parametrize("bits", [5, 62])
def test_marks_find_the_lines_that_joins_find(monkeypatch: pytest.MonkeyPatch, bits: int) -> None:
    """For every rule, where one number tells of all rules and where each tells of some."""
    asked: list[str] = []

    def compared(*args: Any) -> Any:
        context, combos, keys, rule, shared = args
        lines, several = marks.near(*args), sharing.several(context, combos, keys, shared)
        classes = combos.having(f"w_{context.engine.numbers[rule.code]}")
        rows = several.filter(sharing.counting(context, combos, rule)).collect()
        groups = {row["k_group"] for row in rows.rows(named=True) if row["k_class"] in classes}
        expected = {row["line_seq"] for row in rows.rows(named=True) if row["k_group"] in groups}
        told = lines.collect()["line_seq"].to_list()
        assert len(told) == len({*told})
        assert {*told} == expected
        asked.append(rule.code)
        return lines

    monkeypatch.setattr(marks, "_BITS", bits)
    usual = _said()
    monkeypatch.setattr(meeting, "near", compared)
    monkeypatch.setattr(shapes, "near", compared)
    assert _said() == usual
    assert len({*asked}) > 10


def test_what_company_cannot_change_is_what_counting_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the table of add-on codes nothing is to be counted, and counting says the same."""
    found: dict[str, int] = {}

    def noted(context: Any, rule: Any, rows: Any, by: str) -> Any:
        same = steady(context, rule, rows, by)
        if same is not None:
            found[rule.code] = len(same.collect())
        return same

    monkeypatch.setattr(shapes, "steady", noted)
    usual = _said()
    monkeypatch.setattr(shapes, "steady", lambda *_: None)
    assert _said() == usual
    assert found["AOC102"] > 0
