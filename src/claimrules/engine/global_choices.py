"""Which modifier would be right for a visit or a procedure within a window, and what each needs.

Sources: Medicare Claims Processing Manual (Pub. 100-04), chapter 12, sections 30.6.6, 30.6.12, 40.1 to 40.4.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from claimrules.model.global_period import Choice, GlobalPeriod, Phase
from claimrules.model.indicator import GlobalDays

_FT_FROM: Final = date(2022, 1, 1)
_RECORD: Final = "the record shows it"
_DECISION: Final = Choice(
    about="visit",
    modifier="57",
    when="at this visit the surgery was decided on",
    needs="the record of the visit shows the decision",
)
_SEPARATE: Final = Choice(
    about="visit",
    modifier="25",
    when="it went well beyond the usual care before and after the procedure",
    needs=f"{_RECORD}: a significant visit of its own; another diagnosis is not needed",
)
_BESIDE_57: Final = Choice(
    about="visit",
    modifier="25",
    when="another, minor procedure of that day called for it",
    needs=_SEPARATE.needs,
    doubtful="25 alone clears the edit of Medicare; for the decision on this surgery 57 is the one",
)
_UNRELATED: Final = Choice(
    about="visit",
    modifier="24",
    when="its reason has nothing to do with the surgery",
    needs=f"{_RECORD}, as a rule by another diagnosis; in the same stay it must be an unrelated condition",
)
_CRITICAL: Final = Choice(
    about="critical care",
    modifier="FT",
    when="it has nothing to do with the surgery",
    needs=f"{_RECORD}: critical illness, unrelated and beyond what the surgery brings",
)
_STAGED: Final = Choice(
    about="procedure",
    modifier="58",
    when="it was planned as a stage, is more extensive, or treats what a diagnostic procedure found",
    needs=f"{_RECORD} before or at the first procedure",
    effect="paid in full; starts a new period",
)
_RETURN: Final = Choice(
    about="procedure",
    modifier="78",
    when="an unplanned return to the operating room for something that came of the surgery",
    needs="an operating room, or an endoscopy, laser or catheter suite; without one it is in the package",
    effect="pays the new code's own share of surgery (000: all of it); starts no new period",
)
_OTHER: Final = Choice(
    about="procedure",
    modifier="79",
    when="it has nothing to do with the first procedure",
    needs=f"{_RECORD}, as a rule by another diagnosis or side",
    effect="paid in full; starts a new period",
)
_SURGERY_ONLY: Final = Choice(
    about="split care",
    modifier="54",
    when="the surgeon hands the care afterwards over",
    needs="a transfer of care in writing, on file at both",
    effect="pays the shares before and of the surgery",
    doubtful="the care before surgery is paid with 54 as a rule; 56 is rarely accepted",
)
_CARE_AFTER: Final = Choice(
    about="split care",
    modifier="55",
    when="another one takes the care over",
    needs="the same code and day of surgery, one unit, the transfer on file, one visit before it is billed",
    effect="pays the share after surgery",
)


def choices(period: GlobalPeriod, day: date) -> tuple[Choice, ...]:
    """Give the modifiers that would be right on a day in the window, for the physician who opened it.

    Nothing outside of the window. The same physician is one with the same NPI, or of the same group
    and specialty; others need none of these.
    """
    phase = period.phase(day)
    return () if phase is None else tuple(_all(period, phase, day))


def _all(period: GlobalPeriod, phase: Phase, day: date) -> Iterator[Choice]:
    major = period.days == GlobalDays.NINETY_DAYS
    if phase is Phase.AFTER:
        yield _UNRELATED
    elif major:
        yield from (_DECISION, _BESIDE_57)
    else:
        yield _SEPARATE
    if day >= _FT_FROM:
        yield _CRITICAL
    if phase is not Phase.BEFORE:
        yield from _procedures(phase)
    if period.days != GlobalDays.SAME_DAY and (period.intra or period.post):
        yield from (_SURGERY_ONLY, _CARE_AFTER)


def _procedures(phase: Phase) -> Iterator[Choice]:
    yield from (_STAGED, _RETURN)
    if phase is Phase.AFTER:
        yield _OTHER


def remarks(period: GlobalPeriod, day: date) -> tuple[str, ...]:
    """Give what else is to be known of a day in the window."""
    phase = period.phase(day)
    if phase is None:
        return ()
    return tuple(_remarks(period, phase, day))


def _remarks(period: GlobalPeriod, phase: Phase, day: date) -> Iterator[str]:
    if phase is Phase.BEFORE:
        yield "the day before holds visits only: a procedure of that day is not in the package"
    if phase is Phase.DAY:
        yield "a further procedure of the same session: NCCI pairs and the reduction of multiple procedures"
    if phase is Phase.AFTER:
        yield "care of complications without an operating room is in the package, and not paid beside it"
    if day < _FT_FROM:
        yield "critical care: 24 or 25; FT came on 2022-01-01"
    if period.part == "54" and phase is Phase.AFTER:
        yield "54: the care after surgery was handed over; a visit of the surgeon is looked at one by one"
    if period.part == "55":
        yield "55: the care after surgery alone is this physician's"
    if period.part == "56":
        yield "56: the care before surgery alone is this physician's; a window after it is doubtful"
    if period.global_days == GlobalDays.CONTRACTOR:
        yield f"YYY: {period.days} was taken because it was said; the contractor decides"
