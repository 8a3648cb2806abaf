"""What a search found: text with the words of the query marked, or plain data."""

from collections.abc import Sequence
from typing import Any, Final

from claimrules.codebook import SearchHit
from claimrules.model.structure import to_dict
from claimrules.report.json import SCHEMA
from claimrules.report.page import WIDTH, Page, Span

_KINDS: Final = {"code": "code", "page": "code page", "profile": "procedure profile"}


def search_page(hits: Sequence[SearchHit], *, width: int = WIDTH) -> Page:
    """Write the hits, the best first: code, kind, title, and the part that matched."""
    page = Page(width)
    for hit in hits:
        source = f", {hit.source}" if hit.source else ""
        page.add(
            Span(hit.code or "no code", "head"), Span(f"  {_KINDS.get(hit.kind, hit.kind)}{source}", "dim")
        )
        plain = hit.matched.replace("«", "").replace("»", "")
        if plain == hit.title:
            page.marked(hit.matched, first="  ")
            continue
        page.wrap(hit.title, first="  ")
        if plain != hit.code:
            page.marked(hit.matched, first="    ")
    return page


def search_object(query: str, hits: Sequence[SearchHit]) -> dict[str, Any]:
    """Give the hits as plain data; ``matched`` has the words of the query between « and »."""
    return {"schema": SCHEMA, "query": query, "hits": [to_dict(hit) for hit in hits]}
