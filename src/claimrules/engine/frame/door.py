"""The door: whatever frame comes in becomes a lazy frame of one vocabulary, and results go out as that kind.

The vocabulary is that of Narwhals. Polars speaks it too, and is spoken to directly: writing and
planning thousands of expressions through Narwhals took longer than judging a million lines.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from claimrules.engine.frame.arrow import arrow_column, arrow_table
from claimrules.engine.frame.company import Listed, paired
from claimrules.engine.frame.packing import (
    categorical,
    dense,
    first_rows,
    joined,
    looked_up,
    packed,
    placed,
    repeated,
    unplaced,
)
from claimrules.engine.frame.steps import keep, keep_few, kept, together, worked_out

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
else:
    Lazy = Any

Columns = Mapping[str, Sequence[Any]]
Kinds = Mapping[str, str]
"""The kind of each column of a small table: ``text``, ``number``, ``float`` or ``date``."""
_SUPPORTED: Final = (
    "a frame of Polars or pandas, a table of PyArrow, a relation of DuckDB, or a DataFrame of PySpark"
)
_NO_FRAMES: Final = ("Series", "Index", "RecordBatch", "RecordBatchReader", "Array", "ChunkedArray", "Column")
"""What these packages have beside frames."""
_ARROW: Final = ("pyarrow", "numpy")
"""What Narwhals imports for every frame but one of Polars, some of it only where lines are told apart."""
_EXTRAS: Final = {"pyarrow": "pandas", "_duckdb": "duckdb", "pyspark": "spark"}


class FrameError(TypeError):
    """A frame that cannot be checked: its kind, or a column that it lacks."""


@attrs.frozen(kw_only=True, eq=False)
class Backend:
    """What differs between engines: making small tables, keeping a step, numbering, giving back.

    ``nw`` is what expressions are written with: Narwhals, or Polars where the frame is of Polars.
    ``encode(frame, columns)`` may make columns of text cheaper to compare; ``identify(frame, name,
    columns)`` adds a column that is equal where all of ``columns`` are, and never null. ``adopt`` takes
    an Arrow table in, where the engine plans slower than Polars works. ``few``: Polars works in memory.
    """

    name: str
    nw: Any
    frame: "Lazy"
    table: Callable[[Columns, Kinds], Any]
    keep: Callable[[Any], Any]
    back: Callable[[Any], Any]
    encode: Callable[[Any, Sequence[str]], Any] = lambda frame, _: frame
    identify: Callable[[Any, str, Sequence[str]], Any] = joined
    adopt: Callable[[Any], Any] | None = None
    few: bool = False

    def local(self, frame: "Lazy") -> dict[str, list[Any]]:
        """A small frame as lists."""
        arrow: Any = "pyarrow" if self.name in ("duckdb", "spark") else None
        found = worked_out(frame, few=self.few) if self.name == "polars" else frame.collect(arrow)
        return {name: found[name].to_list() for name in found.columns}

    def locals(self, frames: Sequence["Lazy"]) -> list[dict[str, list[Any]]]:
        """Several small frames as lists, found side by side where the engine can."""
        if self.name != "polars":
            return [self.local(frame) for frame in frames]
        return [found.to_dict(as_series=False) for found in together(frames, few=self.few)]

    def keeps(self, frames: Sequence["Lazy"]) -> list["Lazy"]:
        """Several steps kept, worked out side by side where the engine can."""
        if self.name != "polars":
            return [self.keep(frame) for frame in frames]
        return [kept(found) for found in together(frames, few=self.few)]

    def of_few(self) -> "Backend":
        """Polars, where steps are many, and of few rows."""
        return attrs.evolve(self, few=True, keep=keep_few)

    def number(self, frame: "Lazy", name: str, order: Sequence[str]) -> "Lazy":
        """Number the lines in their order; engines without one order them by ``order``."""
        number: Any = self.nw.col(name).cast(self.nw.Int64)
        if self.name == "polars":
            mine: Any = frame
            return mine.with_row_index(name).with_columns(number)
        if self.name == "pyarrow":
            return frame.collect().with_row_index(name).lazy().with_columns(number)
        return frame.with_row_index(name, order_by=list(order)).with_columns(number)

    def distinct(self, frame: "Lazy", name: str, columns: Sequence[str]) -> "Lazy":
        """One row for each value of a column that ``identify`` made of ``columns``."""
        if self.name == "polars":
            return first_rows(frame, name, columns)
        return frame.select(*dict.fromkeys((name, *columns))).unique()

    def several(self, frame: "Lazy", name: str) -> "Lazy":
        """The rows whose value of a column that ``identify`` made stands in another row too."""
        if self.name == "polars":
            return repeated(frame, name)
        many = frame.group_by(name).agg(n=self.nw.len()).filter(self.nw.col("n") > 1).select(name)
        return frame.join(many, on=name, how="semi")

    def at(self, lines: "Lazy", few: "Lazy", number: str, how: Literal["inner", "left"] = "inner") -> "Lazy":
        """Rows with the columns of the lines of their numbers; ``left`` where these may be null."""
        found = placed(lines, few, number) if self.name == "polars" else None
        return few.join(lines, on=number, how=how) if found is None else found

    def without(self, lines: "Lazy", few: "Lazy", number: str) -> "Lazy":
        """The lines whose number none of ``few`` rows has."""
        found = unplaced(lines, few, number) if self.name == "polars" else None
        return lines.join(few.select(number), on=number, how="anti") if found is None else found

    def look_up(self, frame: "Lazy", table: "Lazy", on: Sequence[str], *values: str) -> "Lazy":
        """Add ``values`` from a table that has every key ``on`` once."""
        if self.name == "polars" and len(on) == 1:
            return looked_up(frame, table, on[0], *values)
        return frame.join(table.select(*on, *values), on=list(on), how="left")

    def dense(self, lines: "Lazy", table: "Lazy", key: str) -> tuple["Lazy", "Lazy"]:
        """Lines, and a table of all their keys, with keys by which others are looked up fast."""
        return dense(lines, table, key) if self.name == "polars" else (lines, table)

    def paired(self, rows: "Lazy", by: str, number: str, listed: Listed) -> tuple["Lazy", "Lazy"] | None:
        """The listed pairs of numbers in one group, and their rows; ``None`` where joins must find them."""
        return paired(rows, by, number, listed) if self.name == "polars" else None

    def near(self, frame: "Lazy") -> tuple["Backend", "Lazy"]:
        """A small frame in this process, and what works with it: big plans are slow where SQL is planned."""
        alone = find_spec("polars") is None
        if self.name == "polars" or (alone and self.name == "pyarrow"):
            return self, frame
        arrow = frame.collect("pyarrow").to_native()
        if alone:
            found = _arrow(arrow)
        else:
            import polars as pl  # noqa: PLC0415

            found = _polars(pl.from_arrow(arrow))
        return found, found.frame

    def beside(self) -> "Backend | None":
        """Polars instead of this engine, giving back what this one gives; ``None`` where that is no gain."""
        if self.adopt is None or find_spec("polars") is None:
            return None
        import polars as pl  # noqa: PLC0415

        adopt, back = self.adopt, self.back
        return attrs.evolve(
            _polars(pl.DataFrame()), back=lambda frame: back(adopt(frame.collect().to_arrow()))
        )


def plus(frame: "Lazy", columns: Mapping[str, Any]) -> "Lazy":
    """Add columns, if any: Narwhals refuses to add none."""
    return frame.with_columns(**columns) if columns else frame


def open_frame(native: Any) -> Backend:
    """Say what a frame is and how to work with it.

    Raises:
        FrameError: it is of no kind that is supported.
    """
    module = type(native).__module__.partition(".")[0]
    opener = _OPENERS.get(module)
    if opener is None or type(native).__name__ in _NO_FRAMES:
        kind = f"{type(native).__module__}.{type(native).__qualname__}"
        msg = f"a {kind} is not a frame of lines; give {_SUPPORTED}"
        raise FrameError(msg)
    if absent := [name for name in _ARROW if module != "polars" and find_spec(name) is None]:
        remedy = f"pip install 'claimrules[{_EXTRAS.get(module, module)}]'"
        msg = f"this frame needs what is not installed, {' and '.join(absent)}: {remedy}"
        raise FrameError(msg)
    return opener(native)


def _polars(native: Any) -> Backend:
    import polars as pl  # noqa: PLC0415

    eager = isinstance(native, pl.DataFrame)
    types = {"text": pl.String, "number": pl.Int64, "float": pl.Float64, "date": pl.Date}

    def table(columns: Columns, kinds: Kinds) -> Any:
        return pl.LazyFrame(columns, {name: types[kind] for name, kind in kinds.items()})

    return Backend(
        name="polars",
        nw=pl,
        frame=native.lazy(),
        table=table,
        keep=keep,
        back=lambda frame: frame.collect() if eager else frame,
        encode=categorical,
        identify=packed,
    )


def _arrow(native: Any, give: Callable[[Any], Any] | None = None) -> Backend:
    import narwhals.stable.v2 as nw  # noqa: PLC0415

    def take(table: Any) -> Any:
        return nw.from_native(table, eager_only=True).lazy()

    def back(frame: Any) -> Any:
        found = nw.to_native(frame.collect())
        return give(found) if give else found

    return Backend(
        name="pyarrow",
        nw=nw,
        frame=take(native),
        table=lambda columns, kinds: take(arrow_table(columns, kinds)),
        keep=lambda frame: frame.collect().lazy(),
        back=back,
        adopt=take,
    )


def _pandas(native: Any) -> Backend:
    """Classic pandas columns become Arrow columns at the door: object columns gave wrong outcomes."""
    import pyarrow as pa  # noqa: PLC0415

    if any(name is not None for name in native.index.names):
        named = [name for name in native.index.names if name is not None and name not in native.columns]
        native = native.reset_index(named) if named else native
    twice = sorted({str(name) for name in native.columns[native.columns.duplicated()]})
    if twice:
        msg = f"the frame has the column {twice[0]} more than once; name them differently"
        raise FrameError(msg)
    lines = pa.table({str(name): arrow_column(native[name]) for name in native.columns})
    return _arrow(lines, lambda found: found.to_pandas())


def _duckdb(native: Any) -> Backend:
    import narwhals.stable.v2 as nw  # noqa: PLC0415

    def make(table: Any) -> Any:
        # It must live in the connection of the lines; DuckDB finds it by the name of this variable.
        small_table = table
        made = native.query("claimrules_lines", "select * from small_table")
        del small_table
        return nw.from_native(made)

    def keep(frame: Any) -> Any:
        return make(frame.collect("pyarrow").to_native())

    return Backend(
        name="duckdb",
        nw=nw,
        frame=nw.from_native(native),
        table=lambda columns, kinds: make(arrow_table(columns, kinds)),
        keep=keep,
        back=nw.to_native,
        adopt=make,
    )


def _spark(native: Any) -> Backend:
    import narwhals.stable.v2 as nw  # noqa: PLC0415

    session = native.sparkSession

    def table(columns: Columns, kinds: Kinds) -> Any:
        types = {"text": "string", "number": "bigint", "float": "double", "date": "date"}
        schema = ", ".join(f"{name} {types[kind]}" for name, kind in kinds.items())
        rows = list(zip(*(columns[name] for name in kinds), strict=True))
        return nw.from_native(session.createDataFrame(rows, schema))

    def keep(frame: Any) -> Any:
        # A cache would keep the plan of everything before it, and plans of plans fill the driver.
        return nw.from_native(nw.to_native(frame).localCheckpoint())

    frame = nw.from_native(native)
    return Backend(name="spark", nw=nw, frame=frame, table=table, keep=keep, back=nw.to_native)


_OPENERS: Final[Mapping[str, Callable[[Any], Backend]]] = {
    "polars": _polars,
    "pandas": _pandas,
    "pyarrow": _arrow,
    "duckdb": _duckdb,
    "_duckdb": _duckdb,
    "pyspark": _spark,
}
