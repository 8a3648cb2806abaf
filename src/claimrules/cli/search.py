"""``claimrules search``: find codes, code pages and profiles by the words in them."""

import argparse
import sys
from typing import TYPE_CHECKING, Final

from claimrules.cli.console import note, width, write_json, write_page
from claimrules.cli.errors import Stop
from claimrules.cli.options import add_book_only, add_format, open_book, whole
from claimrules.codebook import CodeBook
from claimrules.report.search import search_object, search_page
from claimrules.report.words import count

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_EPILOG: Final = """\
What holds every word comes first; where nothing does, what holds any of them. The last word may be
unfinished. A word alone that begins like a code finds codes. Endings do not matter: ablation finds
ablations.

examples:
  claimrules search colorectal screening
  claimrules search G01
  claimrules search liver cryoablation --book my.claimbook
  claimrules search oxygen --book my.claimbook --limit 50 --format json
"""


def add(commands: "Commands") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "search",
        help="find codes by words",
        description="Finds codes, code pages and procedure profiles by the words in them, the best first.",
        epilog=_EPILOG,
    )
    parser.add_argument("words", nargs="+", metavar="WORD", help="words, or the beginning of a code")
    parser.add_argument("--limit", type=whole, default=20, metavar="N", help="hits at most (default: 20)")
    add_book_only(parser)
    add_format(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Search, and say what was searched if nothing was found."""
    query = " ".join(args.words)
    if not any(character.isalnum() for character in query):
        message = f"{query!r} holds no word; write words or the beginning of a code"
        raise Stop(message)
    if not args.limit:
        message = "--limit 0 shows nothing; give at least 1"
        raise Stop(message)
    book = open_book(args.book)
    hits = book.search(query, limit=args.limit)
    if not hits:
        note(_hint(book))
    if args.format == "json":
        write_json(search_object(query, hits), sys.stdout)
    else:
        write_page(search_page(hits, width=width()), sys.stdout)
    return 0


def _hint(book: CodeBook) -> str:
    documents = book.documents
    texts = f"{count(len(documents.pages), 'code page')}, {count(len(documents.profiles), 'profile')}"
    return (
        f"nothing found. Searched: descriptors and codes of the book, {texts}. {book.describe()} "
        "Try fewer or other words; more files make more to find: claimrules book build"
    )
