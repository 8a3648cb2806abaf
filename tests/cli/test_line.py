"""``claimrules line``: one line and every outcome."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


def test_every_outcome_is_told(run: Run) -> None:
    """Fired first; exit code 1."""
    ended = run("line", "G0105-50 2025-11-03 @22")
    assert ended.code == 1
    assert ended.out.startswith("G0105-50 x1 2025-11-03 @22  professional\n\nFIRED\n  BILAT101  return")
    assert "code.bilateral = 0  (No bilateral payment" in ended.out


def test_words_need_no_quotes(run: Run) -> None:
    """The shorthand may come as several arguments."""
    assert run("line", "G0105-50", "x1", "2025-11-03", "@22", "--all").out.count("DOES NOT APPLY") == 1


def test_without_a_date_the_newest_edition_decides(run: Run) -> None:
    """And it says so."""
    ended = run("line", "G0105")
    assert "2025-12-31, the last day of the newest edition" in ended.err
    assert "x1 2025-12-31" in ended.out
    assert "This is the starter book" in ended.out


def test_json_of_a_line(run: Run) -> None:
    """The object of a check, with the outcomes."""
    ended = run("line", "G0105-50 2025-11-03", "--format", "json")
    assert set(ended.data) == {"schema", "run", "summary", "findings", "rejected", "outcomes"}
    assert ended.data["outcomes"]["BILAT101"]["outcome"] == "fired"
    assert "starter book" in ended.err


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 1),
        (["--exit-zero"], 0),
        (["--fail-on", "deny"], 0),
        (["--setting", "outpatient"], 0),
        (["--select", "TEAM"], 0),
    ],
)
def test_options_of_a_line(run: Run, options: list[str], code: int) -> None:
    """As those of a check."""
    assert run("line", "G0105-50 2025-11-03 @22 by:1 patient:P", *options).code == code


def test_a_wrong_word_is_pointed_at(run: Run) -> None:
    """Exit code 2, a caret, and nobody's id."""
    ended = run("line", "G0105 patient:PATIENT77 2025-13-01")
    assert (ended.code, ended.out) == (2, "")
    assert "^" in ended.err
    assert "PATIENT77" not in ended.err
