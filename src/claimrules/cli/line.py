"""``claimrules line``: one line, and what every rule says of it."""

import argparse
import sys
from typing import TYPE_CHECKING, Final

import attrs

from claimrules.cli.console import note, width, write_json, write_page
from claimrules.cli.exit_code import exit_code
from claimrules.cli.options import (
    SETTINGS,
    add_as_of,
    add_book,
    add_format,
    add_rules,
    add_verdict,
    load_rules,
    newest_day,
    open_book,
    today,
)
from claimrules.engine.line import Checker
from claimrules.formats.columns import OPTIONAL
from claimrules.model.claim import ClaimLine, Setting
from claimrules.report.facts import Run
from claimrules.report.json import line_object
from claimrules.report.line import line_page

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_EPILOG: Final = """\
the line, in shorthand; only the code is needed:
  CODE[-MODIFIER]... [xUNITS] [DATE or DATE..DATE] [@PLACE] [$CHARGE] [by:NPI] [patient:P] [setting:H]
  also bill:NPI group:G spec:S rev:R doc:yes teaching:no text:yes minutes:45 dose:2.5 dx:2
  ? a missing code, -? unknown modifiers, x? missing units
Without a date the line is taken to be of the last day of the newest edition in the book.

examples:
  claimrules line "47383-50 x2 2025-11-03 @22"
  claimrules line G0105-80 --all
  claimrules line "47383-50 2023-02-01" --book my.claimbook --format json
"""


def add(commands: "Commands") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "line",
        help="check one line and tell every outcome",
        description="Checks one line, and tells what the rules say of it and the facts that decided it.",
        epilog=_EPILOG,
    )
    parser.add_argument("text", nargs="+", metavar="TEXT", help="the line in shorthand, see below")
    parser.add_argument(
        "--setting",
        choices=SETTINGS,
        help="setting of the line (default: that of the shorthand, professional)",
    )
    add_book(parser)
    add_rules(parser)
    add_as_of(parser)
    add_format(parser)
    parser.add_argument(
        "--all",
        action="store_true",
        help="tell rules that pass and rules that do not apply, too (default: name or count them)",
    )
    add_verdict(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the line, tell the outcomes, and give the exit code."""
    line = ClaimLine.parse(" ".join(args.text))
    book, rulebook, as_of = open_book(args.book), load_rules(args), args.as_of or today()
    if args.setting:
        line = attrs.evolve(line, setting=Setting(args.setting))
    if line.from_date is None and line.to_date is None:
        day = newest_day(book) or as_of
        line = attrs.evolve(line, from_date=day, to_date=day)
        note(f"no date given: the line is taken to be of {day}, the last day of the newest edition")
    inputs = frozenset(name for name in OPTIONAL if getattr(line, name, None) is not None)
    checker = Checker(book, rulebook, editions=args.editions, as_of=as_of, inputs=inputs)
    result = checker.check_line(line)
    told = Run(
        as_of=as_of,
        book=book.info(),
        editions=args.editions,
        titles={rule.code: rule.title for rule in rulebook.rules},
    )
    if args.format == "json":
        if book.is_starter:
            note(book.describe())
        write_json(line_object(result, told), sys.stdout)
    else:
        write_page(line_page(line, result, told, everything=args.all, width=width()), sys.stdout)
    return exit_code(result, args)
