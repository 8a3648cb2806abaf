"""Prints example blocks, ready to paste, for the limits of rules that no example stands at or next to.

Run it with ``python tests/benchmarks/boundaries.py [RULES ...]``. What a block says is what the rule says
today: read each before it goes into the file.
"""

import argparse
import sys

from claimrules import Rulebook
from claimrules.testing.boundaries import blocks


def main() -> int:
    """Print the blocks of the rules asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rules", nargs="*", default=["ALL"], help="rules, families or ALL (default: ALL)")
    rulebook = Rulebook.load(parser.parse_args().rules, preview=True)
    for rule in rulebook.rules:
        for block in blocks(rule, rulebook.known):
            sys.stdout.write(f"# {rule.code}\n{block}\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
