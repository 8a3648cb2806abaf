"""Run one example of a rule in one engine, and compare with what its block says."""

from collections.abc import Sequence
from typing import Final

import attrs

from claimrules.engine.history import History
from claimrules.engine.line import Checker
from claimrules.engine.run import DENYING
from claimrules.model.claim import Claim, ClaimLine
from claimrules.model.code import Cause
from claimrules.model.facts import FACTS
from claimrules.model.finding import CheckResult, Finding, Judgement, Outcome, Severity
from claimrules.rulebook.rule import Example, Rule
from claimrules.rulebook.select import Rulebook
from claimrules.testing.example_book import example_book

ENGINES: Final = ("python", "polars", "polars-lazy", "pandas", "pyarrow", "duckdb", "spark")
CLAIM: Final = "example"
PAST: Final = "before"
"""The claim of the history: engines that number lines by their claims number it first."""


class ExampleFailed(AssertionError):  # noqa: N818 (a failed test is no error of the program)
    """An engine says something else than the example expects."""


@attrs.frozen(kw_only=True)
class Said:
    """What an engine says of the line of an example; ``edition`` is the first that decided a finding."""

    outcome: Outcome
    cause: Cause | None = None
    severity: Severity | None = None
    edition: str | None = None
    others: tuple[str, ...] = ()
    reason: str = ""


def run_example(rule: Rule, example: Example, engine: str = "python", *, known: Sequence[Rule] = ()) -> Said:
    """Run one example of a rule and check that the engine says what the example expects.

    ``known`` are the other rules of the rulebook: those of earlier strata decide what is denied.

    Raises:
        ExampleFailed: it says something else; the text names the rule, the example and the facts.
    """
    if engine == "python":
        said = _run_python(rule, example, known)
    else:
        from claimrules.testing.frame_examples import run_frame_examples  # noqa: PLC0415 (needs dataframe libraries)

        [said] = run_frame_examples(rule, (example,), engine, known=known)
    compare(rule, example, said, engine)
    return said


def compare(rule: Rule, example: Example, said: Said, engine: str) -> None:
    """Compare what an engine says with what the example expects.

    Raises:
        ExampleFailed: they differ.
    """
    problems = []
    if said.outcome is not example.kind:
        problems.append(f"outcome is {said.outcome.value}, not {example.kind.value}; {said.reason}")
    if example.cause is not None and said.cause is not example.cause:
        problems.append(f"cause is {said.cause}, not {example.cause.value}")
    if example.severity is not None and said.severity is not example.severity:
        problems.append(f"severity is {said.severity}, not {example.severity.value}")
    if example.others is not None and engine == "python":
        expected = tuple(str(number) for number in example.others)
        if said.others != expected:
            problems.append(f"the lines that prove it are {said.others}, not {expected}")
    if problems:
        msg = f"{rule.code}, example {example.title!r}, {engine}: " + "; ".join(problems)
        raise ExampleFailed(msg)


def rulebook_for(rule: Rule, known: Sequence[Rule]) -> Rulebook:
    """The rule itself, and the rules of earlier strata that can deny a line for it, if it asks."""
    asks = any(field.name == "denied" for field in rule.fields)
    earlier = (other for other in known if asks and other.stratum < rule.stratum and other.gravest in DENYING)
    rules = tuple(sorted((rule, *earlier), key=lambda each: each.code))
    return Rulebook(rules, rules, {}, frozenset(each.code for each in rules))


def that_matter(rule: Rule, examples: Sequence[Example], known: Sequence[Rule]) -> tuple[Rule, ...]:
    """Give the rules of earlier strata that fire on a line of the examples: the others deny nothing."""
    rulebook = rulebook_for(rule, known)
    fired: set[str] = set()
    for example in examples if len(rulebook.rules) > 1 else ():
        checker = Checker(example_book(example), rulebook, as_of=example.as_of)
        result = checker.check(claim_of(example, history_lines(example)))
        fired |= {code for code, counts in result.rules.items() if counts.fired}
    return tuple(each for each in rulebook.rules if each.code in fired)


def claim_of(example: Example, before: Sequence[ClaimLine] = ()) -> Claim:
    """The claim of an example; other lines can stand before its own."""
    facts = {name: getattr(example.facts, name) for name in FACTS}
    return Claim(claim_id=CLAIM, lines=(*before, *example.lines), **facts)


def history_lines(example: Example, claim: str = PAST) -> tuple[ClaimLine, ...]:
    """The lines of the history, which stand on an earlier claim."""
    return tuple(
        attrs.evolve(line, claim_id=claim, line_id=f"h{number}")
        for number, line in enumerate(example.history, 1)
    )


def judged(rule: Rule, example: Example, known: Sequence[Rule]) -> CheckResult:
    """Check the claim of an example with the line engine."""
    checker = Checker(example_book(example), rulebook_for(rule, known), as_of=example.as_of)
    history = History(
        history_lines(example),
        complete_from=example.history_from,
        complete_to=example.history_to,
        providers=example.history_providers,
    )
    return checker.check(claim_of(example), history)


def _run_python(rule: Rule, example: Example, known: Sequence[Rule]) -> Said:
    result = judged(rule, example, known)
    judgement = result.outcomes[CLAIM, str(example.line)][rule.code]
    return said_of(judgement, result.findings, rule, str(example.line))


def said_of(judgement: Judgement, findings: Sequence[Finding], rule: Rule, line_id: str) -> Said:
    """Put a judgement and its finding together."""
    found = [one for one in findings if (one.rule, one.line_id, one.claim_id) == (rule.code, line_id, CLAIM)]
    facts = ", ".join(f"{fact.field} = {fact.value}" for fact in judgement.evidence)
    return Said(
        outcome=judgement.outcome,
        cause=judgement.cause,
        severity=found[0].severity if found else None,
        edition=next(iter(found[0].editions), "") if found else None,
        others=found[0].other_line_ids if found else judgement.others,
        reason=judgement.reason or facts,
    )
