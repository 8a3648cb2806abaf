"""What one stratum tells the next: lines that are denied, and findings on pairs that depend on others."""

import attrs
from tests.pairs_made import FIRST, LAST, pair_book

from claimrules import Checker, Claim, ClaimLine, Coverage, Finding, Rulebook, Severity
from claimrules.codebook import PairRow
from claimrules.engine.subject import NO_FACTS, subjects

CHAIN = (("G0121", "G0105"), ("G0105", "G0104"))
"""G0105 is part of G0121, and G0104 of G0105."""


def checker(*pairs: tuple[str, str], select: tuple[str, ...] = ("NCCI101", "NCCI102")) -> Checker:
    """Make a checker that knows these pairs, all with indicator 1."""
    book = pair_book(*((first, second, PairRow(FIRST, LAST, "1")) for first, second in pairs))
    return Checker(book, Rulebook.load(select=select))


def found(checker: Checker, *texts: str) -> dict[str, Finding]:
    """Give the finding on each line of a claim, by its number."""
    lines = tuple(ClaimLine.parse(f"{text} 2025-11-03 by:1234567893") for text in texts)
    return {str(each.line_id): each for each in checker.check(Claim(claim_id="c", lines=lines)).findings}


def test_a_finding_that_rests_on_one_of_the_same_kind_is_a_review() -> None:
    """If column 1 is not paid itself, column 2 may be: nobody should deny it unseen."""
    said = found(checker(*CHAIN), "G0121", "G0105", "G0104")

    assert said.keys() == {"2", "3"}
    assert (said["2"].severity, said["2"].depends_on) == (Severity.DENY, ())
    assert (said["3"].severity, said["3"].depends_on) == (Severity.REVIEW, ("NCCI102",))
    assert not said["3"].appealable


def test_one_column_1_line_that_stands_is_enough_to_deny() -> None:
    """The finding depends on another only if every line that proves it has one."""
    said = found(checker(*CHAIN, ("G0122", "G0104")), "G0121", "G0105", "G0122", "G0104")

    assert (said["4"].severity, said["4"].depends_on) == (Severity.DENY, ())
    assert said["4"].other_line_ids == ("2", "3")


def test_a_bypassed_pair_is_no_finding_to_depend_on() -> None:
    """59 pays column 1, so column 2 falls as ever."""
    said = found(checker(*CHAIN), "G0121", "G0105-59", "G0104")
    assert said == {}

    said = found(checker(*CHAIN), "G0121-59", "G0105", "G0104")
    assert said.keys() == {"3"}
    assert said["3"].severity is Severity.DENY


def test_a_review_is_no_finding_to_depend_on() -> None:
    """A payer's overlay may make the pair of column 1 a review: then nothing denies column 1."""
    rulebook = Rulebook.load(select=("NCCI102",))
    [rule] = rulebook.rules
    milder = attrs.evolve(rule, severity=Severity.REVIEW)
    one = checker(*CHAIN)
    one = attrs.evolve(one, rulebook=attrs.evolve(rulebook, rules=(milder,), known=(milder,)))

    assert all(each.depends_on == () for each in found(one, "G0121", "G0105", "G0104").values())


def test_what_only_depends_denies_nothing() -> None:
    """A review does not count as a denial for the rules that come after (language, A5)."""
    one = checker(*CHAIN)
    texts = [f"{code} 2025-11-03 by:1234567893 patient:P1" for code in ("G0121", "G0105", "G0104")]
    made = subjects([ClaimLine.parse(text) for text in texts], NO_FACTS, one.lookup)

    judged = one.engine.run(made, Coverage(), one.lookup)

    assert [each.subject.denied for each in judged] == [False, True, False]
