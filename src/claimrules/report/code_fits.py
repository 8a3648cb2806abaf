"""Which modifiers can go with a code, in words: what the rules say of a line with each of them."""

from collections.abc import Sequence
from typing import Final

from claimrules.codebook.catalogue import modifier_table
from claimrules.engine.fitting import Fit, Fits, Reason
from claimrules.model.published import ModifierRow
from claimrules.report.page import Page, Span
from claimrules.report.words import count

_HEADS: Final = {
    Fits.NO: ("cannot go with it", "deny"),
    Fits.REVIEW: ("only with documentation, or after a review", "review"),
    Fits.YES: ("can go with it: a rule looked at the code and has no objection", "good"),
    Fits.UNKNOWN: ("unknown: a rule could still object", "review"),
}


def add_fits(page: Page, fits: Sequence[Fit], *, everything: bool) -> None:
    """Add what the rules say of every modifier, those with the same reason together."""
    page.gap()
    page.add(Span("modifiers", "head"), Span("  by the line rules, one unit on that day", "dim"))
    for verdict, (words, role) in _HEADS.items():
        groups: dict[tuple[object, ...], list[Fit]] = {}
        for fit in fits:
            if fit.fits is verdict:
                groups.setdefault(_why(fit), []).append(fit)
        if groups:
            page.wrap(words, first="  ", rest="    ", role=role)
        for members in groups.values():
            _group(page, members)
    silent = [fit.modifier for fit in fits if fit.fits is Fits.NO_RULE]
    if silent:
        listed = f": {' '.join(silent)}" if everything else " (--all lists them)"
        text = (
            f"of {count(len(silent), 'further modifier')} no line rule says anything with this code{listed}"
        )
        page.wrap(text, first="  ", rest="    ", role="dim")


def _why(fit: Fit) -> tuple[object, ...]:
    """Give the rules that decide, without their messages: these name the modifier."""
    fired = tuple((reason.rule, reason.severity) for reason in fit.fired)
    unknown = tuple((reason.rule, reason.cause) for reason in fit.unknown)
    return fired, fit.passed, unknown


def modifier_words(modifier: str) -> str:
    """Name a modifier in the words of the catalogue."""
    row = modifier_table().rows.get(modifier)
    return row.name or "" if isinstance(row, ModifierRow) else ""


def _group(page: Page, members: Sequence[Fit]) -> None:
    names = "; ".join(f"{fit.modifier} {modifier_words(fit.modifier)}".strip() for fit in members)
    page.wrap(names, first="    ", rest="       ")
    fit = members[0]
    for reason in fit.fired:
        severity = reason.severity.value if reason.severity else ""
        alike = all(reason in each.fired for each in members)
        message = reason.message if alike else f"for example, {reason.message}"
        page.wrap(message, first=f"       {reason.rule} {severity}: ", rest="         ", role="dim")
    for rules, reason in _together(fit.unknown):
        cause = f" ({reason.cause.value})" if reason.cause else ""
        page.wrap(f"{reason.message}{cause}", first=f"       {rules}: ", rest="         ", role="dim")
    if fit.fits is Fits.YES and fit.passed:
        page.wrap(" ".join(fit.passed), first="       ", role="dim")


def _together(reasons: Sequence[Reason]) -> list[tuple[str, Reason]]:
    """Give reasons with the rules that share them."""
    found: dict[str, list[Reason]] = {}
    for reason in reasons:
        found.setdefault(reason.message, []).append(reason)
    return [(" ".join(each.rule for each in group), group[0]) for group in found.values()]
