"""``claimrules globals``: the open windows of the global surgical package, and what fits in them."""

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from claimrules.cli.console import note, width, write_json, write_page
from claimrules.cli.errors import Stop
from claimrules.cli.exit_code import none_read
from claimrules.cli.options import add_book, add_format, day, open_book, whole
from claimrules.cli.output import check_output, deliver
from claimrules.cli.progress import progress
from claimrules.cli.reading import Read, add_reading, reading_of
from claimrules.cli.tables import entries, open_all
from claimrules.engine.line import Checker
from claimrules.model.finding import Rejected
from claimrules.report.global_periods import Windows, globals_object, globals_page
from claimrules.report.page import WIDTH

if TYPE_CHECKING:
    from claimrules.cli.options import Commands, Parser
    from claimrules.model.claim import ClaimLine

_DESCRIPTION: Final = """\
Lists the windows of the global surgical package that the lines of a file open, by patient: the code,
its first and its last day (000: the day; 010: ten days more; 090: from the day before to the ninetieth
day after, 92 days). With --on DATE only those open on that day, and which modifier would be right then
for a visit (24, 25, 57) or a procedure (58, 78, 79) of the same physician, or for split care (54, 55),
and what each needs. Lines that open none, or of which it is not known, are counted with the reason.
"""
_EPILOG: Final = """\
examples:
  claimrules globals claims.csv
  claimrules globals claims.csv --on 2025-11-03
  claimrules globals claims.csv --on 2025-11-03 --patient P1 --format json
  claimrules globals claims.csv --yyy 010 --yyy 0441T=090 --book my.claimbook
"""


def add(commands: "Commands") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "globals",
        help="list the windows of the surgical package",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="claims: files, folders or patterns; - is standard input"
    )
    _add_asked(parser)
    add_reading(parser)
    add_book(parser)
    add_format(parser)
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="write there, in one step, not to standard output"
    )
    parser.add_argument(
        "--limit", type=whole, default=50, metavar="N", help="windows in the text (default: 50)"
    )
    parser.set_defaults(run=run)


def _add_asked(parser: "Parser") -> None:
    parser.add_argument("--on", type=day, metavar="DATE", help="windows open on that day, and what fits then")
    parser.add_argument("--patient", metavar="ID", help="only this patient's (default: everybody's)")
    parser.add_argument(
        "--yyy",
        action="append",
        type=_days,
        metavar="[CODE=]DAYS",
        help="000, 010, 090 or XXX (none) for codes whose period the contractor sets (YYY), all or one; "
        "repeatable (default: they are unknown)",
    )


def run(args: argparse.Namespace) -> int:
    """List the windows."""
    reading = reading_of(args, (args.output,))
    check_output(args.output, reading.paths)
    for text in reading.notes:
        note(text)
    found = _find(args, reading)
    deliver(args.output, lambda stream: _write(stream, found, args))
    if args.output is not None:
        note(f"{args.output}: written, {len(found.shown):,} windows")
    return none_read(len(found.rejected), found.calendar.lines)


def _find(args: argparse.Namespace, reading: Read) -> Windows:
    book = open_book(args.book)
    lines: list[ClaimLine] = []
    rejected: list[Rejected] = []
    with progress() as tell, ExitStack() as stack:
        tables = open_all(reading.reading, reading.files, stack)
        for entry in entries(tables, tell):
            if isinstance(entry, Rejected):
                rejected.append(entry)
            else:
                lines.append(entry)
    for table in tables:
        for text in table.notes:
            note(f"{table.name}: {text}")
    calendar = Checker(book, editions=args.editions).global_periods(
        lines, contractor_days=dict(args.yyy or ())
    )
    if args.patient is not None:
        calendar = calendar.of(args.patient)
        if not calendar.lines:
            message = "--patient: no line is of that patient; write the id as the file has it"
            raise Stop(message)
    assumed = [text for table in tables for text in table.assumptions]
    if any(line.patient is None for line in lines):
        assumed.append("a line without a patient stands for its claim's patient")
    return Windows(
        calendar=calendar,
        book=book.info(),
        on=args.on,
        rejected=tuple(rejected),
        files=tuple(table.name for table in tables),
        assumptions=tuple(dict.fromkeys(assumed)),
    )


def _write(stream: TextIO, found: Windows, args: argparse.Namespace) -> None:
    if args.format == "json":
        write_json(globals_object(found), stream)
    else:
        wide = WIDTH if args.output is not None else width()
        write_page(globals_page(found, limit=args.limit, width=wide), stream)


def _days(text: str) -> tuple[str, str]:
    code, equals, days = text.upper().rpartition("=")
    if equals and not code:
        message = "write DAYS or CODE=DAYS, as in 010 or 0600T=010"
        raise argparse.ArgumentTypeError(message)
    return code, days
