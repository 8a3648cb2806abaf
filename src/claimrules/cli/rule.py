"""``claimrules rule``: one rule in full."""

import argparse
import sys
from typing import TYPE_CHECKING, Final

from claimrules.cli.console import width, write_json, write_page
from claimrules.cli.options import add_format
from claimrules.expr.sql_dialect import DIALECTS
from claimrules.report.json import SCHEMA
from claimrules.report.rule import rule_object, rule_page
from claimrules.rulebook.select import Rulebook
from claimrules.sql import rule_sql

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_EPILOG: Final = """\
examples:
  claimrules rule BILAT101
  claimrules rule modifier-50-where-one-fee-covers-both-sides --format json
  claimrules rule MUE101 --sql duckdb > mue101.sql

a rule as a query
  --sql prints the rule as one SELECT that gives the outcome of every claim line: not_applicable, passed,
  bypassed, fired or unknown. Its head says what it reads: claim_lines (your lines; which columns, of which
  type) and codes (claimrules book export BOOK codes codes.parquet). It is compiled from the rule itself,
  and the tests hold it against the rule's own examples. A rule that a query cannot say faithfully is
  refused with the reason (exit code 2).
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
    parser.add_argument(
        "--sql", choices=tuple(DIALECTS), help="print the rule as a query for this kind of warehouse"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Tell the rule."""
    rulebook = Rulebook.load(preview=True)
    known = {found.code for found in rulebook.known}
    word = args.rule.upper() if args.rule.upper() in known else args.rule
    found = rulebook.get(word)
    if args.sql:
        sys.stdout.write(rule_sql(found, args.sql))
    elif args.format == "json":
        write_json({"schema": SCHEMA, **rule_object(found)}, sys.stdout)
    else:
        write_page(rule_page(found, width=width()), sys.stdout)
    return 0
