"""Both sides of a procedure in words: which forms of billing are accepted, and lines converted."""

from typing import Any, Final

from claimrules.model.both_sides import Acceptance, BilateralAnswer, Converted, FormAnswer
from claimrules.model.structure import to_dict
from claimrules.report.page import Page, Span

_ROLES: Final = {
    Acceptance.YES: "good",
    Acceptance.NO: "deny",
    Acceptance.DOUBTFUL: "review",
    Acceptance.UNKNOWN: "review",
}
_SAID: Final = {
    Acceptance.YES: "accepted",
    Acceptance.NO: "not accepted",
    Acceptance.DOUBTFUL: "doubtful",
    Acceptance.UNKNOWN: "unknown",
}
_INDENT: Final = " " * 4


def sides_object(answer: BilateralAnswer) -> dict[str, Any]:
    """Give the answer as plain data, with the form that is preferred."""
    preferred = answer.preferred
    return {**to_dict(answer), "preferred": preferred.value if preferred else None}


def add_sides(page: Page, answer: BilateralAnswer) -> None:
    """Add which forms of billing both sides are accepted, and why."""
    page.gap()
    page.wrap(_basis(answer), first="both sides: ", rest="  ", role="head")
    for each in answer.forms:
        _form(page, each)


def _basis(answer: BilateralAnswer) -> str:
    mue = "unknown" if answer.mue is None else f"{answer.mue} (adjudication {answer.mai})"
    parts = [f"indicator {answer.indicator or 'unknown'}", f"MUE {mue}"]
    if answer.surgical is not None:
        parts.append("surgical" if answer.surgical else "diagnostic")
    if answer.convention != "medicare":
        parts.append(f"payer's convention {answer.convention}")
    if answer.percent is not None:
        parts.append(f"together {answer.percent} percent of the fee")
    return ", ".join(parts)


def _form(page: Page, said: FormAnswer) -> None:
    page.wrap(f"{said.form.words}: {_SAID[said.accepted]}", first="  ", role=_ROLES[said.accepted])
    page.wrap(said.why, first=_INDENT, role="dim")
    if said.doubt:
        page.wrap(f"doubtful: {said.doubt}", first=_INDENT, role="review")


def add_converted(page: Page, converted: Converted) -> None:
    """Add lines as they would be billed, what was changed, and what was left."""
    page.gap()
    page.add(Span("converted", "head"))
    for line in converted.lines:
        page.add(f"  {line}")
    for step in converted.steps:
        page.wrap(f"{step.code}: {step.was.words} -> {step.now.words}", first=_INDENT, role="dim")
        if step.doubt:
            page.wrap(f"doubtful: {step.doubt}", first=_INDENT, role="review")
    for left in converted.left:
        page.wrap(f"{left.code}: left as it is: {left.why}", first=_INDENT, role="review")
    if not converted.steps and not converted.left:
        page.add(Span(f"{_INDENT}nothing to convert: no line bills both sides in another form", "dim"))


def converted_object(converted: Converted) -> dict[str, Any]:
    """Give converted lines as plain data."""
    return to_dict(converted)
