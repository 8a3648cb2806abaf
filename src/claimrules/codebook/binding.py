"""Binds pages and profiles to codes, which they do not state: by the descriptors that they share."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, Generic, TypeVar

import attrs

from claimrules.model.page import CodePage, ProcedureProfile

PUBLISHED_LENGTH: Final = 28
"""Characters at which the published schedules cut a short descriptor."""

Document = TypeVar("Document", CodePage, ProcedureProfile)


class Why(StrEnum):
    """Why a page or a profile belongs to no code."""

    NO_DESCRIPTOR = "no_descriptor"
    NO_MATCH = "no_match"
    SEVERAL_CODES = "several_codes"
    PAGE_UNBOUND = "page_unbound"


_WORDS: Final = {
    (CodePage, Why.NO_DESCRIPTOR): "the page has no short descriptor; give --code CODE",
    (CodePage, Why.NO_MATCH): (
        "no loaded schedule has its short descriptor; load one of the page's time, or give --code CODE"
    ),
    (CodePage, Why.SEVERAL_CODES): "its short descriptor belongs to several codes; give --code CODE",
    (ProcedureProfile, Why.NO_DESCRIPTOR): 'the profile has no title above "CPT4 code"; give --code CODE',
    (ProcedureProfile, Why.NO_MATCH): (
        "no loaded code page has its title as long descriptor; load that page, or give --code CODE"
    ),
    (ProcedureProfile, Why.SEVERAL_CODES): (
        "code pages of several codes have its title as long descriptor; give --code CODE"
    ),
    (ProcedureProfile, Why.PAGE_UNBOUND): "the code page with its title is bound to no code; bind that first",
}


@attrs.frozen(kw_only=True)
class Unbound(Generic[Document]):
    """A page or a profile that belongs to no code; ``codes`` are those between which it cannot be told."""

    document: Document
    why: Why
    codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = _WORDS[type(self.document), self.why]
        return f"{words} ({', '.join(self.codes)})" if self.codes else words


@attrs.frozen(kw_only=True)
class Binding(Generic[Document]):
    """Every document in the order given, bound where it could be, and those that could not."""

    documents: tuple[Document, ...]
    unbound: tuple[Unbound[Document], ...] = ()


def bind_pages(
    pages: Sequence[CodePage], short_descriptors: Mapping[str, Collection[str]]
) -> Binding[CodePage]:
    """Give each page the one code whose short descriptor in a loaded schedule equals the page's.

    ``short_descriptors`` has, for each code, its descriptors in all loaded schedules. Letter case and runs
    of spaces do not count, nor what lies behind the 28th character. A page that has a code keeps it.
    """
    codes_of: dict[str, set[str]] = {}
    for code, descriptors in short_descriptors.items():
        for descriptor in descriptors:
            codes_of.setdefault(_short(descriptor), set()).add(code)
    return _bind(pages, [_page_codes(page, codes_of) for page in pages])


def bind_profiles(
    profiles: Sequence[ProcedureProfile], pages: Iterable[CodePage]
) -> Binding[ProcedureProfile]:
    """Give each profile the code of the pages whose long descriptor equals its title.

    Letter case, runs of spaces and a full stop at the end do not count. A profile that has a code keeps it.
    """
    codes_of: dict[str, set[str | None]] = {}
    for page in pages:
        codes_of.setdefault(_long(page.long_descriptor or ""), set()).add(page.code)
    return _bind(profiles, [_profile_codes(profile, codes_of) for profile in profiles])


def _page_codes(page: CodePage, codes_of: Mapping[str, set[str]]) -> Why | set[str]:
    key = _short(page.short_descriptor or "")
    return codes_of.get(key, Why.NO_MATCH) if key else Why.NO_DESCRIPTOR


def _profile_codes(profile: ProcedureProfile, codes_of: Mapping[str, set[str | None]]) -> Why | set[str]:
    key = _long(profile.title or "")
    if not key:
        return Why.NO_DESCRIPTOR
    if key not in codes_of:
        return Why.NO_MATCH
    return {code for code in codes_of[key] if code} or Why.PAGE_UNBOUND


def _bind(documents: Sequence[Document], found: Iterable[Why | set[str]]) -> Binding[Document]:
    made: list[Document] = []
    unbound: list[Unbound[Document]] = []
    for document, codes in zip(documents, found, strict=True):
        if document.code is not None:
            made.append(document)
        elif isinstance(codes, Why):
            made.append(document)
            unbound.append(Unbound(document=document, why=codes))
        elif len(codes) > 1:
            made.append(document)
            unbound.append(Unbound(document=document, why=Why.SEVERAL_CODES, codes=tuple(sorted(codes))))
        else:
            made.append(attrs.evolve(document, code=min(codes)))
    return Binding(documents=tuple(made), unbound=tuple(unbound))


def _short(text: str) -> str:
    return " ".join(text.split()).casefold()[:PUBLISHED_LENGTH].rstrip()


def _long(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(" .")
