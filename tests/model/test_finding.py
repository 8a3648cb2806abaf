"""Findings and results: order, verdict and counts."""

import pytest

from claimrules.model.code import Cause
from claimrules.model.finding import (
    CheckResult,
    Finding,
    Rejected,
    RuleCount,
    Severity,
    UnknownCount,
    Verdict,
)


def finding(severity: Severity = Severity.RETURN, rule: str = "BILAT101", line_id: str = "1") -> Finding:
    """Make a finding with the least that one needs."""
    return Finding(claim_id="C001", line_id=line_id, rule=rule, name="n", severity=severity, message="m")


def test_severities_are_ranked_gravest_first() -> None:
    """Deny, return, review, info."""
    assert [severity.rank for severity in Severity] == [0, 1, 2, 3]
    assert min(Severity, key=lambda severity: severity.rank) is Severity.DENY


def test_findings_sort_by_claim_line_and_rule() -> None:
    """The order does not depend on when they were found."""
    late, early = finding(line_id="2"), finding(line_id="1", rule="UNIT201")

    assert sorted([late, early]) == [early, late]
    assert len({finding(), finding()}) == 1


@pytest.mark.parametrize("severity", [Severity.DENY, Severity.RETURN, Severity.REVIEW])
def test_a_finding_makes_the_verdict(severity: Severity) -> None:
    """Deny, return and review count."""
    assert CheckResult(findings=(finding(severity),)).verdict is Verdict.FINDINGS


RAN = {"BILAT101": RuleCount(fired=1)}


def test_a_note_never_makes_the_verdict() -> None:
    """Info is a note."""
    assert CheckResult(findings=(finding(Severity.INFO),), checked=1, rules=RAN).clean


def test_what_is_unknown_keeps_a_result_from_being_clean() -> None:
    """Silence is not consent."""
    unknown = UnknownCount(cause=Cause.NO_TABLE, what="MUE table", lines=3)

    assert CheckResult(unknown=(unknown,)).verdict is Verdict.INCOMPLETE
    assert CheckResult(incomplete_lines=1).verdict is Verdict.INCOMPLETE
    assert not CheckResult(unknown=(unknown,)).clean


def test_lines_in_are_checked_and_rejected() -> None:
    """No line disappears."""
    result = CheckResult(checked=7, rejected=(Rejected(file="claims.csv", line=9, reason="too few columns"),))

    assert result.lines == 8


def test_unknown_lines_are_summed_by_cause() -> None:
    """Two tables that are missing are one cause."""
    unknown = tuple(
        UnknownCount(cause=cause, what=what, lines=lines)
        for cause, what, lines in (
            (Cause.NO_TABLE, "MUE table", 3),
            (Cause.NO_TABLE, "fee schedule", 2),
            (Cause.NO_CODE, "G9999", 1),
        )
    )

    assert CheckResult(unknown=unknown).unknown_by_cause == {"no_table": 5, "no_code": 1}


def test_ids_stay_out_of_the_repr() -> None:
    """Logs show a finding by its repr."""
    assert "C001" not in repr(finding())
