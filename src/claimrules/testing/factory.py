"""Lines that must fail and lines that must pass, from the examples that a rule's own file gives.

Each comes with the code book of its example: what is published about its codes is part of the case.
"""

from collections.abc import Iterator
from typing import Final

import attrs

from claimrules.codebook import CodeBook
from claimrules.engine.history import History
from claimrules.engine.line import Checker
from claimrules.model.claim import Claim, ClaimLine
from claimrules.model.finding import CheckResult, Outcome
from claimrules.rulebook.rule import Example, Rule
from claimrules.rulebook.select import Rulebook
from claimrules.testing.example_book import example_book
from claimrules.testing.examples import claim_of, history_lines, rulebook_for

_SILENT: Final = (Outcome.PASSED, Outcome.BYPASSED)


class NoExample(LookupError):  # noqa: N818 (it says what is not there)
    """A rule has no example of the kind asked for."""


@attrs.frozen(kw_only=True)
class Case:
    """A claim about one line of which a rule says something known; ``line_number`` counts from 1."""

    rule: str
    title: str
    outcome: Outcome
    claim: Claim
    history: History
    line_number: int
    checker: Checker = attrs.field(repr=False)
    example: Example = attrs.field(repr=False)

    @property
    def line(self) -> ClaimLine:
        """The line that the case is about."""
        return self.claim.lines[self.line_number - 1]

    @property
    def book(self) -> CodeBook:
        """What is published about the codes of the case."""
        return self.checker.book

    def check(self) -> CheckResult:
        """Check the claim with the rule alone, and the earlier rules that it asks."""
        return self.checker.check(self.claim, self.history)


@attrs.frozen(kw_only=True)
class Nearest:
    """A failing case and the passing one that differs least; ``differs`` names what is different."""

    failing: Case
    passing: Case
    differs: tuple[str, ...]


def make_case(
    *, violates: str | None = None, satisfies: str | None = None, rulebook: Rulebook | None = None
) -> Case:
    """Make the smallest case that violates a rule, or that satisfies it; the rule by id or name.

    Raises:
        SelectorError: there is no such rule.
        NoExample: the rule has no such example.
        ValueError: neither is asked for, or both.
    """
    if (violates is None) == (satisfies is None):
        msg = "say one of violates= and satisfies=, as in make_case(violates='BILAT101')"
        raise ValueError(msg)
    known = rulebook or Rulebook.load(preview=True)
    rule = known.get(violates or satisfies or "")
    wanted = (Outcome.FIRED,) if violates else _SILENT
    return _case(rule, min(_examples(rule, wanted), key=_size), known)


def make_line(
    *, violates: str | None = None, satisfies: str | None = None, rulebook: Rulebook | None = None
) -> ClaimLine:
    """Make the line of the smallest case; what else the case holds, ``make_case`` gives."""
    return make_case(violates=violates, satisfies=satisfies, rulebook=rulebook).line


def nearest(rule: str, *, rulebook: Rulebook | None = None) -> Nearest:
    """Give a failing case of a rule and the passing one that differs from it in the least.

    Raises:
        SelectorError: there is no such rule.
        NoExample: the rule lacks one of the two.
    """
    known = rulebook or Rulebook.load(preview=True)
    found = known.get(rule)
    pairs = (
        (failing, passing)
        for failing in _examples(found, (Outcome.FIRED,))
        for passing in _examples(found, _SILENT)
    )
    failing, passing = min(pairs, key=lambda pair: (len(_differences(*pair)), _size(pair[0]), _size(pair[1])))
    return Nearest(
        failing=_case(found, failing, known),
        passing=_case(found, passing, known),
        differs=tuple(_differences(failing, passing)),
    )


def _examples(rule: Rule, kinds: tuple[Outcome, ...]) -> list[Example]:
    found = [example for example in rule.examples if example.kind in kinds]
    if not found:
        words = " or ".join(kind.value for kind in kinds)
        msg = f"{rule.code} has no example that is {words}; write one in its file"
        raise NoExample(msg)
    return found


def _case(rule: Rule, example: Example, known: Rulebook) -> Case:
    checker = Checker(
        example_book(example), rulebook_for(rule, known.known or known.rules), as_of=example.as_of
    )
    history = History(
        history_lines(example),
        complete_from=example.history_from,
        complete_to=example.history_to,
        providers=example.history_providers,
    )
    return Case(
        rule=rule.code,
        title=example.title,
        outcome=example.kind,
        claim=claim_of(example),
        history=history,
        line_number=example.line,
        checker=checker,
        example=example,
    )


def _size(example: Example) -> tuple[int, int, str]:
    """How much an example holds; of two as small the title decides, so that the choice is stable."""
    lines = (*example.lines, *example.history)
    return len(lines), sum(len(str(line)) for line in lines) + len(str(example.codes)), example.title


def _differences(first: Example, second: Example) -> list[str]:
    """Name what two examples differ in: fields of lines, attributes of codes, and what is declared."""
    return [
        *_of_lines("line", first.lines, second.lines),
        *_of_lines("history", first.history, second.history),
        *_of_codes(first, second),
        *(
            name
            for name in (
                "pairs",
                "add_ons",
                "line",
                "as_of",
                "facts",
                "complete",
                "history_from",
                "history_to",
            )
            if getattr(first, name) != getattr(second, name)
        ),
    ]


def _of_lines(name: str, first: tuple[ClaimLine, ...], second: tuple[ClaimLine, ...]) -> Iterator[str]:
    for number in range(max(len(first), len(second))):
        if number >= min(len(first), len(second)):
            yield f"{name} {number + 1}"
            continue
        for field in attrs.fields(ClaimLine):
            if getattr(first[number], field.name) != getattr(second[number], field.name):
                yield f"{name} {number + 1} {field.name}"


def _of_codes(first: Example, second: Example) -> Iterator[str]:
    for code in sorted({*first.codes, *second.codes}):
        one, other = first.codes.get(code, {}), second.codes.get(code, {})
        for name in sorted({*one, *other}):
            if one.get(name) != other.get(name):
                yield f"codes.{code}.{name}"
