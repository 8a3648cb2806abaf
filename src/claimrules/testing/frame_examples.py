"""Run examples in a frame engine: all of them in one frame, each with its own code book."""

import random
from collections.abc import Sequence
from datetime import date

import attrs

from claimrules.engine.frame import check_frame
from claimrules.engine.frame.result import FrameResult
from claimrules.engine.history import Coverage
from claimrules.engine.line import Checker
from claimrules.engine.outcomes import FIRST_UNKNOWN, missing_of, outcome_of
from claimrules.model.claim import ClaimLine
from claimrules.model.finding import Severity
from claimrules.rulebook.rule import Example, Rule
from claimrules.testing.example_book import example_book
from claimrules.testing.examples import (
    CLAIM,
    PAST,
    Said,
    history_lines,
    rulebook_for,
    that_matter,
)
from claimrules.testing.frames import frame_of, row_of

Row = dict[str, str | None]
Declared = tuple[date | None, date | None, str, date | None]


def run_frame_examples(  # noqa: PLR0913 (the last four by keyword, for a harder test)
    rule: Rule,
    examples: Sequence[Example],
    engine: str,
    *,
    known: Sequence[Rule] = (),
    between: Sequence[ClaimLine] = (),
    seed: int = 0,
) -> list[Said]:
    """Run examples of a rule in one frame, shuffled, with other lines between them.

    Examples that declare different histories go into a frame for each declaration: a run has one.
    """
    said: dict[int, Said] = {}
    known = that_matter(rule, examples, known)
    by_declaration: dict[Declared, list[int]] = {}
    for number, example in enumerate(examples):
        declared = (example.history_from, example.history_to, example.history_providers, example.as_of)
        by_declaration.setdefault(declared, []).append(number)
    for (start, end, providers, as_of), numbers in by_declaration.items():
        chosen = {number: examples[number] for number in numbers}
        realms = {_realm(number): example_book(example).lookup() for number, example in chosen.items()}
        book = example_book(examples[numbers[0]])
        checker = Checker(book, rulebook_for(rule, known), as_of=as_of)
        rows = _shuffled(rule, _rows(chosen, between), seed)
        coverage = Coverage(complete_from=start, complete_to=end, providers=providers)
        result = check_frame(checker, frame_of(rows, engine), coverage=coverage, realms=realms)
        said |= _read(rule, chosen, result)
    return [said[number] for number in range(len(examples))]


def _realm(number: int) -> str:
    """Name the code book of an example, among those of all examples in a frame."""
    return f"example-{number}"


def _rows(examples: dict[int, Example], between: Sequence[ClaimLine]) -> list[Row]:
    rows = [
        row_of(line) | {"realm": _realm(number)}
        for number, example in examples.items()
        for line in lines_of(number, example)
    ]
    first = _realm(next(iter(examples)))
    return [*rows, *(row_of(line) | {"realm": first} for line in between)]


def _shuffled(rule: Rule, rows: list[Row], seed: int) -> list[Row]:
    """Mix the rows; where a rule asks which line comes first, those of one example keep their order."""
    mixed = list(rows)
    random.Random(seed).shuffle(mixed)  # noqa: S311 (an order, not a secret)
    ordered = rule.report == "first" or any(field.name == "seq" for field in rule.fields)
    if not ordered:
        return mixed
    kept = {row["realm"]: iter([each for each in rows if each["realm"] == row["realm"]]) for row in rows}
    return [next(kept[row["realm"]]) for row in mixed]


def lines_of(number: int, example: Example) -> list[ClaimLine]:
    """The lines of an example with a claim of their own; without a patient the claim stands in."""
    claim = f"{CLAIM}-{number}"
    lines = [
        attrs.evolve(line, claim_id=line.claim_id or claim, line_id=str(place), facts=example.facts)
        for place, line in enumerate(example.lines, 1)
    ]
    past = history_lines(example, f"{PAST}-{number}")
    return [*(attrs.evolve(line, facts=example.facts.of_patient) for line in past), *lines]


def _read(rule: Rule, examples: dict[int, Example], result: FrameResult) -> dict[int, Said]:
    outcomes, told = result.outcomes(), _told(rule, result)
    found = {}
    for number, example in examples.items():
        key = (f"{CLAIM}-{number}", str(example.line))
        severity, edition = told.get(key, (None, None))
        said = said_of(result, rule, outcomes[key][rule.code], severity)
        found[number] = attrs.evolve(said, edition=edition)
    return found


def said_of(result: FrameResult, rule: Rule, byte: int, severity: Severity | None) -> Said:
    """What a rule says of a line, by the byte of its outcome."""
    # As it was asked: a rule that looks around has one more condition where claims replace others.
    engine = result.context.engine
    cause, reason = None, ""
    if byte >= FIRST_UNKNOWN:
        field, cause = missing_of(engine.rules[engine.numbers[rule.code]], byte)
        reason = f"{field}: {cause.words}"
    return Said(outcome=outcome_of(byte), cause=cause, severity=severity, reason=reason)


def _told(rule: Rule, result: FrameResult) -> dict[tuple[str, str], tuple[Severity, str]]:
    columns = result.local(result.found.filter(result.context.nw.col("rule") == rule.code))
    names = ("claim_id", "line_id", "severity", "edition")
    rows = zip(*(columns[name] for name in names), strict=True)
    return {(claim, line): (Severity(severity), edition) for claim, line, severity, edition in rows}
