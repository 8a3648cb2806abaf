"""A check by the frame engine: the same result as line by line, for files of millions of lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from claimrules.engine.line import Checker
from claimrules.formats.scan import join_frames, read_plain
from claimrules.formats.tabular import TableReader
from claimrules.model.claim import Setting


def frames_of(tables: Sequence[TableReader], prefixes: Sequence[str]) -> Any | None:
    """The files as one frame; ``None`` where one of them needs the line reader to account for it."""
    frames = []
    for table, prefix in zip(tables, prefixes, strict=True):
        path = Path(table.name)
        frame = read_plain(path, table.delimiter, table.columns, prefix) if path.is_file() else None
        if frame is None:
            return None
        frames.append(frame)
    return join_frames(frames)


def check_frames(checker: Checker, frame: Any, setting: Setting) -> Any:
    """Check the lines of a frame; gives a ``FrameResult``."""
    from claimrules.engine.frame import check_frame  # noqa: PLC0415 (imports dataframe libraries)

    return check_frame(checker, frame, setting=setting)
