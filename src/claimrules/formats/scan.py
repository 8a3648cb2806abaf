"""A delimited file as a Polars frame, where every line of the file plainly is one record.

Polars is many times faster than the line reader and less forgiving. A file that is not plain (a quote
that spans lines, bytes that are not UTF-8, ragged or empty lines) is left to ``tabular``, which accounts
for every record.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from claimrules.formats import dates
from claimrules.formats.delimited import Delimited
from claimrules.formats.errors import polars_faults
from claimrules.formats.iso_dates import iso_dates
from claimrules.formats.lines import UNITED
from claimrules.formats.parquet_rows import ParquetRows
from claimrules.formats.preset import BY_BILL
from claimrules.formats.reader import LineReader
from claimrules.formats.records import LONGEST_LINE
from claimrules.formats.tabular import TableReader
from claimrules.model.claim import Setting
from claimrules.model.form import COMPACT_DATE_PATTERN, DATE_PATTERN

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

_BLOCK: Final = 1 << 18
_WINDOW: Final = LONGEST_LINE // 2
"""A line that is too long covers one of these whole."""
_NOT_PLAIN: Final = (b"\x00", b"\x1a", b"\x1f")
_EMPTY: Final = (b"\n\n", b"\n\r")
"""How an empty line below another is written."""
_within = re.compile(rb"\r(?!\n)")
"""A carriage return that ends no line."""
_DAY: Final = 10
"""Characters of an ISO date."""


def have_polars() -> bool:
    """Whether the frame library is installed."""
    return find_spec("polars") is not None


def read_plain(table: LineReader, prefix: str) -> "pl.DataFrame | None":
    """Read a plain table as text columns named like the fields of a line; ``None`` if it is not plain.

    ``line_id`` is the record's number where no cell holds it, as in ``tabular``.
    """
    if not is_frame(table) or not isinstance(table, TableReader):
        return None
    frame = _parquet(table) if isinstance(table.rows, ParquetRows) else _delimited(table)
    return None if frame is None else select_fields(table, frame, prefix)


def is_frame(table: LineReader) -> bool:
    """Whether a table holds one line a row, each field in a column, so that frames can take it."""
    return isinstance(table, TableReader) and not (
        "modifiers" in table.columns.places or table.columns.groups
    )


def select_fields(
    table: TableReader, frame: "pl.DataFrame", prefix: str, first: int = 1
) -> "pl.DataFrame | None":
    """Name the columns of a table like fields; ``first`` is the number of its first record.

    A record that repeats the header or whose setting is none is left out, and its number kept in
    ``table.refused``. ``None``: only the line reader can tell the settings.
    """
    setting = _setting(table)
    if setting is None:
        return None
    import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

    columns = table.columns
    named: dict[str, Any] = {field: pl.col(str(place)) for field, place in columns.places.items()}
    named |= {field: _joined(field, places) for field, places in columns.joined.items()}
    for field, name in table.dates.items():
        if field in named and not _without_time(frame, columns.places.get(field), name):
            named[field] = iso_dates(named[field], name)
    number = pl.lit(prefix) + pl.int_range(first, first + pl.len()).cast(pl.String)
    given = named.setdefault("line_id", number)
    if given is not number:
        blank = given.fill_null("").str.strip_chars() == ""
        if not _begin_visibly(frame, given) and frame.select(blank.any()).item():
            named["line_id"] = pl.when(blank).then(number).otherwise(given)
    found = frame.select(**named, **setting)
    bad = frame.select(_settingless(table, setting)).to_series()
    if (again := _repeating(table, frame)) is not None:
        bad |= again
    if not bad.any():
        return found
    table.refused += [first + at for at in bad.arg_true()]
    return found.filter(~bad)


def _begin_visibly(frame: "pl.DataFrame", text: "pl.Expr") -> bool:
    """Whether each text of a column begins with a visible ASCII character, so that plainly none is blank."""
    ends = frame.select(first=text.min(), last=text.max(), nulls=text.null_count())
    first, last, nulls = ends.row(0)
    return not nulls and isinstance(first, str) and first >= "!" and last <= "~"


def _without_time(frame: "pl.DataFrame", place: int | None, name: str) -> bool:
    """Whether no cell of a column of ISO dates has room for a time behind its date."""
    if place is None or name != dates.DEFAULT:
        return False
    longest: Any = frame[str(place)].str.len_bytes().max()
    return longest is None or longest <= _DAY


def _repeating(table: TableReader, frame: "pl.DataFrame") -> "pl.Series | None":
    """Which records repeat the header, if any does; the code is asked first, for hardly one ever does."""
    import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

    header = table.columns.header
    for place, name in list(header.items())[:1]:
        if frame[str(place)].str.contains(name, literal=True).any():
            same = (pl.col(str(each)).str.strip_chars() == text for each, text in header.items())
            return frame.select(pl.all_horizontal(same).fill_null(value=False)).to_series()
    return None


def _settingless(table: TableReader, setting: "dict[str, pl.Expr]") -> "pl.Expr":
    """Whether the setting of a record is none."""
    import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

    place = table.columns.places.get("setting")
    if place is None:
        return setting.get("setting", pl.lit("")).is_null()
    text = pl.col(str(place)).fill_null("").str.strip_chars(" ").str.to_lowercase()
    return ~text.is_in(["", *(each.value for each in Setting)])


def _parquet(table: TableReader) -> "pl.DataFrame | None":
    if not isinstance(table.rows, ParquetRows):
        return None
    try:
        frame = table.rows.frame().collect()
    except polars_faults():
        return None
    return frame.rename({name: str(place) for place, name in enumerate(frame.columns)})


def _delimited(table: TableReader) -> "pl.DataFrame | None":
    import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

    if not isinstance(table.rows, Delimited) or table.path is None:
        return None
    delimiter, width = table.rows.delimiter, table.columns.width
    with ThreadPoolExecutor(max_workers=1) as beside:
        counted = beside.submit(plain_records, table.path, delimiter, width)
        try:
            frame = pl.read_csv(
                table.path,
                separator=delimiter,
                infer_schema=False,
                has_header=False,
                skip_rows=1,
                new_columns=[str(place) for place in range(width)],
            )
        except polars_faults():
            return None
        plain = frame.height == counted.result() and frame.width == width
    return frame if plain else None


def _joined(field: str, places: tuple[int, ...]) -> "pl.Expr":
    """Write the cells of several columns as one, blank ones left out."""
    import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

    cells = [pl.col(str(place)).str.strip_chars() for place in places]
    held = [pl.when(cell != "").then(cell) for cell in cells]
    return pl.concat_str(held, separator="" if field in UNITED else " ", ignore_nulls=True)


def _setting(table: TableReader) -> "dict[str, pl.Expr] | None":
    """Give the setting of each line where the layout tells it; ``None`` where frames cannot tell it."""
    import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

    default, by = table.setting or Setting.PROFESSIONAL, table.columns.by
    if "setting" in table.columns.places:
        return {} if default is Setting.PROFESSIONAL else None
    if by is None or table.setting_given:
        return {} if default is Setting.PROFESSIONAL else {"setting": pl.lit(default.value)}
    if BY_BILL in by.values.values():
        return None
    values = {**by.values, "": default.value}
    made = pl.col(str(by.place)).fill_null("").str.strip_chars().replace_strict(values, default=None)
    return {"setting": made}


def plain_records(path: Path, delimiter: str, width: int) -> int | None:
    """The records below the header, if each line plainly is one of ``width`` cells; ``None`` if not."""
    lines = 0
    with path.open("rb") as stream:
        while block := whole_lines(stream, _BLOCK):
            found = plain_lines(block, delimiter, width)
            if found is None:
                return None
            lines += found
    return max(0, lines - 1)


def whole_lines(stream: BinaryIO, size: int) -> bytes:
    """The next bytes up to the end of a line; ``plain_lines`` refuses lines that are longer than is read."""
    return stream.read(size) + stream.readline(LONGEST_LINE)


def plain_lines(block: bytes, delimiter: str, width: int) -> int | None:
    """Count lines of a block of whole ones, if each plainly is a record of ``width`` cells; else ``None``.

    A delimiter within quotes makes a file not plain: only the line reader can tell it from a ragged line.
    Where nothing is quoted Polars refuses a line that is too wide, so that none is too narrow if their sum
    is right: then empty lines need not be looked for.
    """
    if any(bad in block for bad in _NOT_PLAIN) or _holds_long(block):
        return None
    if b"\r" in block and _within.search(block):
        return None
    if (width == 1 or b'"' in block) and (block[0] in b"\r\n" or any(bad in block for bad in _EMPTY)):
        return None
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    return lines if block.count(delimiter.encode()) == lines * (width - 1) else None


def _holds_long(block: bytes) -> bool:
    """Whether a line in a block is, or may be, longer than the line reader takes."""
    starts = range(0, len(block) - _WINDOW + 1, _WINDOW)
    return any(block.find(b"\n", start, start + _WINDOW) < 0 for start in starts)


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
    ends = frame.select(pl.col("from_date").unique()).select(first=day.min(), last=day.max()).row(0)
    return tuple(each for each in ends if each is not None)


def without_twins(past: "pl.DataFrame", judged: "pl.DataFrame") -> "pl.DataFrame":
    """Leave out what stands among the judged lines too, with its claim: it must not prove itself."""
    if "claim_id" not in past.columns or set(past.columns) != set(judged.columns):
        return past
    import polars as pl  # noqa: PLC0415

    named = judged.filter(pl.col("claim_id").fill_null("").str.strip_chars(" ") != "")
    return past.join(named.unique(), on=past.columns, how="anti", nulls_equal=True)


def strangers(past: "pl.DataFrame") -> int:
    """Count the lines that name no patient."""
    import polars as pl  # noqa: PLC0415

    if "patient" not in past.columns:
        return past.height
    return past.filter(pl.col("patient").fill_null("").str.strip_chars(" ") == "").height
