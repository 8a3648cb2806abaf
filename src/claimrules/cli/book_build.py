"""``claimrules book build``: read published files into a code book."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claimrules.cli.console import width, write_json, write_page
from claimrules.cli.errors import Stop
from claimrules.cli.options import add_format, day, place
from claimrules.cli.progress import progress
from claimrules.model.form import read_code
from claimrules.model.structure import to_dict
from claimrules.report.json import SCHEMA
from claimrules.report.page import Page

if TYPE_CHECKING:
    from claimrules.cli.options import Commands
    from claimrules.codebook import BuildReport, Declared

_SETTINGS: Final = ("professional", "outpatient", "dme")
_EPILOG: Final = """\
Files are recognised by their content, in any mixture: as downloaded (ZIP archives, gzip), or unpacked,
and folders with all below them. What an archive or folder holds beside tables is passed over and named.

what is read, and in which form
  Physician Fee Schedule relative values   PPRRVU*: CSV, XLSX, fixed-width text
  medically unlikely edits (MUE)           CSV, XLSX, text by tabs; Medicare's and Medicaid's
  NCCI procedure-to-procedure edits        text by tabs, CSV, XLSX; every part is a file (f1 to f4)
  add-on code edits                        text by tabs, CSV, XLSX
  HCPCS Level II codes and modifiers       CONTR_ANWEB fixed-width text, CSV, XLSX
  OPPS Addendum B                          CSV, XLSX, text by tabs
  ASC addenda AA and BB                    CSV, XLSX, text by tabs
  RBCS classification                      CSV
  code pages and procedure profiles        text, laid out as pages of a code browser print it
XLSX needs the extra 'excel': pip install 'claimrules[excel]'

what the names must say
  Most files do not say their quarter, some not their setting: keep the published name of the file, or
  of its archive, as in MCR_MUE_PractitionerServices_Eff_07-01-2024.csv, ccipra-v302r0-f1.zip,
  AOC_V2026Q2-MCR.zip, HCPC2020_OCT_anweb.xlsx. Else say it: --effective, --setting. A code page does
  not state its code: it is bound through its short descriptor to a code of a loaded fee schedule or
  HCPCS file, a profile through a code page with the same title; or say it: --code.

An edition takes the place of one of the same table, setting, part and effective date; of two releases
the later one stands; the others in the book stay. The book is replaced in one step at the end: an error
or an interruption leaves the old one.

examples:
  claimrules book build PPRRVU26_JAN.csv --output my.claimbook
  claimrules book build downloads/ --output my.claimbook
  claimrules book build rvu26a.zip ccipra-v320r0-f*.zip mue/ --output my.claimbook
  claimrules book build mue.csv --effective 2024-07-01 --setting dme --output my.claimbook
  claimrules book build page.txt --code G0105 --output my.claimbook
"""


def add(commands: "Commands") -> None:
    """Add the command."""
    build = commands.add_parser(
        "build",
        help="read published files into a book",
        description="Reads the files that Medicare publishes into a code book, and says what became of each.",
        epilog=_EPILOG,
    )
    build.add_argument(
        "files", nargs="+", type=place, metavar="FILE", help="a published file, an archive or a folder"
    )
    build.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="BOOK",
        help="the book: made, or added to if it is there",
    )
    build.add_argument(
        "--effective",
        type=day,
        metavar="DATE",
        help="the first day of files that do not say it, YYYY-MM-DD (default: that of their names)",
    )
    build.add_argument(
        "--setting",
        choices=_SETTINGS,
        help="the setting of MUE and pair files that do not say it (default: that of their names)",
    )
    build.add_argument(
        "--code",
        type=_code,
        help="the code that the pages and profiles given are about (default: found by their descriptors)",
    )
    add_format(build)
    build.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Build the book and tell what became of each file."""
    report = _build(args)
    if args.format == "json":
        write_json({"schema": SCHEMA, **to_dict(report)}, sys.stdout)
        return 0
    page = Page(width())
    for line in report.lines():
        page.add(line)
    write_page(page, sys.stdout)
    return 0


def _build(args: argparse.Namespace) -> "BuildReport":
    from claimrules.codebook import build_book  # noqa: PLC0415 (a dozen readers: no other command needs them)

    missing = [str(path) for path in args.files if not path.exists()]
    if missing:
        message = f"{', '.join(missing)}: no such file or folder; nothing was read"
        raise Stop(message)
    with progress() as tell:
        return build_book(
            args.files,
            args.output,
            declared=_declared(args),
            progress=lambda what, done, total: tell(f"reading {what}", done, total),
        )


def _declared(args: argparse.Namespace) -> "Declared":
    from claimrules.codebook import Declared  # noqa: PLC0415 (see above)

    return Declared(effective=args.effective, setting=args.setting, code=args.code)


def _code(text: str) -> str:
    code, _ = read_code(text)
    if code is None:
        message = "this is no code; write five letters or digits, as in G0105"
        raise argparse.ArgumentTypeError(message)
    return code
