"""Pair rules compiled: each other line is a candidate, and equal candidates are judged once."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

import attrs

from claimrules.codebook import AddOnFact, Lookup, PairFact, Slot
from claimrules.engine.alone import rests_on_class
from claimrules.engine.keys import Same, key_functions, same_of, unknown_bytes
from claimrules.engine.outcomes import BYPASSED, FIRED, PASSED, no_history_byte, unknown_byte
from claimrules.engine.settled import is_settled_field
from claimrules.engine.source import Source, byte_of, missing, verdict
from claimrules.engine.subject import NO_PROOFS, Proofs, Subject
from claimrules.expr import access
from claimrules.expr.access import CAUSES
from claimrules.expr.nodes import Compare, Condition, Constant, Name, names
from claimrules.expr.vocabulary import PAIR_NAMESPACES, VOCABULARY, Field
from claimrules.model.code import Cause
from claimrules.model.edition import Table
from claimrules.rulebook.rule import Relation, Rule

INDICATOR: Final = VOCABULARY["pair"]["modifier_indicator"]


class Partner:
    """The published relation between two codes, as the conditions see it."""

    __slots__ = ("fact", "pair_modifier_indicator")

    def __init__(self, fact: PairFact | None = None) -> None:
        """Keep the edit; ``None`` for a relation that has none."""
        self.fact = fact
        self.pair_modifier_indicator = fact.modifier_indicator if fact else None


@attrs.frozen(kw_only=True, eq=False)
class PairRule:
    """A compiled pair rule; ``judge(s, o, p, earlier)`` gives the outcome of one candidate.

    For ``other = "none"`` it gives that of ``when`` alone, and ``alone(s)`` that of the line when
    no candidate matches. ``sees(s)`` is what the rule sees of the line, ``profile(o)`` of the other.
    ``settled`` says that the kind of a line alone decides whether the rule concerns it. ``earlier``
    counts in rules that are ``ordered``: whether the other line stands before. ``by_class``: what is said
    of a line alone is the same for all lines of its class; ``shares_concern``: so is whether it concerns it.
    """

    rule: Rule
    number: int
    same: Same
    unknown: tuple[int, ...]
    unrelated: dict[Cause, int]
    settled: bool
    concerns: Callable[[Subject], bool]
    sees: Callable[[Subject], tuple[Any, ...]]
    profile: Callable[[Subject], tuple[Any, ...]]
    judge: Callable[[Subject, Subject, Partner | None, bool], int]
    alone: Callable[[Subject], int]
    ordered: bool
    by_class: bool
    shares_concern: bool
    deaf_without: tuple[Table, ...] = ()

    def is_deaf(self, _slot: Slot) -> bool:  # as of a group rule
        """Whether the rule says the same of a line whatever the others are: never."""
        return False

    def lonely(self, subject: Subject, *, covered: bool) -> tuple[int, Proofs]:
        """What is said of a line alone."""
        if not covered:
            return no_history_byte(), NO_PROOFS
        return PASSED if self.rule.other == "any" else self.alone(subject), NO_PROOFS

    def unshared(self, _subject: Subject, part: int, *, covered: bool) -> tuple[int, Proofs]:  # noqa: ARG002 (as of a group rule)
        """What is said of a line whose key is unknown for want of one part."""
        return self.unknown[part], NO_PROOFS


def compile_pair_rule(rule: Rule, number: int, exact: Collection[str]) -> PairRule:
    """Compile one pair rule; ``number`` is its place among those that look around.

    ``exact`` are the fields of the line that stand in the key of its class.
    """
    fields = names(rule.applies, rule.when, rule.unless)
    # What is said of a line without another rests on `unless` only where no other is what is asked for.
    asked = names(rule.applies) if rule.other == "any" else names(rule.applies, rule.unless)
    unrelated = {cause: unknown_byte(rule, INDICATOR, cause) for cause in CAUSES} if rule.relation else {}
    return PairRule(
        rule=rule,
        number=number,
        same=same_of(rule.same, key_functions(rule.same)),
        unknown=unknown_bytes(rule),
        unrelated=unrelated,
        settled=all(is_settled_field(field) for field in names(rule.applies)),
        concerns=_concerns(rule),
        sees=_sees(rule),
        profile=_profile(rule),
        judge=_judge(rule),
        alone=_alone(rule),
        ordered=any(str(field) == "other.seq" for field in fields),
        by_class=rests_on_class(asked, exact),
        shares_concern=rests_on_class(names(rule.applies), exact),
    )


def _side(field: Field) -> str:
    if field.namespace == "pair":
        return "p"
    return "o" if field.namespace in PAIR_NAMESPACES else "s"


def _fill(source: Source, fields: Iterable[Field]) -> None:
    for field in fields:
        value = access.snippet(field, _side(field))
        if str(field) == "other.seq":
            value = "(s.seq - 1 if earlier else s.seq + 1)"
        source.add(1, f"{source.variable(field)} = {value}")


def _concerns(rule: Rule) -> Callable[[Subject], bool]:
    source = Source()
    _fill(source, names(rule.applies))
    source.add(1, f"return not {source.writer.false(rule.applies)}")
    return source.compile("concerns", "s")


def _sees(rule: Rule) -> Callable[[Subject], tuple[Any, ...]]:
    conditions = (rule.applies, rule.when, rule.unless)
    fields = [field for field in names(*conditions) if _side(field) == "s" and field.name != "seq"]
    parts = ["s.line.code", "s.line.from_date", "s.line.setting"] if rule.relation else []
    if any(_counts_lines(condition) for condition in conditions):
        parts.append("s.seq")
    return _tuple("sees", "s", fields, parts)


def _profile(rule: Rule) -> Callable[[Subject], tuple[Any, ...]]:
    fields = [field for field in names(rule.when, rule.unless) if _side(field) == "o" and field.name != "seq"]
    return _tuple("profile", "o", fields, ["o.line.code"] if rule.relation else [])


def _tuple(name: str, side: str, fields: Iterable[Field], parts: list[str]) -> Callable[..., tuple[Any, ...]]:
    source, found = Source(), list(parts)
    for field in fields:
        cause = access.cause(field, side)
        found += [access.snippet(field, side), *([] if cause.isdecimal() else [cause])]
    source.add(1, f"return ({', '.join(found)},)" if found else "return ()")
    return source.compile(name, side)


def _counts_lines(condition: Condition) -> bool:
    """Whether a condition asks for the number of the line itself, not only for which line stands before."""
    nodes = list(condition.walk())
    own = sum(isinstance(node, Name) and str(node.field) == "line.seq" for node in nodes)
    compared = sum(
        isinstance(node, Compare) and {str(field) for field in names(node)} == {"other.seq", "line.seq"}
        for node in nodes
    )
    return own != compared


def _judge(rule: Rule) -> Callable[[Subject, Subject, Partner | None, bool], int]:
    source, arguments = Source(), "s, o, p, earlier"
    if rule.other == "any":
        _fill(source, names(rule.applies, rule.when, rule.unless))
        verdict(source, rule, byte_of(rule, _side), 1, "return {}")
        return source.compile("judge", arguments)
    _fill(source, names(rule.when))
    writer = source.writer
    source.add(1, f"if {writer.true(rule.when)}: return {PASSED}")
    source.add(1, f"if {writer.false(rule.when)}: return {FIRED}")
    source.add(
        1, "return " + (_missing_when(source, rule) if not isinstance(rule.when, Constant) else str(FIRED))
    )
    return source.compile("judge", arguments)


def _missing_when(source: Source, rule: Rule) -> str:
    return missing(source.writer, (rule.when,), byte_of(rule, _side))


def _alone(rule: Rule) -> Callable[[Subject], int]:
    source = Source()
    _fill(source, names(rule.applies, rule.unless))
    writer, byte = source.writer, byte_of(rule, _side)
    if not isinstance(rule.unless, Constant):
        source.add(1, f"if {writer.true(rule.unless)}: return {BYPASSED}")
    source.add(1, f"if {writer.true(rule.applies)} and {writer.false(rule.unless)}: return {FIRED}")
    parts = tuple(part for part in (rule.applies, rule.unless) if not isinstance(part, Constant))
    source.add(1, f"return {missing(writer, parts, byte) if parts else FIRED}")
    return source.compile("alone", "s")


def relation(rule: Rule, subject: Subject, other: Subject, lookup: Lookup) -> Partner | Cause | None:
    """Whether two lines stand in the published relation; ``None``: known that they do not."""
    line, day = subject.line, subject.line.from_date
    if rule.relation is Relation.NCCI_PAIR:
        columns = (other.line.code, line.code) if rule.role == "column_2" else (line.code, other.line.code)
        fact = lookup.pair(*columns, day, line.setting)
        if fact is None or isinstance(fact, Cause):
            return fact
        return Partner(fact)
    primaries = lookup.primaries(line.code, day, line.setting)
    if isinstance(primaries, AddOnFact):
        return Partner() if other.line.code in primaries.primaries else None
    return primaries
