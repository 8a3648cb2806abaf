"""Run the examples of many rules in few frames: an engine that plans for seconds is asked once for all."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame import check_frame
from claimrules.engine.frame.around import OUTCOME, SEQ
from claimrules.engine.frame.combos import CLASS
from claimrules.engine.frame.result import FrameResult
from claimrules.engine.history import Coverage
from claimrules.engine.line import Checker
from claimrules.engine.outcomes import FIRED
from claimrules.model.finding import Severity
from claimrules.rulebook.rule import Example, Rule
from claimrules.rulebook.select import Rulebook
from claimrules.testing.example_book import example_book
from claimrules.testing.examples import CLAIM, Said
from claimrules.testing.frame_examples import lines_of, said_of
from claimrules.testing.frames import frame_of, row_of

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from claimrules.codebook import Lookup

    Lazy = nw.LazyFrame[Any]

Place = tuple[str, int]
"""The code of a rule, and the number of its example from 0."""


_IDS: Final = {"realm": "r_realm", "claim": "r_claim_id", "line": "r_line_id"}
_SEVERITIES: Final = {severity.rank: severity for severity in Severity}


@attrs.frozen(kw_only=True, eq=False)
class Together:
    """Examples of many rules that are judged as of the same day: each has a book and a history (a realm)."""

    as_of: date | None
    examples: Mapping[Place, Example]
    rules: tuple[Rule, ...]


def together(rules: Sequence[Rule]) -> tuple[Together, ...]:
    """Divide the examples of some rules by the day as of which they are judged: a run has one."""
    found: dict[date | None, dict[Place, Example]] = {}
    for rule in rules:
        for number, example in enumerate(rule.examples):
            found.setdefault(example.as_of, {})[rule.code, number] = example
    return tuple(
        Together(as_of=as_of, examples=examples, rules=_needed(rules, {code for code, _ in examples}))
        for as_of, examples in found.items()
    )


def run_together(some: Together, engine: str) -> dict[Place, Said]:
    """Run all of them in one frame, and give what is said of each by its own rule."""
    books = {place: example_book(example) for place, example in some.examples.items()}
    realms: dict[str, Lookup] = {_realm(place): book.lookup() for place, book in books.items()}
    coverages = {_realm(place): _declared(example) for place, example in some.examples.items()}
    rulebook = Rulebook(some.rules, some.rules, {}, frozenset(rule.code for rule in some.rules))
    rows = [
        row_of(line) | {"realm": _realm(place)}
        for place, example in some.examples.items()
        for line in lines_of(0, example)
    ]
    checker = Checker(next(iter(books.values())), rulebook, as_of=some.as_of)
    result = check_frame(checker, frame_of(rows, engine), coverages=coverages, realms=realms)
    return dict(_said(some, result))


def _declared(example: Example) -> Coverage:
    start, end = example.history_from, example.history_to
    return Coverage(complete_from=start, complete_to=end, providers=example.history_providers)


def _needed(rules: Sequence[Rule], codes: set[str]) -> tuple[Rule, ...]:
    """The rules of some examples, and those of earlier strata where one asks what they deny."""
    chosen = [rule for rule in rules if rule.code in codes]
    asking = [rule for rule in chosen if any(field.name == "denied" for field in rule.fields)]
    last = max((rule.stratum for rule in asking), default=0)
    return tuple(rule for rule in rules if rule.code in codes or rule.stratum < last)


def _realm(place: Place) -> str:
    return f"{place[0]}-{place[1]}"


def _said(some: Together, result: FrameResult) -> Iterator[tuple[Place, Said]]:
    outcomes, severities = result.outcomes("r_realm"), _severities(result)
    rules = {rule.code: rule for rule in some.rules}
    for place, example in some.examples.items():
        rule, claim = rules[place[0]], example.lines[example.line - 1].claim_id or f"{CLAIM}-0"
        key = (_realm(place), claim, str(example.line))
        byte = outcomes[key][rule.code]
        severity = severities.get((rule.code, *key)) if byte == FIRED else None
        yield place, said_of(result, rule, byte, severity)


def _severities(result: FrameResult) -> dict[tuple[str, ...], Severity]:
    """The severity of all that fired, before a rule that takes another in silences it."""
    nw, combos, engine = result.context.nw, result.combos, result.context.engine
    numbered = (SEQ,) if result.looked else ()
    lines = result.local(result.classed.select(CLASS, *numbered, *_IDS.values()))
    keys = list(zip(*(lines[name] for name in _IDS.values()), strict=True))
    found: dict[tuple[str, ...], Severity] = {}
    for looked in result.looked:
        fired = looked.frame.filter(nw.col(OUTCOME) == FIRED).select(SEQ, "severity_rank")
        ranks = _pairs(result, fired)
        of_line = zip(keys, lines[SEQ], strict=True)
        found |= {(looked.rule.code, *key): _SEVERITIES[ranks[seq]] for key, seq in of_line if seq in ranks}
    for key, value in zip(keys, lines[CLASS], strict=True):
        graded = combos.classes[value].ranks
        found |= {
            (engine.line_rules[number].code, *key): _SEVERITIES[rank] for number, rank in graded.items()
        }
    return found


def _pairs(result: FrameResult, frame: "Lazy") -> dict[int, int]:
    """A frame of two columns."""
    columns = result.local(frame)
    return dict(zip(*columns.values(), strict=True))
