"""``claimrules book export``: write a table of a code book as Parquet or CSV."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claimrules.cli.console import note
from claimrules.cli.errors import Stop
from claimrules.cli.options import open_book
from claimrules.cli.output import check_output, replacing
from claimrules.cli.progress import progress
from claimrules.codebook import CODES, EDITION_MODES
from claimrules.formats.export import SUFFIXES, write_table
from claimrules.model.edition import Table

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_TABLES: Final = (*(table.value for table in Table if table is not Table.PLACES), CODES)
_EPILOG: Final = """\
One row for each row of each edition, with the edition's name, effective date and setting; the columns
are named like the fields of the model. Needs pyarrow: pip install 'claimrules[pandas]'

The table 'codes' is all of them looked up: one row for each code, setting, row of the fee schedule and
run of days on which the book says the same of it. The queries of 'claimrules rule ID --sql' join it.
As Parquet only: a CSV does not tell what is blank from what is unknown.

examples:
  claimrules book export my.claimbook fee_schedule fees.parquet
  claimrules book export my.claimbook mue mue.csv
  claimrules book export my.claimbook codes codes.parquet --editions exact
"""


def add(commands: "Commands") -> None:
    """Add the command."""
    export = commands.add_parser(
        "export",
        help="write a table as Parquet or CSV",
        description="Writes all editions of one table as Parquet or CSV, in one step.",
        epilog=_EPILOG,
    )
    export.add_argument("book", type=Path, metavar="BOOK", help="the book")
    export.add_argument("table", choices=_TABLES, metavar="TABLE", help=f"one of {', '.join(_TABLES)}")
    export.add_argument("file", type=Path, metavar="FILE", help="where: a name that ends in .parquet or .csv")
    export.add_argument(
        "--editions",
        choices=EDITION_MODES,
        default="near",
        help="for 'codes': which edition speaks for a day (default: near, as for check)",
    )
    export.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the table."""
    suffix = args.file.suffix.lower()
    if suffix not in SUFFIXES:
        message = f"{args.file}: give a name that ends in {' or '.join(SUFFIXES)}"
        raise Stop(message)
    if args.table == CODES and suffix != ".parquet":
        message = f"{args.file}: a CSV does not tell blank from unknown; give a name that ends in .parquet"
        raise Stop(message)
    check_output(args.file, [str(args.book)], name=str(args.file))
    with progress() as tell:
        tell(f"reading {args.table}")
        book = open_book(args.book)
        table = (
            book.codes_by_day(editions=args.editions)
            if args.table == CODES
            else book.to_frame(args.table, backend="pyarrow")
        )
        tell(f"writing {args.file.name}")
        try:
            with replacing(args.file, private=False) as path:
                write_table(table, path, suffix)
        except OSError as error:
            message = f"{args.file}: cannot be written ({error.strerror}); nothing was changed"
            raise Stop(message) from error
    note(f"{args.file}: written, {table.num_rows:,} rows")
    return 0
