"""The files of a check as one frame, for runs of millions of lines."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from claimrules.formats.findings import COLUMNS, Row
from claimrules.formats.reader import LineReader
from claimrules.formats.scan import join_frames, read_plain

if TYPE_CHECKING:
    import polars as pl


def frames_of(tables: Sequence[LineReader], prefixes: Sequence[str]) -> "pl.DataFrame | None":
    """The files as one frame; ``None`` where one of them needs the line reader to account for it."""
    frames = []
    for table, prefix in zip(tables, prefixes, strict=True):
        frame = read_plain(table, prefix)
        if frame is None:
            return None
        frames.append(frame)
    return join_frames(frames)


def rows_of(findings: "pl.DataFrame") -> Iterator[Row]:
    """The findings of a frame, a row each; ids that are blank are none."""
    for claim, line, *rest in findings.select(COLUMNS).iter_rows():
        yield Row(claim or None, line or None, *rest)
