"""One run of ``check``: files in, a result out; which engine does it is decided here."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import attrs

from claimrules.cli.errors import Stop
from claimrules.cli.past import PastOptions, assumed, coverage_of, keep_apart
from claimrules.cli.progress import Tell
from claimrules.cli.run_frames import frames_of, rows_of
from claimrules.codebook import CodeBook
from claimrules.engine.history import Coverage
from claimrules.engine.line import Checker
from claimrules.formats.errors import ReadError
from claimrules.formats.findings import Put, row_of
from claimrules.formats.open import open_lines
from claimrules.formats.reader import LineReader, ReadOptions
from claimrules.formats.scan import days_of, have_polars, strangers, without_twins
from claimrules.model.claim import ClaimLine, Setting
from claimrules.model.finding import CheckResult, Finding, Rejected
from claimrules.report.facts import Past, Place, Run, Unread
from claimrules.report.words import count
from claimrules.rulebook.select import Rulebook

if TYPE_CHECKING:
    import polars as pl

ENGINES: Final = ("auto", "python", "polars")
NOT_PLAIN: Final = (
    "--engine polars: a file is not plain (a quote or an empty line within, ragged rows, bytes "
    "that are not UTF-8, or standard input); --engine python accounts for every record of it"
)
_LARGE: Final = 5_000_000
_EVERY: Final = 4096
_SHOWN: Final = 5


@attrs.frozen(kw_only=True)
class CheckOptions:
    """What a check was asked to do; ``files`` are paths, or a binary stream for standard input."""

    files: tuple[Path | BinaryIO, ...]
    book: CodeBook
    rulebook: Rulebook
    as_of: date
    editions: str = "near"
    reading: ReadOptions = attrs.field(factory=ReadOptions)
    engine: str = "auto"
    limit: int | None = None
    past: PastOptions = attrs.field(factory=PastOptions)
    put: Put | None = None
    partitions: int | None = None
    resume: Path | None = None
    said: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Checked:
    """A result, what a report tells beside it, and what is to be said on standard error."""

    result: CheckResult
    run: Run
    notes: tuple[str, ...] = ()


def run_check(options: CheckOptions, tell: Tell) -> Checked:
    """Check the files with the engine asked for; ``auto`` takes the fastest that is there.

    Raises:
        Stop: a file cannot be used, with one text for each, or the engine is not there.
    """
    if options.engine == "polars" and not have_polars():
        message = "--engine polars: polars is not installed; pip install 'claimrules[batch]'"
        raise Stop(message)
    large = options.engine == "auto" and _is_large((*options.files, *options.past.files)) and have_polars()
    if options.engine == "polars" or large:
        checked = _run_frames(options, tell)
        if checked is not None:
            return checked
        if options.engine == "polars":
            raise Stop(NOT_PLAIN)
    return _run_lines(options, tell)


def _is_large(files: Sequence[Path | BinaryIO]) -> bool:
    """Whether frames are worth their start: they take a second before the first line."""
    sizes = [path.stat().st_size for path in files if isinstance(path, Path) and path.is_file()]
    return len(sizes) == len(files) and sum(sizes) >= _LARGE


def _run_frames(options: CheckOptions, tell: Tell) -> Checked | None:
    """Check with the frame engine; ``None`` where a file is not plain enough for it."""
    with ExitStack() as stack:
        tables = open_all(options.reading, options.files, stack)
        earlier = open_all(options.reading, options.past.files, stack, always=True)
        tell("reading")
        frame = frames_of(tables, [prefix_of(options.files, source) for source in options.files])
        before = _before(options, earlier)
        if frame is None or (earlier and before is None):
            return None
        inputs = frozenset[str]().union(*(table.inputs for table in tables))
        checker = checker_of(options, inputs)
        coverage = coverage_of(options.past, days_of(frame)) if options.past.given else None
        past = declared(options, coverage)
        if before is not None and past is not None:
            found, before = before, without_twins(before, frame)
            past = attrs.evolve(
                past,
                files=tuple(table.name for table in earlier),
                lines=before.height,
                twins=found.height - before.height,
                strangers=strangers(before),
            )
        tell(f"judging {count(frame.height, 'line')}")
        setting = options.reading.setting or Setting.PROFESSIONAL
        framed = checker.check_frame(frame, setting=setting, history=coverage, past=before)
        if options.put is not None:
            options.put(rows_of(framed.findings))
        explained = framed.explained(options.limit)
        result = attrs.evolve(framed.summary, findings=explained.findings)
        unread = tuple(
            Unread(field=one.field, lines=one.lines, first=one.first) for one in framed.unreadable()
        )
    coverage = coverage or framed.context.coverage
    taken = (
        *said_of(tables, [table.assumptions for table in tables]),
        *assumed(options.past, coverage),
    )
    run = run_facts(options, [table.name for table in tables], (), ())
    return Checked(
        result=attrs.evolve(result, assumptions=(*taken, *result.assumptions)),
        run=attrs.evolve(run, lines=explained.lines, unread=unread, past=past),
        notes=said_of([*tables, *earlier], [each.notes for each in (*tables, *earlier)], always=True),
    )


def _before(options: CheckOptions, tables: Sequence[LineReader]) -> "pl.DataFrame | None":
    """The lines of the history as a frame; ``None`` where there are none, or a file is not plain enough."""
    files = options.past.files
    return frames_of(tables, [prefix_of(files, source, always=True) for source in files]) if tables else None


def declared(options: CheckOptions, coverage: Coverage | None) -> Past | None:
    """Give what was declared of a history that has no files."""
    return Past(**attrs.asdict(coverage)) if options.past.given and coverage else None


def checker_of(options: CheckOptions, inputs: frozenset[str]) -> Checker:
    """Make the checker for lines that offer these inputs."""
    return Checker(
        options.book, options.rulebook, editions=options.editions, as_of=options.as_of, inputs=inputs
    )


def prefix_of(files: Sequence[Path | BinaryIO], source: Path | BinaryIO, *, always: bool = False) -> str:
    """What stands before the number of a line without an id, where there are several files."""
    return f"{source.name}:" if isinstance(source, Path) and (always or len(files) > 1) else ""


def _run_lines(options: CheckOptions, tell: Tell) -> Checked:
    """Check with the line engine, which needs nothing but the standard library."""
    with ExitStack() as stack:
        tables = open_all(options.reading, options.files, stack)
        earlier = open_all(options.reading, options.past.files, stack, always=True)
        lines: list[ClaimLine] = []
        rejected: list[Rejected] = []
        for entry in entries(tables, tell):
            if isinstance(entry, Rejected):
                rejected.append(entry)
            else:
                lines.append(entry)
        inputs = frozenset[str]().union(*(table.inputs for table in tables))
        checker = checker_of(options, inputs)
        coverage = coverage_for(options, {line.from_date for line in lines})
        found = entries(earlier, tell)
        history, past = keep_apart(found, lines, coverage, [table.name for table in earlier])
        tell(f"judging {count(len(lines), 'line')}")
        result = checker.check_lines(lines, history, rejected=rejected)
        if options.put is not None:
            options.put(map(row_of, result.findings))
    taken = (
        *said_of(tables, [table.assumptions for table in tables]),
        *assumed(options.past, coverage),
    )
    run = run_facts(options, [table.name for table in tables], lines, result.findings)
    return Checked(
        result=attrs.evolve(result, assumptions=(*taken, *result.assumptions)),
        run=attrs.evolve(run, past=past if options.past.given else None),
        notes=said_of([*tables, *earlier], [each.notes for each in (*tables, *earlier)], always=True),
    )


def coverage_for(options: CheckOptions, days: Iterable[date | None]) -> Coverage:
    """Give what the history covers; nothing is asked, and nothing assumed, if no rule needs one."""
    if not options.past.given and not any(rule.needs for rule in options.rulebook.rules):
        return Coverage()
    return coverage_of(options.past, (each for each in days if each is not None))


def open_all(
    reading: ReadOptions, files: Sequence[Path | BinaryIO], stack: ExitStack, *, always: bool = False
) -> list[LineReader]:
    """Open every file, or tell what is wrong with each; with ``always`` the ids of lines name their file.

    Raises:
        Stop: one of them cannot be read.
    """
    tables, errors = [], []
    for source in files:
        prefix = prefix_of(files, source, always=always)
        try:
            table = open_lines(source, attrs.evolve(reading, line_prefix=prefix))
        except ReadError as error:
            errors.append(f"{source if isinstance(source, Path) else 'standard input'}: {error}")
            continue
        tables.append(stack.enter_context(table))
    if errors:
        raise Stop("\n".join(errors))
    return tables


def entries(tables: Sequence[LineReader], tell: Tell) -> Iterator[ClaimLine | Rejected]:
    """Give the records of all tables in their order.

    Raises:
        Stop: one cannot be read any further.
    """
    for table in tables:
        try:
            for number, entry in enumerate(table):
                if number % _EVERY == 0:
                    tell(f"reading {Path(table.name).name}", *table.progress)
                yield entry
        except ReadError as error:
            message = f"{table.name}: {error}"
            raise Stop(message) from error


def said_of(
    tables: Sequence[LineReader], texts: Sequence[Sequence[str]], *, always: bool = False
) -> tuple[str, ...]:
    """Join what is said of each table; name the table where there are several, or ``always``."""
    named = always or len(tables) > 1
    return tuple(
        f"{table.name}: {'; '.join(said)}" if named else "; ".join(said)
        for table, said in zip(tables, texts, strict=True)
        if said
    )


def run_facts(
    options: CheckOptions, files: Sequence[str], lines: Sequence[ClaimLine], findings: Sequence[Finding]
) -> Run:
    """Give what a report tells beside the result."""
    return Run(
        as_of=options.as_of,
        book=options.book.info(),
        editions=options.editions,
        files=tuple(files),
        titles={rule.code: rule.title for rule in options.rulebook.rules},
        lines=lines_of(findings, lines),
        unread=unread_of(lines),
    )


def lines_of(findings: Sequence[Finding], lines: Sequence[ClaimLine]) -> dict[Place, ClaimLine]:
    """Find the lines that findings stand on; none where two lines have the same ids."""
    wanted = {(finding.claim_id, finding.line_id) for finding in findings}
    found: dict[Place, ClaimLine] = {}
    twice: set[Place] = set()
    for line in lines:
        place = line.claim_id, line.line_id
        if place in wanted:
            if place in found:
                twice.add(place)
            found[place] = line
    return {place: line for place, line in found.items() if place not in twice}


def unread_of(lines: Sequence[ClaimLine]) -> tuple[Unread, ...]:
    """Give the fields that could not be read, with the first lines of each."""
    places: dict[str, list[Place]] = {}
    counts: dict[str, int] = {}
    for line in lines:
        for field in line.unreadable:
            counts[field] = counts.get(field, 0) + 1
            first = places.setdefault(field, [])
            if len(first) < _SHOWN:
                first.append((line.claim_id, line.line_id))
    return tuple(
        Unread(field=field, lines=counts[field], first=tuple(places[field])) for field in sorted(counts)
    )
