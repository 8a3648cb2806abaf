"""Results of parts of a run make the result of the whole."""

import re
from collections.abc import Sequence
from datetime import date

import attrs
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.engine.drawing import batches, books

from claimrules.codebook import CodeBook
from claimrules.engine.history import History
from claimrules.engine.line import Checker
from claimrules.engine.merge import merge_results
from claimrules.model.claim import ClaimLine
from claimrules.model.code import Cause
from claimrules.model.finding import CheckResult, Rejected, UnknownCount
from claimrules.rulebook.select import Rulebook

RULES = Rulebook.load(("BILAT", "MUE", "DUP104", "FMT", "ASST", "STAT107", "GLOB"))
PAST = History(complete_from=date(2025, 1, 1), complete_to=date(2025, 12, 31))


def apart(lines: Sequence[ClaimLine]) -> list[list[ClaimLine]]:
    """Lines that share no claim and no patient, directly or through others, in parts."""
    parts: list[tuple[set[object], list[ClaimLine]]] = []
    for number, line in enumerate(lines):
        names: set[object] = {("claim", line.claim_id), ("patient", line.patient or line.claim_id)}
        names = {name for name in names if name[1] is not None} or {number}  # type: ignore[index]
        found = [part for part in parts if part[0] & names]
        parts = [part for part in parts if not part[0] & names]
        merged = [each for part in found for each in part[1]]
        parts.append((names.union(*(part[0] for part in found)), [*merged, line]))
    return [part[1] for part in parts]


def bare(result: CheckResult) -> CheckResult:
    """A result without the order of its findings and the examples of codes that are lacking."""
    unknown = [attrs.evolve(entry, what=entry.what.partition(": ")[0]) for entry in result.unknown]
    return attrs.evolve(
        result,
        findings=tuple(sorted(result.findings, key=lambda each: (each.line_id or "", each.rule))),
        unknown=tuple(sorted(unknown, key=repr)),
        rules=dict(result.rules),
    )


@settings(max_examples=15, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(lines=batches(), book=books(), rejected=st.integers(0, 2))
def test_parts_make_the_whole(lines: list[ClaimLine], book: CodeBook, rejected: int) -> None:
    """Counts, causes, editions and findings of all parts are those of one run over all lines."""
    checker = Checker(book, RULES, as_of=date(2026, 1, 1))
    bad = tuple(Rejected(file="a.csv", line=number, reason="is ragged") for number in range(rejected))
    whole = checker.check_lines(lines, PAST, rejected=bad)
    parts = [checker.check_lines(part, PAST) for part in apart(lines)] or [checker.check_lines([], PAST)]
    merged = merge_results([attrs.evolve(parts[0], rejected=bad), *parts[1:]])

    assert attrs.asdict(bare(merged)) == attrs.asdict(bare(whole))
    assert merged.lines == len(lines) + rejected


def test_examples_come_from_the_parts() -> None:
    """The codes that a table lacks are named, three of them, and that there are more."""
    entries = [
        UnknownCount(cause=Cause.NO_CODE, what="code not in the fee schedule: G0001, G0002", lines=9),
        UnknownCount(cause=Cause.NO_CODE, what="code not in the fee schedule: G0003, G0004", lines=90),
    ]
    merged = merge_results(CheckResult(unknown=(entry,), checked=entry.lines) for entry in entries)

    assert [(entry.lines, entry.what) for entry in merged.unknown] == [
        (99, "code not in the fee schedule: G0003, G0004, G0001 …")
    ]
    assert re.search("G0002", merged.unknown[0].what) is None
