"""``claimrules check``: options, exit codes, outputs, and files that mean harm."""

import io
import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Table = Callable[..., str]

EXAMPLE = str(Path(__file__).parents[2] / "docs" / "examples" / "claims.csv")
FIRES = "G0105,50,1,2025-11-03"
IDS = "claim_id,line_id,patient,provider,billing_provider,code,units,from_date"


def test_the_example_claims(run: Run) -> None:
    """Findings in text, a summary, and exit code 1."""
    ended = run("check", EXAMPLE)
    assert ended.code == 1
    assert "RETURN  BILAT101" in ended.out
    assert "claim C002 line 1  G0105-50 x1 2025-10-07 @22" in ended.out
    assert "lines      28   28 checked   0 rejected" in ended.out
    assert ended.err == ""


def test_the_object_of_json(run: Run, table: Table) -> None:
    """Exactly one object on standard output; notes go to standard error."""
    ended = run("check", table(FIRES, "ragged"), "--format", "json", "--as-of", "2025-12-01")
    assert set(ended.data) == {"schema", "run", "summary", "findings", "rejected"}
    assert ended.data["run"]["as_of"] == "2025-12-01"
    assert ended.data["summary"]["lines"] == 2
    assert ended.data["rejected"][0]["line"] == 3
    assert [finding["rule"] for finding in ended.data["findings"]] == ["BILAT101"]
    assert "starter book: " in ended.err


def test_the_default_day_is_printed(run: Run, table: Table) -> None:
    """The clock is read once, and what it said is told."""
    assert "as of 20" in run("check", table(FIRES)).out


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 1),
        (["--fail-on", "return"], 1),
        (["--fail-on", "deny"], 0),
        (["--fail-on", "review"], 1),
        (["--fail-on", "never"], 0),
        (["--exit-zero"], 0),
        (["--select", "ASST"], 0),
        (["--ignore", "BILAT101"], 0),
        (["--select", "BILAT,ASST", "--ignore", "BILAT1,UNIT"], 0),
    ],
)
def test_exit_codes_of_findings(run: Run, table: Table, options: list[str], code: int) -> None:
    """1 if something fired at --fail-on or above."""
    assert run("check", table(FIRES), *options).code == code


def test_incomplete_is_said_and_strict_fails(run: Run, table: Table) -> None:
    """Silence is not consent; --exit-zero goes before --strict."""
    path = table("99999,,1,2025-11-03")
    loose = run("check", path)
    assert loose.code == 0
    assert "verdict    incomplete" in loose.out
    assert loose.err.startswith("claimrules: incomplete: ")
    assert loose.err.count("\n") == 1
    assert run("check", path, "--strict").code == 1
    assert run("check", path, "--strict", "--exit-zero").code == 0


def test_rejected_records_are_not_clean(run: Run, table: Table) -> None:
    """Nothing fired on what was read; the rest is said, and fails under --strict."""
    path = table("G0105,,1,2025-11-03", "ragged")
    assert "1 rejected" in run("check", path, "--select", "UNIT201").err
    assert run("check", path, "--select", "UNIT201", "--strict").code == 1
    none = run("check", table("ragged"))
    assert (none.code, "not one of 1 record could be read" in none.err) == (2, True)


def test_a_run_of_no_rule_is_not_judged(run: Run, table: Table) -> None:
    """Where every rule that was selected waits for an input, that is said, and strict fails."""
    path = table("G0105,,1,2025-11-03")
    ended = run("check", path, "--select", "LAB")
    assert ended.code == 0
    assert "(no rule was run); --strict makes this exit with 1" in ended.err
    assert "nothing fired, because no rule was run" in ended.out
    assert run("check", path, "--select", "LAB", "--strict").code == 1


def test_a_field_that_goes_by_another_name_is_told(run: Run, table: Table) -> None:
    """Its column may be called so, where no --map is needed."""
    assert (
        "--map dos=...: there is no such field; did you mean from_date?"
        in run("check", table("G0105,,1,2025-11-03"), "--map", "dos=from_date").err
    )


def test_a_header_alone_is_no_error(run: Run, table: Table) -> None:
    """No lines, nothing found; that nothing was there is said, and is no praise."""
    path = table()
    ended = run("check", path)
    assert ended.code == 0
    assert f"{path}: no line stands there; nothing was checked" in ended.err
    assert "because there is no line" in ended.out
    assert "every rule that was run could be judged" not in ended.out
    assert "lines      0" in ended.out
    assert run("check", path, "--format", "json").data["summary"]["verdict"] == "incomplete"
    assert run("check", path, "--strict").code == 1
    assert run("check", path, "--strict", "--exit-zero").code == 0


def test_map_and_delimiter(run: Run, table: Table) -> None:
    """Columns of other names; aliases are announced on standard error."""
    path = table("G0105|50|2025-11-03", header="proc|mod|dos")
    ended = run("check", path, "--map", "code=proc", "--format", "json")
    assert ended.data["summary"]["rules"]["BILAT101"]["fired"] == 1
    assert "mod is read as modifiers; dos is read as from_date" in ended.err
    assert run("check", path, "--map", "code=proc", "--delimiter", "|").code == 1
    assert "give --delimiter '|'" in run("check", path, "--delimiter", ";").err


@pytest.mark.parametrize(
    "options",
    [
        ["--map", "code"],
        ["--map", "cod=code"],
        ["--map", "units=qty"],
        ["--map", "code=code", "--map", "code=code"],
        ["--delimiter", "ab"],
        ["--select", "BILET"],
        ["--select", ","],
        ["--as-of", "tomorrow"],
        ["--limit", "-1"],
        ["--fail-on", "worst"],
        ["--book", "nothing.claimbook"],
        ["--editions", "newest"],
        ["--output", "no/such/folder/x.json"],
        ["--output", "."],
        ["--unheard-of"],
    ],
)
def test_what_cannot_run_ends_with_2(run: Run, table: Table, options: list[str]) -> None:
    """One paragraph on standard error, no traceback, nothing on standard output."""
    ended = run("check", table(FIRES), *options)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("claimrules: ")
    assert "Traceback" not in ended.err


def test_every_file_that_cannot_be_read_is_named(run: Run, table: Table, tmp_path: Path) -> None:
    """All errors at once: a missing file, an empty one, one without a code."""
    bad = table(header="a,b", name="bad.csv")
    (tmp_path / "empty.csv").write_bytes(b"")
    ended = run("check", str(tmp_path / "no.csv"), str(tmp_path / "empty.csv"), bad)
    assert ended.code == 2
    assert ended.err.count("\n") == 3


def test_several_files_are_one_run(run: Run, table: Table) -> None:
    """Lines without an id are told apart by the file."""
    ended = run("check", table(FIRES, name="a.csv"), table(FIRES, name="b.csv"), "--format", "json")
    assert [finding["line_id"] for finding in ended.data["findings"]] == ["a.csv:1", "b.csv:1"]


def test_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """- reads it, once."""
    stream = io.TextIOWrapper(io.BytesIO(f"code,modifier_1,units,from_date\n{FIRES}\nx".encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    ended = run("check", "-", "--format", "json")
    assert ended.data["rejected"][0]["file"] == "standard input"
    assert ended.code == 1
    assert "stands twice" in run("check", "-", "-").err


def test_output_is_written_in_one_step(run: Run, table: Table, tmp_path: Path) -> None:
    """Whole, readable by its owner alone, nothing beside it, nothing on standard output."""
    target = tmp_path / "out" / "findings.json"
    target.parent.mkdir()
    target.write_text("old")
    ended = run("check", table(FIRES), "--format", "json", "--output", str(target))
    assert (ended.code, ended.out) == (1, "")
    assert "verdict findings" in ended.err
    assert json.loads(target.read_text())["summary"]["checked"] == 1
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    assert [path.name for path in target.parent.iterdir()] == ["findings.json"]


def test_output_that_fails_changes_nothing(
    run: Run, table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old file stands, and no half of a new one."""
    target = tmp_path / "out" / "findings.txt"
    target.parent.mkdir()
    target.write_text("old")

    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    ended = run("check", table(FIRES), "--output", str(target))
    assert ended.code == 2
    assert "No space left on device; nothing was changed" in ended.err.replace(")", "")
    assert target.read_text() == "old"
    assert [path.name for path in target.parent.iterdir()] == ["findings.txt"]


def test_output_never_replaces_an_input(run: Run, table: Table) -> None:
    """A slip of the hand must not cost the claims."""
    path = table(FIRES)
    assert run("check", path, "--output", path).code == 2
    assert FIRES in Path(path).read_text()


def test_notes_are_listed_when_asked_for(run: Run, table: Table) -> None:
    """Severity info is hidden by default, and counted; JSON holds it always."""
    path = table(
        "G0289,80,yes,1,2025-11-03",
        "G0289,80,no,1,2025-11-03",
        header="code,modifier_1,documentation,units,from_date",
    )
    hidden = run("check", path, "--select", "ASST")
    assert "review 1   info 1 not shown (--show info)" in hidden.out
    assert "REVIEW  ASST102" in hidden.out
    assert "INFO  ASST102" not in hidden.out
    assert "INFO  ASST102" in run("check", path, "--select", "ASST", "--show", "info").out
    assert run("check", path, "--select", "ASST", "--fail-on", "info").code == 1
    data = run("check", path, "--select", "ASST", "--format", "json").data
    assert sorted(finding["severity"] for finding in data["findings"]) == ["info", "review"]


def test_limit(run: Run, table: Table) -> None:
    """0 is the summary alone."""
    path = table(*[FIRES] * 7)
    assert "2 more (--limit 7 shows them)" in run("check", path).out
    assert run("check", path, "--limit", "0").out.startswith("lines      7")


def test_editions_and_settings_are_handed_on(run: Run, table: Table) -> None:
    """Exact, latest, and a hospital's line."""
    path = table("G0105,50,1,2024-11-03")
    exact = run("check", path, "--editions", "exact", "--format", "json").data
    assert exact["summary"]["unknown_by_cause"]["no_edition"] > 0
    latest = run("check", path, "--editions", "latest")
    assert "editions: latest" in latest.out
    assert "the newest loaded, not of that day" in " ".join(latest.out.split())
    hospital = run("check", path, "--setting", "outpatient", "--editions", "latest", "--format", "json").data
    assert hospital["summary"]["rules"]["BILAT101"]["not_applicable"] == 1


def test_preview_rules_run_only_when_asked_for(run: Run, table: Table) -> None:
    """The option is taken; today's rules are all settled."""
    assert run("check", table(FIRES), "--preview").code == 1


def test_hostile_files_never_raise_and_lose_no_record(run: Run, tmp_path: Path) -> None:
    """NUL, odd bytes, quotes, control characters, formulas, long lines: lines in = checked + rejected."""
    records = [
        b"G0105,50,1,2025-11-03",
        b"G0105\x00,50,1,2025-11-03",
        b"G0105,\xff\x81,1,2025-11-03",
        b'"G0105,50,1,2025-11-03',
        b"=HYPERLINK(1),50,1,2025-11-03",
        b"\x1b[2J,50,1,2025-11-03",
        b"G0105,50,1",
        b"G0105,50,1,2025-11-03,",
        b"A" * 1_000_000 + b",50,1,2025-11-03",
        b"\x1a",
    ]
    path = tmp_path / "hostile.csv"
    path.write_bytes(b"\xef\xbb\xbfcode,modifier_1,units,from_date\r\n" + b"\r".join(records))
    ended = run("check", str(path), "--format", "json")
    summary = ended.data["summary"]
    assert summary["lines"] == summary["checked"] + summary["rejected"] == len(records)
    assert summary["rejected"] == 5
    assert [entry["line"] for entry in ended.data["rejected"]] == [4, 5, 8, 9, 11]
    text = run("check", str(path)).out
    assert "\x1b" not in text
    assert "\x00" not in text


def test_ids_of_people_stand_in_no_error_and_no_reason(run: Run, table: Table) -> None:
    """Standard error and reasons of rejection name places, never whose claim it is."""
    path = table(
        "CLAIM77,L1,PATIENT77,1234567893,NPI77,G0105,x,2025-13-01",
        "CLAIM77,L2,PATIENT77,1234567893,NPI77,G0105",
        'CLAIM77,"L2,PATIENT77,1234567893,NPI77,G0105,1,2025-11-03',
        header=IDS,
    )
    ended = run("check", path, "--format", "json")
    told = ended.err + json.dumps(ended.data["rejected"]) + json.dumps(ended.data["summary"])
    headless = table("CLAIM77,L1,PATIENT77", header="CLAIM77,L1,PATIENT77,2025-11-03", name="headless.csv")
    told += run("check", headless, "--map", "code=PATIENT7").err.replace("--map code=PATIENT7", "")
    for value in ("CLAIM77", "PATIENT77", "1234567893", "NPI77"):
        assert value not in told


def test_a_formula_in_an_id_is_text_in_the_report(run: Run, table: Table) -> None:
    """Control characters in ids are escaped, too."""
    path = table("=1+1\x1b[31m,1,P,1,1,G0105,0,2025-11-03", header=IDS)
    ended = run("check", path)
    assert "claim =1+1\\x1b[31m line 1" in ended.out
