"""The global-period calendar: which procedures open a window, of which days, and which do not, and why."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

import attrs

from claimrules.codebook import Lookup
from claimrules.engine.subject import NO_FACTS, Subject, claim_lines
from claimrules.expr.nodes import NamedSet
from claimrules.model.claim import Claim, ClaimLine, Setting
from claimrules.model.code import Cause, CodeAttributes
from claimrules.model.edition import Source, Table
from claimrules.model.form import read_code
from claimrules.model.given import A_CODE, need
from claimrules.model.global_period import COUNTED, GlobalCalendar, GlobalPeriod, Standing, package
from claimrules.model.indicator import GlobalDays

Billed = Claim | ClaimLine
_EVERY: Final = ""
_BILLED: Final = "lines or claims are needed: write ClaimLine.parse('47383 2025-11-03')"
_SPLIT: Final = ("54", "55", "56")
_OPENS_NONE: Final = "opens_no_window"
Make = Callable[..., GlobalPeriod]
_NOT_BY_DAYS: Final[Mapping[str, str]] = {
    GlobalDays.MATERNITY.value: "MMM: the package follows what the code contains, not a count of days",
    GlobalDays.NOT_APPLICABLE.value: "XXX: the idea of a global period does not apply",
    GlobalDays.ADD_ON.value: "ZZZ: it goes with another procedure, and that one's window holds",
}
_YYY: Final = "YYY: the contractor decides; say what holds (--yyy 010, or contractor_days=)"


class GlobalDaysError(ValueError):
    """What was said of YYY cannot be; the text gives the remedy."""


def calendar(
    billed: Iterable[Billed] | Billed,
    lookup: Lookup,
    sets: Mapping[str, NamedSet],
    contractor_days: Mapping[str, str] | str | None = None,
) -> GlobalCalendar:
    """Say of every line what it does to the calendar; windows by patient, then by day.

    ``contractor_days`` says what holds for YYY: ``"000"``, ``"010"``, ``"090"`` or ``"XXX"`` (no period)
    for every code, or for each.

    Raises:
        GlobalDaysError: it says something else.
    """
    maker = _Maker(lookup, sets, _contractor_days(contractor_days))
    found = [maker.period(line) for line in _lines(billed)]
    return GlobalCalendar(
        windows=tuple(sorted((each for each in found if each.standing is Standing.OPENS), key=_order)),
        none=tuple(each for each in found if each.standing is Standing.NONE),
        unknown=tuple(each for each in found if each.standing is Standing.UNKNOWN),
    )


def _lines(billed: Iterable[Billed] | Billed) -> Iterator[ClaimLine]:
    if not isinstance(billed, Iterable):
        need(billed, Billed, _BILLED)
    for each in (billed,) if isinstance(billed, Billed) else billed:
        if not isinstance(each, Billed):
            need(each, ClaimLine, _BILLED)
        yield from claim_lines(each) if isinstance(each, Claim) else (each,)


def _order(period: GlobalPeriod) -> tuple[str, str, str]:
    return period.patient or "", str(period.on), period.code or ""


def _contractor_days(given: Mapping[str, str] | str | None) -> Mapping[str, str]:
    if given is not None:
        need(given, str | Mapping, "the days of the contractor: write '010', or {'0600T': '010'}")
    found = {_EVERY: given} if isinstance(given, str) else dict(given or {})
    for code, days in found.items():
        need(code, str, A_CODE)
        if code != _EVERY and read_code(code)[0] != code:
            msg = "the days of the contractor: write a code of five letters or digits, as in 0600T=010"
            raise GlobalDaysError(msg)
        if days not in (*COUNTED, GlobalDays.NOT_APPLICABLE.value):
            msg = f"the days of the contractor: write {', '.join(COUNTED)}, or XXX for no period"
            raise GlobalDaysError(msg)
    return found


@attrs.frozen
class _Maker:
    lookup: Lookup
    sets: Mapping[str, NamedSet]
    contractor_days: Mapping[str, str]

    def period(self, line: ClaimLine) -> GlobalPeriod:
        """Say what one line does."""
        subject = Subject(line, NO_FACTS, line.claim_id, self.lookup, 0)
        code = subject.code
        source = code.sources.get(Table.FEE_SCHEDULE)
        make = partial(
            GlobalPeriod,
            code=line.code,
            on=line.from_date,
            patient=subject.patient,
            provider=subject.provider,
            group=line.group,
            specialty=line.specialty,
            claim_id=line.claim_id,
            line_id=line.line_id,
            modifiers=subject.modifiers,
            global_days=code.global_days,
            intra=code.intra,
            post=code.post,
            edition=source.edition.name if isinstance(source, Source) else "",
            how=source.how.value if isinstance(source, Source) else "",
        )
        if line.setting is not Setting.PROFESSIONAL:
            why = f"the package is of professional services; this line is {line.setting.value}"
            return make(standing=Standing.NONE, reason=why)
        cause, why = _lacking(line, code)
        if cause:
            return make(standing=Standing.UNKNOWN, cause=cause, reason=why)
        return self._by_days(make, line, code.global_days, subject.modifiers)

    def _by_days(
        self, make: Make, line: ClaimLine, published: str | None, modifiers: tuple[str, ...] | None
    ) -> GlobalPeriod:
        unknown, days, said = partial(make, standing=Standing.UNKNOWN), published, self.contractor_days
        if published == GlobalDays.CONTRACTOR:
            days = said.get(line.code or "", said.get(_EVERY))
            if days is None:
                return unknown(cause=Cause.NO_VALUE, reason=_YYY)
        reason = _NOT_BY_DAYS.get(days or "", "")
        if reason:
            said_so = "YYY: taken to have no period, as was said"
            return make(standing=Standing.NONE, reason=reason if days == published else said_so)
        if modifiers is None:
            words = "the line's modifiers are not known: some open no window"
            return unknown(cause=Cause.NO_INPUT, reason=words)
        closing = [each for each in modifiers if each in self.sets[_OPENS_NONE].members]
        if closing:
            return make(standing=Standing.NONE, reason=f"modifier {closing[0]}: {_why(closing[0])}")
        period = package(days, line.from_date) if line.from_date else None
        if period is None:
            return unknown(
                cause=Cause.NO_VALUE, reason=f"global days {days}, which no table of ours explains"
            )
        part = next((each for each in modifiers if each in _SPLIT), "")
        return make(standing=Standing.OPENS, days=days, period=period, part=part)


def _lacking(line: ClaimLine, code: CodeAttributes) -> tuple[Cause | None, str]:
    """Say what keeps the global days of a line from being known, and why."""
    for name in ("code", "from_date"):
        if getattr(line, name) is None:
            return Cause.NO_INPUT, f"the line's {name} is {line.form(name)}"
    if code.global_days is not None:
        return None, ""
    if line.modifiers is None:
        return Cause.NO_INPUT, "the line's modifiers are not known"
    cause = code.cause(Table.FEE_SCHEDULE)
    return cause, _words(cause)


def _words(cause: Cause) -> str:
    return f"{Table.FEE_SCHEDULE.words}: {cause.words}"


def _why(modifier: str) -> str:
    if modifier == "78":
        return "a return to the operating room starts no period of its own"
    return "an assistant has no package of his own"
