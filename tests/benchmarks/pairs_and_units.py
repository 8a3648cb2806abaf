"""Pairs and units against full published tables: python tests/benchmarks/pairs_and_units.py BOOK [--lines N].

BOOK is made by ``claimrules book build`` of published files: a fee schedule, the MUEs, the NCCI pairs, the
add-on codes. The lines bill codes of its MUE table, so that pairs and units meet real edits. Time and memory
are those of the command alone, which runs in a process of its own.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import synthetic
from tests.benchmarks.visits import as_visits

from claimrules import CodeBook

WORKS = {
    "pairs and units": ("MUE", "NCCI101,NCCI102,NCCI103,NCCI106"),
    "all rules": ("ALL",),
}
SHOWN = ("MUE101", "MUE102", "MUE103", "NCCI101", "NCCI102", "NCCI103", "AOC101", "DUP101", "GLOB405")
_CODES = 3_000
_PROCEDURES = ("000", "010", "090")


def pool_of(book: CodeBook, day: date | None = None, number: int = _CODES) -> synthetic.Pool:
    """Codes of the practitioners' MUE table that the fee schedule of a day holds."""
    mue = book.to_frame("mue")
    found = set(mue["code"].to_list())
    day = day or synthetic.FIRST
    paid = [code for code in sorted(found) if book.code(code, on=day).status in ("A", "R", "T")]
    return {0: Random(1).sample(paid, min(number, len(paid)))}  # noqa: S311 (codes, not secrets)


def repeated_pool(book: CodeBook) -> tuple[synthetic.Pool, Mapping[str, Sequence[str]]]:
    """Codes that are paid and have an MUE, procedures the rarer ones, and the add-on codes of each."""
    found = set(book.to_frame("mue")["code"].to_list())
    paid = {code for code in found if book.code(code, on=synthetic.FIRST).status in ("A", "R", "T")}
    links = book.to_frame("add_on")
    add_ons: dict[str, list[str]] = {}
    for code, primary in sorted(set(zip(links["code"].to_list(), links["primary"].to_list(), strict=True))):
        if code in paid:
            add_ons.setdefault(primary, []).append(code)
    whole = sorted(paid - set(links["code"].to_list()))
    drawn = Random(1).sample(whole, min(_CODES, len(whole)))  # noqa: S311 (codes, not secrets)
    pool: dict[int, list[str]] = {0: [], 1: []}
    for code in drawn:
        pool[book.code(code, on=synthetic.FIRST).global_days in _PROCEDURES].append(code)
    return pool, add_ons


def write(path: Path, book: CodeBook, lines: int, distinct: float) -> None:
    """Write the lines as a CSV file."""
    pool, add_ons = repeated_pool(book)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(synthetic.COLUMNS)
        writer.writerows(as_visits(synthetic.rows(lines, distinct, pool=pool), add_ons, lines))


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of the processor that the work took."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - used


def run(command: Sequence[str]) -> tuple[float, float, float]:
    """Seconds on the clock, of the processor, and the peak of memory in GB, of a command.

    Raises:
        SystemExit: the command failed.
    """
    # An installed package has its byte code.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment) as process:  # noqa: S603 (our own)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode and process.stderr:
            raise SystemExit(process.stderr.read().decode())
    unit = 1 if sys.platform == "darwin" else 1024
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e9


def measure(path: Path, book: Path, lines: int) -> None:
    """Print the bare scan, the two runs, and what they found."""
    import polars as pl  # noqa: PLC0415 (an extra)

    scans = [timed(lambda: pl.scan_csv(path, infer_schema=False).null_count().collect()) for _ in range(3)]
    bare, used = (min(each) for each in zip(*scans, strict=True))
    size = path.stat().st_size / 1e6
    sys.stdout.write(f"{lines:,} lines, {size:,.0f} MB; bare scan {bare:.2f} s, {used:.2f} of processor\n")
    for name, select in WORKS.items():
        report = path.with_name("report.json")
        command = [sys.executable, "-m", "claimrules", "check", str(path), "--book", str(book)]
        command += ["--engine", "polars", "--exit-zero", "--limit", "1", "--format", "json"]
        # Without a file of their own all findings would stand in the report, each with its text.
        command += ["--findings", str(path.with_name("findings.parquet"))]
        command += ["--output", str(report), *(part for text in select for part in ("--select", text))]
        seconds, processor, peak = run(command)
        sys.stdout.write(
            f"{name:<18}{seconds:>8.1f} s{seconds / bare:>8.1f} x scan{processor:>8.1f} s of processor"
            f"{processor / used:>8.1f} x scan{peak:>8.2f} GB{lines / seconds:>12,.0f} lines a second\n"
        )
        rules = json.loads(report.read_text(encoding="utf-8"))["summary"]["rules"]
        fired = ", ".join(f"{rule} {rules[rule]['fired']:,}" for rule in SHOWN if rule in rules)
        sys.stdout.write(f"{'':<18}fired: {fired}\n")


def main() -> int:
    """Write the lines, check them with the command line, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("book", type=Path)
    parser.add_argument("--lines", type=int, default=4_000_000)
    parser.add_argument("--distinct", type=float, default=0.12)
    parser.add_argument("--first", type=date.fromisoformat, default=date(2024, 7, 1))
    args = parser.parse_args()
    synthetic.FIRST = args.first  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.csv"
        write(path, CodeBook.open(args.book), args.lines, args.distinct)
        measure(path, args.book, args.lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
