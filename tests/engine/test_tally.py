"""What a run says that it took for granted."""

from tests.pairs_made import FIRST, LAST, pair_book

from claimrules import Checker, Claim, ClaimLine, Rulebook
from claimrules.codebook import PairRow
from claimrules.engine.tally import assumptions


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
