"""Duplicates on two claims that are judged together: the first line is none."""

import attrs
import pytest

from claimrules import Checker, ClaimLine, Rulebook, Severity
from claimrules.testing.frames import frame_of, row_of

TEXT = "G0105 2025-11-03 @11 $100 by:1234567893 patient:P1"
CLAIMS = ("a", "b", "c")


@pytest.mark.parametrize("rule", ["DUP101", "DUP102"])
@pytest.mark.parametrize("engine", ["line", "polars", "polars-lazy", "pandas", "pyarrow", "duckdb"])
def test_every_line_after_the_first_is_marked(rule: str, engine: str) -> None:
    """The line of the first claim is paid; those of the others are not.

    No example can say it: what an example has of another claim stands before its lines, as a history.
    """
    if engine != "line":
        pytest.importorskip(engine.removesuffix("-lazy"))
    parts = [ClaimLine.parse(TEXT)] * len(CLAIMS)
    lines = [_named(line, claim) for line, claim in zip(parts, CLAIMS, strict=True)]
    checker = Checker(rulebook=Rulebook.load(select=(rule,)))
    if engine == "line":
        marked = [finding.claim_id for finding in checker.check_lines(lines).findings]
    else:
        result = checker.check_frame(frame_of([row_of(line) for line in lines], engine)).result(None)
        marked = [finding.claim_id for finding in result.findings]

    assert sorted(str(claim) for claim in marked) == ["b", "c"]


@pytest.mark.parametrize("engine", ["line", "polars", "duckdb"])
def test_the_exact_one_takes_in_the_suspect(engine: str) -> None:
    """One defect is told once, and counted once."""
    lines = [_named(ClaimLine.parse(TEXT), claim) for claim in CLAIMS[:2]]
    checker = Checker(rulebook=Rulebook.load(select=("DUP101", "DUP102")))
    if engine == "line":
        result = checker.check_lines(lines)
        assert [(finding.rule, finding.also) for finding in result.findings] == [("DUP101", ("DUP102",))]
        severities = result.severities
    else:
        frame = checker.check_frame(frame_of([row_of(line) for line in lines], engine))
        assert frame.summary.rules["DUP102"].fired == 1
        severities = frame.summary.severities

    assert severities == {Severity.DENY: 1, Severity.RETURN: 0, Severity.REVIEW: 0, Severity.INFO: 0}


def _named(line: ClaimLine, claim: str) -> ClaimLine:
    return attrs.evolve(line, claim_id=claim, line_id="1")


@pytest.mark.parametrize("rule", ["DUP101", "DUP102"])
def test_no_evidence_holds_the_id_of_a_claim(rule: str) -> None:
    """The least and the greatest of some ids are ids."""
    lines = [_named(ClaimLine.parse(TEXT), claim) for claim in ("first-of-two", "second-of-two")]
    checker = Checker(rulebook=Rulebook.load(select=(rule,)))
    result = checker.check_lines(lines, outcomes=True)
    [finding] = result.findings
    judged = [each[rule] for each in result.outcomes.values()]
    facts = [*finding.evidence, *(fact for each in judged for fact in each.evidence)]

    assert {"min(line.claim)", "max(line.claim)"} <= {fact.field for fact in facts}
    assert {fact.value for fact in facts if "line.claim" in fact.field} == {"not shown"}
