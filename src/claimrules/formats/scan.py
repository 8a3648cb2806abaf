"""A delimited file as a Polars frame, where every line of the file plainly is one record.

Polars is many times faster than the line reader and less forgiving. A file that is not plain (a quote
that spans lines, bytes that are not UTF-8, ragged or empty lines) is left to ``tabular``, which accounts
for every record.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from claimrules.formats.columns import Columns
from claimrules.model.form import COMPACT_DATE_PATTERN, DATE_PATTERN

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

_BLOCK: Final = 1 << 22
_NOT_PLAIN: Final = (b"\x00", b"\x1a", b"\x1f", b"\n\n", b"\n\r")


def have_polars() -> bool:
    """Whether the frame library is installed."""
    return find_spec("polars") is not None


def read_plain(path: Path, delimiter: str, columns: Columns, prefix: str) -> "pl.DataFrame | None":
    """Read a plain file as text columns named like the fields of a line; ``None`` if it is not plain.

    ``line_id`` is the record's number where no column holds it, as in ``tabular``.
    """
    import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

    if "modifiers" in columns.places:
        return None
    records = _plain_records(path, delimiter, columns.width)
    if records is None:
        return None
    try:
        frame = pl.read_csv(
            path,
            separator=delimiter,
            infer_schema=False,
            has_header=False,
            skip_rows=1,
            new_columns=[str(place) for place in range(columns.width)],
        )
    except (pl.exceptions.PolarsError, OSError, UnicodeError):
        return None
    if frame.height != records or frame.width != columns.width:
        return None
    named: dict[str, Any] = {field: pl.col(str(place)) for field, place in columns.places.items()}
    number = pl.int_range(1, pl.len() + 1).cast(pl.String)
    named.setdefault("line_id", pl.lit(prefix) + number)
    return frame.select(**named)


def _plain_records(path: Path, delimiter: str, width: int) -> int | None:
    """The records below the header, if each line plainly is one of ``width`` cells; ``None`` if not.

    A delimiter within quotes makes a file not plain: only the line reader can tell it from a ragged line.
    """
    lines, delimiters, returns, ends, last = 0, 0, 0, 0, b""
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            joined = last + block
            if any(bad in joined for bad in _NOT_PLAIN):
                return None
            lines += block.count(b"\n")
            delimiters += block.count(delimiter.encode())
            returns += block.count(b"\r")
            ends += joined.count(b"\r\n")
            last = block[-1:]
    lines += last != b"\n"
    if returns != ends or delimiters != lines * (width - 1):
        return None
    return lines - 1


def join_frames(frames: "list[pl.DataFrame]") -> "pl.DataFrame":
    """Put the lines of several files below each other; a column that one lacks is blank there."""
    import polars as pl  # noqa: PLC0415

    return pl.concat(frames, how="diagonal") if len(frames) > 1 else frames[0]


def days_of(frame: "pl.DataFrame") -> "tuple[date, ...]":
    """Give the first and the last from-date of a frame of text; nothing where it has none."""
    import polars as pl  # noqa: PLC0415

    if "from_date" not in frame.columns:
        return ()
    text = pl.col("from_date").str.strip_chars(" ")
    read = text.str.contains(rf"\A(?:{DATE_PATTERN}|{COMPACT_DATE_PATTERN})\z")
    day = pl.when(read).then(text.str.replace_all("-", "", literal=True)).str.to_date("%Y%m%d", strict=False)
    ends = frame.select(first=day.min(), last=day.max()).row(0)
    return tuple(each for each in ends if each is not None)
