"""``claimrules book export``: write a table of a code book as Parquet or CSV."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from claimrules.cli.console import note
from claimrules.cli.errors import Stop
from claimrules.cli.options import open_book
from claimrules.cli.output import check_output, replacing
from claimrules.cli.progress import progress
from claimrules.codebook import CODES, COVERED, EDITION_MODES, PAIRS, CodeBook
from claimrules.formats.export import SUFFIXES, write_table
from claimrules.model.edition import Table

if TYPE_CHECKING:
    from claimrules.cli.options import Commands

_BY_DAY: Final[Mapping[str, Callable[..., Any]]] = {
    CODES: CodeBook.codes_by_day,
    PAIRS: CodeBook.pairs_by_day,
    COVERED: CodeBook.pairs_covered,
}
_TABLES: Final = (*(table.value for table in Table if table is not Table.PLACES), *_BY_DAY)
_EPILOG: Final = """\
One row for each row of each edition, with the edition's name, effective date and setting; the columns
are named like the fields of the model. Needs pyarrow: pip install 'claimrules[pandas]'

The table 'codes' is all of them looked up: one row for each code, setting, row of the fee schedule and
run of days on which the book says the same of it. The queries of 'claimrules rule ID --sql' join it.
As Parquet only: a CSV does not tell what is blank from what is unknown. 'pairs_by_day' is the same for
the NCCI pairs: each edit with the days on which it is in force; 'pairs_covered' are the pairs of which it
is known that there is no other. A full set of pair files takes some minutes and writes millions of rows.

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
        help="for 'codes' and the pairs by day: which edition speaks for a day (default: near, as for check)",
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
            _BY_DAY[args.table](book, editions=args.editions)
            if args.table in _BY_DAY
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
