"""A check in parts by a frame engine: frames are set aside by patient, and judged part after part."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import attrs

from claimrules.cli.frame_said import said_of_frame
from claimrules.cli.journal import Journal, PartDone, kept_counts, kept_rows
from claimrules.cli.parts_common import checked_of, identity, parts_for, past_of, private_folder
from claimrules.cli.parts_total import Total
from claimrules.cli.progress import Tell
from claimrules.cli.tables import open_all, opened, prefixes, refused_of
from claimrules.cli.task import Checked, CheckOptions, checker_of, coverage_for
from claimrules.engine.history import Coverage
from claimrules.engine.line import Checker
from claimrules.formats.findings import FrameRows
from claimrules.formats.native import Native
from claimrules.formats.plain_parts import NotPlainError, in_bulk, plain_parts
from claimrules.formats.reader import LineReader
from claimrules.formats.scan import strangers, without_twins
from claimrules.formats.spill_frames import FrameSpill
from claimrules.model.claim import Setting
from claimrules.report.words import count

if TYPE_CHECKING:
    import polars as pl

    from claimrules.engine.frame import FrameResult


def parts_by_frame(options: CheckOptions, tell: Tell) -> Checked:
    """Check frame by frame, part after part.

    Raises:
        NotPlainError: the line reader has to account for the records of a file.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(private_folder())
        spill = stack.enter_context(FrameSpill(folder, parts_for(options, frames=True)))
        tables = open_all(options.reading, options.files, stack)
        earlier = open_all(options.reading, options.past.files, stack, always=True)
        for past, readers in ((False, tables), (True, earlier)):
            names = prefixes(options.past.files if past else options.files, always=past)
            for frame in in_bulk(_plain(readers, names)):
                spill.add(frame, past=past)
                tell("reading", lines=spill.lines)
        if not spill.lines:
            raise NotPlainError
        inputs = frozenset[str]().union(*(table.inputs for table in tables))
        coverage = coverage_for(options, spill.days)
        judge = _Judge(options, checker_of(options, inputs), coverage)
        total = Total(options, refused_of(tables, options.reading, options.refuse))
        _judge_all(spill, judge, total, tell)
        unproving = refused_of(earlier, options.reading, options.refuse)
        total.past = past_of(options, total, earlier, coverage, unproving)
        return checked_of(options, tables, total, coverage, earlier)


def _judge_all(spill: FrameSpill, judge: "_Judge", total: Total, tell: Tell) -> None:
    """Judge part after part, but for those that the journal knows."""
    options, done = judge.options, 0
    with Journal(options.resume, identity(options, spill.parts)) as journal:
        for number in range(spill.parts + 1):
            tell(f"judging {count(spill.lines, 'line')}", done, spill.lines, lines=done)
            known = journal.part(number)
            if known is None:
                lines, past = spill.part(number), spill.part(number, past=True)
                if lines is None:
                    if past is not None:
                        total.before.update(past_lines=past.height, past_strangers=strangers(past))
                    continue
                known = judge.part(lines, past, total)
            known = total.add(known, options.put)
            journal.keep(number, known)
            done += known.result.checked


@attrs.frozen
class _Judge:
    """What judges a part."""

    options: CheckOptions
    checker: Checker
    coverage: Coverage

    def part(self, lines: "pl.DataFrame", past: "pl.DataFrame | None", total: Total) -> PartDone:
        """Judge the lines of a part with those that only prove."""
        before = None if past is None else without_twins(past, lines)
        native = Native(self.options.engine)
        framed = self.checker.check_frame(
            native.of(lines),
            setting=self.options.reading.setting or Setting.PROFESSIONAL,
            history=self.coverage,
            past=native.of(before) if before is not None and before.height else None,
        )
        done = _said(framed, self.options, shown=total.wanted(framed.summary))
        if past is None or before is None:
            return done
        twins = past.height - before.height
        return attrs.evolve(
            done, past_lines=before.height, past_twins=twins, past_strangers=strangers(before)
        )


def _plain(tables: Sequence[LineReader], names: Sequence[str]) -> "Iterator[pl.DataFrame]":
    """Give the lines of all tables in frames."""
    for table, prefix in zip(tables, names, strict=True):
        table.count = 0
        with opened(table) as reader:
            for frame in plain_parts(reader, prefix):
                table.count += frame.height
                yield frame
        table.count += len(table.refused)


def _said(framed: "FrameResult", options: CheckOptions, *, shown: bool) -> PartDone:
    """What a part said that was judged as a frame."""
    # Where nobody goes on with a run, what was found need not be kept as text.
    said = said_of_frame(framed, options, write=options.resume is None, shown=shown)
    kept = options.put is not None and options.resume is not None
    return PartDone(
        result=attrs.evolve(framed.summary, findings=said.findings),
        lines=tuple(said.lines.values()),
        unread=said.unread,
        rows=kept_rows(FrameRows(framed.findings)) if kept else (),
        grouped=kept_counts(framed.grouped(options.by)) if options.by else (),
    )
