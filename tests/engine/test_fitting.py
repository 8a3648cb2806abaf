"""Which modifiers fit a code: it follows from the rules, and from nothing else."""

from collections.abc import Mapping
from datetime import date

import pytest

from claimrules import Cause, Checker, ClaimLine, CodeBook, Rulebook, Setting, Severity
from claimrules.codebook import FeeRow, FeeSchedule
from claimrules.codebook.catalogue import modifier_table
from claimrules.engine.fitting import Fit, Fits, modifiers_for, rules_about
from claimrules.model.edition import Edition, Table
from claimrules.model.finding import Outcome

DAY = date(2025, 11, 3)
EVERY = tuple(modifier_table().rows)


def checker_of(rows: Mapping[str, Mapping[str, str]]) -> Checker:
    """Make a checker for one code with these rows of the fee schedule."""
    edition = Edition(
        name="RVU25D", table=Table.FEE_SCHEDULE, effective=date(2025, 10, 1), ends=date(2025, 12, 31)
    )
    fees = {row: FeeRow(**values) for row, values in rows.items()}  # type: ignore[arg-type]
    book = CodeBook.from_tables([FeeSchedule(edition=edition, rows={"G0412": fees})])
    return Checker(book, Rulebook.load(ignore=("LIAB102",)))


def fits_of(checker: Checker, *modifiers: str, setting: Setting = Setting.PROFESSIONAL) -> dict[str, Fit]:
    """Ask about modifiers on the one code."""
    return {fit.modifier: fit for fit in modifiers_for(checker, "G0412", DAY, setting, modifiers)}


@pytest.mark.parametrize(
    ("indicator", "fits", "rule"),
    [("0", Fits.NO, "BILAT101"), ("1", Fits.YES, ""), ("2", Fits.NO, "BILAT102"), ("9", Fits.NO, "BILAT103")],
)
def test_an_indicator_decides(indicator: str, fits: Fits, rule: str) -> None:
    """The rule that fired stands there with its severity and its words; those that passed by their ids."""
    found = fits_of(checker_of({"": {"bilateral": indicator}}), "50")["50"]
    assert found.fits is fits
    assert [reason.rule for reason in found.fired] == ([rule] if rule else [])
    assert all(reason.severity is Severity.RETURN and "G0412" in reason.message for reason in found.fired)
    assert ("BILAT101" in found.passed) == (indicator != "0")


def test_documentation_is_a_review() -> None:
    """A finding of severity review is no refusal."""
    found = fits_of(checker_of({"": {"assistant": "0"}}), "80", "AS")
    assert {fit.fits for fit in found.values()} == {Fits.REVIEW}
    assert [reason.rule for reason in found["AS"].fired] == ["ASST102"]


def test_the_row_of_the_modifier_counts() -> None:
    """26 fits a code that has a row for it."""
    split = {"": {"pctc": "2"}, "26": {"pctc": "2"}}
    found = fits_of(checker_of(split), "26", "TC")
    assert (found["26"].fits, found["TC"].fits) == (Fits.YES, Fits.NO)


def test_what_is_not_published_is_unknown() -> None:
    """With each rule that could still fire, and the cause."""
    found = fits_of(Checker(CodeBook.from_tables([])), "62")["62"]
    assert (found.fits, found.fired) == (Fits.UNKNOWN, ())
    assert [reason.rule for reason in found.unknown] == ["COSG101", "COSG102", "COSG103"]
    assert {reason.cause for reason in found.unknown} == {Cause.NO_TABLE}


def test_a_modifier_that_no_rule_names() -> None:
    """Nor does a rule that only compares modifiers with each other allow one of them."""
    found = fits_of(checker_of({"": {"bilateral": "0"}}), "GC", "LT")
    assert {fit.fits for fit in found.values()} == {Fits.NO_RULE}


def test_a_rule_of_another_setting_says_nothing() -> None:
    """Durable equipment has no assistant at surgery."""
    found = fits_of(checker_of({"": {"assistant": "1"}}), "80", setting=Setting.DME)
    assert found["80"].fits is Fits.NO_RULE


def test_what_the_plain_line_has_too_is_not_the_modifier_s_doing() -> None:
    """A code that is never paid is refused with and without; GY makes that a note, and so fits."""
    found = fits_of(checker_of({"": {"status": "N", "bilateral": "1"}}), "GC", "GY", "50")
    assert found["GC"].fits is Fits.NO_RULE
    assert (found["GY"].fits, found["GY"].fired, found["GY"].passed) == (Fits.YES, (), ("STAT103",))
    assert found["50"].fits is Fits.YES


@pytest.mark.parametrize("value", ["0", "1", "2", "9"])
def test_it_agrees_with_checking_the_lines(value: str) -> None:
    """For every modifier of the catalogue: the rules that fire on its line and not on the plain one."""
    names = ("bilateral", "assistant", "co_surgeon", "team")
    checker = checker_of({"": {"status": "A", "pctc": value, **dict.fromkeys(names, value)}})

    def fired(*modifiers: str) -> set[str]:
        line = ClaimLine.parse("-".join(["G0412", *modifiers]) + " 2025-11-03")
        outcomes = next(iter(checker.check_line(line).outcomes.values()))
        alone = {rule.code for rule in checker.engine.line_rules}
        return {code for code, said in outcomes.items() if said.outcome is Outcome.FIRED} & alone

    plain = fired()
    for modifier, fit in fits_of(checker, *EVERY).items():
        assert {reason.rule for reason in fit.fired} == fired(modifier) - plain, modifier


def test_rules_that_name_a_modifier() -> None:
    """Themselves, or through a set."""
    rules = Rulebook.load().rules
    assert "BILAT101" in {rule.code for rule in rules_about(rules, "50")}
    assert "ASST101" in {rule.code for rule in rules_about(rules, "AS")}
    assert rules_about(rules, "ZZ") == ()
