"""``claimrules globals``: windows by patient, what fits on a day, and what is unknown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Table = Callable[..., str]

HEADER = "claim_id,line_id,patient,provider,code,modifier_1,from_date"
LINES = (
    "C1,1,P1,1234567893,G0412,,2025-10-20",
    "C2,1,P2,1234567893,47383,,2025-10-30",
    "C3,1,P2,1234567893,99213,,2025-11-03",
    "C4,1,P3,1234567893,0600T,,2025-11-03",
    "C5,1,P3,1234567893,99999,,2025-11-03",
    "C6,1,P3,1234567893,G0412,80,2025-11-03",
)


@pytest.fixture
def claims(table: Table) -> str:
    """A file of lines of three patients."""
    return table(*LINES, header=HEADER)


def flat(text: str) -> str:
    """Give a text without its line ends and indents."""
    return " ".join(text.split())


def test_every_window_and_every_line_is_told(run: Run, claims: str) -> None:
    """Windows by patient with first and last day; the other lines by reason."""
    ended = run("globals", claims)

    assert (ended.code, ended.err) == (0, "")
    assert "patient P1\n  G0412  2025-10-20  090  2025-10-19 to 2026-01-18  claim C1 line 1" in ended.out
    assert "patient P2\n  47383  2025-10-30  010  2025-10-30 to 2025-11-09" in ended.out
    said = flat(ended.out)
    assert "lines 6 2 lines open a window 2 open none 2 unknown 0 rejected" in said
    assert "1 modifier 80: an assistant has no package of his own" in said
    assert "1 fee schedule: the edition does not hold the code: 99999" in said
    assert "--yyy 010" in said


def test_what_fits_on_a_day(run: Run, claims: str) -> None:
    """Only the windows open then, the day counted from surgery, the modifiers and what they need."""
    ended = run("globals", claims, "--on", "2025-11-10", "--yyy", "000", "--yyy", "0600T=010")

    said = flat(ended.out)
    assert "claim C1 line 1" in said
    assert "47383" not in said
    assert "day +21" in said
    assert (
        "after G0412 (090): visit 24; critical care FT; procedure 58, 78, 79; split care 54 (doubtful), 55"
        in said
    )
    assert "after 0600T (010): visit 24;" in said
    assert "note: YYY: 010 was taken because it was said" in said
    assert "needs: an operating room, or an endoscopy, laser or catheter suite" in said
    assert "3 lines open a window, 2 of them open on 2025-11-10" in said


def test_the_object_of_json(run: Run, claims: str) -> None:
    """Every window and every unknown line; what fits stands with its window."""
    whole = run("globals", claims, "--format", "json").data
    day = run("globals", claims, "--format", "json", "--on", "2025-10-19").data

    assert [each["code"] for each in whole["windows"]] == ["G0412", "47383"]
    assert whole["windows"][0]["period"] == {"start": "2025-10-19", "end": "2026-01-18"}
    assert [(each["code"], each["cause"]) for each in whole["unknown"]] == [
        ("0600T", "no_value"),
        ("99999", "no_code"),
    ]
    assert whole["summary"]["lines"] == 6
    [window] = day["windows"]
    assert window["day"] == -1
    assert [each["modifier"] for each in window["modifiers_that_fit"]] == ["57", "25", "FT", "54", "55"]
    assert "the day before holds visits only" in window["remarks"][0]


def test_one_patient(run: Run, claims: str) -> None:
    """Nobody else's lines are told; who is not there is not echoed."""
    assert "P1" not in run("globals", claims, "--patient", "P2").out

    ended = run("globals", claims, "--patient", "P99")

    assert (ended.code, ended.out) == (2, "")
    assert "no line is of that patient" in ended.err
    assert "P99" not in ended.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--yyy", "10"), "write 000, 010, 090"),
        (("--yyy", "=010"), "write DAYS or CODE=DAYS"),
        (("--yyy", "TOOLONG=010"), "write a code of five"),
        (("--on", "soon"), "this is no date"),
        (("--map", "patient=who"), "the header has no such column"),
    ],
)
def test_options_that_cannot_be(run: Run, claims: str, options: tuple[str, ...], said: str) -> None:
    """The remedy, exit code 2, and nobody's id."""
    ended = run("globals", claims, *options)

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert not any(patient in ended.err for patient in ("P1", "P2", "P3"))


def test_a_long_list_is_cut_and_says_so(run: Run, claims: str, tmp_path: Path) -> None:
    """``--limit``; a record that is no line is counted; the output goes to a file in one step."""
    assert "1 more windows (--limit 2 shows them)" in run("globals", claims, "--limit", "1").out
    with Path(claims).open("a", encoding="utf-8") as file:
        file.write("ragged\n")
    target = tmp_path / "windows.txt"

    ended = run("globals", claims, "--output", str(target))

    assert ended.out == ""
    assert "1 rejected" in flat(target.read_text("utf-8"))
    assert "claims.csv:8" in target.read_text("utf-8")


def test_a_file_of_which_nothing_could_be_read_is_no_calendar(run: Run, table: Table) -> None:
    """No window was found, and none was looked for."""
    ended = run("globals", table("99213", "99214"))
    assert ended.code == 2
    assert "not one of 2 records could be read" in ended.err
