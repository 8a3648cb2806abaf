"""Lines that meet no line of an earlier day are told at once: what is said of them is the same."""

from datetime import date
from typing import Any

import pytest
from tests.benchmarks.synthetic import COLUMNS, rows

from claimrules import Checker
from claimrules.engine.frame import meeting
from claimrules.engine.frame.index import asks_for_earlier_day
from claimrules.engine.history import Coverage
from claimrules.engine.outcomes import FIRED, FIRST_UNKNOWN, PASSED

pl = pytest.importorskip("polars")

_RULES = ("GLOB403", "GLOB404", "GLOB405")


def _lines() -> Any:
    """Some hundred lines of few patients, of which some have no date."""
    pool = {0: ["G0412", "G0413", "G0104", "G0341", "G2211", "99213"]}
    drawn = pl.DataFrame(
        list(rows(900, 0.5, pool=pool)), schema=dict.fromkeys(COLUMNS, pl.String), orient="row"
    )
    number = pl.int_range(pl.len())
    patient = pl.format("P{}", number % 97)
    day = pl.when(number % 17 != 0).then(pl.format("2025-11-0{}", number * 7 % 5 + 1)).otherwise(pl.lit(""))
    return drawn.with_columns(patient=patient, provider=pl.lit("1234567893"), from_date=day, to_date=day)


def _said() -> tuple[set[Any], list[Any]]:
    known = Coverage(complete_from=date(2025, 1, 1), complete_to=date(2025, 12, 31))
    result = Checker().check_frame(_lines(), history=known)
    outcomes = {
        (place, rule, said[rule])
        for place, said in result.outcomes().items()
        for rule in _RULES
        if rule in said
    }
    return outcomes, sorted(result.findings.filter(pl.col("rule").is_in(_RULES)).rows())


def test_lines_that_meet_no_earlier_day_are_told_what_pairing_them_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With days that are not known, too; some rules fire, some lines pass, some are unknown."""
    asked: list[str] = []
    asks = asks_for_earlier_day

    def noted(rule: Any) -> bool:
        asked.extend([rule.code] if asks(rule) else [])
        return asks(rule)

    monkeypatch.setattr(meeting, "asks_for_earlier_day", noted)
    told = _said()
    monkeypatch.setattr(meeting, "asks_for_earlier_day", lambda _: False)
    paired = _said()

    assert set(_RULES) <= set(asked)
    assert told == paired
    assert {FIRED, PASSED} < {min(byte, FIRST_UNKNOWN) for *_, byte in told[0]}
    assert len(told[1]) > 0
