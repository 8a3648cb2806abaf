"""``claimrules modifier``: what is known about one modifier."""

import argparse
import sys
from typing import TYPE_CHECKING, Final

from claimrules.cli.console import width, write_json, write_page
from claimrules.cli.errors import Stop
from claimrules.cli.options import add_book_only, add_format, open_book
from claimrules.engine.fitting import rules_about
from claimrules.model.form import read_modifier
from claimrules.report.modifier import modifier_object, modifier_page
from claimrules.rulebook.select import Rulebook

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_EPILOG: Final = """\
examples:
  claimrules modifier 50
  claimrules modifier XS --book my.claimbook --format json
"""


_PLACES: Final = frozenset("DEGHIJNPRSX")
"""The letters of the places where an ambulance sets out or arrives."""


def add(commands: "Commands") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "modifier",
        help="tell what is known about a modifier",
        description="Tells what a modifier says, what it does to a line, when it holds, which rules name it.",
        epilog=_EPILOG,
    )
    parser.add_argument("modifier", metavar="MODIFIER", help="two characters")
    add_book_only(parser)
    add_format(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Tell what is known about the modifier."""
    modifier, _ = read_modifier(args.modifier)
    if modifier is None:
        message = f"{args.modifier}: this is no modifier; write two letters or digits, as in 50 or XS"
        raise Stop(message)
    row = open_book(args.book).modifier(modifier)
    if row is None and _PLACES.issuperset(modifier):
        message = (
            f"{modifier}: no modifier of the catalogue. On an ambulance line it tells the trip: the first "
            "letter where it began, the second where it ended (D E G H I J N P R S X, each a kind of place)"
        )
        raise Stop(message)
    if row is None:
        message = (
            f"{modifier}: neither the catalogue nor a loaded HCPCS file holds this modifier. The catalogue "
            "is not complete: load the quarter's HCPCS file with 'claimrules book build', and give --book"
        )
        raise Stop(message)
    rules = rules_about(Rulebook.load().rules, modifier)
    if args.format == "json":
        write_json(modifier_object(modifier, row, rules), sys.stdout)
    else:
        write_page(modifier_page(modifier, row, rules, width=width()), sys.stdout)
    return 0
