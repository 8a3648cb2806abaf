"""``claimrules rules``: the list of rules."""

import argparse
import sys
from typing import TYPE_CHECKING, Final

from claimrules.cli.console import width, write_json, write_page
from claimrules.cli.options import add_format, add_rules, load_rules
from claimrules.report.json import SCHEMA
from claimrules.report.overlay import overlay_object, overlay_page
from claimrules.report.rule import rule_entry, rules_page

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_EPILOG: Final = """\
With --overlay it tells what the overlay does to which rule and why, and which of those rules have
changed since the overlay was written.

examples:
  claimrules rules
  claimrules rules --select MUE,UNIT --format json
  claimrules rules --overlay payer.toml
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
    rulebook = load_rules(args)
    if args.format == "json":
        entries = [rule_entry(rule) for rule in rulebook.rules]
        overlay = {"overlay": overlay_object(rulebook)} if rulebook.overlay else {}
        write_json({"schema": SCHEMA, "rules": entries, **overlay}, sys.stdout)
        return 0
    if rulebook.overlay:
        write_page(overlay_page(rulebook, width=width()), sys.stdout)
    write_page(rules_page(rulebook.rules, width=width()), sys.stdout)
    return 0
