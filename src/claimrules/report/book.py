"""A code book as text and as plain data: what it is, its tables and editions, and what it lacks."""

from typing import Any, Final

from claimrules.codebook import BookInfo, TableCover
from claimrules.model.edition import MEDICARE, Edition, Table, names_of
from claimrules.model.structure import to_dict
from claimrules.report.json import SCHEMA
from claimrules.report.page import WIDTH, Page, Span
from claimrules.report.words import count

_NOTHING: Final = "no: its silence says nothing"
_COMPLETE: Final = {
    Table.NCCI_PAIRS: "a pair that it lacks has no edit",
    Table.ADD_ON: "a code that it lacks is no add-on code",
    Table.ASC: "with both addenda loaded, a code that they lack is not on the list",
    Table.MODIFIERS: "a Level II modifier that it lacks is known to be none",
}
_NEVER: Final = {
    Table.MUE: f"{_NOTHING}, and never unlimited: some values are confidential",
}


def book_page(info: BookInfo, *, width: int = WIDTH) -> Page:
    """Write what ``book info`` shows."""
    page = Page(width)
    page.wrap(info.description, role="head")
    if info.path:
        page.add(f"file     {info.path}")
    page.add(f"content  {info.content_hash}")
    for cover in info.covers:
        _cover(page, cover)
    _missing(page, info)
    _documents(page, info)
    return page


def silence_words(edition: Edition) -> str:
    """Say what it means that an edition lacks a key."""
    if not edition.complete:
        return _NEVER.get(edition.table, _NOTHING)
    if edition.table is Table.NCCI_PAIRS and edition.covers:
        first, last = edition.covers[0].split("..")
        return f"yes, from {first} to {last}: {_COMPLETE[edition.table]}"
    if edition.table in _COMPLETE:
        return f"yes: {_COMPLETE[edition.table]}"
    if not edition.covers:
        return _NOTHING
    return f"yes: a code that it lacks is known to be absent, if it has the shape {', '.join(edition.covers)}"


def _cover(page: Page, cover: TableCover) -> None:
    page.gap()
    words = [cover.table.words, cover.setting, "" if cover.program == MEDICARE else cover.program]
    page.add(Span(", ".join(word for word in words if word), "head"), f"  {_days(cover)}")
    for gap in cover.gaps:
        page.wrap(f"{gap}", first="  no edition: ", role="review")
    for text in cover.lacking:
        page.wrap(text, first="  not loaded: ", rest="    ", role="review")
    for edition in cover.editions:
        page.add(f"  {names_of(edition)[-1]}")
        page.table(_facts(edition), indent="    ")


def _days(cover: TableCover) -> str:
    if cover.first is None:
        return f"what was ever in force, to {cover.last}"
    return f"{cover.first} to {cover.last}"


def _facts(edition: Edition) -> list[tuple[str, str]]:
    facts = [
        ("holds", f"{edition.effective} to {edition.ends} ({edition.kind.value})"),
        ("rows", f"{edition.rows:,}"),
        ("complete", silence_words(edition)),
        ("released", str(edition.released or "")),
        ("file", edition.source_file),
        ("SHA-256", edition.sha256),
    ]
    return [(name, value) for name, value in facts if value]


def _missing(page: Page, info: BookInfo) -> None:
    if not info.missing:
        return
    page.gap()
    words = ", ".join(table.words for table in info.missing)
    page.wrap(f"{words}: what they say is unknown (no_table)", first="not loaded: ", rest="  ", role="review")


def _documents(page: Page, info: BookInfo) -> None:
    if not info.pages + info.profiles:
        return
    page.gap()
    told = f"{count(info.pages, 'code page')}, {count(info.profiles, 'procedure profile')}"
    page.add(Span(told, "head"))
    for text in info.unbound:
        page.wrap(text, first="  ", rest="    ", role="review")


def book_object(info: BookInfo) -> dict[str, Any]:
    """Give a book as plain data; what the silence of each edition means in the order of the editions."""
    return {"schema": SCHEMA, **to_dict(info), "silence": [silence_words(each) for each in info.editions]}
