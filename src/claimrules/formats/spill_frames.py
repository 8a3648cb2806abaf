"""Frames of text set aside on disk in parts, as ``spill`` does with lines."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from claimrules.formats.errors import os_errors, setting_aside
from claimrules.formats.scan import days_of

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

_KEY: Final = "_key"
_CLAIM: Final = "_claim"
_REPLACED: Final = "_replaced"
_ROW: Final = "_row"
_KINDS: Final = {False: "line", True: "past"}
"""What the files of lines that are judged, and of those that only prove, are called."""


class FrameSpill:
    """Frames of lines in parts; add all, then read part after part, 0 … ``parts``, the last included.

    What is added is written while the next lines are read. Leave it as a context: then all is written.
    """

    def __init__(self, folder: Path, parts: int) -> None:
        """Take a folder that nobody else can read."""
        self.parts: Final = parts
        self.lines = 0
        self.past_lines = 0
        self._folder = folder
        self._chunks = 0
        self._days: set[date] = set()
        self._columns: dict[bool, dict[str, None]] = {False: {}, True: {}}
        self._mixed: pl.Series | None = None
        self._writer = ThreadPoolExecutor(max_workers=1)
        self._written: Future[None] | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let what is being written be written: its folder may be removed then."""
        self._writer.shutdown(cancel_futures=True)

    def add(self, frame: "pl.DataFrame", *, past: bool = False) -> None:
        """Set the lines of a frame aside; ``past`` says that they only prove."""
        self._wait()
        start = self.lines + self.past_lines
        self._columns[past].update(dict.fromkeys(frame.columns))
        self._written = self._writer.submit(self._write, frame, start, self._chunks, past=past)
        self._chunks += 1
        if past:
            self.past_lines += frame.height
        else:
            self.lines += frame.height

    @property
    def days(self) -> "set[date]":
        """The first and the last from-date of the lines that are judged."""
        self._wait()
        return self._days

    def _wait(self) -> None:
        """Let what was added last be written."""
        if self._written is not None:
            self._written.result()
            self._written = None

    def _write(self, frame: "pl.DataFrame", start: int, chunk: int, *, past: bool) -> None:
        """Write the lines of a frame, of which the first is the ``start``-th of all, by patient."""
        import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

        days = {*self._days, *(() if past else days_of(frame))}
        self._days = {min(days), max(days)} if days else set()
        claim, patient = (_name(frame, field) for field in ("claim_id", "patient"))
        row = pl.int_range(start, start + pl.len()).cast(pl.UInt64)
        name = pl.coalesce(patient, claim)
        keyed = frame.with_columns(
            row.alias(_ROW),
            pl.when(name.is_null()).then(row).otherwise(name.hash(7)).alias(_KEY),
            *(
                pl.when(named.is_not_null()).then(named.hash(7)).alias(column)
                for column, named in ((_CLAIM, claim), (_REPLACED, _name(frame, "replaces")))
            ),
        )
        split = keyed.with_columns(_part=pl.col(_KEY) % self.parts)
        for (part,), lines in split.partition_by("_part", as_dict=True, include_key=False).items():
            path = self._folder / f"{_KINDS[past]}-{part:04}-{chunk:06}.arrow"
            with setting_aside(self._folder), os_errors():
                lines.write_ipc(path, compression="lz4")

    @property
    def mixed(self) -> "pl.Series":
        """The patients that share a claim with another; call it when all lines are added."""
        import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

        if self._mixed is None:
            self._wait()
            kinds = [self._files(kind, "*") for kind in _KINDS.values()]
            lines = pl.concat(
                [pl.scan_ipc(files).select(_KEY, _CLAIM, _REPLACED) for files in kinds if files]
            )
            links = lines.select(_KEY, _CLAIM).filter(pl.col(_CLAIM).is_not_null())
            if any("replaces" in columns for columns in self._columns.values()):
                replaced = lines.select(_KEY, pl.col(_REPLACED).alias(_CLAIM))
                links = pl.concat([links, replaced.join(links, on=_CLAIM, how="semi")])
            patients = links.group_by(_CLAIM).agg(
                pl.col(_KEY).min().alias("a"), pl.col(_KEY).max().alias("b")
            )
            shared = patients.filter(pl.col("a") != pl.col("b")).select(_CLAIM)
            found = links.join(shared, on=_CLAIM, how="semi").select(pl.col(_KEY).unique())
            self._mixed = found.collect(engine="streaming")[_KEY]
        return self._mixed

    def part(self, number: int, *, past: bool = False) -> "pl.DataFrame | None":
        """Give the lines of a part in their order, or those that only prove; ``None`` if there are none."""
        import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

        self._wait()
        last = number == self.parts
        files = self._files(_KINDS[past], "*" if last else f"{number:04}")
        if not files or (last and self.mixed.is_empty()):
            return None
        mixed = pl.col(_KEY).is_in(self.mixed.implode())
        frames = [pl.read_ipc(path).filter(mixed if last else ~mixed) for path in files]
        found = pl.concat([each for each in frames if each.height] or frames[:1], how="diagonal")
        found = found.sort(_ROW) if last else found
        if not found.height:
            return None
        columns = self._columns[past]
        blank = [pl.lit(None, pl.String).alias(name) for name in columns if name not in found.columns]
        return found.with_columns(blank).select(list(columns))

    def _files(self, kind: str, part: str) -> list[Path]:
        """The files of a part, or of all, in the order in which they were written."""
        return sorted(self._folder.glob(f"{kind}-{part}-*.arrow"), key=lambda path: path.stem[::-1][:6][::-1])


def _name(frame: "pl.DataFrame", field: str) -> Any:  # noqa: ANN401 (an expression of polars)
    import polars as pl  # noqa: PLC0415 (only where a frame is wanted)

    if field not in frame.columns:
        return pl.lit(None, pl.String)
    text = pl.col(field).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)
