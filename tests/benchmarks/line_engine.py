"""How long the line engine takes: python tests/benchmarks/line_engine.py [--lines N] [--book BOOK]."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.pairs_and_units import pool_of
from tests.benchmarks.right_claims import kinds, right_claims, scrubbed
from tests.benchmarks.synthetic import FIRST, OF_CLAIM, claim_lines, claims_with_history, codes

from claimrules import Checker, Claim, CodeBook, History

_CODES = 400
"""A claim export names some hundred codes."""
Claims = Sequence[tuple[Claim, History]]


def best(work: Callable[[], object], rounds: int) -> float:
    """Seconds that the fastest round took."""
    found = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        found = min(found, time.process_time() - start)
    return found


def claims_checked(checker: Checker, name: str, draw: Callable[[int], Claims], rounds: int) -> str:
    """Check claims, others in each round; the findings and the verdict are read too."""
    seconds, lines, wrong, number = [], 0, 0, 0
    for seed in range(1, rounds + 2):
        claims = draw(seed)
        start = time.process_time()
        found = [checker.check(claim, history) for claim, history in claims]
        said = [(result.findings, result.verdict) for result in found]
        seconds.append((time.process_time() - start) / len(claims) * 1e6)
        lines += OF_CLAIM * len(claims)
        wrong += sum(len({finding.line_id for finding in findings}) for findings, _ in said)
        number += sum(len(findings) for findings, _ in said)
    share = f"findings on {wrong / lines:.0%} of the lines, {number * OF_CLAIM / lines:.2f} a claim"
    return f"check, {name}: {min(seconds):,.0f} µs a claim (the first time {seconds[0]:,.0f}), {share}\n"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--distinct", type=float, default=0.12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--claims", type=int, default=1_000)
    parser.add_argument("--book", type=Path)
    parser.add_argument("--first", type=date.fromisoformat, default=date(2024, 7, 1))
    args = parser.parse_args()
    checker = Checker()
    lines = claim_lines(args.lines, args.distinct)
    checker.check_line(lines[0])
    works: dict[str, Callable[[], object]] = {
        "outcomes": lambda: [checker.outcomes(line) for line in lines],
        "check_line": lambda: [checker.check_line(line).findings for line in lines],
        "check_lines": lambda: checker.check_lines(lines).findings,
    }
    sys.stdout.write(f"line engine: {args.lines:,} lines, {args.distinct:.0%} distinct, ")
    sys.stdout.write(f"{len(checker.rulebook.rules)} rules, best of {args.rounds}\n")
    sys.stdout.write(f"{'':<14}{'µs a line':>12}{'lines a second':>18}\n")
    for name, work in works.items():
        seconds = best(work, args.rounds)
        rate = args.lines / seconds
        sys.stdout.write(f"{name:<14}{1e6 / rate:>12.2f}{rate:>18,.0f}\n")
    around = len(checker.engine.around)
    sys.stdout.write(f"check: a claim of 5 lines with 20 of history, {around} rules look around\n")
    full = claims_checked(
        checker, "full of findings", lambda seed: claims_with_history(args.claims, seed), args.rounds
    )
    sys.stdout.write(full)
    first = args.first if args.book else FIRST
    book = CodeBook.open(args.book) if args.book else None
    checker = Checker(book) if book else checker
    known = kinds(checker, pool_of(book, first, _CODES) if book else codes(), first)
    right = claims_checked(
        checker, "mostly right", lambda seed: right_claims(known, args.claims, first, seed), args.rounds
    )
    sys.stdout.write(right)
    other = Checker(book) if book else Checker()
    checked = claims_checked(
        checker,
        "checked before",
        lambda seed: scrubbed(known, args.claims, first, -seed, other),
        args.rounds,
    )
    sys.stdout.write(checked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
