"""Arrow tables: small ones that are made here, and the columns of pandas."""

from collections.abc import Mapping, Sequence
from typing import Any


def arrow_table(columns: Mapping[str, Sequence[Any]], kinds: Mapping[str, str]) -> Any:
    """Make a small Arrow table."""
    import pyarrow as pa  # noqa: PLC0415

    types = {"text": pa.string(), "number": pa.int64(), "float": pa.float64(), "date": pa.date32()}
    return pa.table({name: pa.array(list(columns[name]), types[kind]) for name, kind in kinds.items()})


def arrow_column(series: Any) -> Any:
    """A column of pandas: what is no text in a column of objects is written as one."""
    import pyarrow as pa  # noqa: PLC0415

    if series.dtype == object or str(series.dtype) in ("str", "string", "category"):
        missing = series.isna()
        texts = [None if absent else str(value) for value, absent in zip(series, missing, strict=True)]
        return pa.array(texts, pa.string())
    return pa.Array.from_pandas(series)
