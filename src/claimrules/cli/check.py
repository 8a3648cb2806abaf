"""``claimrules check``: check files of claim lines."""

import argparse
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import attrs

from claimrules.cli.console import note, width, write_json, write_page
from claimrules.cli.errors import Stop
from claimrules.cli.exit_code import exit_code
from claimrules.cli.files_out import add_files_out, check_files_out, tell_files
from claimrules.cli.findings_out import findings_out
from claimrules.cli.inputs import STANDARD_INPUT, Inputs, inputs_of
from claimrules.cli.journal import digest, end_journal
from claimrules.cli.options import (
    Parser,
    add_as_of,
    add_book,
    add_format,
    add_rules,
    add_verdict,
    day,
    load_rules,
    open_book,
    today,
    whole,
)
from claimrules.cli.output import check_output, deliver
from claimrules.cli.past import OWN, PROVIDERS, PastOptions, check_past
from claimrules.cli.progress import progress
from claimrules.cli.reading import Read, add_reading, reading_of
from claimrules.cli.rejects_out import rejects_out
from claimrules.cli.run_parts import run_large
from claimrules.cli.task import ENGINES, Checked, CheckOptions
from claimrules.engine.grouped import GROUPS
from claimrules.formats.columns import FIELDS
from claimrules.report.json import check_object
from claimrules.report.page import WIDTH
from claimrules.report.text import check_page

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_EPILOG: Final = f"""\
What a file is, is seen in its content: delimited text, Parquet, JSON lines, a workbook, an X12 837, or
FHIR claims; also compressed or zipped. The first line of a table names the columns; only a code is
needed. Dates are YYYY-MM-DD or YYYYMMDD, or one other way in each column. The fields that a column holds:
{textwrap.fill(", ".join(FIELDS), 96, initial_indent="  ", subsequent_indent="  ")}

examples:
  claimrules check claims.csv
  claimrules check exports/ 'more/*.csv.gz' --rejects rejects.csv
  claimrules check jan.csv feb.csv --book my.claimbook --fail-on deny
  claimrules check claims.txt --delimiter '|' --map code=HCPCS_CD --map from_date=LINE_1ST_EXPNS_DT
  claimrules check claims.csv --select BILAT,ASST --ignore ASST103 --limit 20
  claimrules check march.csv --history 2024.csv --history 2025.csv --history-complete-from 2024-01-01
  claimrules check claims.csv --by code --limit 0
  claimrules check claims.csv --format json --output findings.json
  claimrules check claims.837 claims.csv.gz claims.parquet bundle.json
  claimrules check carrier.csv --preset cms-rif-carrier --date-format d-mon-yyyy
  fetch-claims | claimrules check -
"""

_MOST_PARTS: Final = 10_000


def add(commands: "Commands") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "check", help="check files of claim lines", description="Checks files of claim lines.", epilog=_EPILOG
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a file of claims, a folder, or a pattern such as 'exports/*.csv.gz'; - is standard input",
    )
    add_reading(parser)
    add_book(parser)
    add_rules(parser)
    add_as_of(parser)
    add_format(parser, ", which holds every finding, with --findings the first --limit of each rule")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="write there, in one step, not to standard output"
    )
    parser.add_argument(
        "--show",
        choices=("info",),
        help="list findings of severity info in the text too (default: count them)",
    )
    parser.add_argument(
        "--limit", type=whole, default=5, metavar="N", help="findings of each rule in the text (default: 5)"
    )
    parser.add_argument(
        "--by",
        choices=GROUPS,
        help="count the findings by that too, in the summary; provider prints their NPIs",
    )
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        help="python: line by line; polars, duckdb: in frames; auto: the fastest there is (default: auto)",
    )
    parser.add_argument(
        "--partitions",
        type=whole,
        metavar="N",
        help="check in N parts, by patient, one after the other; 1: in one piece (default: as the size of "
        "the files asks for)",
    )
    parser.add_argument(
        "--resume",
        type=Path,
        metavar="DIR",
        help="keep there what is done of a long run; the same command goes on after it was stopped",
    )
    add_files_out(parser)
    _add_past(parser)
    add_verdict(parser)
    parser.set_defaults(run=run)


def _add_past(parser: Parser) -> None:
    """Add ``--history`` and what is declared of it."""
    group = parser.add_argument_group(
        "history", "earlier and other lines of the same patients: they prove, no more"
    )
    group.add_argument(
        "--history",
        action="append",
        metavar="FILE",
        help="lines that prove and are not judged, counted or reported; read as FILE is; repeatable",
    )
    group.add_argument(
        "--history-complete-from",
        type=day,
        metavar="DATE",
        help="no line is missing from that day on (default: the first day of the files that are checked)",
    )
    group.add_argument(
        "--history-complete-to",
        type=day,
        metavar="DATE",
        help="no line is missing up to that day (default: the last day of the files that are checked)",
    )
    group.add_argument(
        "--history-providers",
        choices=PROVIDERS,
        default=OWN,
        help="whose lines are complete: own, of the providers in the files; all, of every provider of these "
        "patients (default: own)",
    )


def run(args: argparse.Namespace) -> int:
    """Check the files, write the report, and give the exit code."""
    if args.resume is not None and (args.partitions == 1 or STANDARD_INPUT in args.files):
        message = "--resume: takes neither standard input nor --partitions 1"
        raise Stop(message)
    if args.partitions is not None and args.partitions > _MOST_PARTS:
        message = f"--partitions {args.partitions}: takes at most {_MOST_PARTS:,}; leave it out for what fits"
        raise Stop(message)
    reading, history = _inputs(args)
    options = _options(args, reading, history)
    with progress() as tell, rejects_out(args.rejects) as refuse, findings_out(args, reading.paths) as out:
        checked = run_large(attrs.evolve(options, put=out.put, refuse=refuse), tell)
    checked = checked.telling(findings_file=str(out.path or ""))
    end_journal(args.resume)
    for text in (*options.passed_over, *checked.notes, *_without_a_line(checked)):
        note(text)
    if args.format == "json" and options.book.is_starter:
        note(options.book.describe())
    tell_files(checked.result, out, args, checked.run.past)
    deliver(args.output, lambda stream: _write(stream, checked, args))
    if args.output is not None:
        note(f"{args.output}: written, verdict {checked.result.verdict.value}")
    return exit_code(checked.result, args)


def _write(stream: TextIO, checked: Checked, args: argparse.Namespace) -> None:
    if args.format == "json":
        write_json(check_object(checked.result, checked.run, _shown(args)), stream)
        return
    wide = WIDTH if args.output is not None else width()
    page = check_page(
        checked.result, checked.run, limit=args.limit, show_info=args.show == "info", width=wide
    )
    write_page(page, stream)


def _shown(args: argparse.Namespace) -> int | None:
    """How many findings of each rule the report holds; ``None`` for all."""
    return None if args.format == "json" and args.findings is None else args.limit


def _without_a_line(checked: Checked) -> Iterator[str]:
    """Say that nothing was read: an export that holds its header alone is seldom meant."""
    if not checked.result.lines:
        yield f"{', '.join(checked.run.files[:3])}: no line stands there; nothing was checked"


def _inputs(args: argparse.Namespace) -> tuple[Read, Inputs]:
    """Find the files to check and those of the history, and refuse outputs that cannot be written."""
    if STANDARD_INPUT in (args.history or ()):
        message = "--history -: is no file; standard input is read as the files to check alone"
        raise Stop(message)
    outputs = (args.output, args.findings, args.rejects)
    reading = reading_of(args, outputs)
    history = inputs_of(args.history or (), outputs)
    inputs = (*reading.paths, *history.paths)
    check_output(args.output, inputs)
    check_files_out(args, inputs)
    return reading, history


def _options(args: argparse.Namespace, reading: Read, history: Inputs) -> CheckOptions:
    past = PastOptions(
        files=history.paths,
        complete_from=args.history_complete_from,
        complete_to=args.history_complete_to,
        providers=args.history_providers,
    )
    check_past(past)
    return CheckOptions(
        files=reading.files,
        book=open_book(args.book),
        rulebook=load_rules(args, lean=True),
        as_of=args.as_of or today(),
        editions=args.editions,
        reading=attrs.evolve(reading.reading, raw=args.rejects is not None),
        engine=args.engine,
        limit=_shown(args),
        past=past,
        partitions=args.partitions or None,
        resume=args.resume,
        by=args.by,
        said=(repr(reading.reading), repr(past), args.editions, args.engine, digest(args.overlay)),
        passed_over=(*reading.notes, *history.notes),
    )
