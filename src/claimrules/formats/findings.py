"""All findings of a run as a file: Parquet, CSV or JSON Lines, one row a finding, written as they come."""

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from claimrules.formats.scan import have_polars

if TYPE_CHECKING:
    from claimrules.model.finding import Finding

SUFFIXES: Final = (".parquet", ".csv", ".jsonl")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_ROWS: Final = 100_000


class Row(NamedTuple):
    """One finding: where, what, its reason code, the edition that says so, and what proves it."""

    claim_id: str | None
    line_id: str | None
    rule: str
    severity: str
    carc: str
    edition: str
    other_claim_id: str
    other_line_id: str
    other_count: int


COLUMNS: Final = Row._fields
Put = Callable[[Iterable[Row]], None]
"""Takes some rows; may be called often."""


def row_of(finding: "Finding") -> Row:
    """Give the row of a finding of the line engine."""
    return Row(
        claim_id=finding.claim_id,
        line_id=finding.line_id,
        rule=finding.rule,
        severity=finding.severity.value,
        carc=finding.carc,
        edition=next(iter(finding.editions), ""),
        other_claim_id=next(iter(finding.other_claim_ids), "") or "",
        other_line_id=next(iter(finding.other_line_ids), ""),
        other_count=finding.other_count,
    )


def safe(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what looks like one."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


@contextmanager
def findings_file(path: Path, suffix: str) -> Iterator[Put]:
    """Write a file whose form ``suffix`` names; what is put comes after what was put before.

    Raises:
        OSError: it cannot be written.
        ValueError: the suffix is none of ``SUFFIXES``.
    """
    makers = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}
    if suffix not in makers:
        message = f"suffix: {suffix!r} is none of {', '.join(SUFFIXES)}"
        raise ValueError(message)
    with makers[suffix](path) as put:
        yield put


def needs(suffix: str) -> str:
    """Say what would have to be installed for a suffix; nothing if all is there."""
    return "" if suffix != ".parquet" or have_polars() else "pip install 'claimrules[batch]'"


@contextmanager
def _csv(path: Path) -> Iterator[Put]:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        yield lambda rows: writer.writerows([safe(cell) for cell in row] for row in rows)


@contextmanager
def _jsonl(path: Path) -> Iterator[Put]:
    with path.open("w", encoding="utf-8", newline="\n") as stream:

        def put(rows: Iterable[Row]) -> None:
            for row in rows:
                stream.write(json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) + "\n")

        yield put


@contextmanager
def _parquet(path: Path) -> Iterator[Put]:
    """Write parts beside the file, which are joined without being held in memory."""
    import polars as pl  # noqa: PLC0415 (only for Parquet)

    types: dict[str, Any] = {**dict.fromkeys(COLUMNS, pl.String), "other_count": pl.Int64}
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
        parts: list[Path] = []

        def add(rows: list[Row]) -> None:
            parts.append(Path(folder) / f"{len(parts):06}.parquet")
            pl.DataFrame(rows, schema=types, orient="row").write_parquet(parts[-1])

        def put(rows: Iterable[Row]) -> None:
            found = iter(rows)
            while some := list(islice(found, _ROWS)):
                add(some)

        yield put
        if not parts:
            add([])
        pl.scan_parquet(parts).sink_parquet(path)
