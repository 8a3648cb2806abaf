"""Files of millions of lines through the command line: python tests/benchmarks/large_file.py [--lines N ...].

Each size is a file of its own, checked in a process of its own: the peak of memory is that of the command,
which writes every finding as Parquet.
A file larger than a part is checked in parts, by patient (decision 0028), so that the peak stays.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.pairs_and_units import run, timed
from tests.benchmarks.synthetic import write_csv

from claimrules import Checker, Rulebook
from claimrules.rulebook.rule import RuleScope


def line_rules() -> str:
    """The rules of one line that such a file is checked by when nothing is selected."""
    run_by_itself = {rule.code for rule in Checker().engine.rules}
    rules = Rulebook.load().rules
    return ",".join(
        rule.code for rule in rules if rule.scope is RuleScope.LINE and rule.code in run_by_itself
    )


def check(path: Path, select: str) -> tuple[float, float, float]:
    """Seconds on the clock, of the processor, and the peak of memory in GB.

    Raises:
        SystemExit: the command failed, or lost a line.
    """
    report = path.with_name("report.json")
    command = [sys.executable, "-m", "claimrules", "check", str(path), "--select", select]
    command += ["--exit-zero", "--limit", "1", "--format", "json", "--output", str(report)]
    # Without a file of their own all findings would stand in the report, each with its text.
    command += ["--findings", str(path.with_name("findings.parquet"))]
    used = run(command)
    summary = json.loads(report.read_text(encoding="utf-8"))["summary"]
    with path.open("rb") as stream:
        lines = sum(1 for _ in stream) - 1
    if not summary["lines"] == summary["checked"] + summary["rejected"] == lines:
        message = f"{lines:,} lines in the file, but {summary['lines']:,} in the summary"
        raise SystemExit(message)
    return used


def measure(path: Path, lines: int, args: argparse.Namespace) -> None:
    """Print a row of the table."""
    import polars as pl  # noqa: PLC0415 (an extra)

    write_csv(path, lines, args.distinct)
    scans = [timed(lambda: pl.scan_csv(path, infer_schema=False).null_count().collect())[0] for _ in range(2)]
    seconds, processor, peak = check(path, args.select)
    size = path.stat().st_size / 1e6
    sys.stdout.write(f"{lines:>12,}{size:>10,.0f}{min(scans):>10.2f}{seconds:>10.1f}{processor:>10.1f}")
    sys.stdout.write(f"{lines / seconds:>18,.0f}{seconds / min(scans):>14.2f}{peak:>10.2f}\n")
    sys.stdout.flush()


def main() -> int:
    """Write the files one after another, check each, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--distinct", type=float, default=0.12)
    parser.add_argument("--select", default=line_rules(), help="what to check by (default: the line rules)")
    args = parser.parse_args()
    heads = f"{'lines':>12}{'MB':>10}{'scan s':>10}{'seconds':>10}{'CPU s':>10}{'lines a second':>18}"
    sys.stdout.write(f"{heads}{'x bare scan':>14}{'peak GB':>10}\n")
    with tempfile.TemporaryDirectory() as folder:
        for lines in args.lines:
            measure(Path(folder) / "lines.csv", lines, args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
