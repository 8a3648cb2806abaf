"""Boundary examples from a rule's tree: which limits its examples stand at, and blocks for the others.

A limit is a number or a date that a field of the line is compared with: written in the rule, or a date
of the claim. An example stands at it, one below or one above.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import attrs

from claimrules.expr.nodes import Compare, Literal, Name
from claimrules.expr.vocabulary import VOCABULARY
from claimrules.model.claim import ClaimLine
from claimrules.model.facts import FACTS
from claimrules.model.finding import Outcome
from claimrules.rulebook.rule import Example, Rule
from claimrules.testing.examples import ExampleFailed, run_example

OFFSETS: Final = {-1: "one below", 0: "at", 1: "one above"}
_ORDERS: Final = ("<", "<=", ">", ">=")
_FIELDS: Final = (
    *("units", "charge", "from_date", "to_date", "minutes", "dose", "diagnosis_pointers", "container"),
    "noncovered_charge",
)
"""The fields of the line that an example can give any value."""
_BLOCKS: Final = {
    Outcome.FIRED: "fires",
    Outcome.PASSED: "passes",
    Outcome.UNKNOWN: "unknown",
    Outcome.BYPASSED: "bypassed",
    Outcome.NOT_APPLICABLE: "passes",
}


@attrs.frozen
class Limit:
    """A field of the line, and what it is compared with."""

    field: str
    other: Literal | Name

    def __str__(self) -> str:
        other = self.other
        return f"{self.field} and {other.field if isinstance(other, Name) else self.value(None)}"

    def value(self, example: Example | None) -> Any:  # noqa: ANN401 (a number or a date)
        """The limit itself; ``None`` where the example does not say it."""
        if isinstance(self.other, Name):
            return getattr(example.facts, self.other.field.name) if example else None
        value = self.other.value
        return value if isinstance(value, date) else Decimal(value).scaleb(-self.other.scale)

    def shifted(self, example: Example, offset: int, *, finest: bool = False) -> Any:  # noqa: ANN401 (a number or a date)
        """The value that stands so far from the limit; ``None`` where the limit is not known.

        A step is a day, or one of the last decimal that the rule writes; the ``finest`` is one of the
        last decimal that the field has.
        """
        value = self.value(example)
        if isinstance(value, date):
            return value + timedelta(days=offset)
        scale = VOCABULARY["line"][self.field].scale if finest else self.other.scale
        return None if value is None else value + Decimal(offset).scaleb(-scale)


def limits(rule: Rule) -> tuple[Limit, ...]:
    """The limits of a rule's conditions that examples can be made for."""
    found: dict[Limit, None] = {}
    for condition in (rule.applies, rule.when, rule.unless):
        for node in condition.walk():
            if isinstance(node, Compare) and node.op in _ORDERS:
                found.update(dict.fromkeys(_limits(node)))
    return tuple(found)


def _limits(node: Compare) -> Iterator[Limit]:
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if not isinstance(one, Name) or one.field.namespace != "line" or one.field.name not in _FIELDS:
            continue
        claim = isinstance(other, Name) and other.field.namespace == "claim" and other.field.name in FACTS
        if isinstance(other, Literal) or (claim and isinstance(other, Name)):
            yield Limit(one.field.name, other)


def exercised(rule: Rule, limit: Limit) -> frozenset[int]:
    """Where examples stand: some of one below (-1), at (0), one above (1)."""
    return frozenset(
        offset
        for example in rule.examples
        for offset in OFFSETS
        for finest in (False, True)
        if (value := limit.shifted(example, offset, finest=finest)) is not None
        and _decimal(getattr(_line(example), limit.field)) == value
    )


def missing(rule: Rule) -> tuple[tuple[Limit, int], ...]:
    """The places at limits where no example of the rule stands."""
    return tuple(
        (limit, offset) for limit in limits(rule) for offset in sorted({*OFFSETS} - exercised(rule, limit))
    )


def blocks(rule: Rule, known: Sequence[Rule] = ()) -> Iterator[str]:
    """Give an example block, ready to paste, for each missing place; what it says is what the rule says."""
    for limit, offset in missing(rule):
        made = (_moved(example, limit, offset) for example in rule.examples)
        example = next((each for each in made if each is not None), None)
        if example is not None:
            title = f"{limit.field} {OFFSETS[offset]} the limit"
            yield _block(attrs.evolve(example, title=title, kind=_outcome(rule, example, known)))


def _line(example: Example) -> ClaimLine:
    return example.lines[example.line - 1]


def _decimal(value: Any) -> Any:  # noqa: ANN401 (a number or a date)
    return Decimal(value) if isinstance(value, int) else value


def _moved(example: Example, limit: Limit, offset: int) -> Example | None:
    """The example with its line moved to a place at a limit; ``None`` where it cannot stand there."""
    line, value = _line(example), limit.shifted(example, offset)
    before = getattr(line, limit.field)
    if value is None or before is None:
        return None
    if limit.field != "charge" and not isinstance(value, date) and value < 0:
        return None
    change: dict[str, Any] = {limit.field: int(value) if isinstance(before, int) else value}
    if limit.field == "from_date" and line.to_date is not None:
        change["to_date"] = line.to_date + (value - before)
    try:
        moved = attrs.evolve(line, **change)
    except (ValueError, OverflowError):
        return None
    lines = (*example.lines[: example.line - 1], moved, *example.lines[example.line :])
    return attrs.evolve(example, lines=lines, cause=None, severity=None, others=None)


def _outcome(rule: Rule, example: Example, known: Sequence[Rule]) -> Outcome:
    for outcome in Outcome:
        try:
            run_example(rule, attrs.evolve(example, kind=outcome), known=known)
        except ExampleFailed:
            continue
        return outcome
    msg = f"{rule.code}: an example has no outcome"
    raise AssertionError(msg)


def _block(example: Example) -> str:
    lines = [f"[[{_BLOCKS[example.kind]}]]", f"title = {_toml(example.title)}"]
    lines.append(f"lines = {_toml([str(line) for line in example.lines])}")
    for name, rows in (("pairs", example.pairs), ("add_ons", example.add_ons)):
        lines += [f"{name} = {_toml([list(row) for row in rows])}"] if rows else []
    if example.history:
        lines.append(f"history = {_toml([str(line) for line in example.history])}")
    for code, attributes in example.codes.items():
        lines.append(f"codes.{_toml(code) if '/' in code else code} = {_toml(dict(attributes))}")
    given, expect = _given(example), {"line": example.line} if example.line > 1 else {}
    if example.kind is Outcome.NOT_APPLICABLE:
        expect |= {"outcome": example.kind.value}  # type: ignore[dict-item]
    lines += [f"given = {_toml(given)}"] if given else []
    lines += [f"expect = {_toml(expect)}"] if expect else []
    return "\n".join(lines)


def _given(example: Example) -> dict[str, Any]:
    given = {name: getattr(example, name) for name in ("as_of", "history_from", "history_to")}
    given |= {"complete": example.complete or None}
    given |= {"history_providers": example.history_providers if example.history_providers != "own" else None}
    given |= {name: getattr(example.facts, name) for name in FACTS}
    return {
        name: " ".join(value) if isinstance(value, tuple) else value
        for name, value in given.items()
        if value is not None
    }


def _toml(value: Any) -> str:  # noqa: ANN401 (what an example holds)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
