"""The files that ``check`` writes beside its report: all findings, and the records that were rejected."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from claimrules.cli.console import note
from claimrules.cli.errors import Stop
from claimrules.cli.findings_out import MANY, FindingsOut
from claimrules.cli.output import check_output
from claimrules.formats.findings import SUFFIXES, needs
from claimrules.report.words import count

if TYPE_CHECKING:
    from claimrules.cli.options import Parser
    from claimrules.model.finding import CheckResult
    from claimrules.report.facts import Past


def add_files_out(parser: "Parser") -> None:
    """Add ``--findings`` and ``--rejects``."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--findings",
        type=Path,
        metavar="FILE",
        help=f"write every finding there, a row each; the name ends in {', '.join(SUFFIXES)} (default, with "
        f"text and more than {MANY:,} findings: FILE.findings.csv beside what is checked)",
    )
    either.add_argument(
        "--no-findings-file",
        dest="findings_file",
        action="store_false",
        help="write no file of findings, however many there are",
    )
    parser.add_argument(
        "--rejects",
        type=Path,
        metavar="FILE",
        help="write there, as CSV that only you can read, every record that could not be read: where it "
        "stands, why, and its raw text, which is health data",
    )


def check_files_out(args: argparse.Namespace, inputs: Sequence[str | Path]) -> None:
    """Refuse, before any work, files that cannot be written.

    Raises:
        Stop: a suffix is none that is written, two files are the same, or one is an input.
    """
    if args.findings is not None:
        suffix = args.findings.suffix.lower()
        if suffix not in SUFFIXES:
            message = f"--findings {args.findings}: name a file that ends in {', '.join(SUFFIXES)}"
            raise Stop(message)
        if remedy := needs(suffix):
            message = f"--findings {args.findings}: Parquet needs polars; {remedy}, or name a .csv or .jsonl"
            raise Stop(message)
    named = [path for path in (args.output, args.findings, args.rejects) if path is not None]
    if len({path.parent.resolve() / path.name for path in named}) < len(named):
        message = "--output, --findings and --rejects: each needs a file of its own"
        raise Stop(message)
    check_output(args.findings, inputs, name=f"--findings {args.findings}")
    check_output(args.rejects, inputs, name=f"--rejects {args.rejects}")


def tell_files(
    result: "CheckResult", out: FindingsOut, args: argparse.Namespace, past: "Past | None" = None
) -> None:
    """Say on standard error which files there are now."""
    total = sum(result.severities.values())
    if out.path is not None:
        note(f"{out.path}: {count(total, 'finding')}; it names claims, so only you can read it")
    elif out.fault:
        note(f"{out.fault}; --findings FILE.csv writes all {total:,} findings where you say")
    elif total > MANY and args.format != "json":
        note(f"{total:,} findings; the text shows the first of each rule: --findings FILE.csv writes all")
    if args.rejects is not None:
        before = len(past.rejected) if past is not None else 0
        records = count(len(result.rejected) + before, "rejected record")
        whose = f", {before:,} of the history" if before else ""
        note(f"{args.rejects}: {records}{whose}; it holds raw health data, so only you can read it")
