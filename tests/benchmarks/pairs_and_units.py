"""Pairs and units against full published tables: python tests/benchmarks/pairs_and_units.py BOOK [--lines N].

BOOK is made by ``claimrules book build`` of published files: a fee schedule, the MUEs, the NCCI pairs, the
add-on codes. The lines bill codes of its MUE table, so that pairs and units meet real edits.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import synthetic

from claimrules import CodeBook

WORKS = {
    "pairs and units": ("MUE", "NCCI101,NCCI102,NCCI103,NCCI106"),
    "all rules": ("ALL",),
}
_CODES = 3_000


def pool_of(book: CodeBook, day: date | None = None, number: int = _CODES) -> synthetic.Pool:
    """Codes of the practitioners' MUE table that the fee schedule of a day holds."""
    mue = book.to_frame("mue")
    found = set(mue["code"].to_list())
    day = day or synthetic.FIRST
    paid = [code for code in sorted(found) if book.code(code, on=day).status in ("A", "R", "T")]
    return {0: Random(1).sample(paid, min(number, len(paid)))}  # noqa: S311 (codes, not secrets)


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> int:
    """Write the lines, check them with the command line, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("book", type=Path)
    parser.add_argument("--lines", type=int, default=4_000_000)
    parser.add_argument("--distinct", type=float, default=0.12)
    parser.add_argument("--first", type=date.fromisoformat, default=date(2024, 7, 1))
    args = parser.parse_args()
    import polars as pl  # noqa: PLC0415 (an extra)

    synthetic.FIRST = args.first  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.csv"
        synthetic.write_csv(path, args.lines, args.distinct, pool=pool_of(CodeBook.open(args.book)))
        bare = min(
            timed(lambda: pl.scan_csv(path, infer_schema=False).null_count().collect()) for _ in range(3)
        )
        sys.stdout.write(f"{args.lines:,} lines, bare scan {bare:.2f} s\n")
        for name, select in WORKS.items():
            words = ["check", str(path), "--book", str(args.book), "--engine", "polars", "--exit-zero"]
            chosen = [part for text in select for part in ("--select", text)]
            command = [sys.executable, "-m", "claimrules", *words, *chosen, "--limit", "1"]
            seconds = timed(lambda command=command: subprocess.run(command, check=True, capture_output=True))  # type: ignore[misc]  # noqa: S603
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
            sys.stdout.write(
                f"{name:<18}{seconds:>8.1f} s{seconds / bare:>8.1f} x scan{peak:>8.2f} GB at most\n"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
