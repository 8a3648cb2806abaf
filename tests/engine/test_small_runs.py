"""What is found out first of a small run, or told where no table speaks, changes nothing that is said."""

from itertools import groupby

import attrs
from tests.benchmarks.synthetic import FIRST, claim_lines, claims_with_history

from claimrules import Checker, ClaimLine
from claimrules.engine.history import Coverage
from claimrules.engine.subject import NO_FACTS, subjects

Said = dict[tuple[str | None, str | None], bytes]
_UNCODED = ClaimLine(code=None, unreadable=("code",), from_date=FIRST, patient="Q", claim_id="Q", line_id="1")


def _said(checker: Checker, lines: list[ClaimLine]) -> Said:
    found = subjects(lines, NO_FACTS, checker.lookup)
    judged = checker.engine.run(found, Coverage(), checker.lookup)
    return {(one.subject.claim_id, one.subject.line_id): one.outcomes for one in judged}


def test_a_patient_alone_is_told_what_he_is_told_among_many() -> None:
    """Each patient's lines by themselves, then all at once beside a line whose code is not known."""
    checker = Checker()
    drawn = [
        attrs.evolve(
            line, provider=line.provider if number % 5 else "1234567893", from_date=FIRST, to_date=FIRST
        )
        for number, line in enumerate(claim_lines(240, 0.5))
    ]
    lines = sorted(drawn, key=lambda line: line.patient or "")
    apart: Said = {}
    for _, own in groupby(lines, key=lambda line: line.patient):
        apart |= _said(checker, list(own))
    together = _said(checker, [*lines, _UNCODED])
    del together["Q", "1"]

    assert len(apart) == len(lines)
    assert apart == together


def test_lines_of_one_npi_share_the_physician_where_the_group_of_one_is_not_known() -> None:
    """No table tells what the other line is: that is said of both, alone with it or among many."""
    checker = Checker()
    line = ClaimLine(
        code="G0105",
        from_date=FIRST,
        patient="P",
        provider="1234567893",
        group="G",
        specialty="10",
        claim_id="A",
        line_id="1",
    )
    known = attrs.evolve(line, code="G0121", line_id="2")
    unknown = attrs.evolve(known, group=None)
    many = [attrs.evolve(each, patient=f"M{each.patient}") for each in claim_lines(80, 0.5)]
    said = [
        _said(checker, [line, other, *more])["A", "1"] for other in (known, unknown) for more in ([], many)
    ]

    assert len(set(said)) == 1


def test_lines_of_a_history_that_matter_to_no_rule_change_nothing() -> None:
    """A history that is looked at line by line says what it says among many lines of other patients."""
    checker = Checker()
    others = [attrs.evolve(each, patient=f"M{each.patient}", claim_id="M") for each in claim_lines(80, 0.5)]
    found = 0
    for claim, history in claims_with_history(40, 7):
        few = checker.check(claim, history)
        many = checker.check(claim, attrs.evolve(history, lines=(*history.lines, *others)))
        found += sum(bool(each.other_claim_ids) for each in few.findings)
        assert few.findings == many.findings
        assert few.rules == many.rules

    assert found > 10
