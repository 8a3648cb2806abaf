"""``claimrules rules``: the list of rules."""

import argparse
import sys
from typing import TYPE_CHECKING, Final

from claimrules.cli.console import width, write_json, write_page
from claimrules.cli.options import add_format, add_rules, load_rules
from claimrules.report.json import SCHEMA
from claimrules.report.rule import rule_entry, rules_page

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_EPILOG: Final = """\
examples:
  claimrules rules
  claimrules rules --select MUE,UNIT --format json
"""


def add(commands: "Commands") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "rules",
        help="list the rules",
        description="Lists the rules that a check would run with the same options.",
        epilog=_EPILOG,
    )
    add_rules(parser)
    add_format(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List the rules."""
    rules = load_rules(args).rules
    if args.format == "json":
        write_json({"schema": SCHEMA, "rules": [rule_entry(rule) for rule in rules]}, sys.stdout)
    else:
        write_page(rules_page(rules, width=width()), sys.stdout)
    return 0
