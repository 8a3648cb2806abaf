"""A code book as text and as plain data: what it is, and its editions."""

from typing import Any

from claimrules.codebook import BookInfo
from claimrules.model.edition import Edition
from claimrules.model.structure import to_dict
from claimrules.report.json import SCHEMA
from claimrules.report.page import WIDTH, Page, Span


def book_page(info: BookInfo, *, width: int = WIDTH) -> Page:
    """Write what ``book info`` shows."""
    page = Page(width)
    page.wrap(info.description, role="head")
    if info.path:
        page.add(f"file     {info.path}")
    page.add(f"content  {info.content_hash}")
    for edition in sorted(info.editions, key=lambda each: (each.table, each.setting, each.effective)):
        page.gap()
        setting = f", {edition.setting}" if edition.setting else ""
        page.add(Span(f"{edition.table.words}{setting}: {edition.name}", "head"))
        page.table(_facts(edition), indent="  ")
    return page


def _facts(edition: Edition) -> list[tuple[str, str]]:
    complete = (
        "yes: a code that it lacks is known to be absent"
        if edition.complete
        else "no: its silence says nothing"
    )
    facts = [
        ("holds", f"{edition.effective} to {edition.ends} ({edition.kind.value})"),
        ("rows", f"{edition.rows:,}"),
        ("complete", complete),
        ("released", str(edition.released or "")),
        ("file", edition.source_file),
        ("SHA-256", edition.sha256),
    ]
    return [(name, value) for name, value in facts if value]


def book_object(info: BookInfo) -> dict[str, Any]:
    """Give a book as plain data."""
    return {"schema": SCHEMA, **to_dict(info)}
