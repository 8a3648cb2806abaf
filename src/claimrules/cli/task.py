"""What a check was asked to do, what it gives, and what every way of doing it shares."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Final

import attrs

from claimrules.cli.past import PastOptions, assumed, coverage_of
from claimrules.cli.rejects_out import Refuse, only_held
from claimrules.cli.tables import said_of
from claimrules.codebook import CodeBook
from claimrules.engine.grouped import Grouped
from claimrules.engine.history import Coverage
from claimrules.engine.line import Checker
from claimrules.formats.findings import Put
from claimrules.formats.native import FRAMES
from claimrules.formats.reader import LineReader, ReadOptions
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import CheckResult, Finding
from claimrules.report.facts import Past, Place, Run, Unread
from claimrules.report.grouped import GroupedBy
from claimrules.report.inputs import Given
from claimrules.rulebook.select import Rulebook

ENGINES: Final = ("auto", "python", *FRAMES)
_NO_COLUMNS: Final = "--map names columns, of which an 837 or FHIR file has none: it changes nothing here"
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
    refuse: Refuse = only_held
    partitions: int | None = None
    resume: Path | None = None
    said: tuple[str, ...] = ()
    by: str | None = None
    passed_over: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Checked:
    """A result, what a report tells beside it, and what is to be said on standard error."""

    result: CheckResult
    run: Run
    notes: tuple[str, ...] = ()

    def telling(self, **facts: Any) -> "Checked":  # noqa: ANN401 (fields of a run)
        """Give the same with more facts of the run."""
        return attrs.evolve(self, run=attrs.evolve(self.run, **facts))


def not_plain(engine: str) -> str:
    """Say that a frame engine cannot take the files."""
    return (
        f"--engine {engine}: a file is not plain (a quote or an empty line within, ragged rows, NUL bytes or "
        "carriage returns within a line, bytes that are not UTF-8, all modifiers in one column, packed, no "
        "table, or standard input); leave --engine out, or give --engine python: it accounts for every record"
    )


def declared(options: CheckOptions, coverage: Coverage | None) -> Past | None:
    """Give what was declared of a history that has no files."""
    return Past(**attrs.asdict(coverage)) if options.past.given and coverage else None


def checker_of(options: CheckOptions, inputs: frozenset[str]) -> Checker:
    """Make the checker for lines that offer these inputs."""
    return Checker(
        options.book, options.rulebook, editions=options.editions, as_of=options.as_of, inputs=inputs
    )


def coverage_for(options: CheckOptions, days: Iterable[date | None]) -> Coverage:
    """Give what the history covers; nothing is asked, and nothing assumed, if no rule needs one."""
    if not options.past.given and not any(rule.needs for rule in options.rulebook.rules):
        return Coverage()
    return coverage_of(options.past, (each for each in days if each is not None))


def concluded(
    options: CheckOptions,
    tables: Sequence[LineReader],
    earlier: Sequence[LineReader],
    result: CheckResult,
    coverage: Coverage | None,
) -> Checked:
    """Give a result with what a report tells of the run; what it tells of lines is to be added."""
    taken = (
        *said_of(tables, [table.assumptions for table in tables]),
        *assumed(options.past, coverage),
    )
    everything = [*tables, *earlier]
    other = [text for text in result.assumptions if not any(text in each for each in taken)]
    return Checked(
        result=attrs.evolve(result, assumptions=(*taken, *other)),
        run=Run(
            as_of=options.as_of,
            book=options.book.info(),
            editions=options.editions,
            files=tuple(table.name for table in tables),
            records=tuple(table.count for table in tables),
            passed_over=options.passed_over,
            given=Given.TABLE if any(table.has_columns for table in tables) else Given.CLAIMS,
            titles={rule.code: rule.title for rule in options.rulebook.rules},
        ),
        notes=said_of(everything, [_noted(options, table) for table in everything], always=True),
    )


def _noted(options: CheckOptions, table: LineReader) -> tuple[str, ...]:
    """Give what a table tells, and that it has no columns to map."""
    vain = bool(options.reading.mapping) and not table.has_columns
    return (*table.notes, *((_NO_COLUMNS,) if vain else ()))


def grouped_by(options: CheckOptions, counts: Grouped) -> GroupedBy | None:
    """Give what was counted, if it was asked for."""
    return GroupedBy(name=options.by, counts=counts) if options.by else None


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
