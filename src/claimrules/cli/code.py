"""``claimrules code``: what is published about one code on one day."""

import argparse
import sys
from typing import TYPE_CHECKING, Final

from claimrules.cli.console import note, width, write_json, write_page
from claimrules.cli.errors import Stop
from claimrules.cli.options import SETTINGS, add_book, add_format, day, newest_day, open_book, today
from claimrules.model.claim import Setting
from claimrules.model.form import read_code
from claimrules.report.code import code_object, code_text, look_up

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_EPILOG: Final = """\
examples:
  claimrules code G0105
  claimrules code 47383 --on 2023-02-01 --book my.claimbook --format json
"""


def add(commands: "Commands") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "code",
        help="tell what is published about a code",
        description="Tells what is published about one code on one day, in words.",
        epilog=_EPILOG,
    )
    parser.add_argument("code", metavar="CODE", help="an HCPCS or CPT code, five characters")
    parser.add_argument(
        "--on", type=day, metavar="DATE", help="the day, YYYY-MM-DD (default: the last of the newest edition)"
    )
    parser.add_argument(
        "--setting",
        choices=SETTINGS,
        default=Setting.PROFESSIONAL.value,
        help="whose tables to look in; MUEs of all settings are told anyway (default: professional)",
    )
    add_book(parser)
    add_format(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Tell what is published about the code."""
    code, _ = read_code(args.code)
    if code is None:
        message = "this is no code; write five letters or digits, as in G0105"
        raise Stop(message)
    book = open_book(args.book)
    on = args.on or newest_day(book) or today()
    if args.on is None:
        note(f"no --on given: this holds on {on}, the last day of the newest edition")
    found = look_up(book, code, on=on, setting=Setting(args.setting), editions=args.editions)
    if args.format == "json":
        if book.is_starter:
            note(book.describe())
        write_json(code_object(found), sys.stdout)
    else:
        write_page(code_text(found, book, width=width()), sys.stdout)
    return 0
