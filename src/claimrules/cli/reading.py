"""How files of claim lines are read: the options that commands share for it."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import attrs

from claimrules.cli.errors import Stop
from claimrules.cli.inputs import inputs_of
from claimrules.cli.options import SETTINGS
from claimrules.formats.dates import FORMATS
from claimrules.formats.open import INPUT_FORMATS
from claimrules.formats.preset import presets
from claimrules.formats.reader import ReadOptions
from claimrules.model.claim import Setting

if TYPE_CHECKING:
    from claimrules.cli.options import Parser

_NAMED: Final = {"tab": "\t", "\\t": "\t", "comma": ",", "bar": "|", "pipe": "|", "semicolon": ";"}


@attrs.frozen(kw_only=True)
class Read:
    """The files, and how they are read; a binary stream is standard input.

    ``notes`` say what of a folder was passed over.
    """

    files: tuple[Path | BinaryIO, ...]
    reading: ReadOptions
    notes: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files without standard input."""
        return tuple(each for each in self.files if isinstance(each, Path))


def add_reading(parser: "Parser") -> None:
    """Add what says how files are read."""
    parser.add_argument(
        "--input-format",
        choices=INPUT_FORMATS,
        help="what the files are; csv is any delimited text (default: seen in their content)",
    )
    parser.add_argument(
        "--preset",
        choices=tuple(presets()),
        help="a known layout of columns (default: seen in the header, and said)",
    )
    parser.add_argument(
        "--map",
        action="append",
        type=_pair,
        metavar="FIELD=COLUMN",
        help="which column holds a field, where its name does not say it; repeatable",
    )
    parser.add_argument(
        "--delimiter",
        type=_delimiter,
        help="what divides the columns: , ; | or tab (default: seen in the header)",
    )
    parser.add_argument(
        "--date-format",
        choices=FORMATS,
        help="how dates are written where month and day could be confused, or day numbers are "
        "meant (default: seen in each column)",
    )
    parser.add_argument(
        "--setting",
        choices=SETTINGS,
        help="setting of lines that do not give their own (default: that of the format, else professional)",
    )


def reading_of(args: argparse.Namespace, outputs: Iterable[Path | None] = ()) -> Read:
    """Give what the options said; ``outputs`` are files that the command writes, and no inputs.

    Raises:
        Stop: standard input, or a field of ``--map``, stands twice, or a folder or pattern holds no file.
    """
    inputs = inputs_of(args.files, outputs)
    mapping: dict[str, str] = {}
    for field, column in args.map or ():
        if field in mapping:
            message = f"--map {field}=...: stands twice; give one column for each field"
            raise Stop(message)
        mapping[field] = column
    return Read(
        files=tuple(each if isinstance(each, Path) else sys.stdin.buffer for each in inputs.files),
        notes=inputs.notes,
        reading=ReadOptions(
            input_format=args.input_format,
            delimiter=args.delimiter,
            mapping=mapping,
            preset=args.preset,
            date_format=args.date_format,
            setting=Setting(args.setting) if args.setting else None,
        ),
    )


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not (equals and field.strip() and column.strip()):
        message = "write FIELD=COLUMN, as in code=HCPCS_CD"
        raise argparse.ArgumentTypeError(message)
    return field.strip(), column.strip()


def _delimiter(text: str) -> str:
    delimiter = _NAMED.get(text, text)
    if len(delimiter) != 1 or delimiter in '"\r\n' or delimiter.isalnum():
        message = "write one character that is no letter, digit or quote, or the word tab"
        raise argparse.ArgumentTypeError(message)
    return delimiter
