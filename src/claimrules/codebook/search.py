"""Full-text search over what a code book holds: codes, descriptors, pages and profiles (SQLite FTS5)."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import attrs

from claimrules.codebook.documents import PAGE, PROFILE, read_documents, title_of
from claimrules.codebook.tables import AnyTable, FeeSchedule
from claimrules.model.edition import Table
from claimrules.model.page import CodePage, ProcedureProfile
from claimrules.model.structure import from_dict

MARKS: Final = ("«", "»")
"""What surrounds the words of the query in ``SearchHit.matched``."""

_CREATE: Final = (
    "CREATE VIRTUAL TABLE search USING fts5(kind UNINDEXED, code, title, body, source UNINDEXED,"
    " tokenize = 'porter unicode61', prefix = '2 3 4')"
)
_FIND: Final = """
    SELECT kind, code, title, snippet(search, -1, ?, ?, '…', 24), source FROM search
    WHERE search MATCH ? ORDER BY bm25(search, 0, 20, 10, 1, 0), code, kind LIMIT ?
"""
_DESCRIPTORS: Final = """
    SELECT code, label FROM fee_schedule
    UNION SELECT code, short_description FROM hcpcs
    UNION SELECT code, long_description FROM hcpcs
    UNION SELECT code, short_description FROM addendum_b
    UNION SELECT code, short_description FROM asc
    UNION SELECT code, NULL FROM mue
    UNION SELECT code, NULL FROM add_on
    UNION SELECT code, NULL FROM rbcs
"""
_CODELESS: Final = frozenset({Table.NCCI_PAIRS, Table.MODIFIERS, Table.PLACES})
_word = re.compile(r"\w+")
_code_like = re.compile(r"(?=.*\d)[0-9A-Za-z]{2,5}", re.ASCII)
_CODE: Final = "code"


class _Entry(NamedTuple):
    kind: str
    code: str
    title: str
    body: str
    source: str


@attrs.frozen(kw_only=True)
class SearchHit:
    """One result: a ``code``, a code ``page`` or a ``profile``; ``code`` is blank where it is bound to none.

    ``matched`` is the part that matched, the words of the query between the two ``MARKS``.
    """

    kind: str
    code: str
    title: str
    matched: str
    source: str


def build_index(book: sqlite3.Connection) -> None:
    """Make the index of a code book file anew."""
    described: dict[str, list[str]] = {}
    for code, text in book.execute(_DESCRIPTORS):
        described.setdefault(code, []).extend([text] if text else ())
    book.execute("DROP TABLE IF EXISTS search")
    _fill(book, [*_codes(described), *_documents(book)])


def index_of(tables: Iterable[AnyTable]) -> sqlite3.Connection:
    """Make an index of tables in memory."""
    described: dict[str, list[str]] = {}
    for table in tables:
        if isinstance(table, FeeSchedule):
            for code, rows in table.rows.items():
                described.setdefault(code, []).extend(fee.label for fee in rows.values() if fee.label)
        elif table.edition.table not in _CODELESS:
            for key, row in table.rows.items():
                texts = (getattr(row, name, None) for name in ("short_description", "long_description"))
                described.setdefault(str(key), []).extend(text for text in texts if text)
    book = sqlite3.connect(":memory:", check_same_thread=False)
    _fill(book, list(_codes(described)))
    return book


def find(book: sqlite3.Connection, query: str, limit: int) -> tuple[SearchHit, ...]:
    """Find what holds every word of ``query``; where nothing does, what holds any of them.

    A word that looks like the beginning of a code finds codes; the last word may be unfinished.
    """
    words = _word.findall(query)
    if not words:
        return ()
    if len(words) == 1 and _code_like.fullmatch(words[0]):
        hits = _ask(book, f'code : "{words[0]}" *', limit)
        if hits:
            return tuple(sorted(hits, key=lambda hit: (hit.code, hit.kind)))
    quoted = [f'"{word}"' for word in words]
    quoted[-1] += " *"
    for joint in (" AND ", " OR "):
        if hits := _ask(book, joint.join(quoted), limit):
            return hits
    return ()


def _ask(book: sqlite3.Connection, match: str, limit: int) -> tuple[SearchHit, ...]:
    return tuple(
        SearchHit(kind=kind, code=code, title=title, matched=" ".join(matched.split()), source=source)
        for kind, code, title, matched, source in book.execute(_FIND, (*MARKS, match, limit))
    )


def _fill(book: sqlite3.Connection, entries: list[_Entry]) -> None:
    book.execute(_CREATE)
    book.executemany("INSERT INTO search VALUES (?, ?, ?, ?, ?)", entries)


def _codes(described: dict[str, list[str]]) -> Iterator[_Entry]:
    for code, texts in sorted(described.items()):
        # The longest descriptor says most; the same one stands in several tables in other letters.
        distinct = list({text.casefold(): text for text in sorted(texts, key=len)}.values())
        title = distinct[-1] if distinct else ""
        yield _Entry(_CODE, code, title, "\n".join(distinct[:-1]), "")


def _documents(book: sqlite3.Connection) -> Iterator[_Entry]:
    for _, kind, code, body in read_documents(book):
        plain = json.loads(body)
        document: CodePage | ProcedureProfile = from_dict(_KINDS[kind], plain)
        yield _Entry(kind, code or "", title_of(document), "\n".join(_texts(plain)), document.source_file)


_KINDS: Final[dict[str, type[CodePage] | type[ProcedureProfile]]] = {
    PAGE: CodePage,
    PROFILE: ProcedureProfile,
}


def _texts(value: object) -> Iterator[str]:
    """Give every text in plain data, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in ("source_file", "notices", "field"):
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
