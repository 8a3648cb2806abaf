"""What a run says that it took for granted."""

from datetime import date

from tests.pairs_made import FIRST, LAST, pair_book

from claimrules import Checker, Claim, ClaimLine, Rulebook
from claimrules.codebook import PairRow
from claimrules.engine.remedies import told
from claimrules.engine.tally import assumptions
from claimrules.expr.vocabulary import VOCABULARY
from claimrules.model.code import Cause


def test_only_rules_that_reach_beyond_the_claim_assume_anything() -> None:
    """OPPS107 looks at one claim, EM107 at the day; THER106 asks for a history, BILAT101 for one line."""
    rules = Rulebook.load(select=("EM107", "MUE102", "OPPS107", "THER106", "BILAT101")).rules

    assert assumptions(rules, without_patient=False) == (
        "no other claim of the same provider for the same day (EM107, MUE102)",
    )


def test_a_pair_that_cannot_be_looked_up_asks_for_what_a_line_can_give() -> None:
    """The indicator of a pair is published: nobody can give it."""
    claim = Claim(
        claim_id="c",
        lines=(
            ClaimLine(code="G0105", provider="1234567893", from_date=FIRST),
            ClaimLine(provider="1234567893", from_date=FIRST),
        ),
    )
    book = pair_book(("G0105", "G0121", PairRow(FIRST, LAST, "1")))
    found = Checker(book, Rulebook.load(("NCCI101",))).check(claim).unknown

    assert [each.remedy for each in found if "pair" in each.what] == ["give code and from_date on every line"]


def test_a_pair_of_which_a_table_is_silent_hides_nothing_else() -> None:
    """A table of an earlier quarter says nothing of it; what else is unknown of the lines is said too."""
    day = date(2026, 2, 3)
    lines = (
        ClaimLine(line_id="1", code="G0105", modifiers=("50",), provider="1234567893", from_date=day),
        ClaimLine(line_id="2", code="G0121", provider="1234567893", from_date=day),
    )
    book = pair_book(("G0101", "G0102", PairRow(FIRST, LAST, "1")))
    checker = Checker(book, Rulebook.load(("NCCI101", "BILAT101")), editions="latest")
    found = checker.check(Claim(claim_id="c", patient="p", lines=lines)).unknown

    assert {each.rules for each in found} == {("NCCI101",), ("BILAT101",)}


def test_what_a_table_lacks_is_told_with_what_would_help() -> None:
    """A pair beyond the files that are loaded is no code that a table lacks; not every MUE is published."""
    pair, mue = VOCABULARY["pair"]["modifier_indicator"], VOCABULARY["code"]["mue"]

    assert told(pair, Cause.NO_CODE, None)[1:] == (
        "pair outside of what is loaded of the NCCI pair table",
        "load every file of its quarter: claimrules book build FILES... --output BOOK",
    )
    assert told(mue, Cause.NO_CODE, None)[2].startswith("not every MUE is published; ")
    assert told(mue, Cause.NO_EDITION, date(2025, 11, 3))[1] == "no MUE table for 2025 Q4"
    assert told(mue, Cause.NO_EDITION, None)[1] == "no MUE table for the date"
