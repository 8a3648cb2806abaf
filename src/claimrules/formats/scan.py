"""A delimited file as a Polars frame, where every line of the file plainly is one record.

Polars is many times faster than the line reader and less forgiving. A file that is not plain (a quote
that spans lines, bytes that are not UTF-8, ragged or empty lines) is left to ``tabular``, which accounts
for every record.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from claimrules.formats.columns import Columns

if TYPE_CHECKING:
    import polars as pl

_BLOCK: Final = 1 << 22


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
    records = _plain_records(path)
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


def _plain_records(path: Path) -> int | None:
    """The records below the header, if each line plainly is one; ``None`` if not, or it cannot be told."""
    lines, tail = 0, b"\n"
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if (
                b"\x00" in block
                or b"\x1a" in block
                or b"\x1f" in block
                or b"\n\n" in block
                or b"\n\r" in block
            ):
                return None
            if block.count(b"\r") not in (0, block.count(b"\r\n") + block.endswith(b"\r")):
                return None
            lines += block.count(b"\n")
            tail = block[-1:]
    return lines - 1 if tail == b"\n" else lines


def join_frames(frames: "list[pl.DataFrame]") -> "pl.DataFrame":
    """Put the lines of several files below each other; a column that one lacks is blank there."""
    import polars as pl  # noqa: PLC0415

    return pl.concat(frames, how="diagonal") if len(frames) > 1 else frames[0]
