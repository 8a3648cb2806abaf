"""The rules of a frame of Polars are asked beside each other, and what they say does not rest on that."""

from typing import Any

import pytest

from claimrules import Checker
from claimrules.engine import frame

pl = pytest.importorskip("polars")


def _lines() -> Any:
    """Some hundred lines of three patients on two days, of which many share their keys."""
    codes = ("G0008", "G0009", "G0101", "G0102", "G0103", "G2211", "J1100")
    rows = range(420)
    return pl.DataFrame(
        {
            "claim_id": [f"C{row // 5}" for row in rows],
            "line_id": [str(row % 5 + 1) for row in rows],
            "patient": [f"P{row % 3}" for row in rows],
            "provider": [f"100000000{row % 2}" for row in rows],
            "code": [codes[row % len(codes)] for row in rows],
            "modifier_1": [("", "RT", "59", "76")[row % 4] for row in rows],
            "units": [str(row % 3 + 1) for row in rows],
            "from_date": [("2025-11-03", "2025-11-04")[row // 7 % 2] for row in rows],
            "place_of_service": ["11"] * len(rows),
        }
    )


def test_one_at_a_time_or_four_beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts and findings are the same."""
    checker, found = Checker(), []
    for beside in (1, 4):
        monkeypatch.setattr(frame, "_BESIDE", beside)
        result = checker.check_frame(_lines())
        found.append((result.summary, sorted(result.findings.rows())))
    assert found[0] == found[1]
    assert found[0][1]


def test_what_goes_wrong_in_one_rule_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error comes out as it is, and the rules that wait are not begun."""
    begun: list[str] = []

    def broken(*asked: Any) -> Any:
        begun.append(asked[2].code)
        raise ZeroDivisionError

    monkeypatch.setattr(frame, "_look", broken)
    with pytest.raises(ZeroDivisionError):
        Checker().check_frame(_lines())
    assert len(begun) < len(Checker().engine.around)
