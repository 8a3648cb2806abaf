"""``claimrules code``: how both sides are billed, and lines converted."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
DAY = ("--on", "2025-11-03")


def flat(text: str) -> str:
    """Give a text without its line ends and indents."""
    return " ".join(text.split())


def test_the_page_of_a_code_tells_the_forms(run: Run) -> None:
    """Each form, whether it is accepted, and why."""
    said = flat(run("code", "27447", *DAY).out)

    assert (
        "both sides: indicator 1, MUE 1 (adjudication 2), surgical, together 150 percent of the fee" in said
    )
    assert "one line with 50, one unit: accepted indicator 1: both sides are one line with 50" in said
    assert (
        "two lines, RT and LT, one unit each: not accepted surgery (global days 090) is billed with 50"
        in said
    )
    assert "doubtful: the manual of claims processing lets contractors combine" in said


def test_the_setting_decides(run: Run) -> None:
    """A surgical centre bills lines, and what is not confirmed is said."""
    found = run("code", "27447", *DAY, "--setting", "asc", "--format", "json").data["both_sides"]

    assert found["preferred"] == "two_lines"
    assert {each["form"]: each["accepted"] for each in found["forms"]} == {
        "two_lines": "yes",
        "two_units": "doubtful",
        "modifier_50": "no",
        "one_unit": "no",
    }


def test_a_code_that_is_not_there_is_unknown(run: Run) -> None:
    """Not refused: unknown, with its cause."""
    found = run("code", "99999", *DAY, "--format", "json").data["both_sides"]

    assert (found["cause"], found["preferred"]) == ("no_code", None)


def test_lines_are_converted(run: Run) -> None:
    """Into the form that is accepted, or the one asked for; what is left says why."""
    lines = ("--convert", "73562-RT $40", "--convert", "73562-LT $40.01")

    ended = run("code", "73562", *DAY, *lines)
    found = run("code", "73562", *DAY, *lines, "--to", "two_units", "--format", "json").data["converted"]
    left = run("code", "20610", *DAY, "--convert", "20610 x2", "--format", "json").data["converted"]

    assert "converted\n  73562-50 2025-11-03 $80.01\n" in ended.out
    [line] = found["lines"]
    assert (line["units"], line["charge"], line["modifiers"]) == ("2", "80.01", [])
    assert (left["lines"][0]["units"], left["steps"]) == ("2", [])
    assert "two sites of one side" in left["left"][0]["why"]
    assert "nothing to convert" in run("code", "27447", *DAY, "--convert", "27447-50").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--convert", "G0105-50"), "a line of another code than 27447"),
        (("--convert", "27447 50"), "this word stands alone"),
        (("--to", "two_sides"), "invalid choice"),
    ],
)
def test_what_cannot_be_converted_is_refused(run: Run, words: tuple[str, ...], said: str) -> None:
    """The remedy, and exit code 2."""
    ended = run("code", "27447", *DAY, *words)

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
