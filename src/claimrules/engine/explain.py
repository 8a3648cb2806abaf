"""Explaining: the facts that decided a rule, its message, and how grave it is.

The fast functions give a byte; what a person reads is made here, for what is shown or exported.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Final

import attrs

from claimrules.codebook import PairFact
from claimrules.engine.pair_rules import Partner
from claimrules.engine.source import Source
from claimrules.engine.subject import Subject
from claimrules.expr import access
from claimrules.expr.nodes import (
    Aggregate,
    And,
    Condition,
    Name,
    Not,
    Or,
    Quantified,
    aggregates,
    leaves,
    names,
    outer_names,
)
from claimrules.expr.vocabulary import PAIR_NAMESPACES, Field, Type
from claimrules.model.edition import Source as SpokenBy
from claimrules.model.finding import Evidence, Severity
from claimrules.model.indicator import INDICATORS
from claimrules.rulebook.rule import Rule

Truths = Mapping[int, tuple[bool, bool]]
"""Known true and known false of each part of the conditions, by its identity: hashing trees is slow."""
UNKNOWN_TEXT: Final = "unknown"
PRIVATE_TEXT: Final = "not shown"
OF_MODIFIERS: Final = frozenset({"modifiers", "component", "repeated_modifiers"})
"""Fields that point at modifiers of the line."""
REPLACES_NONE: Final = "replaces_none"
_UNTOLD: Final = frozenset({"seq", REPLACES_NONE})
"""Fields that are nobody's facts: the places of lines in their run, and that no claim is replaced."""
_NO_PARTNER: Final = Partner()
"""Stands in where a rule on pairs does not apply, so that no other line was looked at."""
Leaf = Name | Aggregate | Quantified
Pick = Callable[[And | Or, bool], tuple[Condition, ...]]
"""Gives the parts that decided, of a node of which one part is enough."""


@attrs.frozen(eq=False)
class Situation:
    """A line, and for rules that look around the other line, their relation and the aggregates."""

    subject: Subject
    other: Subject | None = None
    partner: Partner | None = None
    aggregates: Sequence[tuple[Any, ...]] = ()

    def side(self, field: Field) -> Subject | None:
        """The line that a field is about."""
        return self.other if field.namespace in PAIR_NAMESPACES else self.subject


@attrs.frozen(kw_only=True)
class Explained:
    """What is told of a rule that fired: all of a finding that is not about the ids of lines."""

    severity: Severity
    message: str
    advice: str
    fields: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    editions: tuple[str, ...]


class Explainer:
    """Explains one rule; its functions are generated when they are first asked for."""

    def __init__(self, rule: Rule, found: Sequence[Aggregate | Quantified] = ()) -> None:
        """Take the rule, and the aggregates in the order in which their values come."""
        self.rule = rule
        self.found = tuple(found)
        self.marked = frozenset(text for part in (rule.applies, rule.when) for text in modifier_texts(part))

    @cached_property
    def nodes(self) -> tuple[Condition, ...]:
        """Every part of the conditions."""
        return tuple(node for root in _roots(self.rule) for node in _conditions(root))

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields that conditions and messages name."""
        rule = self.rule
        templates = (rule.message, rule.advice, *(text for _, text in rule.hints))
        named = (field for text in templates for field in text.fields)
        return tuple(dict.fromkeys((*outer_names(*_roots(rule)), *named)))

    def fill(self, source: Source, nodes: Collection[Condition]) -> None:
        """Write the variables of the fields and aggregates that conditions name."""
        for field in outer_names(*nodes):
            source.add(1, f"{source.variable(field)} = {snippet(field)}")
        for node in aggregates(*nodes):
            name = source.variable(node)
            source.add(1, f"{name} = a[{self.found.index(node)}][1]")
            if isinstance(node, Quantified):
                source.add(1, f"{name}_t, {name}_f = {name} is True, {name} is False")

    @cached_property
    def _truths(self) -> Callable[..., list[tuple[bool, bool]]]:
        source = Source()
        self.fill(source, self.nodes)
        writer = source.writer
        pairs = [f"(bool({writer.true(node)}), bool({writer.false(node)}))" for node in self.nodes]
        source.add(1, f"return [{', '.join(pairs)}]")
        return source.compile("truths", "s, o, p, a")

    @cached_property
    def _values(self) -> Callable[..., list[Any]]:
        source = Source()
        source.add(1, f"return [{', '.join(snippet(field) for field in self.fields)}]")
        return source.compile("values", "s, o, p")

    def truths(self, at: Situation) -> Truths:
        """Known true and known false, for every part of the conditions."""
        found = self._truths(at.subject, at.other or at.subject, at.partner or _NO_PARTNER, at.aggregates)
        return {id(node): truth for node, truth in zip(self.nodes, found, strict=True)}

    def values(self, at: Situation) -> dict[Field, str]:
        """The values of the fields that conditions and messages name, as text."""
        found = self._values(at.subject, at.other or at.subject, at.partner or _NO_PARTNER)
        return {field: shown(field, value) for field, value in zip(self.fields, found, strict=True)}

    def deciding(self, truths: Truths, *wanted: tuple[Condition, bool]) -> tuple[Leaf, ...]:
        """The fields and aggregates that decided conditions which are known to be so."""

        def pick(node: And | Or, want: bool) -> tuple[Condition, ...]:  # noqa: FBT001 (a truth)
            return tuple(part for part in node.parts if truths[id(part)][0 if want else 1])[:1]

        found = (leaf for node, truth in wanted for leaf in decisions(node, pick, want=truth))
        return tuple(dict.fromkeys(found))

    def evidence(self, at: Situation, deciding: Sequence[Leaf]) -> tuple[Evidence, ...]:
        """The deciding facts as data."""
        values = self.values(at)
        facts = (
            fact(at, leaf.field, values[leaf.field])
            if isinstance(leaf, Name)
            else counted_fact(leaf, at.aggregates[self.found.index(leaf)][1])
            for leaf in deciding
            if is_told(leaf)
        )
        return tuple(dict.fromkeys(facts))


def counted_fact(node: Aggregate | Quantified, value: object) -> Evidence:
    """What a rule counted, as data."""
    inner = node.condition if isinstance(node, Quantified) else node.value
    about = ", ".join(str(field) for field in names(inner)) if inner is not None else ""
    scale = node.scale if isinstance(node, Aggregate) else 0
    if value is not None and holds_private(node):
        return Evidence(field=f"{node.function}({about})", value=PRIVATE_TEXT)
    return Evidence(field=f"{node.function}({about})", value=number_text(value, scale))


def holds_private(node: Aggregate | Quantified) -> bool:
    """Say whether the value of an aggregate is that of a private field: the least of some ids is an id."""
    value = node.value if isinstance(node, Aggregate) and node.function in ("min", "max") else None
    return value is not None and any(field.private for field in names(value))


def snippet(field: Field) -> str:
    """The source that gets the value of a field of the line, the other line or their relation."""
    side = "p" if field.namespace == "pair" else "o" if field.namespace in PAIR_NAMESPACES else "s"
    return access.snippet(field, side)


def _roots(rule: Rule) -> tuple[Condition, ...]:
    more = (part for part, _ in (*rule.severity_if, *rule.hints))
    return rule.applies, rule.when, rule.unless, *more


def _conditions(root: Condition) -> Iterator[Condition]:
    """Every condition of a tree, without looking inside aggregates."""
    yield root
    if isinstance(root, Quantified):
        return
    for child in root.children():
        if isinstance(child, Condition):
            yield from _conditions(child)


def decisions(node: Condition, pick: Pick, *, want: bool) -> Iterator[Leaf]:
    """The leaves that decided a condition which is known to be so."""
    if isinstance(node, Not):
        yield from decisions(node.part, pick, want=not want)
    elif isinstance(node, And | Or):
        # One part decides an `or` that is true and an `and` that is false; all parts the others.
        for part in pick(node, want) if isinstance(node, Or) is want else node.parts:
            yield from decisions(part, pick, want=want)
    else:
        yield from leaves(node)


def shown(field: Field, value: object) -> str:
    """A value as people write it."""
    if field.private and value is not None:
        return PRIVATE_TEXT
    if type(value) is str:
        return value or "blank"
    if value is None or field.type in (Type.NUMBER, Type.BOOL):
        return number_text(value, field.scale)
    if isinstance(value, frozenset):
        value = tuple(sorted(item or "blank" for item in value))
    if isinstance(value, tuple):
        return " ".join(value) or "none"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) or "blank"


def number_text(value: object, scale: int) -> str:
    """A scaled integer as a decimal number, without trailing zeros; yes or no for a truth."""
    if value is None:
        return UNKNOWN_TEXT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int) or not scale:
        return str(value)
    sign, digits = "-" if value < 0 else "", f"{abs(value):0{scale + 1}d}"
    whole, part = digits[:-scale], digits[-scale:].rstrip("0")
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def fact(at: Situation, field: Field, value: str) -> Evidence:
    """One field as data."""
    base = field.base
    enum = INDICATORS.get(base.name) if base.namespace == "code" else None
    meaning = enum(value).meaning if enum is not None and value in tuple(enum) else ""
    source = source_of(at, field)
    if source is None:
        return Evidence(field=str(field), value=value, meaning=meaning)
    edition = source.edition
    return Evidence(
        field=str(field),
        value=value,
        meaning=meaning,
        edition=edition.name,
        holds_from=source.effective if isinstance(source, PairFact) else edition.speaks_from,
        holds_to=source.deletion if isinstance(source, PairFact) else edition.ends,
        how=source.how.value,
    )


def source_of(at: Situation, field: Field) -> SpokenBy | PairFact | None:
    """Who says what a field says: an edition, or of a pair of codes the edit with its days in force."""
    base = field.base
    if base.namespace == "pair":
        return at.partner.fact if at.partner is not None else None
    side = at.side(field)
    if base.namespace != "code" or base.table is None or side is None:
        return None
    return side.code.sources.get(base.table)


def is_told(leaf: Leaf) -> bool:
    """Whether what decided is a fact of lines, codes or claims, and not where lines stand."""
    return all(field.name not in _UNTOLD for field in names(leaf))


def places(named: Collection[str], deciding: Sequence[Leaf], modifiers: Sequence[str]) -> tuple[str, ...]:
    """The positions on the line that one can point at: ``modifiers[1]`` is the first modifier."""
    found: dict[str, None] = {}
    for leaf in deciding:
        if not isinstance(leaf, Name) or leaf.field.namespace not in ("line", "form"):
            continue
        name = leaf.field.name
        if name in OF_MODIFIERS:
            marked = [i for i, modifier in enumerate(modifiers, 1) if modifier in named]
            found.update((f"modifiers[{i}]", None) for i in marked)
            if not marked:
                found["modifiers"] = None
        elif name != REPLACES_NONE:
            found[{"days": "to_date", "units_whole": "units"}.get(name, name)] = None
    return tuple(found)


def modifier_texts(condition: Condition) -> Iterator[str]:
    """Give the modifiers that a condition names, themselves or through a set."""
    for node in condition.walk():
        members = getattr(node, "members", None)
        if hasattr(node, "holder"):
            yield node.text  # type: ignore[attr-defined]
        elif members is not None and members.kind == "modifiers":
            yield from members.members
