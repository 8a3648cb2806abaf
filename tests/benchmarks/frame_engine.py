"""How long the frame engine takes beside a bare scan: python tests/benchmarks/frame_engine.py [--lines N]."""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.synthetic import COLUMNS, write_csv

from claimrules import Checker, Rulebook
from claimrules.rulebook.rule import RuleScope


def best(work: Callable[[], object], rounds: int) -> float:
    """Seconds that the fastest round took."""
    found = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found = min(found, time.perf_counter() - start)
    return found


def polars_works(path: Path) -> tuple[Callable[[], object], Callable[[], Any]]:
    """The bare scan, and the frame to check."""
    import polars as pl  # noqa: PLC0415

    def frame() -> Any:
        return pl.scan_csv(path, infer_schema=False)

    return lambda: frame().null_count().collect(), frame


def duckdb_works(path: Path) -> tuple[Callable[[], object], Callable[[], Any]]:
    """The bare scan, and the relation to check."""
    import duckdb  # noqa: PLC0415

    def frame() -> Any:
        return duckdb.read_csv(str(path), all_varchar=True)

    nulls = ", ".join(f"count(*) - count({column})" for column in COLUMNS)
    return lambda: frame().aggregate(nulls).fetchall(), frame


ENGINES: Mapping[str, Callable[[Path], tuple[Callable[[], object], Callable[[], Any]]]] = {
    "polars": polars_works,
    "duckdb": duckdb_works,
}


def checkers() -> dict[str, Checker]:
    """One with the rules that look at a single line, one with all."""
    every = Rulebook.load()
    alone = tuple(rule for rule in every.rules if rule.scope is RuleScope.LINE)
    # Not by `select`: rules that are named run without the inputs that they need.
    books = {"line rules": attrs.evolve(every, rules=alone), "all rules": every}
    checkers = {name: Checker(rulebook=book) for name, book in books.items()}
    return {f"{name} ({len(checker.engine.rules)})": checker for name, checker in checkers.items()}


def measure(path: Path, args: argparse.Namespace) -> None:
    """Print the bare scan, the two runs beside it, and the peak of memory."""
    scan, frame = ENGINES[args.engine](path)
    bare = best(scan, args.rounds)
    report("bare scan", bare, bare, args.lines)
    for name, checker in checkers().items():
        seconds = best(lambda checker=checker: checker.check_frame(frame()).summary, args.rounds)  # type: ignore[misc]
        report(name, seconds, bare, args.lines)
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    sys.stdout.write(f"peak memory   {peak / 1e6:,.0f} MB\n")


def report(name: str, seconds: float, bare: float, lines: int) -> None:
    """Print one line of the table."""
    sys.stdout.write(f"{name:<18}{seconds:>10.3f}{lines / seconds:>18,.0f}{seconds / bare:>14.2f}\n")


def main() -> int:
    """Write the lines, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--distinct", type=float, default=0.12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", choices=tuple(ENGINES), default="polars")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.csv"
        write_csv(path, args.lines, args.distinct)
        sys.stdout.write(
            f"frame engine on {args.engine}: {args.lines:,} lines, {args.distinct:.0%} distinct, "
        )
        sys.stdout.write(f"{path.stat().st_size / 1e6:,.0f} MB of CSV, best of {args.rounds}\n")
        sys.stdout.write(f"{'':<18}{'seconds':>10}{'lines a second':>18}{'x bare scan':>14}\n")
        try:
            measure(path, args)
        except ImportError as error:
            extra = "batch" if args.engine == "polars" else args.engine
            sys.stderr.write(f"{error.name} is not installed: pip install 'claimrules[{extra}]'\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
