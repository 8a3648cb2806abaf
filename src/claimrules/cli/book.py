"""``claimrules book``: build a code book from published files, and tell what one holds."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claimrules.cli.console import width, write_json, write_page
from claimrules.cli.options import add_format, open_book
from claimrules.cli.progress import progress
from claimrules.codebook import build_book
from claimrules.model.structure import to_dict
from claimrules.report.book import book_object, book_page
from claimrules.report.json import SCHEMA
from claimrules.report.page import Page

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_BUILD: Final = """\
Files are recognised by their content, as published; unpack archives first. An edition takes the place
of one of the same table and effective date; the others in the book stay.

examples:
  claimrules book build PPRRVU26_JAN.csv --output my.claimbook
  claimrules book build PPRRVU26_APR.csv PPRRVU26_JUL.csv --output my.claimbook
"""
_INFO: Final = """\
examples:
  claimrules book info
  claimrules book info my.claimbook --format json
"""


def add(commands: "Commands") -> None:
    """Add the command and its own two."""
    parser = commands.add_parser(
        "book",
        help="build a code book, or tell what it holds",
        description="Builds a code book from the files that Medicare publishes, or tells what one holds.",
    )
    several = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    build = several.add_parser(
        "build", help="read published files into a book", description="Reads published files.", epilog=_BUILD
    )
    build.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a published file")
    build.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="BOOK",
        help="the book: made, or added to if it is there",
    )
    add_format(build)
    build.set_defaults(run=run_build)
    info = several.add_parser(
        "info", help="tell what a book holds", description="Tells what a book holds.", epilog=_INFO
    )
    info.add_argument("book", nargs="?", type=Path, metavar="BOOK", help="the book (default: the starter)")
    add_format(info)
    info.set_defaults(run=run_info)


def run_build(args: argparse.Namespace) -> int:
    """Build the book and tell what became of each file."""
    with progress() as tell:
        report = build_book(args.files, args.output, progress=lambda name: tell(f"reading {name}"))
    if args.format == "json":
        write_json({"schema": SCHEMA, **to_dict(report)}, sys.stdout)
        return 0
    page = Page(width())
    for line in report.lines():
        page.add(line)
    write_page(page, sys.stdout)
    return 0


def run_info(args: argparse.Namespace) -> int:
    """Tell what the book holds."""
    info = open_book(args.book).info()
    if args.format == "json":
        write_json(book_object(info), sys.stdout)
    else:
        write_page(book_page(info, width=width()), sys.stdout)
    return 0
