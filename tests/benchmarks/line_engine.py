"""How long the line engine takes: python tests/benchmarks/line_engine.py [--lines N] [--distinct SHARE]."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.synthetic import claim_lines, claims_with_history

from claimrules import Checker


def best(work: Callable[[], object], rounds: int) -> float:
    """Seconds that the fastest round took."""
    found = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found = min(found, time.perf_counter() - start)
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--distinct", type=float, default=0.12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--claims", type=int, default=1_000)
    args = parser.parse_args()
    checker = Checker()
    lines = claim_lines(args.lines, args.distinct)
    checker.check_line(lines[0])
    works: dict[str, Callable[[], object]] = {
        "outcomes": lambda: [checker.outcomes(line) for line in lines],
        "check_line": lambda: [checker.check_line(line) for line in lines],
        "check_lines": lambda: checker.check_lines(lines),
    }
    sys.stdout.write(f"line engine: {args.lines:,} lines, {args.distinct:.0%} distinct, ")
    sys.stdout.write(f"{len(checker.rulebook.rules)} rules, best of {args.rounds}\n")
    sys.stdout.write(f"{'':<14}{'µs a line':>12}{'lines a second':>18}\n")
    for name, work in works.items():
        seconds = best(work, args.rounds)
        rate = args.lines / seconds
        sys.stdout.write(f"{name:<14}{1e6 / rate:>12.2f}{rate:>18,.0f}\n")
    claims = claims_with_history(args.claims)
    seconds = best(lambda: [checker.check(claim, history) for claim, history in claims], args.rounds)
    around = len(checker.engine.around)
    sys.stdout.write(f"check: {seconds / args.claims * 1e6:,.0f} µs a claim of 5 lines with 20 of history, ")
    sys.stdout.write(f"{around} rules look around\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
