"""Lines that bill both sides in one form, rewritten in the form that is accepted."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Final

import attrs

from claimrules.model.both_sides import BilateralAnswer, Converted, Left, SideForm, Step
from claimrules.model.claim import ClaimLine
from claimrules.model.form import MAX_MODIFIERS
from claimrules.model.indicator import Bilateral

Ask = Callable[[ClaimLine], BilateralAnswer]
_SIDES: Final = ("RT", "LT")
_CENT: Final = Decimal("0.01")
_SITES: Final = "two units may be two sites of one side: only where the MUE is 1 are they plainly both sides"
_IS_BOTH: Final = "two units are both sides only where the record says so"


def convert(lines: Iterable[ClaimLine], ask: Ask, to: SideForm | None = None) -> Converted:
    """Put both sides of each code and day into the accepted form, or into ``to`` where that is accepted.

    Only what is plainly both sides is touched: a line with 50, an RT and an LT line that differ in
    nothing else, a line with two units and no side. Charges are added up, or halved to the cent.
    """
    made = _Converting(ask, to)
    for group in _groups(lines):
        made.group(group)
    return Converted(lines=tuple(made.lines), steps=tuple(made.steps), left=tuple(made.left))


def _groups(lines: Iterable[ClaimLine]) -> list[list[ClaimLine]]:
    """Put RT and LT lines that differ in nothing else together, at the place of the first."""
    groups: list[list[ClaimLine]] = []
    waiting: dict[tuple[ClaimLine, str], list[ClaimLine]] = {}
    for line in lines:
        side = _side(line)
        if side is None:
            groups.append([line])
            continue
        other = _SIDES[1 - _SIDES.index(side)]
        partner = waiting.pop((_bare(line, side), other), None)
        if partner is None:
            groups.append(mine := [line])
            waiting[_bare(line, side), side] = mine
        else:
            partner.append(line)
    return groups


def _side(line: ClaimLine) -> str | None:
    """The side that a line names, if it names one and not 50."""
    found = [side for side in _SIDES if side in (line.modifiers or ())]
    return found[0] if len(found) == 1 and "50" not in (line.modifiers or ()) else None


def _bare(line: ClaimLine, side: str) -> ClaimLine:
    """A line without what two lines of one service may differ in."""
    rest = tuple(each for each in line.modifiers or () if each != side)
    return attrs.evolve(line, modifiers=rest, line_id=None, charge=None)


class _Converting:
    """One run over groups of lines."""

    def __init__(self, ask: Ask, to: SideForm | None) -> None:
        self.ask, self.to = ask, to
        self.lines: list[ClaimLine] = []
        self.steps: list[Step] = []
        self.left: list[Left] = []

    def group(self, group: Sequence[ClaimLine]) -> None:
        """Convert one group, or leave it."""
        first = group[0]
        form = _form(group)
        if form is None or first.code is None:
            self.lines += group
            return
        answer = self.ask(first)
        wanted = self.to or answer.preferred
        why = _refusal(answer, wanted, form, group)
        if why:
            self.left.append(Left(code=first.code, why=why, line_ids=_ids(group)))
        if why or wanted is None or wanted in (form, SideForm.ONE_UNIT):
            self.lines += group
            return
        doubt = "; ".join(
            text
            for text in (_IS_BOTH if form is SideForm.TWO_UNITS else "", answer.form(wanted).doubt)
            if text
        )
        self.steps.append(Step(code=first.code, was=form, now=wanted, line_ids=_ids(group), doubt=doubt))
        self.lines += _write(_whole(group, form), wanted)


def _form(group: Sequence[ClaimLine]) -> SideForm | None:
    """The form in which a group bills both sides; ``None`` where it does not, or not plainly."""
    first, modifiers = group[0], group[0].modifiers
    if len(group) > 1:
        return SideForm.TWO_LINES
    if modifiers is None or first.units is None:
        return None
    if "50" in modifiers:
        return SideForm.MODIFIER_50
    return SideForm.TWO_UNITS if first.units == 2 and not set(_SIDES) & set(modifiers) else None  # noqa: PLR2004 (two sides)


def _refusal(
    answer: BilateralAnswer, wanted: SideForm | None, form: SideForm, group: Sequence[ClaimLine]
) -> str:
    """Say why a group stays as it is; blank where it need not."""
    if answer.percent is None or answer.percent == 100:  # noqa: PLR2004 (percent: nothing for a second side)
        # Two units of a code that is never bilateral are two services: none of our business.
        return "" if form is SideForm.TWO_UNITS else answer.forms[0].why
    if form is SideForm.TWO_UNITS and answer.indicator == Bilateral.CONDITIONAL and answer.mue != 1:
        return _SITES
    if wanted is None:
        return "no form is known to be accepted"
    if str(answer.form(wanted).accepted) not in ("yes", "doubtful"):
        return answer.form(wanted).why
    if (
        wanted is SideForm.MODIFIER_50
        and form is SideForm.TWO_UNITS
        and len(group[0].modifiers or ()) >= MAX_MODIFIERS
    ):
        return "the line has four modifiers already: there is no place for 50"
    return ""


def _ids(group: Sequence[ClaimLine]) -> tuple[str, ...]:
    return tuple(line.line_id or "" for line in group)


def _whole(group: Sequence[ClaimLine], form: SideForm) -> ClaimLine:
    """One line that stands for the group: with 50, the units of one side, and the whole charge."""
    first = group[0]
    if form is SideForm.MODIFIER_50:
        return first
    if form is SideForm.TWO_UNITS:
        return attrs.evolve(first, modifiers=("50", *(first.modifiers or ())), units=Decimal(1))
    charges = [line.charge for line in group if line.charge is not None]
    charge = sum(charges, Decimal()) if len(charges) == len(group) else None
    side = _side(first) or ""
    return attrs.evolve(first, modifiers=_put(first, side, "50"), charge=charge)


def _put(line: ClaimLine, old: str, *new: str) -> tuple[str, ...]:
    """Put modifiers in the place of another."""
    modifiers = line.modifiers or ()
    place = modifiers.index(old)
    return (*modifiers[:place], *new, *modifiers[place + 1 :])


def _write(whole: ClaimLine, form: SideForm) -> list[ClaimLine]:
    if form is SideForm.MODIFIER_50:
        return [whole]
    if form is SideForm.TWO_UNITS:
        units = whole.units * 2 if whole.units is not None else None
        return [attrs.evolve(whole, modifiers=_put(whole, "50"), units=units)]
    charge = whole.charge
    second = None if charge is None else (charge / 2).quantize(_CENT, rounding="ROUND_DOWN")
    first = None if charge is None or second is None else charge - second
    other_id = f"{whole.line_id}-LT" if whole.line_id else None
    return [
        attrs.evolve(whole, modifiers=_put(whole, "50", "RT"), charge=first),
        attrs.evolve(whole, modifiers=_put(whole, "50", "LT"), charge=second, line_id=other_id),
    ]
