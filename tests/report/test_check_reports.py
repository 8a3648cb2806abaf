"""A check as text and as JSON."""

import json
from datetime import date

import attrs
import pytest

from claimrules import Checker, CheckResult, ClaimLine, CodeBook, Rulebook
from claimrules.model.code import Cause
from claimrules.model.finding import Finding, NotRun, Outcome, Rejected, RuleCount, Severity, UnknownCount
from claimrules.report.facts import Run, Unread
from claimrules.report.json import check_object, line_object
from claimrules.report.line import line_page
from claimrules.report.text import check_page

LINES = (
    ClaimLine.parse("G0105-50 2025-11-03 @22 by:1 patient:P1"),
    ClaimLine.parse("47383-80 2025-11-03 @22 by:1 patient:P2"),
    ClaimLine.parse("A9999 2025-11-03 @11 by:1 patient:P3"),
)


@pytest.fixture(scope="module")
def result() -> CheckResult:
    """Three lines checked with the starter, and a record that was rejected."""
    rejected = Rejected(file="a.csv", line=9, reason="has 1 column where the header has 2")
    return Checker(as_of=date(2025, 12, 1)).check_lines(LINES, rejected=[rejected])


@pytest.fixture
def run() -> Run:
    """What the report tells beside the result."""
    titles = {rule.code: rule.title for rule in Rulebook.load().rules}
    return Run(as_of=date(2025, 12, 1), book=CodeBook.starter().info(), files=("a.csv",), titles=titles)


def findings(count: int, severity: Severity = Severity.RETURN) -> CheckResult:
    """Make equal findings on many lines."""
    made = (
        Finding(rule="R100", name="r", severity=severity, message="m", advice="a", line_id=str(number))
        for number in range(count)
    )
    return CheckResult(findings=tuple(made), checked=count, rules={"R100": RuleCount(fired=count)})


def test_findings_stand_by_rule_the_gravest_first(result: CheckResult, run: Run) -> None:
    """Severity, id and title; the message; why; what to do."""
    text = check_page(result, run).text
    assert text.index("DENY  ASST101") < text.index("RETURN  BILAT101")
    assert "G0105 does not take modifier 50: its bilateral indicator is 0." in text
    assert "because: bilateral indicator 0 (No bilateral payment" in text
    assert "[RVU25D, 2025-10-01 to 2025-12-31]" in text
    assert "what to do: Bill it without modifier 50" in text


def test_lines_of_other_claims_are_named_with_their_claim(run: Run) -> None:
    """An id of a line says nothing without its claim, which may be another than that of the finding."""
    finding = Finding(
        claim_id="C1",
        line_id="1",
        rule="R100",
        name="r",
        severity=Severity.DENY,
        message="m",
        other_line_ids=("2", "1", "3"),
        other_claim_ids=("C1", "C9", "C9"),
        other_count=5,
    )
    assert (
        "with line 2; lines 1, 3 of claim C9 and 2 more"
        in check_page(CheckResult(findings=(finding,)), run).text
    )


def test_the_summary_says_what_was_not_judged(result: CheckResult, run: Run) -> None:
    """Lines in and out, counts by severity, what is missing and the remedy, editions, assumptions, book."""
    text = check_page(result, run).text
    assert "lines      4   3 checked   1 rejected   as of 2025-12-01" in text
    assert "findings   deny 1   return 1   review 0   info 0" in text
    assert "rejected   1 record: has 1 column where the header has 2; a.csv:9" in text
    assert "code not in the fee schedule: A9999" in text
    assert "claimrules book build FILES... --output BOOK" in text
    assert "fee schedule: RVU25D exact 100 %" in text
    assert "assumed    no other claim of the same provider" in text
    assert "This is the starter book" in text
    assert text.rstrip().endswith("verdict    findings: something is to be corrected, documented or appealed")


def test_of_each_rule_the_first_are_shown(run: Run) -> None:
    """The others are counted; advice that all share stands once."""
    text = check_page(findings(12), run, limit=2).text
    assert text.count("    m\n") == 2
    assert text.count("what to do: a") == 1
    assert "10 more (--limit 12 shows them)" in text
    assert "what to do" not in check_page(findings(12), run, limit=0).text


def test_notes_are_hidden_and_counted(run: Run) -> None:
    """Severity info is shown when asked for, and makes no verdict."""
    noted = findings(3, Severity.INFO)
    assert "INFO  R100" not in check_page(noted, run).text
    assert "info 3 not shown (--show info)" in check_page(noted, run).text
    assert "verdict    clean" in check_page(noted, run).text
    assert "INFO  R100" in check_page(noted, run, show_info=True).text


def test_rules_that_were_not_run_name_every_input(run: Run) -> None:
    """Each input once with the number of its rules, by the way in which it is given; most rules first."""
    lacking = (
        NotRun(rule="R100", inputs=("minutes", "specialty")),
        NotRun(rule="R200", inputs=("specialty",)),
        NotRun(rule="R300", inputs=("sets.waived_tests", "sets.always_therapy")),
        NotRun(rule="R400", inputs=("as_of",)),
        NotRun(rule="R500", inputs=("npi", "birth_date")),
    )
    lines = check_page(CheckResult(not_run=lacking), run).text.splitlines()
    start = lines.index("not run    5 rules, for want of what this run was not given:")
    assert [line.strip() for line in lines[start + 1 : start + 5]] == [
        "--map NAME=COLUMN: specialty (2), birth_date (1), minutes (1)",
        "an overlay's [[sets]]: always_therapy (1), waived_tests (1)",
        "a column of providers whose name says npi: npi (1)",
        "--as-of DATE: as_of (1)",
    ]


def test_a_line_has_words_and_no_columns(run: Run) -> None:
    """Its remedies are the words of the shorthand, and a table for what they do not say."""
    result = CheckResult(not_run=(NotRun(rule="R100", inputs=("specialty", "birth_date", "as_of")),))
    text = line_page(LINES[0], result, run).text

    assert "a word of the line, NAME:VALUE: spec (1)" in text
    assert "a table with a column NAME, and claimrules check: birth_date (1)" in text
    assert "--map" not in text
    assert [entry["remedy"] for entry in line_object(result, run)["summary"]["inputs_not_given"]] == [
        "--as-of DATE",
        "a table with a column birth_date, and claimrules check",
        "a word of the line, spec:VALUE",
    ]


def test_a_rejected_record_has_its_byte(run: Run) -> None:
    """Where it is known, as for the segments of an 837."""
    entry = Rejected(file="a.837", line=14, reason="is odd", offset=1203)

    assert "a.837:14 (byte 1,203)" in check_page(CheckResult(rejected=(entry,)), run).text


def test_a_run_of_no_rule_is_told(run: Run) -> None:
    """Where every rule lacks its inputs nothing was found, and nothing is clean."""
    assert (
        "incomplete: nothing fired, because no rule was run" in check_page(CheckResult(checked=3), run).text
    )


def test_many_files_are_counted(run: Run) -> None:
    """A few are told with their records, of many only those without any."""
    few = attrs.evolve(run, files=("a", "b"), records=(3, 1), passed_over=("1 file of other kinds",))
    many = attrs.evolve(run, files=tuple(map(str, range(99))), records=(0, *[1] * 98))

    assert (
        "files      2\n           a: 3 records\n           b: 1 record\n"
        in check_page(CheckResult(), few).text
    )
    assert "1 file of other kinds" in check_page(CheckResult(), few).text
    assert "files      99\n           1 file without a record: 0\n" in check_page(CheckResult(), many).text


def test_the_object_names_every_input_that_was_not_given(run: Run) -> None:
    """Of each rule what it lacks and how that is given; of each input the rules that it switches on."""
    lacking = (
        NotRun(rule="R300", inputs=("minutes", "sets.waived_tests")),
        NotRun(rule="R100", inputs=("minutes",)),
    )
    summary = check_object(CheckResult(not_run=lacking), run)["summary"]
    lists = "an overlay's [[sets]] of name waived_tests"
    assert summary["not_run"][0] == {
        "rule": "R300",
        "inputs": ["minutes", "sets.waived_tests"],
        "remedies": ["--map minutes=COLUMN", lists],
    }
    assert summary["inputs_not_given"] == [
        {"input": "minutes", "remedy": "--map minutes=COLUMN", "rules": ["R100", "R300"]},
        {"input": "sets.waived_tests", "remedy": lists, "rules": ["R300"]},
    ]


def test_what_is_missing_stands_once_with_its_remedy(run: Run) -> None:
    """By table, most lines first; the rules that wait are named, or counted where there are many."""
    many = tuple(f"R{number}" for number in range(100, 104))
    unknown = (
        UnknownCount(
            cause=Cause.NO_TABLE, what="no MUE table loaded", lines=1200, remedy="load it", rules=many
        ),
        UnknownCount(cause=Cause.NO_TABLE, what="no ASC addenda loaded", lines=7, rules=("R1", "R2", "R3")),
    )
    text = check_page(CheckResult(unknown=unknown, incomplete_lines=9), run).text
    assert "1,200  no MUE table loaded (4 rules)  ->  load it\n" in text
    assert "    7  no ASC addenda loaded (R1, R2, R3)\n" in text


def test_a_remedy_that_serves_several_stands_once(run: Run) -> None:
    """Below all that it helps, which keep their counts."""
    unknown = (
        UnknownCount(
            cause=Cause.NO_HISTORY, what="90 days", lines=16, remedy="give a history", rules=("R1",)
        ),
        UnknownCount(cause=Cause.NO_TABLE, what="no MUE table loaded", lines=4, remedy="load it"),
        UnknownCount(cause=Cause.NO_HISTORY, what="10 days", lines=1, remedy="give a history"),
        UnknownCount(cause=Cause.NO_VALUE, what="code.mue is left open by the published row", lines=1),
    )
    lines = check_page(CheckResult(unknown=unknown), run).text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("incomplete")) + 1
    assert lines[start : start + 5] == [
        "           16  90 days (R1)",
        "            1  10 days",
        "               ->  give a history",
        "            4  no MUE table loaded  ->  load it",
        "            1  code.mue is left open by the published row",
    ]


def test_a_missing_table_is_told_once_for_all_its_rules() -> None:
    """Not by rule: a letter code without a HCPCS file and Addendum B lacks two files."""
    found = {entry.what: entry for entry in Checker().check_lines(LINES[:1]).unknown}
    level_ii, opps = found["no HCPCS Level II table loaded"], found["no OPPS Addendum B loaded"]
    assert (level_ii.cause, opps.cause) == (Cause.NO_TABLE, Cause.NO_TABLE)
    assert level_ii.remedy == "load HCPC…_ANWEB: claimrules book build FILES... --output BOOK"
    assert ("STAT110" in level_ii.rules, "DME102" in opps.rules) == (True, True)


def test_fields_that_could_not_be_read_are_placed() -> None:
    """A biller must find the line."""
    run = Run(
        as_of=date(2025, 12, 1),
        book=CodeBook.starter().info(),
        unread=(Unread(field="code", lines=2, first=(("C9", "3"),)),),
    )
    assert "unreadable code in 2 lines: claim C9 line 3, ..." in check_page(CheckResult(), run).text


def test_a_message_cannot_drive_the_terminal(run: Run) -> None:
    """Whatever a file or a pack brought in."""
    hostile = Finding(
        rule="R100", name="r", severity=Severity.DENY, message="\x1b]0;x\x07", claim_id="\x1b[2J"
    )
    assert "\x1b" not in check_page(CheckResult(findings=(hostile,)), run).text


def test_the_object_has_the_fields_of_the_model(result: CheckResult, run: Run) -> None:
    """One object, whose shape others rely on."""
    found = json.loads(json.dumps(check_object(result, run)))
    assert found["schema"] == "claimrules/1"
    summary = found["summary"]
    assert summary["lines"] == summary["checked"] + summary["rejected"] == 4
    assert summary["findings"] == {"deny": 1, "return": 1, "review": 0, "info": 0}
    assert (summary["verdict"], summary["clean"]) == ("findings", False)
    assert summary["unknown_by_cause"]["no_code"] > 0
    assert {"cause", "what", "lines", "remedy", "rules"} == set(summary["unknown"][0])
    assert {"edition", "table", "how", "lines", "first", "last"} == set(summary["editions"][0])
    assert summary["rules"]["BILAT101"] == {
        "fired": 1,
        "passed": 0,
        "bypassed": 0,
        "unknown": 0,
        "not_applicable": 2,
    }
    assert {"not_run", "assumptions"} <= set(summary)
    finding = next(each for each in found["findings"] if each["rule"] == "BILAT101")
    assert (finding["severity"], finding["carc"], finding["fields"]) == ("return", "4", ["modifiers[1]"])
    assert finding["evidence"][1]["field"] == "code.bilateral"
    assert finding["evidence"][1]["holds_from"] == "2025-10-01"
    assert found["rejected"] == [
        {"file": "a.csv", "line": 9, "reason": "has 1 column where the header has 2", "offset": None}
    ]


def test_the_object_of_a_line_tells_every_outcome(run: Run) -> None:
    """Outcome, reason, cause and deciding facts, by rule."""
    found = line_object(Checker().check_line(LINES[0]), run)
    assert found["outcomes"]["BILAT101"]["outcome"] == "fired"
    assert found["outcomes"]["BILAT101"]["evidence"][0]["value"] == "50"
    unknown = line_object(Checker().check_line(LINES[2]), run)["outcomes"]["STAT101"]
    assert (unknown["outcome"], unknown["cause"]) == ("unknown", "no_code")
    assert "code.status" in unknown["reason"]


def test_the_page_of_a_line(run: Run) -> None:
    """Fired first, then unknown; rules that were passed are named, those that do not apply counted."""
    checker = Checker()
    result = checker.check_line(LINES[0])
    text = line_page(LINES[0], result, run).text
    assert text.startswith("G0105-50 x1 2025-11-03 @22  professional\n\nFIRED\n  BILAT101  return")
    short = text.partition("\nPASSED  ")[2].partition(" rules do not apply (--all lists them")[0]
    said = next(iter(result.outcomes.values()))
    passed = sorted(code for code, each in said.items() if each.outcome is Outcome.PASSED)
    silent = sum(each.outcome is Outcome.NOT_APPLICABLE for each in said.values())
    assert short.split() == [*(f"{code}," for code in passed[:-1]), passed[-1], str(silent)]
    assert "DOES NOT APPLY" not in text
    assert "UNKNOWN: could still fire" in line_page(LINES[2], checker.check_line(LINES[2]), run).text


def test_the_page_of_a_line_tells_everything_if_asked(run: Run) -> None:
    """Rules that were passed with their facts, and those that do not apply."""
    text = line_page(LINES[0], Checker().check_line(LINES[0]), run, everything=True).text
    passed, silent = text.partition("\nPASSED\n")[2].split("\nDOES NOT APPLY\n")
    assert "  STAT101  A code that is always bundled\n      code.status = A" in passed
    assert "  ASST101  " in silent
    assert "--all" not in text
