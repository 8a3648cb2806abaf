"""What an overlay does, by rule: text, or plain data."""

from typing import Any

from claimrules.model.structure import to_dict
from claimrules.report.page import WIDTH, Page, Span
from claimrules.rulebook.select import Rulebook


def overlay_page(rulebook: Rulebook, *, width: int = WIDTH) -> Page:
    """Write what the overlay of a rulebook touches, and what has changed since it was written."""
    page, overlay = Page(width), rulebook.overlay
    if overlay is None:
        return page
    page.add(Span(overlay.title, "head"))
    touched = rulebook.touched
    page.wrap(f"written for claimrules {overlay.since}; touches {len({each.rule for each in touched})} rules")
    for each in touched:
        page.wrap(
            f"{each.what}: {each.reason}  ({each.source})", first=f"  {each.rule}  ", rest="            "
        )
    for code in rulebook.outdated:
        page.wrap(f"{code} has changed since the overlay was written: read it again, then renew [seen]")
    new = {code: digest for code, digest in rulebook.adjusted.items() if overlay.seen.get(code) != digest}
    if new:
        page.gap()
        page.wrap("To be told when one of these rules changes, write into the overlay:", role="dim")
        page.add("  [seen]")
        for code, digest in new.items():
            page.add(f'  {code} = "{digest}"')
    page.gap()
    return page


def overlay_object(rulebook: Rulebook) -> dict[str, Any]:
    """Give the same as plain data."""
    overlay = rulebook.overlay
    return {
        "title": overlay.title if overlay else "",
        "touched": [to_dict(each) for each in rulebook.touched],
        "outdated": list(rulebook.outdated),
        "seen": dict(rulebook.adjusted),
    }
