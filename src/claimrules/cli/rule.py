"""``claimrules rule``: one rule in full."""

import argparse
import sys
from typing import TYPE_CHECKING, Final

from claimrules.cli.console import width, write_json, write_page
from claimrules.cli.options import add_format
from claimrules.report.json import SCHEMA
from claimrules.report.rule import rule_object, rule_page
from claimrules.rulebook.select import Rulebook

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_EPILOG: Final = """\
examples:
  claimrules rule BILAT101
  claimrules rule modifier-50-where-one-fee-covers-both-sides --format json
"""


def add(commands: "Commands") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "rule",
        help="tell one rule in full",
        description="Tells one rule in full: what it says, why, its conditions, sources and examples.",
        epilog=_EPILOG,
    )
    parser.add_argument("rule", metavar="RULE", help="an id, as in BILAT101, or a name")
    add_format(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Tell the rule."""
    rulebook = Rulebook.load(preview=True)
    known = {found.code for found in rulebook.known}
    word = args.rule.upper() if args.rule.upper() in known else args.rule
    found = rulebook.get(word)
    if args.format == "json":
        write_json({"schema": SCHEMA, **rule_object(found)}, sys.stdout)
    else:
        write_page(rule_page(found, width=width()), sys.stdout)
    return 0
