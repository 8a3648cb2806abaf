"""``claimrules code``: everything that is known about one code on one day."""

import argparse
import sys
from datetime import date
from typing import TYPE_CHECKING, Final

import attrs

from claimrules.cli.console import note, width, write_json, write_page
from claimrules.cli.errors import Stop
from claimrules.cli.options import (
    SETTINGS,
    add_all,
    add_book_only,
    add_editions,
    add_format,
    add_rules,
    day,
    load_rules,
    newest_day,
    open_book,
    today,
)
from claimrules.engine.line import Checker
from claimrules.model.both_sides import Converted, SideForm
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.form import read_code
from claimrules.report.code import code_object, code_text, look_up
from claimrules.report.code_sides import add_converted, converted_object

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_DESCRIPTION: Final = """\
Tells everything that is known about one code on one day, in words: the fee schedule with every row,
units by setting, how both sides are billed, hospital, surgical centre, HCPCS Level II, add-on codes,
which modifiers can and cannot go with it by the rules, code pages, and its history. Each part names the
edition that says so, or why nothing is known.
"""
_EPILOG: Final = """\
examples:
  claimrules code G0105
  claimrules code 47383 --on 2023-02-01 --book my.claimbook
  claimrules code 47383 --book my.claimbook --all
  claimrules code 73562 --convert '73562-RT $40' --convert '73562-LT $40' --to two_units
  claimrules code J1885 --setting outpatient --book my.claimbook --format json
"""


def add(commands: "Commands") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "code",
        help="tell what is published about a code",
        description=_DESCRIPTION,
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
        help="whose tables and rules to ask; MUEs of all settings are told anyway (default: professional)",
    )
    add_book_only(parser)
    add_editions(parser, "near with --on, else latest", default=None)
    add_rules(parser)
    add_all(parser, "list everything in the text: primary codes, modifiers, history (default: the first)")
    add_format(parser)
    parser.add_argument(
        "--convert",
        action="append",
        metavar="LINE",
        help="a line in shorthand that bills both sides, or one side of two: write them as is accepted; "
        "repeatable",
    )
    parser.add_argument(
        "--to",
        choices=[form.value for form in SideForm if form is not SideForm.ONE_UNIT],
        help="the form that --convert writes, where it is accepted (default: the first that is)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Tell what is known about the code."""
    code = code_given(args.code)
    book = open_book(args.book)
    on, editions = args.on or newest_day(book) or today(), args.editions or "near"
    if args.on is None:
        editions = args.editions or "latest"
        words = "; of each table the newest edition is told" if editions == "latest" else ""
        note(f"no --on given: this holds on {on}, the last day of the newest edition{words}")
    checker = Checker(book, load_rules(args), editions=editions)
    found = look_up(checker, code, on=on, setting=Setting(args.setting))
    converted = _convert(checker, args, code, on) if args.convert else None
    if args.format == "json":
        if book.is_starter:
            note(book.describe())
        more = {"converted": converted_object(converted)} if converted else {}
        write_json({**code_object(found), **more}, sys.stdout)
        return 0
    page = code_text(found, book, everything=args.all, width=width())
    if converted:
        add_converted(page, converted)
    write_page(page, sys.stdout)
    return 0


def _convert(checker: Checker, args: argparse.Namespace, code: str, on: date) -> Converted:
    """Convert the lines given; what they do not say is that of the command."""
    lines = []
    for text in args.convert:
        line = ClaimLine.parse(text)
        if line.code != code:
            message = f"--convert: a line of another code than {code}; convert its lines with that code"
            raise Stop(message)
        if line.from_date is None and line.to_date is None:
            line = attrs.evolve(line, from_date=on, to_date=on)
        lines.append(attrs.evolve(line, setting=Setting(args.setting)))
    return checker.convert_sides(lines, to=SideForm(args.to) if args.to else None)


def code_given(text: str) -> str:
    """Read a code of the command line.

    Raises:
        Stop: it has not the shape of a code.
    """
    code, _ = read_code(text)
    if code is None:
        message = f"{text}: this is no code; write five letters or digits, as in G0105"
        raise Stop(message)
    return code
