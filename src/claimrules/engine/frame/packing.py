"""Telling rows apart by one column: packed integers in Polars, one text in the other engines.

Grouping and joining millions of rows by a dozen columns of text is what a check of a frame would
spend most of its time on.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, cast

from claimrules.engine.frame.runs import runs_of
from claimrules.engine.frame.steps import kept, known_rows, together, worked_out

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw
    import polars as pl

    Lazy = nw.LazyFrame[Any]

_ROOM: Final = 2**62
"""What a packed number must stay below."""
_PLACES: Final = 2**21
"""How long a list of what numbers stand for may be."""
COMPANY: Final = "k_company"
"""Whether the value of a row stands in another row too, where that was found before."""
_FEW: Final = 100_000
"""Below how many rows a step is worked out in memory."""
_AT: Final = "k_at"
_SPARSE: Final = 4
"""How many times longer than what numbers stand for it may be."""


def as_text(nw: Any, columns: Sequence[str]) -> "nw.Expr":
    """Several columns as one text without nulls: a null is a text that nothing else is."""
    parts = [nw.col(name).cast(nw.String).fill_null("\x1f") for name in columns]
    return nw.concat_str(parts, separator="\x1e")


def joined(frame: "Lazy", name: str, columns: Sequence[str]) -> "Lazy":
    """Add ``name``: all of ``columns`` as one text."""
    import narwhals.stable.v2 as nw  # noqa: PLC0415

    return frame.with_columns(**{name: as_text(nw, columns) if columns else nw.lit("")})


def categorical(frame: "Lazy", columns: Sequence[str]) -> "Lazy":
    """Polars: keep texts that repeat as numbers beside their dictionary."""
    import polars as pl  # noqa: PLC0415

    # A dictionary for each column: one that all share would grow with every run of the process.
    kinds = {name: pl.Categorical(pl.Categories.random()) for name in columns}
    encoded: Any = frame
    return encoded.with_columns(pl.col(name).cast(kinds[name]) for name in kinds)


def packed(frame: "Lazy", name: str, columns: Sequence[str]) -> "Lazy":
    """Polars: add ``name``, all of ``columns`` as one integer; exact, no hash."""
    import polars as pl  # noqa: PLC0415

    native = worked_out(frame)
    names = list(dict.fromkeys(columns))
    found = native.lazy().with_columns(pl.lit(0, pl.Int64).alias(name))
    if not names or native.is_empty():
        return found
    few, schema, numbered = native.height < _FEW, native.schema, native
    digits = {column: _number(schema[column], column) for column in names}
    if texts := [column for column in names if schema[column] == pl.String]:
        # The numbers of texts are asked for twice, and found once.
        read = native.lazy().select(digits[column].alias(f"3{column}") for column in texts)
        numbered = native.hstack(worked_out(read, few=few))
        digits |= {column: pl.col(f"3{column}") for column in texts}
    ends = numbered.lazy().select(
        *(each.min().alias(f"0{column}") for column, each in digits.items()),
        *(each.max().alias(f"1{column}") for column, each in digits.items()),
        *(pl.col(column).null_count().alias(f"2{column}") for column in digits),
    )
    known = worked_out(ends, few=few).row(0, named=True)
    # Each group of columns fits 62 bits; what they make together is ranked where there are several.
    groups: list[pl.Expr] = []
    room = _ROOM
    for column, each in digits.items():
        first, last, nulls = (known[f"{part}{column}"] for part in "012")
        size = 1 if last is None else last - first + 1 + bool(nulls)
        if size == 1:
            continue
        start = first - bool(nulls)
        digit = (each - start).fill_null(0) if nulls else each - start
        if not groups or room * size >= _ROOM:
            groups.append(digit)
            room = size
        else:
            groups[-1] = groups[-1] * size + digit
            room *= size
    if not groups:
        return found
    if len(groups) == 1:
        return numbered.lazy().select(*native.columns, groups[0].alias(name))
    ranked = numbered.select(
        pl.struct(*(group.alias(str(place)) for place, group in enumerate(groups))).alias(name)
    )
    dense = ranked.select(pl.col(name).unique()).with_row_index("number")
    numbers = ranked.join(dense, on=name, how="left", maintain_order="left")["number"].cast(pl.Int64)
    return native.with_columns(numbers.alias(name)).lazy()


def first_rows(frame: "Lazy", name: str, columns: Sequence[str], count: str = "") -> "Lazy":
    """Polars: a row for each value of ``name``; found by number, so that only these rows are copied.

    ``count`` names a column that counts the rows of each value, if it is wanted.
    """
    import polars as pl  # noqa: PLC0415

    rows = worked_out(frame)[list(dict.fromkeys((name, *columns)))]
    if not count:
        return kept(rows[rows[name].arg_unique()])
    numbered = rows.lazy().select(name).with_row_index("first_row")
    counts = pl.len().cast(pl.Int64).alias(count)
    first = worked_out(numbered.group_by(name).agg(pl.col("first_row").min(), counts).sort("first_row"))
    return kept(rows[first["first_row"]].with_columns(first[[count]]))


def repeated(frame: "Lazy", name: str) -> "Lazy":
    """Polars: the rows whose value of ``name``, which ``packed`` made, stands in another row too."""
    native = worked_out(frame)
    if COMPANY in native.columns:
        told: Lazy = native.lazy().filter(COMPANY).drop(COMPANY)
        return told
    together = in_company(native, name)
    if together is not None:
        found: Lazy = native.lazy().filter(together)
        return found
    return native.lazy().join(_several(native[name]), on=name, how="semi", maintain_order="left")


def in_company(rows: "pl.DataFrame", name: str) -> "pl.Series | None":
    """Whether a row's value of ``name`` stands in another row; ``None`` where joins tell it sooner.

    Rows of one value often follow each other, as the lines of a claim do: each run is looked up once.
    """
    import polars as pl  # noqa: PLC0415

    runs = runs_of(rows, name)
    if runs is None:
        return None
    long = pl.col("place").shift(-1, fill_value=rows.height) - pl.col("place") > 1
    lonely: Any = runs.lazy().filter(~long).join(_several(runs[name]), on=name, how="anti").select("place")
    single = worked_out(lonely)["place"]
    return pl.repeat(value=True, n=rows.height, eager=True).scatter(single, values=False)


def _several(values: "pl.Series") -> "pl.LazyFrame":
    """The values that stand more than once, told by their neighbours in order: groups would hash all."""
    import polars as pl  # noqa: PLC0415

    value = pl.col(values.name)
    return values.sort().to_frame().lazy().filter(value == value.shift(1)).unique()


def placed(lines: "Lazy", few: "Lazy", number: str) -> "Lazy | None":
    """Polars: ``few`` rows with the columns of their lines; ``None`` where numbers of lines are no places.

    Lines that are numbered in their order are taken by place: a join would hash all of them.
    """
    import polars as pl  # noqa: PLC0415

    native = worked_out(lines)
    numbers = native[number]
    if not len(numbers) or numbers[0] != 0 or numbers[-1] != len(numbers) - 1 or not numbers.is_sorted():
        return None
    wanted: Any = few
    held = set(few.collect_schema().names())
    columns = {
        name: pl.lit(native[name]).gather(pl.col(number)) for name in native.columns if name not in held
    }
    found: Lazy = wanted.with_columns(**columns)
    return found


def unplaced(lines: "Lazy", few: "Lazy", number: str) -> "Lazy":
    """Polars: the lines whose small ``number`` no row has: a join would hash all of these."""
    import polars as pl  # noqa: PLC0415

    native: Any = lines
    numbers = worked_out(few.select(number))[number]
    if numbers.is_empty():
        return lines
    last = numbers.max()
    # The place behind the last one stands for all numbers beyond.
    held = pl.zeros(last + 2, dtype=pl.Boolean, eager=True).scatter(numbers, values=True)
    found: Lazy = native.filter(~pl.lit(held).gather(pl.col(number).clip(upper_bound=last + 1)))
    return found


def dense(lines: "Lazy", table: "Lazy", key: str) -> "tuple[Lazy, Lazy]":
    """Polars: ``key``, which ``packed`` made, as places in a list of what it stands for.

    ``table`` has each value once. What is looked up by the key from then on needs no hash.
    """
    import polars as pl  # noqa: PLC0415

    every, known = worked_out(lines), worked_out(table)
    if known.height > _PLACES:
        return kept(every), kept(known)
    places = known.lazy().select(key, place=pl.int_range(pl.len(), dtype=pl.Int64))
    if (known[key].max() or 0) < _PLACES:
        found = looked_up(every.lazy().select(key), places, key, "place")
    else:
        found = every.lazy().select(key).join(places, on=key, how="left", maintain_order="left")
    numbered = every.with_columns(worked_out(found)["place"].alias(key))
    return kept(numbered), kept(known.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(key)))


def summed(parts: Sequence["Lazy"], number: str, names: Sequence[str]) -> "Lazy":
    """Polars: whole numbers of rows with one small ``number`` added up; each stands once in a part.

    The numbers are places in a list: to group the rows would hash all of them.
    """
    import polars as pl  # noqa: PLC0415

    found = together(parts)
    size = max((part[number].max() + 1 for part in found if len(part)), default=0)

    def total(name: str) -> "pl.Series":
        sums = pl.zeros(size, pl.Int64, eager=True)
        parts = [part[[number, name]] for part in found if name in part.columns]
        # Rules that are alike say something of the same lines.
        while parts:
            rows, values = parts.pop()
            while parts and rows.equals(parts[-1][number]):
                values = values + parts.pop()[name]
            sums = sums.scatter(rows, sums.gather(rows) + values)
        return sums

    with ThreadPoolExecutor(max_workers=2) as beside:
        sums = dict(zip(names, beside.map(total, names), strict=True))
    told: Any = pl.DataFrame({number: pl.int_range(size, dtype=pl.Int64, eager=True), **sums}).lazy()
    rows_told: Lazy = told.filter(pl.any_horizontal(pl.col(name) != 0 for name in names))
    return rows_told


def least(frame: "Lazy", by: str, order: Sequence[str], limit: int) -> "Lazy":
    """Polars: the first rows of each value of ``by`` in the order of some columns, in one pass."""
    import polars as pl  # noqa: PLC0415

    native: Any = frame
    rows = native.group_by(by).agg(pl.col(*order).bottom_k_by(list(order), limit))
    found: Lazy = rows.explode(*order)
    return found


def looked_up(frame: "Lazy", table: "Lazy", key: str, *values: str) -> "Lazy":
    """Polars: add ``values`` from a small table, found by ``key``, which ``packed`` or ``categorical`` made.

    Small numbers are places in a list: a join would hash every line. What the table lacks has none.
    """
    import polars as pl  # noqa: PLC0415

    rows: Any = known_rows(table)
    native: Any
    if rows is not None and rows.schema[key] == pl.Int64:
        number, known = pl.col(key), rows[[key, *values]]
    else:
        rows = table
        number = _number(rows.collect_schema()[key], key)
        known = worked_out(rows.select(number, *values))
    last = known[key].max()
    if last is None or last >= max(_PLACES, known.height * _SPARSE):
        return frame.join(table.select(key, *values), on=key, how="left")
    found, native = known, frame
    if last != known.height - 1 or not known[key].is_sorted():
        rows_at = pl.repeat(None, last + 1, dtype=pl.UInt32, eager=True)
        rows_at = rows_at.scatter(known[key], pl.int_range(known.height, dtype=pl.UInt32, eager=True))
        if last >= known.height * 2:
            # A list with a place for each number would be far longer than the table.
            at = pl.lit(rows_at).gather(number, null_on_oob=True).alias(_AT)
            told = (pl.lit(known[value]).gather(_AT).alias(value) for value in values)
            return cast("Lazy", native.with_columns(at).with_columns(told).drop(_AT))
        found = known.select(pl.col(value).gather(rows_at) for value in values)
    added: Lazy = native.with_columns(
        pl.lit(found[value]).gather(number, null_on_oob=True).alias(value) for value in values
    )
    return added


def _number(kind: "pl.DataType", column: str) -> "pl.Expr":
    """The values of a column as integers, null where it is."""
    import polars as pl  # noqa: PLC0415

    value = pl.col(column)
    if kind == pl.String:
        value = value.cast(pl.Categorical(pl.Categories.random())).to_physical()
    elif isinstance(kind, pl.Categorical):
        value = value.to_physical()
    elif kind.is_float():
        value = value.rank("dense")
    return value.cast(pl.Int64)
