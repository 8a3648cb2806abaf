"""Counts how many mutants of the rules' conditions the examples catch.

Run it with ``python tests/benchmarks/mutants.py [RULES ...]``: it prints the mutants that every example
lets live, and at the end the share that was caught; exit code 1 if that is below 95 percent.
"""

import argparse
import sys
from typing import Final

from claimrules import Rulebook
from claimrules.testing.mutants import living

WANTED: Final = 0.95


def main() -> int:
    """Count the mutants of the rules asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rules", nargs="*", default=["ALL"], help="rules, families or ALL (default: ALL)")
    rulebook = Rulebook.load(parser.parse_args().rules, preview=True)
    total = lived = 0
    for rule in rulebook.rules:
        alive, count = living(rule, rulebook.known)
        total, lived = total + count, lived + len(alive)
        sys.stdout.writelines(f"{rule.code}  {each}\n" for each in alive)
    share = 1 - lived / total if total else 1.0
    caught = total - lived
    sys.stdout.write(f"{caught} of {total} mutants of {len(rulebook.rules)} rules caught: {share:.1%}\n")
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
