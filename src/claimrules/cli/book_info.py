"""``claimrules book info``: tell what a code book holds and what it lacks."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claimrules.cli.console import width, write_json, write_page
from claimrules.cli.options import add_format, open_book
from claimrules.report.book import book_object, book_page

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_EPILOG: Final = """\
Of each table: its editions with dates, rows, file and SHA-256, the days between them for which none was
loaded, and what it means that an edition lacks a code. Then the tables that are not loaded, and pages
and profiles that belong to no code.

examples:
  claimrules book info
  claimrules book info my.claimbook --format json
"""


def add(commands: "Commands") -> None:
    """Add the command."""
    info = commands.add_parser(
        "info",
        help="tell what a book holds",
        description="Tells what a code book holds, for which days, and what it lacks.",
        epilog=_EPILOG,
    )
    info.add_argument("book", nargs="?", type=Path, metavar="BOOK", help="the book (default: the starter)")
    add_format(info)
    info.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Tell what the book holds."""
    info = open_book(args.book).info()
    if args.format == "json":
        write_json(book_object(info), sys.stdout)
    else:
        write_page(book_page(info, width=width()), sys.stdout)
    return 0
