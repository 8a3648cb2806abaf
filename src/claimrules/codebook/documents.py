"""Pages and profiles in a code book file: kept as they were read, bound to codes when the book is done."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import attrs

from claimrules.codebook.binding import Binding, Unbound, bind_pages, bind_profiles
from claimrules.model.page import CodePage, ProcedureProfile
from claimrules.model.structure import from_dict, to_dict

Document: TypeAlias = CodePage | ProcedureProfile

PAGE, PROFILE = "page", "profile"
_TYPES: Final[Mapping[str, type[Document]]] = {PAGE: CodePage, PROFILE: ProcedureProfile}
_SHORT_DESCRIPTORS: Final = (
    "SELECT DISTINCT code, label FROM fee_schedule WHERE label IS NOT NULL"
    " UNION SELECT DISTINCT code, short_description FROM hcpcs WHERE short_description IS NOT NULL"
)


@attrs.frozen(kw_only=True)
class Documents:
    """Every page and profile of a book, and for those that belong to no code why."""

    pages: tuple[CodePage, ...] = ()
    profiles: tuple[ProcedureProfile, ...] = ()
    unbound: tuple[str, ...] = ()


def title_of(document: Document) -> str:
    """Give the line that a reader would call a document by."""
    if isinstance(document, CodePage):
        return document.long_descriptor or document.medium_descriptor or document.short_descriptor or ""
    return document.title or document.name or ""


def put_documents(book: sqlite3.Connection, documents: Iterable[Document], sha256: str) -> int:
    """Write documents; give how many took the place of another of the same kind, file and title."""
    replaced = 0
    for document in documents:
        kind = PAGE if isinstance(document, CodePage) else PROFILE
        key = (kind, document.source_file, title_of(document))
        done = book.execute("DELETE FROM documents WHERE kind = ? AND source_file = ? AND title = ?", key)
        replaced += done.rowcount
        body = json.dumps(to_dict(document), ensure_ascii=False, sort_keys=True)
        book.execute(
            "INSERT INTO documents (kind, source_file, title, sha256, body) VALUES (?, ?, ?, ?, ?)",
            (*key, sha256, body),
        )
    return replaced


def read_documents(book: sqlite3.Connection) -> Iterator[tuple[int, str, str | None, str]]:
    """Give number, kind, bound code and JSON of every document, in a fixed order."""
    yield from book.execute(
        "SELECT id, kind, code, body FROM documents ORDER BY kind, source_file, title, id"
    )


def document_texts(book: sqlite3.Connection) -> Iterator[str]:
    """Give what every document says, as JSON, without the name of the file that it came from."""
    for *_, body in read_documents(book):
        said = {name: value for name, value in json.loads(body).items() if name != "source_file"}
        yield json.dumps(said, ensure_ascii=False, sort_keys=True)


def settle_documents(book: sqlite3.Connection) -> tuple[str, ...]:
    """Bind every document by what is loaded now; give those that stayed unbound, a line each."""
    found = [(number, _document(kind, None, body)) for number, kind, _, body in read_documents(book)]
    pages, profiles = _bind(book, [document for _, document in found])
    bound: Iterator[Document] = iter([*pages.documents, *profiles.documents])
    ordered = sorted(found, key=lambda entry: isinstance(entry[1], ProcedureProfile))
    for (number, _), document in zip(ordered, bound, strict=True):
        book.execute("UPDATE documents SET code = ? WHERE id = ?", (document.code, number))
    return (*(_told(each) for each in pages.unbound), *(_told(each) for each in profiles.unbound))


def load_documents(book: sqlite3.Connection) -> Documents:
    """Read every document with the code it is bound to."""
    found = [_document(kind, code, body) for _, kind, code, body in read_documents(book)]
    pages, profiles = _bind(book, found)
    return Documents(
        pages=pages.documents,
        profiles=profiles.documents,
        unbound=(*(_told(each) for each in pages.unbound), *(_told(each) for each in profiles.unbound)),
    )


def _bind(
    book: sqlite3.Connection, documents: Sequence[Document]
) -> tuple[Binding[CodePage], Binding[ProcedureProfile]]:
    descriptors: dict[str, set[str]] = {}
    if documents:
        for code, descriptor in book.execute(_SHORT_DESCRIPTORS):
            descriptors.setdefault(code, set()).add(descriptor)
    pages = bind_pages([each for each in documents if isinstance(each, CodePage)], descriptors)
    profiles = [each for each in documents if isinstance(each, ProcedureProfile)]
    return pages, bind_profiles(profiles, pages.documents)


def _document(kind: str, code: str | None, body: str) -> Document:
    document = from_dict(_TYPES[kind], json.loads(body))
    return attrs.evolve(document, code=code) if code else document


def _told(unbound: Unbound[CodePage] | Unbound[ProcedureProfile]) -> str:
    document = unbound.document
    kind = "code page" if isinstance(document, CodePage) else "profile"
    return f"{document.source_file}: {kind} bound to no code: {unbound}"
