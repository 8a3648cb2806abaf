"""``claimrules check --history``: lines that prove, and from which day a history is known."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

HARD = Path(__file__).parents[1] / "data" / "hard_rules" / "globals"
HEADER = "claim_id,line_id,patient,provider,group,specialty,code,modifier_1,from_date"
OVERLAY = """
title = "The rules of this test"
since = "0.1"

[[add]]
folder = "own"
reason = "they look back 90 days"
source = "tests"
"""
SURGERY = "C0,1,P1,1234567893,,,G0412,,2025-10-20"
VISIT = "C1,1,P1,1234567893,,,99213,,2025-11-03"
LOOKS_BACK = "rules that look back 90 days"


@pytest.fixture
def payer(tmp_path: Path) -> tuple[str, ...]:
    """The options of a payer whose rules are those of the surgical package, under ids of their own."""
    folder = tmp_path / "own" / "globals"
    folder.mkdir(parents=True)
    for code in ("GLOB404", "GLOB405"):
        text = (HARD / f"{code}.toml").read_text("utf-8").replace(code, f"OWN{code[4:]}")
        (folder / f"OWN{code[4:]}.toml").write_text(text.replace('name     = "', 'name = "own-'), "utf-8")
    (tmp_path / "payer.toml").write_text(OVERLAY, "utf-8")
    return "--overlay", str(tmp_path / "payer.toml"), "--select", "OWN", "--as-of", "2026-01-01"


def write(folder: Path, name: str, *records: str, header: str = HEADER) -> str:
    """Write a table."""
    (folder / name).write_text("\n".join((header, *records, "")), "utf-8")
    return str(folder / name)


def rows(text: str, label: str) -> str:
    """Give the rows of the summary below a label as one line."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith(label) or (found and line.startswith(" ")):
            found.append(line.removeprefix(label).strip())
        elif found:
            break
    return " ".join(found)


def flat(text: str) -> str:
    """Give a text without its line ends and indents."""
    return " ".join(text.split())


def test_a_history_proves_and_is_neither_judged_nor_counted(
    run: Run, payer: tuple[str, ...], tmp_path: Path
) -> None:
    """The visit is in the package of a surgery that another file holds."""
    past = write(tmp_path, "past.csv", SURGERY, "C9,1,P2,1234567893,,,99213,,2025-10-21")
    claims = write(tmp_path, "claims.csv", VISIT)
    assert run("check", claims, *payer).code == 0

    ended = run("check", claims, "--history", past, *payer, "--format", "json")

    [finding] = ended.data["findings"]
    assert (finding["rule"], finding["claim_id"], finding["other_count"]) == ("OWN404", "C1", 1)
    assert ended.data["summary"]["checked"] == 1
    told = ended.data["run"]["history"]
    assert (told["files"], told["lines"], told["twins"], told["strangers"]) == ([past], 2, 0, 0)
    assert ended.data["summary"]["rules"]["OWN404"] == {
        "fired": 1,
        "passed": 0,
        "bypassed": 0,
        "unknown": 0,
        "not_applicable": 0,
    }


@pytest.mark.parametrize(("form", "told"), [("text", "rests on the NPI alone"), ("json", '"basis": "npi"')])
def test_a_finding_says_that_it_rests_on_the_npi_alone(
    run: Run, payer: tuple[str, ...], tmp_path: Path, form: str, told: str
) -> None:
    """Where group or specialty are not known of one of the two lines; not where both are."""
    known = [record.replace("893,,", "893,G1,08") for record in (SURGERY, VISIT)]
    ways = ((SURGERY, known[1], True), (known[0], VISIT, True), (known[0], known[1], False))
    for surgery, visit, said in ways:
        past, claims = write(tmp_path, "past.csv", surgery), write(tmp_path, "claims.csv", visit)

        ended = run("check", claims, "--history", past, *payer, "--format", form)

        assert "OWN404" in ended.out
        assert (told in ended.out) is said


def test_the_first_days_of_an_export_are_not_known(run: Run, payer: tuple[str, ...], tmp_path: Path) -> None:
    """An export covers its own first to last day: what lies before the first ninety is not known."""
    other = "C7,1,P7,1234567893,,,99213,,2025-10-01"
    claims = write(tmp_path, "claims.csv", other, VISIT, "C2,1,P1,1234567893,,,99213,,2025-12-30")

    for engine in ("python", "polars"):
        ended = run("check", claims, *payer, "--engine", engine)

        assert f"2 known from 2025-12-30 for {LOOKS_BACK} (complete from 2025-10-01 to 2025-12-30)" in flat(
            ended.out
        )
        assert "every line of these providers from 2025-10-01 to 2025-12-30" in rows(ended.out, "assumed")
    found = run("check", claims, *payer, "--format", "json").data["summary"]
    assert (found["unknown_by_cause"], found["rules"]["OWN404"]["passed"]) == ({"no_history": 2}, 1)


@pytest.mark.parametrize("engine", ["python", "polars"])
def test_a_declared_history_is_taken_at_its_word(
    run: Run, payer: tuple[str, ...], tmp_path: Path, engine: str
) -> None:
    """From the day on from which nothing is missing, the first days are known."""
    claims = write(tmp_path, "claims.csv", VISIT)
    asked = ("check", claims, *payer, "--engine", engine, "--history-complete-from")

    early, late = run(*asked, "2025-08-05"), run(*asked, "2025-08-06")

    assert "verdict    clean" in early.out
    assert rows(early.out, "history") == "complete for 2025-08-05 to 2025-11-03, own providers"
    assert "every line" not in early.out
    assert f"known for no day for {LOOKS_BACK} (complete from 2025-08-06 to 2025-11-03)" in flat(late.out)
    ended = run(*asked, "2025-08-05", "--history-complete-to", "2025-11-02")
    assert "known from 2025-11-03" not in ended.out
    assert "known for no day" in ended.out


def test_whose_lines_are_complete(run: Run, payer: tuple[str, ...], tmp_path: Path) -> None:
    """A rule that needs every provider is unknown until that is declared."""
    rule = tmp_path / "own" / "globals" / "OWN404.toml"
    rule.write_text(rule.read_text("utf-8").replace('providers = "own" }', 'providers = "all" }'), "utf-8")
    claims = write(tmp_path, "claims.csv", VISIT)
    asked = ("check", claims, *payer, "--history-complete-from", "2025-01-01")

    own, every = run(*asked), run(*asked, "--history-providers", "all")

    assert f"the history is that of own providers, for {LOOKS_BACK} at all providers" in flat(own.out)
    assert "--history-providers all" in own.out
    assert "verdict    clean" in every.out


def test_a_line_does_not_prove_something_of_itself(run: Run, payer: tuple[str, ...], tmp_path: Path) -> None:
    """An export given as its own history: its lines are judged once, and prove nothing twice."""
    claims = write(tmp_path, "claims.csv", SURGERY, VISIT)
    copy = write(tmp_path, "copy.csv", SURGERY, VISIT, SURGERY.replace("P1", ""))

    ended = run("check", claims, "--history", copy, *payer, "--format", "json")

    [finding] = ended.data["findings"]
    told = ended.data["run"]["history"]
    assert finding["other_count"] == 1
    assert (told["lines"], told["twins"], told["strangers"]) == (1, 2, 1)
    text = rows(run("check", claims, "--history", copy, *payer).out, "history")
    assert "2 lines of it stand in the checked files too, and are judged there" in text
    assert "1 line of it names no patient, and proves nothing" in text


def test_what_cannot_be_read_of_a_history_is_said(run: Run, payer: tuple[str, ...], tmp_path: Path) -> None:
    """Its records are not among those that came in, and none is dropped without a word."""
    claims = write(tmp_path, "claims.csv", VISIT)
    past = write(tmp_path, "past.csv", SURGERY, "ragged")

    ended = run("check", claims, "--history", past, *payer)

    assert "lines      1   1 checked   0 rejected" in ended.out
    assert f"1 record of it could not be read: {past}:3" in rows(ended.out, "history")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--engine", "polars"),
        ("--partitions", "2", "--engine", "python"),
        ("--partitions", "2", "--engine", "polars"),
    ],
)
def test_what_is_rejected_of_a_history_is_in_the_rejects(
    run: Run, payer: tuple[str, ...], tmp_path: Path, words: tuple[str, ...]
) -> None:
    """With its file, place and text, as those of the files that are checked, by whichever way."""
    if "polars" in words:
        pytest.importorskip("polars")
    header = f"{HEADER},setting"
    claims = write(tmp_path, "claims.csv", f"{VISIT},no such setting", f"{VISIT},", header=header)
    past = write(tmp_path, "past.csv", f"{SURGERY},", f"{SURGERY},no such setting", header=header)
    out = tmp_path / "rejects.csv"

    ended = run("check", claims, "--history", past, "--rejects", str(out), *payer, *words)

    with out.open(encoding="utf-8", newline="") as stream:
        found = [(row["file"], row["line"], row["raw"].strip()) for row in csv.DictReader(stream)]
    bad = [(claims, "2", f"{VISIT},no such setting"), (past, "3", f"{SURGERY},no such setting")]
    assert sorted(found) == bad
    assert f"{out}: 2 rejected records, 1 of the history; it holds raw health data" in ended.err


def test_histories_that_cannot_be(run: Run, payer: tuple[str, ...], tmp_path: Path) -> None:
    """A file that is not there, days the wrong way round, an output over an input: said before any work."""
    claims, past = write(tmp_path, "claims.csv", VISIT), write(tmp_path, "past.csv", SURGERY)
    days = ("--history-complete-from", "2025-02-01", "--history-complete-to", "2025-01-31")
    wrong = [
        (("--history", str(tmp_path / "none.csv")), "none.csv: cannot be read"),
        (days, "lies before --history-complete-from 2025-02-01"),
        (("--history", past, "--output", past), "is one of the files that are read"),
        (("--history-providers", "some"), "invalid choice"),
        (("--history-complete-from", "yesterday"), "this is no date"),
    ]
    for options, said in wrong:
        ended = run("check", claims, *options, *payer)

        assert (ended.code, ended.out) == (2, "")
        assert said in ended.err
    assert json.loads(run("check", claims, *payer, "--format", "json").out)["run"]["history"] is None


def test_both_engines_tell_the_same_of_a_history(run: Run, payer: tuple[str, ...], tmp_path: Path) -> None:
    """Findings, counts, what proves, what stands in both, who names no patient."""
    pytest.importorskip("polars")
    claims = write(tmp_path, "claims.csv", VISIT, "C3,1,P4,1234567893,,,99213,,2025-11-04")
    past = write(tmp_path, "past.csv", SURGERY, VISIT, SURGERY.replace("P1", ""))

    lines, frames = (
        run("check", claims, "--history", past, *payer, "--format", "json", "--engine", engine).data
        for engine in ("python", "polars")
    )

    assert lines == frames
    assert [each["rule"] for each in frames["findings"]] == ["OWN404"]
    told = frames["run"]["history"]
    assert (told["lines"], told["twins"], told["strangers"]) == (2, 1, 1)
