"""The bilateral answer: which forms of billing both sides a code allows, and why.

Sources: NCCI policy manual, chapter I, section V.3(a); Medicare Claims Processing Manual (Pub. 100-04),
chapter 12, section 40.7, chapter 4, section 20.6.2 and chapter 14, section 40.5.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

import attrs

from claimrules.model.both_sides import Acceptance, BilateralAnswer, FormAnswer, SideForm
from claimrules.model.claim import Setting
from claimrules.model.code import CodeAttributes
from claimrules.model.edition import Table
from claimrules.model.indicator import Bilateral
from claimrules.rulebook.select import Rulebook

PARAMETER: Final = "both_sides"
"""The parameter of a rule (BILAT105) by which an overlay gives a payer's convention."""
MEDICARE: Final = "medicare"
CONVENTIONS: Final = (MEDICARE, SideForm.MODIFIER_50, SideForm.TWO_LINES, SideForm.TWO_UNITS)
_SURGICAL: Final = ("000", "010", "090", "ZZZ")
_DIAGNOSTIC: Final = ("XXX",)
_PERCENT: Final = {Bilateral.NOT_BILATERAL: 100, Bilateral.CONDITIONAL: 150, Bilateral.INHERENT: 100}
_SUMMED: Final = ("2", "3")
_COMBINED: Final = (
    "the manual of claims processing lets contractors combine RT and LT lines, the NCCI manual does not"
)
_ASC_LIMIT: Final = (
    "whether the MUE of 1, made for lines with 50, is doubled for surgical centres is not confirmed"
)


class ConventionError(ValueError):
    """A payer's convention that is none; the text gives the remedy."""


def answer(
    code: CodeAttributes, *, on: date | None, setting: Setting, convention: str = MEDICARE
) -> BilateralAnswer:
    """Say which forms are accepted.

    Raises:
        ConventionError: ``convention`` is none of ``CONVENTIONS``.
    """
    if convention not in CONVENTIONS:
        msg = f"{PARAMETER}: a payer's convention is one of {', '.join(CONVENTIONS)}"
        raise ConventionError(msg)
    surgical = code.global_days in _SURGICAL
    known = surgical or code.global_days in _DIAGNOSTIC
    found = BilateralAnswer(
        code=code.code,
        on=on,
        setting=setting,
        indicator=code.bilateral,
        global_days=code.global_days,
        surgical=surgical if known else None,
        mue=code.mue,
        mai=code.mai,
        convention=convention,
    )
    if code.bilateral is None:
        cause = code.cause(Table.FEE_SCHEDULE)
        why = f"{Table.FEE_SCHEDULE.words}: {cause.words}"
        return attrs.evolve(found, cause=cause, forms=_all(Acceptance.UNKNOWN, why))
    if setting is Setting.DME:
        why = "the indicator of the fee schedule does not speak of supplies"
        doubt = "contractors take RT with LT on one line with two units for pairs (from memory)"
        return attrs.evolve(found, forms=_all(Acceptance.UNKNOWN, why, doubt))
    percent = 200 if code.bilateral == Bilateral.INDEPENDENT else _percent(code.bilateral)
    forms = tuple(_limited(each, found) for each in _forms(found))
    return attrs.evolve(found, percent=percent, forms=forms)


def convention_of(rulebook: Rulebook, on: date | None) -> str:
    """Give the payer's convention on a day: the parameter of the rule that has it, as the overlay sets it."""
    rule = next((each for each in rulebook.known or rulebook.rules if PARAMETER in each.params), None)
    if rule is None:
        return MEDICARE
    found: list[tuple[date, str]] = [(date.min, str(rule.params[PARAMETER]))]
    for entry in rulebook.overlay.params if rulebook.overlay else ():
        if entry.rule in (rule.code, rule.name) and entry.name == PARAMETER:
            start = entry.effective or date.min
            if start == date.min or (on is not None and start <= on):
                found.append((start, str(entry.value)))
    return max(enumerate(found), key=lambda each: (each[1][0], each[0]))[1][1]


def _percent(indicator: str) -> int | None:
    return next((percent for value, percent in _PERCENT.items() if value == indicator), None)


def _all(accepted: Acceptance, why: str, doubt: str = "") -> tuple[FormAnswer, ...]:
    return tuple(FormAnswer(form=form, accepted=accepted, why=why, doubt=doubt) for form in SideForm)


def _forms(found: BilateralAnswer) -> Iterator[FormAnswer]:
    """Give the forms by indicator, kind of code, setting and payer, the MUE apart; the usual one first."""
    if found.indicator not in (Bilateral.CONDITIONAL, Bilateral.INDEPENDENT):
        yield from _not_bilateral(found)
    elif found.convention != MEDICARE:
        yield from _by_payer(found)
    elif found.setting is Setting.ASC:
        yield from _surgical_centre()
    else:
        yield from _by_kind(found)


def _no(form: SideForm, why: str, doubt: str = "") -> FormAnswer:
    return FormAnswer(form=form, accepted=Acceptance.NO, why=why, doubt=doubt)


def _yes(form: SideForm, why: str, doubt: str = "") -> FormAnswer:
    return FormAnswer(form=form, accepted=Acceptance.YES, why=why, doubt=doubt)


def _maybe(form: SideForm, why: str, doubt: str) -> FormAnswer:
    return FormAnswer(form=form, accepted=Acceptance.DOUBTFUL, why=why, doubt=doubt)


def _not_bilateral(found: BilateralAnswer) -> Iterator[FormAnswer]:
    """Indicators 0, 2 and 9: nothing is added for a second side."""
    indicator = found.indicator
    meaning = (
        Bilateral(indicator).meaning.rstrip(".") if indicator in tuple(Bilateral) else "no meaning is known"
    )
    why = f"indicator {indicator}: {meaning[0].lower()}{meaning[1:]}"
    repeated = "the same service elsewhere than on the other side may stand on a line of its own, by its MUE"
    yield _yes(SideForm.ONE_UNIT, why)
    if found.setting is Setting.ASC:
        yield _no(SideForm.MODIFIER_50, "surgical centres never use 50")
    elif found.setting is Setting.OUTPATIENT and indicator == Bilateral.NOT_BILATERAL:
        yield _maybe(SideForm.MODIFIER_50, why, "the edits of hospital claims do not look at it")
    else:
        yield _no(SideForm.MODIFIER_50, why)
    for form in (SideForm.TWO_LINES, SideForm.TWO_UNITS):
        if indicator == Bilateral.INHERENT:
            yield _no(form, why)
        elif indicator == Bilateral.NOT_BILATERAL:
            yield _no(form, why, repeated)
        else:
            yield _maybe(form, why, f"the fee schedule does not speak of sides; {repeated}")


def _by_payer(found: BilateralAnswer) -> Iterator[FormAnswer]:
    wanted = SideForm(found.convention)
    why = f"the payer's convention is {wanted.words}"
    yield _yes(wanted, why)
    for form in SideForm:
        if form is SideForm.ONE_UNIT:
            yield _no(form, "one unit is one side")
        elif form is not wanted:
            yield _no(form, why)


def _surgical_centre() -> Iterator[FormAnswer]:
    why = "surgical centres bill two lines, or two units"
    yield _yes(SideForm.TWO_LINES, why)
    yield _yes(SideForm.TWO_UNITS, why)
    yield _no(SideForm.MODIFIER_50, "surgical centres never use 50")
    yield _no(SideForm.ONE_UNIT, "one unit is one side")


def _by_kind(found: BilateralAnswer) -> Iterator[FormAnswer]:
    """Indicators 1 and 3, professional and hospital outpatient."""
    days = f"global days {found.global_days}"
    yield _yes(SideForm.MODIFIER_50, f"indicator {found.indicator}: both sides are one line with 50")
    if found.surgical:
        why = f"surgery ({days}) is billed with 50"
        yield _no(SideForm.TWO_LINES, why, _COMBINED)
        yield _no(SideForm.TWO_UNITS, why)
    else:
        put = _yes if found.surgical is False else _unsure
        why = f"a diagnostic code ({days}) may be billed so" if found.surgical is False else days
        yield put(SideForm.TWO_LINES, why)
        if found.indicator == Bilateral.INDEPENDENT:
            yield put(SideForm.TWO_UNITS, why)
        else:
            yield _no(SideForm.TWO_UNITS, "indicator 1: two units are not both sides")
    yield _no(SideForm.ONE_UNIT, "one unit is one side")


def _unsure(form: SideForm, why: str) -> FormAnswer:
    return _maybe(
        form, why, "diagnostic codes may be billed so, surgery may not: the global days do not tell"
    )


def _limited(said: FormAnswer, found: BilateralAnswer) -> FormAnswer:
    """Hold a form against the MUE: two units of one code and day, on one line or two, count as two."""
    if said.accepted in (Acceptance.NO, Acceptance.UNKNOWN):
        return said
    if found.mue == 0:
        return attrs.evolve(said, accepted=Acceptance.NO, why="the MUE is 0: not payable in this setting")
    if said.form in (SideForm.MODIFIER_50, SideForm.ONE_UNIT):
        return said
    if found.mue is None:
        doubt = _and(said.doubt, "the MUE is not known: two units may exceed it")
        firm = found.convention != MEDICARE or found.setting is Setting.ASC
        return attrs.evolve(said, accepted=said.accepted if firm else Acceptance.DOUBTFUL, doubt=doubt)
    lines_apart = said.form is SideForm.TWO_LINES and found.mai not in _SUMMED
    if found.mue > 1 or lines_apart:
        return said
    return _over(said, found)


def _over(said: FormAnswer, found: BilateralAnswer) -> FormAnswer:
    limit = f"the MUE is {found.mue} (adjudication {found.mai})"
    if found.convention != MEDICARE:
        doubt = f"{limit}, Medicare's: this payer must take two units for its own form to be paid"
        return attrs.evolve(said, doubt=doubt)
    if found.setting is Setting.ASC:
        kept = said.accepted if said.form is SideForm.TWO_LINES else Acceptance.DOUBTFUL
        return attrs.evolve(said, accepted=kept, doubt=_and(said.doubt, _ASC_LIMIT))
    counted = "all lines of the day are added up" if found.mai in _SUMMED else "the line has two"
    return attrs.evolve(said, accepted=Acceptance.NO, why=f"{limit}, and {counted}: all would be denied")


def _and(first: str, second: str) -> str:
    return f"{first}; {second}" if first else second
