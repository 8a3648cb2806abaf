"""Tables of a code book as frames, for people and for batch work, and as Parquet files."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from claimrules.codebook.cells import columns_of
from claimrules.codebook.errors import BookError
from claimrules.codebook.schema import DECIMAL
from claimrules.codebook.tables import (
    FACT_ROWS,
    AddOnRow,
    AnyTable,
    FeeRow,
    FeeSchedule,
    MueRow,
    PairRow,
    Tables,
)
from claimrules.model.edition import Edition, Table

if TYPE_CHECKING:
    import pyarrow as pa

BACKENDS: Final = ("polars", "pandas", "pyarrow")
_CHUNK: Final = 100_000
_KEYS: Final = {Table.FEE_SCHEDULE: ("code", "modifier"), Table.NCCI_PAIRS: ("column_1", "column_2")}
_NAMED: Final[Mapping[Table, tuple[str, ...]]] = {
    Table.FEE_SCHEDULE: FeeRow._fields,
    Table.MUE: MueRow._fields,
    Table.NCCI_PAIRS: PairRow._fields,
    Table.ADD_ON: AddOnRow._fields,
}
_AMOUNTS: Final = DECIMAL | {"weight", "rate", "national_copayment", "minimum_copayment"}
_WHOLE: Final = frozenset({"pre", "intra", "post", "value", "anesthesia_units"})
_DATES: Final = frozenset(
    {"effective", "deletion", "added", "ended", "termination", "action_effective", "asc_date", "opps_date"}
)


def columns_of_table(table: Table) -> tuple[str, ...]:
    """Give the columns of a table's frame: edition, setting, key, then the fields of its rows."""
    fields = _NAMED.get(table) or tuple(name for name, _ in columns_of(FACT_ROWS[table]))
    return "edition", "edition_effective", "setting", *_KEYS.get(table, ("code",)), *fields


def arrow_of(tables: Tables, table: Table) -> "pa.Table":
    """Give every row of every edition of a table as one Arrow table; amounts are decimals.

    Raises:
        BookError: no edition of the table is loaded, or pyarrow is not installed.
    """
    pa = pyarrow_module()
    positions = [position for position, each in enumerate(tables.editions) if each.table is table]
    if not positions:
        msg = f"no {table.words} is loaded; build a book with: claimrules book build FILES... --output BOOK"
        raise BookError(msg)
    schema = pa.schema([(name, _type(pa, name)) for name in columns_of_table(table)])
    records = (_records(tables.editions[position], tables.table(position)) for position in positions)
    return table_of(pa, schema, chain.from_iterable(records))


def frame_of(tables: Tables, table: Table, backend: str) -> Any:  # noqa: ANN401 (a frame of the caller's kind)
    """Give every row of every edition of a table as a frame.

    Raises:
        ValueError: the backend is none of ``BACKENDS``.
        BookError: no edition is loaded, or the backend is not installed.
    """
    if backend not in BACKENDS:
        msg = f"backend: {backend!r} is none of {', '.join(BACKENDS)}"
        raise ValueError(msg)
    arrow = arrow_of(tables, table)
    if backend == "pyarrow":
        return arrow
    try:
        if backend == "pandas":
            return arrow.to_pandas()
        import polars  # noqa: ICN001, PLC0415 (an extra)
    except ImportError as error:
        raise _not_installed(backend) from error
    return polars.from_arrow(arrow)


def _records(edition: Edition, table: AnyTable) -> Iterator[tuple[Any, ...]]:
    head = (edition.name, edition.effective, edition.setting)
    if isinstance(table, FeeSchedule):
        for code, rows in sorted(table.rows.items()):
            yield from ((*head, code, row, *fee) for row, fee in sorted(rows.items()))
        return
    entries: Mapping[Any, Any] = table.rows
    for key, entry in sorted(entries.items()):
        keys = key if isinstance(key, tuple) else (key,)
        if isinstance(entry, MueRow):
            yield (*head, *keys, *entry)
        elif isinstance(entry, tuple):
            yield from ((*head, *keys, *edit) for edit in entry)
        else:
            values = (getattr(entry, name) for name, _ in columns_of(type(entry)))
            yield (
                *head,
                *keys,
                *(" ".join(value) if isinstance(value, tuple) else value for value in values),
            )


def table_of(pa: Any, schema: Any, records: Iterable[tuple[Any, ...]]) -> Any:  # noqa: ANN401 (pyarrow's own)
    """Make an Arrow table of records; only so many are held as Python values at once."""
    held = iter(records)
    chunks = iter(lambda: list(islice(held, _CHUNK)), [])
    return pa.Table.from_batches([_batch(pa, schema, chunk) for chunk in chunks], schema)


def _batch(pa: Any, schema: Any, records: list[tuple[Any, ...]]) -> Any:  # noqa: ANN401 (pyarrow's own)
    columns = list(zip(*records, strict=True)) if records else [() for _ in schema]
    arrays = [pa.array(list(column), field.type) for field, column in zip(schema, columns, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def _type(pa: Any, name: str) -> Any:  # noqa: ANN401 (pyarrow's own)
    if name in _WHOLE:
        return pa.int64()
    if name in _AMOUNTS:
        return pa.decimal128(18, 6)
    return pa.date32() if name in _DATES or name == "edition_effective" else pa.string()


def pyarrow_module() -> Any:  # noqa: ANN401 (a module)
    """Give pyarrow.

    Raises:
        BookError: it is not installed.
    """
    try:
        import pyarrow  # noqa: ICN001, PLC0415 (an extra)
    except ImportError as error:
        raise _not_installed(BACKENDS[-1]) from error
    return pyarrow


def _not_installed(package: str) -> BookError:
    text = f"frames need {package}, which is not installed: pip install 'claimrules[all]'"
    return BookError(text)
