"""``claimrules book diff`` and ``book history``: what changed between editions, and over all of them."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claimrules.cli.code import code_given
from claimrules.cli.console import note, width, write_json, write_page
from claimrules.cli.options import add_format, open_book, whole
from claimrules.report.changes import diff_object, diff_page, history_object, history_page

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_DIFF: Final = """\
An edition is named as 'book info' names it. Where several share a name, add the setting and the part:
'MUE 2024Q3 professional', 'NCCI pairs 2024Q3 outpatient f1'.

examples:
  claimrules book diff my.claimbook RVU25D RVU26A
  claimrules book diff my.claimbook "MUE 2024Q3 dme" "MUE 2024Q4 dme" --limit 100
  claimrules book diff my.claimbook RVU25D RVU26A --format json
"""
_HISTORY: Final = """\
Between two editions that do not follow each other, a change happened somewhere between: the line names
both. HCPCS, RBCS and add-on files know the days of the changes themselves.

examples:
  claimrules book history my.claimbook G0105
  claimrules book history my.claimbook 47383 --format json
"""


def add(commands: "Commands") -> None:
    """Add both commands."""
    diff = commands.add_parser(
        "diff",
        help="compare two editions of a table",
        description="Tells which keys one edition added to another, which ended, and what changed.",
        epilog=_DIFF,
    )
    diff.add_argument("book", type=Path, metavar="BOOK", help="the book")
    diff.add_argument("before", metavar="EDITION", help="the earlier edition")
    diff.add_argument("after", metavar="EDITION", help="the later edition")
    diff.add_argument(
        "--limit", type=whole, default=20, metavar="N", help="keys of each kind in the text (default: 20)"
    )
    add_format(diff)
    diff.set_defaults(run=run_diff)
    history = commands.add_parser(
        "history",
        help="tell every change of a code",
        description="Tells every change of every attribute of a code over all editions in a book.",
        epilog=_HISTORY,
    )
    history.add_argument("book", type=Path, metavar="BOOK", help="the book")
    history.add_argument("code", metavar="CODE", help="an HCPCS or CPT code, five characters")
    add_format(history)
    history.set_defaults(run=run_history)


def run_diff(args: argparse.Namespace) -> int:
    """Compare two editions."""
    diff = open_book(args.book).diff(args.before, args.after)
    if args.format == "json":
        write_json(diff_object(diff), sys.stdout)
    else:
        write_page(diff_page(diff, limit=args.limit, width=width()), sys.stdout)
    return 0


def run_history(args: argparse.Namespace) -> int:
    """Tell the history of a code."""
    code = code_given(args.code)
    book = open_book(args.book)
    changes = book.history(code)
    if not changes:
        note(f"{code}: no change is known. {book.describe()} A history needs two editions of a table")
    if args.format == "json":
        write_json(history_object(code, changes), sys.stdout)
    else:
        write_page(history_page(code, changes, width=width()), sys.stdout)
    return 0
