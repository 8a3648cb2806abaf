"""All findings of a run as a file: Parquet, CSV or JSON Lines, one row a finding, written as they come."""

import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from claimrules.formats.errors import os_errors
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


class FrameRows:
    """The findings of a frame: a row each where they are asked for so, a Parquet file takes them whole.

    Ids that are blank are none.
    """

    def __init__(self, findings: Any) -> None:  # noqa: ANN401 (a frame of an engine)
        """Take the findings of a frame of Polars or DuckDB."""
        self._findings = findings
        self._of_polars = type(findings).__module__.startswith("polars")

    def __iter__(self) -> Iterator[Row]:
        """Give a row for each finding."""
        found = self._findings
        rows = found.select(COLUMNS).iter_rows() if self._of_polars else found.select(*COLUMNS).fetchall()
        for claim, line, *rest in rows:
            yield Row(claim or None, line or None, *rest)

    def whole(self, types: Mapping[str, Any]) -> Any:  # noqa: ANN401 (a frame of Polars)
        """Give all as one frame of Polars with columns of these types; ``None`` where it is another's."""
        if not self._of_polars:
            return None
        import polars as pl  # noqa: PLC0415 (only where a frame is of Polars)

        columns = {name: pl.col(name).cast(kind) for name, kind in types.items()}
        for name in ("claim_id", "line_id"):
            columns[name] = pl.when(columns[name] != "").then(columns[name])
        return self._findings.lazy().select(**columns).collect()


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

        def write(frame: pl.DataFrame) -> None:
            parts.append(Path(folder) / f"{len(parts):06}.parquet")
            with os_errors():
                frame.write_parquet(parts[-1])

        def add(rows: list[Row]) -> None:
            write(pl.DataFrame(rows, schema=types, orient="row"))

        def put(rows: Iterable[Row]) -> None:
            whole = rows.whole(types) if isinstance(rows, FrameRows) else None
            if whole is not None:
                write(whole)
                return
            found = iter(rows)
            while some := list(islice(found, _ROWS)):
                add(some)

        yield put
        if not parts:
            add([])
        if len(parts) == 1:
            shutil.copyfile(parts[0], path)
            return
        with os_errors():
            pl.scan_parquet(parts).sink_parquet(path)
