"""The command line with a published file, where it lies beside the repository."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from claimrules.cli import main

Run = Callable[..., Any]

JANUARY_2023 = Path(__file__).parents[3] / "shared" / "data" / "pfs" / "PPRRVU23_JAN.csv"
pytestmark = pytest.mark.skipif(not JANUARY_2023.exists(), reason="the published file is not there")

ATTRIBUTES = {
    "global_days": "010",
    "multiple_procedure": "2",
    "bilateral": "0",
    "assistant": "1",
    "co_surgeon": "0",
    "team": "0",
    "pctc": "0",
    "imaging_family": "99",
    "status": "A",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build the book of January 2023."""
    path = tmp_path_factory.mktemp("book") / "2023.claimbook"
    assert main(["book", "build", str(JANUARY_2023), "--output", str(path)]) == 0
    return str(path)


def test_building_says_what_was_kept_and_what_not(run: Run, tmp_path: Path) -> None:
    """All 18,010 records, and the end-of-file mark."""
    ended = run("book", "build", str(JANUARY_2023), "--output", str(tmp_path / "b"))
    assert "RVU23A: 2023-01-01 to 2023-03-31, 18,010 rows, complete" in ended.out
    assert "skipped: an end-of-file mark" in ended.out
    ended = run("book", "build", str(JANUARY_2023), "--output", str(tmp_path / "b"), "--format", "json")
    assert ended.data["files"][0]["taken"][0]["edition"]["rows"] == 18_010


def test_the_book_is_told(run: Run, book: str) -> None:
    """Dates, rows, file and hash."""
    told = run("book", "info", book).out
    assert "18,010" in told
    assert "SHA-256   6f53a5e460a6" in told


def test_the_seed_code(run: Run, book: str) -> None:
    """Its published attributes, by the names of the model."""
    found = run("code", "47383", "--book", book, "--on", "2023-02-01", "--format", "json").data
    assert {name: found[name] for name in ATTRIBUTES} == ATTRIBUTES


@pytest.mark.parametrize(
    ("modifier", "rule"), [("50", "BILAT101"), ("80", "ASST101"), ("62", "COSG101"), ("26", "PCTC101")]
)
def test_a_modifier_that_the_code_never_takes(run: Run, book: str, modifier: str, rule: str) -> None:
    """Exactly that rule fires."""
    ended = run("line", f"47383-{modifier} 2023-02-01", "--book", book, "--format", "json")
    assert ended.code == 1
    assert [finding["rule"] for finding in ended.data["findings"]] == [rule]
    mue = ended.data["outcomes"]["MUE101"]
    assert (mue["outcome"], mue["cause"]) == ("unknown", "no_table")


def test_a_plain_line_is_incomplete(run: Run, book: str) -> None:
    """No MUE table is loaded: not clean."""
    ended = run("line", "47383 2023-02-01", "--book", book, "--format", "json")
    assert (ended.code, ended.data["summary"]["verdict"], ended.data["summary"]["clean"]) == (
        0,
        "incomplete",
        False,
    )
    assert ended.err.startswith("claimrules: incomplete")


def test_before_the_year_nothing_is_known(run: Run, book: str) -> None:
    """Never across 1 January."""
    found = run("line", "47383-50 2022-12-31", "--book", book, "--format", "json").data["outcomes"][
        "BILAT101"
    ]
    assert (found["outcome"], found["cause"]) == ("unknown", "no_edition")


def test_later_in_the_year_the_edition_is_near_and_says_so(run: Run, book: str) -> None:
    """In the evidence and in the summary."""
    words = ("line", "47383-50 2023-05-01", "--book", book)
    data = run(*words, "--format", "json").data
    assert data["findings"][0]["evidence"][1]["how"] == "near"
    assert data["summary"]["editions"][0]["how"] == "near"
    text = run(*words).out
    assert "in force 2023-01-01 to 2023-03-31: the nearest of that year" in " ".join(text.split())
    assert "fee schedule: RVU23A near 100 % (2023-05-01)" in text
