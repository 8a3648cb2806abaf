"""The checker: immutable, shared, picklable; what it says of lines, claims and histories."""

import decimal
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import reduce
from operator import add
from pathlib import Path

import attrs
import pytest
from tests.small_book import small_book

from claimrules import Checker, Claim, ClaimLine, CodeBook, History, Rulebook, Verdict
from claimrules.engine.subject import NO_FACTS, Subject, subjects
from claimrules.expr.values import thousandths
from claimrules.model.code import Cause
from claimrules.model.finding import Outcome

NPI = "1234567893"


def line(text: str) -> ClaimLine:
    """A line from its shorthand."""
    return ClaimLine.parse(text)


def test_the_defaults_alone_are_enough() -> None:
    """``Checker()`` has the starter book and every stable rule."""
    result = Checker().check_line(line("47383-50 2025-11-03 @22"))

    assert [finding.rule for finding in result.findings] == ["BILAT101"]
    assert result.verdict is Verdict.FINDINGS


def test_a_finding_carries_the_deciding_facts() -> None:
    """The value that was seen, what it means, the edition and the dates it holds."""
    [finding] = Checker().check_line(line("47383-80 2025-11-03 @22")).findings

    fact = next(fact for fact in finding.evidence if fact.field == "code.assistant")
    assert (fact.value, fact.edition, fact.how) == ("1", "RVU25D", "exact")
    assert (fact.holds_from, fact.holds_to) == (date(2025, 10, 1), date(2025, 12, 31))
    assert fact.meaning
    assert finding.fields == ("modifiers[1]",)


def test_a_cumulative_edition_speaks_up_to_its_end(tmp_path: Path) -> None:
    """It has no first day: its rows have days of their own, long before the quarter of the file."""
    checker = Checker(book=CodeBook.open(small_book(tmp_path)))
    findings = checker.check_line(line("G0500 2024-03-04 @22 by:1234567893")).findings
    [fact] = [fact for each in findings for fact in each.evidence if fact.field == "code.add_on_type"][:1]
    assert (fact.edition, fact.how) == ("Add-on codes 2024Q3", "exact")
    assert (fact.holds_from, fact.holds_to) == (None, date(2024, 9, 30))


def test_unknown_is_never_clean() -> None:
    """Nothing fired and something unknown is incomplete; with everything known it is clean."""
    rules = Rulebook.load(select=["MUE104"])
    assert Checker(rulebook=rules).check_line(line("99998 2025-11-03")).verdict is Verdict.INCOMPLETE
    assert Checker(rulebook=rules).check_line(line("G0105 2025-11-03")).verdict is Verdict.CLEAN


def test_no_provider_is_no_key() -> None:
    """An unknown provider never equals another unknown provider."""
    claim = Claim(lines=(line("G0105 2025-11-03"), line("G0105 2025-11-03")))
    outcomes = Checker().check(claim).outcomes

    assert {said["MUE102"].outcome for said in outcomes.values()} == {Outcome.UNKNOWN}
    assert {said["MUE102"].cause for said in outcomes.values()} == {Cause.NO_INPUT}


def test_strangers_without_patients_are_not_merged() -> None:
    """Lines of two claims without a patient are two patients."""
    lines = [
        attrs.evolve(line(f"G0105 2025-11-03 by:{NPI}"), claim_id=claim, line_id="1") for claim in ("A", "B")
    ]
    result = Checker().check_lines(lines)

    assert not any(finding.rule == "MUE102" for finding in result.findings)


def test_a_history_proves_and_is_not_judged() -> None:
    """A line of the history adds its units; the result counts the claim's line alone."""
    earlier = line(f"G0105 2025-11-03 by:{NPI} patient:P1")
    claim = Claim(lines=(line(f"G0105 2025-11-03 by:{NPI}"),), patient="P1")
    alone, after = Checker().check(claim), Checker().check(claim, History([earlier]))

    assert "MUE102" not in {finding.rule for finding in alone.findings}
    assert "MUE102" in {finding.rule for finding in after.findings}
    assert after.checked == 1


def test_a_run_counts_every_line_for_every_rule() -> None:
    """The outcomes of a rule add up to the lines."""
    result = Checker().check_lines([line(f"G0105-{m} 2025-11-03") for m in ("50", "80", "26", "RT")])

    for counts in result.rules.values():
        assert sum(attrs.astuple(counts)) == 4


def test_ten_thousand_equal_lines_are_one_candidate() -> None:
    """Equal lines are judged once: the rules of all scopes look at a handful of combinations."""
    same = line(f"G0105-76 2025-11-03 by:{NPI} patient:P1")
    lines = [attrs.evolve(same, claim_id="C", line_id=str(number)) for number in range(10_000)]
    checker = Checker(rulebook=Rulebook.load(select=["MUE102", "STAT107", "DUP104"]))
    judged = checker.engine.run(_subjects(checker, lines), History().coverage, checker.lookup)

    assert len(judged) == 10_000
    assert judged[0].proofs[checker.engine.numbers["MUE102"]].count == 9_999


def _subjects(checker: Checker, lines: list[ClaimLine]) -> list[Subject]:
    return subjects(lines, NO_FACTS, checker.lookup)


def test_a_checker_pickles() -> None:
    """A worker process gets the same answers."""
    checker = Checker()
    again = pickle.loads(pickle.dumps(checker))  # noqa: S301 (made on this line)

    assert again == checker
    assert (
        again.check_line(line("47383-50 2025-11-03")).findings
        == checker.check_line(line("47383-50 2025-11-03")).findings
    )


def test_a_checker_is_shared_between_threads() -> None:
    """Eight threads, one checker, the same findings."""
    checker, lines = Checker(), [line(f"47383-{m} 2025-11-03 @22") for m in ("50", "80", "62", "26")]
    expected = [checker.check_line(one).findings for one in lines]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: checker.check_line(one).findings, lines * 50))

    assert found == expected * 50


def test_a_checker_is_immutable() -> None:
    """Nothing of it can be set."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Checker().editions = "latest"  # type: ignore[misc]


def test_sums_are_exact_whatever_the_decimal_context() -> None:
    """Units are integer thousandths: a caller's rounding context changes nothing."""
    texts = ["56.4", "44.5", "118.2", "4.9"]
    lines = [line(f"A0425 x{text} 2025-11-03") for text in texts]
    with decimal.localcontext() as context:
        context.prec = 2
        found = [thousandths(one.units) for one in lines]

    assert reduce(add, map(float, texts)) > 224
    assert sum(units for units in found if units is not None) == 224_000


def test_a_rule_that_another_takes_in_is_told_by_that_one() -> None:
    """Also where the one in between is taken in itself; what was folded stands in ``also``."""
    lines = [ClaimLine.parse("G0105-78 2025-11-03 by:1234567893")]
    checker = Checker(rulebook=Rulebook.load(select=("CODE101", "CODE102", "CODE103")))
    engine = checker.engine
    taken = {
        engine.rules[number].code: {engine.rules[other].code for other in others}
        for number, others in engine.taken_in.items()
    }
    assert taken == {"CODE102": {"CODE101", "CODE103"}, "CODE103": {"CODE101"}}
    assert checker.check_lines(lines).findings == ()
