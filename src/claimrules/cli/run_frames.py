"""A check by the frame engine: the files as one frame, for runs of millions of lines."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import attrs

from claimrules.cli.frame_said import said_of_frame
from claimrules.cli.past import coverage_of
from claimrules.cli.progress import Tell
from claimrules.cli.tables import open_all, opened, prefixes, refused_of
from claimrules.cli.task import Checked, CheckOptions, checker_of, concluded, declared, grouped_by
from claimrules.engine.line import Checker
from claimrules.formats.native import Native
from claimrules.formats.reader import LineReader
from claimrules.formats.scan import days_of, join_frames, read_plain, strangers, without_twins
from claimrules.model.claim import Setting
from claimrules.report.words import count

if TYPE_CHECKING:
    import polars as pl


def run_frames(options: CheckOptions, tell: Tell) -> Checked | None:
    """Check with the frame engine; ``None`` where a file is not plain enough for it."""
    with ExitStack() as stack:
        tables = open_all(options.reading, options.files, stack)
        earlier = open_all(options.reading, options.past.files, stack, always=True)
        tell("reading")
        with ThreadPoolExecutor(max_workers=1) as beside:
            # Python gets ready while Polars reads.
            ready = beside.submit(_ready, options, tables)
            frame = frames_of(tables, prefixes(options.files))
            before = frames_of(earlier, prefixes(options.past.files, always=True)) if earlier else None
        if frame is None or (earlier and before is None):
            return None
        checker = ready.result()
        coverage = coverage_of(options.past, days_of(frame)) if options.past.given else None
        past = declared(options, coverage)
        if before is not None and past is not None:
            every, before = before, without_twins(before, frame)
            past = attrs.evolve(
                past,
                files=tuple(table.name for table in earlier),
                lines=before.height,
                twins=every.height - before.height,
                strangers=strangers(before),
                rejected=tuple(refused_of(earlier, options.reading, options.refuse)),
            )
        tell(f"judging {count(frame.height, 'line')}")
        setting = options.reading.setting or Setting.PROFESSIONAL
        native = Native(options.engine)
        lines, earlier_lines = native.of(frame), None if before is None else native.of(before)
        framed = checker.check_frame(lines, setting=setting, history=coverage, past=earlier_lines)
        said = said_of_frame(framed, options)
        rejected = refused_of(tables, options.reading, options.refuse)
        result = attrs.evolve(framed.summary, rejected=tuple(rejected), findings=said.findings)
    grouped = grouped_by(options, framed.grouped(options.by)) if options.by else None
    found = concluded(options, tables, earlier, result, coverage or framed.context.coverage)
    return found.telling(lines=said.lines, unread=said.unread, past=past, grouped=grouped)


def _ready(options: CheckOptions, tables: Sequence[LineReader]) -> Checker:
    """Give the checker, its rules compiled, with the engine that it needs imported."""
    from claimrules.engine import frame  # noqa: F401, PLC0415 (only where a frame is wanted)

    checker = checker_of(options, frozenset[str]().union(*(table.inputs for table in tables)))
    _ = checker.engine, checker.lookup
    return checker


def frames_of(tables: Sequence[LineReader], names: Sequence[str]) -> "pl.DataFrame | None":
    """The files as one frame; ``None`` where one of them needs the line reader to account for it."""
    frames = []
    for table, prefix in zip(tables, names, strict=True):
        with opened(table) as reader:
            frame = read_plain(reader, prefix)
        if frame is None:
            return None
        table.count = frame.height + len(table.refused)
        frames.append(frame)
    return join_frames(frames)
