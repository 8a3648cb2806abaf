"""The global-period calendar as text and as plain data: the windows of each patient, and what fits."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import attrs

from claimrules.codebook import BookInfo
from claimrules.engine.global_choices import choices, remarks
from claimrules.model.finding import Rejected
from claimrules.model.global_period import Choice, GlobalCalendar, GlobalPeriod, Phase
from claimrules.model.structure import to_dict
from claimrules.report.json import SCHEMA
from claimrules.report.page import WIDTH, Page, Span
from claimrules.report.words import count, place_words

_LABEL: Final = 11
_SHOWN: Final = 5
_PHASES: Final = {
    Phase.BEFORE: "on the day before",
    Phase.DAY: "on the day of",
    Phase.AFTER: "after",
}
_BUILD: Final = "load the table: claimrules book build FILES... --output BOOK"


@attrs.frozen(kw_only=True)
class Windows:
    """What the command was asked, and what it found: ``on`` is one day, or ``None`` for all."""

    calendar: GlobalCalendar
    book: BookInfo
    on: date | None = None
    rejected: tuple[Rejected, ...] = ()
    files: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[GlobalPeriod, ...]:
        """The windows asked for."""
        return self.calendar.windows if self.on is None else self.calendar.open_on(self.on)


def globals_object(found: Windows) -> dict[str, Any]:
    """Give the object of ``globals --format json``: every window, and every line that is unknown."""
    calendar = found.calendar
    return {
        "schema": SCHEMA,
        "run": {"files": list(found.files), "book": {"content_hash": found.book.content_hash}},
        "on": found.on.isoformat() if found.on else None,
        "summary": {
            "lines": calendar.lines + len(found.rejected),
            "windows": len(calendar.windows),
            "shown": len(found.shown),
            "none": len(calendar.none),
            "unknown": len(calendar.unknown),
            "rejected": len(found.rejected),
            "none_by_reason": dict(_reasons(calendar.none)),
            "unknown_by_reason": dict(_reasons(calendar.unknown)),
        },
        "assumptions": list(found.assumptions),
        "windows": [_window_object(each, found.on) for each in found.shown],
        "unknown": [to_dict(each) for each in calendar.unknown],
        "rejected": [to_dict(entry) for entry in found.rejected],
    }


def _window_object(window: GlobalPeriod, on: date | None) -> dict[str, Any]:
    told = to_dict(window)
    if on is None:
        return told
    return {
        **told,
        "day": window.number(on),
        "modifiers_that_fit": [to_dict(choice) for choice in choices(window, on)],
        "remarks": list(remarks(window, on)),
    }


def globals_page(found: Windows, *, limit: int, width: int = WIDTH) -> Page:
    """Write the calendar; of the windows the first ``limit``."""
    page = Page(width)
    shown = found.shown
    _patients(page, shown[:limit], found.on)
    if len(shown) > limit:
        page.add(Span(f"{len(shown) - limit:,} more windows (--limit {len(shown)} shows them)", "dim"))
    if found.on is not None:
        _fits(page, shown, found.on)
    page.gap()
    _summary(page, found)
    return page


def _patients(page: Page, windows: Sequence[GlobalPeriod], on: date | None) -> None:
    patients: dict[str, list[GlobalPeriod]] = {}
    for window in windows:
        patients.setdefault(window.patient or "", []).append(window)
    for patient, members in patients.items():
        page.gap()
        page.add(Span(f"patient {patient}" if patient else "no patient named", "head"))
        page.table([_row(window, on) for window in members], indent="  ")


def _row(window: GlobalPeriod, on: date | None) -> tuple[str, ...]:
    code = "-".join((window.code or "?", *(window.modifiers or ())))
    days = f"{window.days} (YYY)" if window.days != window.global_days else window.days or ""
    who = f"by {window.provider}" if window.provider else "by an unknown provider"
    edition = "" if window.how in ("", "exact") else f"  [{window.edition}, not of that day]"
    day = [] if on is None else [_day_words(window.number(on) or 0)]
    where = f"{place_words(window.claim_id, window.line_id)}  {who}{edition}"
    return (code, str(window.on), days, str(window.period), *day, where)


def _day_words(number: int) -> str:
    return "the day" if number == 0 else f"day {number:+d}"


def _fits(page: Page, windows: Iterable[GlobalPeriod], on: date) -> None:
    """Tell the modifiers that fit on the day, windows with the same ones together; then what each needs."""
    groups: dict[tuple[tuple[Choice, ...], tuple[str, ...]], list[GlobalPeriod]] = {}
    for window in windows:
        groups.setdefault((choices(window, on), remarks(window, on)), []).append(window)
    if groups:
        page.gap()
        page.add(Span(f"what the same physician would use on {on}", "head"))
    for (fitting, notes), members in groups.items():
        codes = ", ".join(sorted({f"{window.code} ({window.days})" for window in members}))
        phase = _PHASES[members[0].phase(on) or Phase.AFTER]
        page.wrap(f"{phase} {codes}: {_short(fitting)}", first="  ", rest="    ")
        for text in notes:
            page.wrap(text, first="    note: ", rest="      ", role="dim")
    legend = dict.fromkeys(choice for fitting, _ in groups for choice in fitting)
    if legend:
        page.gap()
        page.add(Span("what each needs", "head"))
    for choice in legend:
        _choice(page, choice)


def _short(fitting: Sequence[Choice]) -> str:
    about: dict[str, list[str]] = {}
    for choice in fitting:
        about.setdefault(choice.about, []).append(
            choice.modifier + (" (doubtful)" if choice.doubtful else "")
        )
    return "; ".join(f"{what} {', '.join(modifiers)}" for what, modifiers in about.items())


def _choice(page: Page, choice: Choice) -> None:
    page.wrap(choice.when, first=f"  {choice.about:<14}{choice.modifier:<4}", rest=" " * 20)
    told = "; ".join(text for text in (f"needs: {choice.needs}", choice.effect) if text)
    page.wrap(told, first=" " * 20, role="dim")
    if choice.doubtful:
        page.wrap(f"doubtful: {choice.doubtful}", first=" " * 20, role="review")


def _summary(page: Page, found: Windows) -> None:
    calendar = found.calendar
    opened = f"{count(len(calendar.windows), 'line')} open a window"
    if found.on is not None:
        opened += f", {len(found.shown):,} of them open on {found.on}"
    parts = [
        f"{calendar.lines + len(found.rejected):,}",
        opened,
        f"{len(calendar.none):,} open none",
        f"{len(calendar.unknown):,} unknown",
        f"{len(found.rejected):,} rejected",
    ]
    _told(page, "lines", ["   ".join(parts)])
    _told(page, "none", [f"{number:,}  {reason}" for reason, number in _reasons(calendar.none).items()])
    _told(page, "unknown", [_unknown_words(calendar, reason) for reason in _reasons(calendar.unknown)])
    _told(page, "rejected", _rejected_words(found.rejected))
    _told(page, "same", ["the same physician is one with the same NPI, or of the same group and specialty"])
    _told(page, "assumed", found.assumptions)
    _told(page, "book", [f"{found.book.description} (content {found.book.content_hash[:12]})"])


def _told(page: Page, label: str, texts: Sequence[str]) -> None:
    for number, text in enumerate(texts):
        page.wrap(text, first=f"{'' if number else label:<{_LABEL}}", rest=" " * _LABEL)


def _reasons(periods: Iterable[GlobalPeriod]) -> Mapping[str, int]:
    """Count lines by reason, most lines first."""
    found = Counter(each.reason for each in periods)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _unknown_words(calendar: GlobalCalendar, reason: str) -> str:
    members = [each for each in calendar.unknown if each.reason == reason]
    codes = sorted({each.code for each in members if each.code})
    listed = f": {', '.join(codes[:_SHOWN])}" + (", …" if len(codes) > _SHOWN else "") if codes else ""
    cause = members[0].cause
    remedy = f"  ->  {_BUILD}" if cause in ("no_table", "no_edition", "no_code") else ""
    return f"{len(members):,}  {reason}{listed}{remedy}"


def _rejected_words(rejected: Sequence[Rejected]) -> list[str]:
    places: dict[str, list[str]] = {}
    for entry in rejected:
        places.setdefault(entry.reason, []).append(f"{entry.file}:{entry.line}")
    return [
        f"{count(len(found), 'record')} {reason}: {', '.join(found[:_SHOWN])}"
        + (", …" if len(found) > _SHOWN else "")
        for reason, found in places.items()
    ]
