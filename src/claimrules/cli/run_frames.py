"""A check by the frame engine: the files as one frame, for runs of millions of lines."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import attrs

from claimrules.cli.past import coverage_of
from claimrules.cli.progress import Tell
from claimrules.cli.tables import open_all, opened, prefixes, refused_of
from claimrules.cli.task import Checked, CheckOptions, checker_of, concluded, declared, grouped_by
from claimrules.formats.findings import FrameRows
from claimrules.formats.native import Native
from claimrules.formats.reader import LineReader
from claimrules.formats.scan import days_of, join_frames, read_plain, strangers, without_twins
from claimrules.model.claim import Setting
from claimrules.report.facts import Unread
from claimrules.report.words import count

if TYPE_CHECKING:
    import polars as pl


def run_frames(options: CheckOptions, tell: Tell) -> Checked | None:
    """Check with the frame engine; ``None`` where a file is not plain enough for it."""
    with ExitStack() as stack:
        tables = open_all(options.reading, options.files, stack)
        earlier = open_all(options.reading, options.past.files, stack, always=True)
        tell("reading")
        frame = frames_of(tables, prefixes(options.files))
        before = frames_of(earlier, prefixes(options.past.files, always=True)) if earlier else None
        if frame is None or (earlier and before is None):
            return None
        inputs = frozenset[str]().union(*(table.inputs for table in tables))
        checker = checker_of(options, inputs)
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
        if options.put is not None:
            options.put(FrameRows(framed.findings))
        explained = framed.explained(options.limit)
        rejected = refused_of(tables, options.reading, options.refuse)
        result = attrs.evolve(framed.summary, findings=explained.findings, rejected=tuple(rejected))
        unread = tuple(
            Unread(field=one.field, lines=one.lines, first=one.first) for one in framed.unreadable()
        )
    grouped = grouped_by(options, framed.grouped(options.by)) if options.by else None
    found = concluded(options, tables, earlier, result, coverage or framed.context.coverage)
    return found.telling(lines=explained.lines, unread=unread, past=past, grouped=grouped)


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
