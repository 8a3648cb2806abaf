"""Writes an Arrow table as Parquet or CSV."""

from pathlib import Path
from typing import Any, Final

SUFFIXES: Final = (".parquet", ".csv")


def write_table(table: Any, path: Path, suffix: str) -> None:  # noqa: ANN401 (pyarrow is an extra)
    """Write a pyarrow table to ``path`` in the form that ``suffix`` names.

    Raises:
        OSError: it cannot be written.
        ValueError: the suffix is none of ``SUFFIXES``.
    """
    if suffix == ".parquet":
        from pyarrow import parquet  # noqa: PLC0415 (an extra)

        parquet.write_table(table, path, compression="zstd")
    elif suffix == ".csv":
        from pyarrow import csv  # noqa: PLC0415 (an extra)

        csv.write_csv(table, path)
    else:
        message = f"suffix: {suffix!r} is none of {', '.join(SUFFIXES)}"
        raise ValueError(message)
