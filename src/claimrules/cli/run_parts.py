"""A check of more lines than memory holds: lines are set aside by patient, and judged part after part."""

import signal
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.cli.errors import Stop
from claimrules.cli.journal import Journal, PartDone, files_now, kept_counts, kept_rows, versions
from claimrules.cli.parts_total import Total
from claimrules.cli.past import keep_apart
from claimrules.cli.progress import Tell
from claimrules.cli.run import run_check
from claimrules.cli.run_frames import rows_of
from claimrules.cli.tables import entries, open_all, opened, prefixes
from claimrules.cli.task import (
    NOT_PLAIN,
    Checked,
    CheckOptions,
    checker_of,
    concluded,
    coverage_for,
    declared,
    grouped_by,
    lines_of,
    unread_of,
)
from claimrules.engine.grouped import Grouped, count_into
from claimrules.engine.history import Coverage
from claimrules.formats.findings import row_of
from claimrules.formats.plain_parts import NotPlainError, in_bulk, plain_parts
from claimrules.formats.reader import LineReader
from claimrules.formats.scan import have_polars
from claimrules.formats.spill import LineSpill
from claimrules.formats.spill_frames import FrameSpill
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.finding import CheckResult, Rejected
from claimrules.report.facts import Past, Unread
from claimrules.report.words import count

if TYPE_CHECKING:
    import polars as pl

    from claimrules.engine.frame import FrameResult

_WHOLE: Final = 1 << 28
"""Bytes of files that are checked in one piece; more is checked in parts."""
_PART: Final = {True: 1 << 27, False: 1 << 25}
"""Bytes of a part, for frames and for lines."""
_MOST: Final = 512
_PACKED: Final = frozenset((".gz", ".zst", ".bz2", ".xz", ".zip", ".parquet"))
_PACKING: Final = 8


def run_large(options: CheckOptions, tell: Tell) -> Checked:
    """Check in one piece, or in parts where the files are large or ``partitions`` says so.

    Raises:
        Stop: a file cannot be used, or the engine asked for cannot be.
    """
    small = options.partitions is None and options.resume is None and _size(options) < _WHOLE
    if options.partitions == 1 or small:
        return run_check(options, tell)
    if any(rule.same and not _stays(rule.same) for rule in options.rulebook.rules):
        message = (
            "a rule compares lines of different patients, so that all lines stand together: leave out "
            "--partitions and --resume, or --ignore the rule"
        )
        if options.partitions is not None or options.resume is not None:
            raise Stop(message)
        return run_check(options, tell)
    if options.engine != "python" and have_polars() and not options.past.files:
        with suppress(NotPlainError):
            return _frames(options, tell)
    if options.engine == "polars":
        past = "--engine polars: takes no --history in parts; --engine python does, or --partitions 1"
        raise Stop(past if options.past.files else NOT_PLAIN)
    return _lines(options, tell)


def _stays(same: Sequence[object]) -> bool:
    """Whether lines that share these keys share a patient or a claim."""
    return any(str(key).removeprefix("line.").partition(":")[0] in ("patient", "claim") for key in same)


def _size(options: CheckOptions) -> int:
    """Bytes of all files, unpacked as far as can be guessed."""
    paths = [path for path in (*options.files, *options.past.files) if isinstance(path, Path)]
    sizes = [
        path.stat().st_size * (_PACKING if path.suffix.lower() in _PACKED else 1)
        for path in paths
        if path.is_file()
    ]
    return sum(sizes)


def _parts(options: CheckOptions, *, frames: bool) -> int:
    return options.partitions or min(_MOST, max(2, -(-_size(options) // _PART[frames])))


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder that only its owner can read, which is gone at the end, also when we are told to stop."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    known = {}
    with suppress(ValueError):  # a thread other than the first takes no signals
        known = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        with tempfile.TemporaryDirectory(prefix="claimrules-") as name:
            yield Path(name)
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)


def _frames(options: CheckOptions, tell: Tell) -> Checked:
    with ExitStack() as stack:
        spill = FrameSpill(stack.enter_context(_folder()), _parts(options, frames=True))
        tables = open_all(options.reading, options.files, stack)
        for frame in in_bulk(_plain(tables, prefixes(options.files))):
            spill.add(frame)
            tell(f"reading, {count(spill.lines, 'line')}")
        if not spill.lines:
            raise NotPlainError
        checker = checker_of(options, frozenset[str]().union(*(table.inputs for table in tables)))
        coverage = coverage_for(options, spill.days)
        total, done = Total(options, ()), 0
        journal = Journal(options.resume, _identity(options, spill.parts))
        for number in range(spill.parts + 1):
            tell(f"judging, {done:,} of {count(spill.lines, 'line')}", done, spill.lines)
            known = journal.part(number)
            part = None if known else spill.part(number)
            if part is not None:
                framed = checker.check_frame(
                    part, setting=options.reading.setting or Setting.PROFESSIONAL, history=coverage
                )
                known = _said(framed, options, shown=total.wanted(framed.summary))
            if known is not None:
                known = total.add(known, options.put)
                journal.keep(number, known)
                done += known.result.checked
        total.past = declared(options, coverage)
        return _checked(options, tables, total, coverage)


def _plain(tables: Sequence[LineReader], names: Sequence[str]) -> "Iterator[pl.DataFrame]":
    """Give the lines of all tables in frames."""
    for table, prefix in zip(tables, names, strict=True):
        table.count = 0
        with opened(table) as reader:
            for frame in plain_parts(reader, prefix):
                table.count += frame.height
                yield frame


def _said(framed: "FrameResult", options: CheckOptions, *, shown: bool) -> PartDone:
    """What a part said that was judged as a frame."""
    told = framed.explained(options.limit) if shown else None
    return PartDone(
        result=attrs.evolve(framed.summary, findings=told.findings if told else ()),
        lines=tuple(told.lines.values()) if told else (),
        unread=tuple(
            Unread(field=one.field, lines=one.lines, first=one.first) for one in framed.unreadable()
        ),
        rows=kept_rows(rows_of(framed.findings)) if options.put is not None else (),
        grouped=kept_counts(framed.grouped(options.by)) if options.by else (),
    )


def _lines(options: CheckOptions, tell: Tell) -> Checked:
    with ExitStack() as stack:
        spill = LineSpill(stack.enter_context(_folder()), _parts(options, frames=False))
        tables = open_all(options.reading, options.files, stack)
        earlier = open_all(options.reading, options.past.files, stack, always=True)
        rejected, days = _set_aside(spill, tables, tell, past=False)
        coverage = coverage_for(options, days)
        unproving, _ = _set_aside(spill, earlier, tell, past=True)
        checker = checker_of(options, frozenset[str]().union(*(table.inputs for table in tables)))
        total, done = Total(options, rejected), 0
        journal = Journal(options.resume, _identity(options, spill.parts))
        for number in range(spill.parts + 1):
            tell(f"judging, {done:,} of {count(spill.lines, 'line')}", done, spill.lines)
            known = journal.part(number)
            if known is None:
                found = spill.part(number)
                lines = [line for _, _, past, line in found if not past]
                before = keep_apart((line for _, _, past, line in found if past), lines, coverage, ())
                counts: Grouped = Counter()
                each = count_into(counts, options.by) if options.by else None
                result = checker.check_lines(lines, before[0], each=each)
                known = _told(result, lines, before[1], options)
                known = attrs.evolve(known, grouped=kept_counts(counts))
            known = total.add(known, options.put)
            journal.keep(number, known)
            done += known.result.checked
        told = Past(
            files=tuple(table.name for table in earlier),
            rejected=tuple(unproving),
            lines=total.before["past_lines"],
            twins=total.before["past_twins"],
            strangers=total.before["past_strangers"],
            **attrs.asdict(coverage),
        )
        total.past = told if options.past.given else None
        return _checked(options, tables, total, coverage, earlier)


def _told(result: CheckResult, lines: Sequence[ClaimLine], past: Past, options: CheckOptions) -> PartDone:
    """What a part said that was judged line by line."""
    return PartDone(
        result=attrs.evolve(result, outcomes={}),
        lines=tuple(lines_of(result.findings, lines).values()),
        unread=unread_of(lines),
        rows=kept_rows(map(row_of, result.findings)) if options.put is not None else (),
        past_lines=past.lines,
        past_twins=past.twins,
        past_strangers=past.strangers,
    )


def _identity(options: CheckOptions, parts: int) -> dict[str, Any]:
    """What has to be the same for a run to go on."""
    files = [path for path in (*options.files, *options.past.files) if isinstance(path, Path)]
    return {
        "files": files_now(files),
        "book": options.book.info().content_hash,
        "rules": [[rule.code, sorted(rule.texts.items())] for rule in options.rulebook.rules],
        "options": [*options.said, options.as_of.isoformat()],
        "findings": options.put is not None,
        "limit": options.limit,
        "by": options.by,
        "parts": parts,
        "versions": versions(),
    }


def _set_aside(
    spill: LineSpill, tables: Sequence[LineReader], tell: Tell, *, past: bool
) -> tuple[list[Rejected], set[date]]:
    """Give what could not be read, and the first and the last day."""
    rejected: list[Rejected] = []
    days: set[date] = set()
    for entry in entries(tables, tell):
        if isinstance(entry, Rejected):
            rejected.append(entry)
            continue
        spill.add(entry, past=past)
        if entry.from_date is not None and entry.from_date not in days:
            days = {*days, entry.from_date}
            days = {min(days), max(days)}
    return rejected, days


def _checked(
    options: CheckOptions,
    tables: Sequence[LineReader],
    total: Total,
    coverage: Coverage,
    earlier: Sequence[LineReader] = (),
) -> Checked:
    unread = tuple(total.unread[name] for name in sorted(total.unread))
    found = concluded(options, tables, earlier, total.result, coverage)
    return found.telling(
        lines=total.lines, unread=unread, past=total.past, grouped=grouped_by(options, total.grouped)
    )
