"""The files of a check as one frame, for runs of millions of lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from claimrules.formats.scan import join_frames, read_plain
from claimrules.formats.tabular import TableReader

if TYPE_CHECKING:
    import polars as pl


def frames_of(tables: Sequence[TableReader], prefixes: Sequence[str]) -> "pl.DataFrame | None":
    """The files as one frame; ``None`` where one of them needs the line reader to account for it."""
    frames = []
    for table, prefix in zip(tables, prefixes, strict=True):
        path = Path(table.name)
        frame = read_plain(path, table.delimiter, table.columns, prefix) if path.is_file() else None
        if frame is None:
            return None
        frames.append(frame)
    return join_frames(frames)
