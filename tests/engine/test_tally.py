"""What a run says that it took for granted."""

from claimrules import Rulebook
from claimrules.engine.tally import assumptions


def test_only_rules_that_reach_beyond_the_claim_assume_anything() -> None:
    """OPPS107 looks at one claim, EM107 at the day; THER106 asks for a history, BILAT101 for one line."""
    rules = Rulebook.load(select=("EM107", "MUE102", "OPPS107", "THER106", "BILAT101")).rules

    assert assumptions(rules, without_patient=False) == (
        "no other claim of the same provider for the same day (EM107, MUE102)",
    )
