"""Group rules over subjects: members contribute, equal contributions are counted once."""

from collections.abc import Callable, Collection
from typing import Any

import attrs

from claimrules.codebook import Slot
from claimrules.engine.alone import LoneProofs, asks_for_places, passes_alone, rests_on_class
from claimrules.engine.combining import Aggregates
from claimrules.engine.deaf import deaf_without
from claimrules.engine.group_run import Kept, lone, outcome, uncovered
from claimrules.engine.keys import Same, key_functions, same_of, unknown_bytes
from claimrules.engine.outcomes import PASSED
from claimrules.engine.settled import is_settled_field
from claimrules.engine.source import Source, byte_of, missing, verdict
from claimrules.engine.subject import Proofs, Subject
from claimrules.expr import access
from claimrules.expr.nodes import (
    TRUE,
    Aggregate,
    Condition,
    Name,
    Quantified,
    Value,
    aggregates,
    leaves,
    outer_names,
    quantified_truth,
)
from claimrules.expr.nodes import names as all_names
from claimrules.expr.vocabulary import Field
from claimrules.model.code import Cause
from claimrules.model.edition import Table
from claimrules.rulebook.replaced import proving
from claimrules.rulebook.rule import Rule


def _unknown_proofs(compiled: "GroupRule") -> tuple[Proofs, ...]:
    """The aggregates of a line whose key is unknown, for want of each part."""
    number = len(compiled.aggregates)
    return tuple([Proofs(aggregates=[(byte, None)] * number) for byte in compiled.unknown])


@attrs.frozen(kw_only=True, eq=False)
class GroupRule:
    """A compiled group rule.

    ``contribute(s)`` gives, for each aggregate, the byte of what is missing (0 if nothing) and the
    member's value, ``None`` where the member is not looked at. ``judge(s, a)`` gives the outcome.
    ``settled`` says that the kind of a line alone decides whether the rule concerns it. ``kept`` holds
    what small groups came to, where no value is as good as unique; ``None`` where some are. ``by_class``:
    what is said of a line alone is the same for all lines of its class; ``passes_alone``: it passes.
    ``shares_concern``: so is whether the rule concerns it.
    ``deaf_without`` are tables without which it says the same whatever the others are. ``contributes_alike``:
    lines of a kind, denied or not, contribute the same; ``judged_alike``: so is what is said of them.
    ``proving`` are the places of the aggregates whose members prove a finding.
    ``asks_denied``: whether it is asked which lines are denied. ``proofs_alone`` are the aggregates of any
    line alone, ``proofs_unknown`` those where a part of the key is unknown, for each part.
    """

    rule: Rule
    number: int
    same: Same
    unknown: tuple[int, ...]
    settled: bool
    kept: Kept | None
    aggregates: tuple[Aggregate | Quantified, ...]
    proving: tuple[int, ...]
    contribute: Callable[[Subject], tuple[Any, ...]]
    concerns: Callable[[Subject], bool]
    judge: Callable[[Subject, Aggregates], int]
    by_class: bool
    passes_alone: bool
    deaf_without: tuple[Table, ...]
    shares_concern: bool
    contributes_alike: bool
    judged_alike: bool
    asks_denied: bool
    proofs_alone: Proofs = attrs.field(init=False, default=attrs.Factory(LoneProofs, takes_self=True))
    proofs_unknown: tuple[Proofs, ...] = attrs.field(
        init=False, default=attrs.Factory(_unknown_proofs, takes_self=True)
    )

    def lonely(self, subject: Subject, *, covered: bool) -> tuple[int, Proofs]:
        """What is said of a line alone."""
        if self.passes_alone:
            return PASSED if covered else uncovered(self, PASSED), self.proofs_alone
        combined = self.lone_aggregates(subject)
        proofs = self.proofs_alone if self.by_class else Proofs(aggregates=combined)
        return outcome(self, subject, combined, covered=covered), proofs

    def is_deaf(self, slot: Slot) -> bool:
        """Whether the rule says the same of a line of a slot whatever the others are."""
        return any(isinstance(slot.source(table), Cause) for table in self.deaf_without)

    def lone_aggregates(self, subject: Subject) -> Aggregates:
        """The aggregates over a line alone."""
        return lone(self, self.contribute(subject))

    def unshared(self, subject: Subject, part: int, *, covered: bool) -> tuple[int, Proofs]:
        """What is said of a line whose key is unknown for want of one part."""
        proofs = self.proofs_unknown[part]
        return outcome(self, subject, proofs.aggregates, covered=covered), proofs


def compile_group_rule(rule: Rule, number: int, exact: Collection[str]) -> GroupRule:
    """Compile one group rule; ``number`` is its place among those that look around.

    ``exact`` are the fields of the line that stand in the key of its class.
    """
    found, own = aggregates(rule.when, rule.unless), proving(rule)
    functions = key_functions(rule.same)[:1]
    shares_concern = rests_on_class(all_names(rule.applies), exact)
    same = same_of(rule.same, functions)
    passes = shares_concern and passes_alone(rule.when)
    named = all_names(rule.applies, rule.when, rule.unless)
    placed = asks_for_places(rule.applies, rule.when, rule.unless)
    return GroupRule(
        rule=rule,
        number=number,
        same=same,
        unknown=unknown_bytes(rule),
        settled=all(is_settled_field(field) for field in all_names(rule.applies)),
        kept=None if any(field.base.wide for field in all_names(*found)) else {},
        aggregates=found,
        proving=tuple(place for place, node in enumerate(found) if node in own),
        contribute=_contribute(rule, found),
        concerns=_concerns(rule),
        judge=_judge(rule, found),
        by_class=passes
        or rests_on_class([one for one in named if not (placed and one.name == "seq")], exact),
        passes_alone=passes,
        deaf_without=deaf_without(rule) if shares_concern else (),
        shares_concern=shares_concern,
        # The kinds of lines of other days are not known.
        contributes_alike=same.dated and _of_kind(all_names(*found)),
        asks_denied=any(one.name == "denied" for one in named),
        judged_alike=same.dated and _of_kind(outer_names(rule.applies, rule.when, rule.unless)),
    )


def _of_kind(fields: Collection[Field]) -> bool:
    return all(is_settled_field(field) or str(field) == "line.denied" for field in fields)


def _subject(_field: Field) -> str:
    return "s"


def _fill(source: Source, fields: tuple[Field, ...]) -> None:
    for field in fields:
        source.add(1, f"{source.variable(field)} = {access.snippet(field, 's')}")


def _concerns(rule: Rule) -> Callable[[Subject], bool]:
    source = Source()
    _fill(source, all_names(rule.applies))
    source.add(1, f"return not {source.writer.false(rule.applies)}")
    return source.compile("concerns", "s")


def _contribute(
    rule: Rule, found: tuple[Aggregate | Quantified, ...]
) -> Callable[[Subject], tuple[Any, ...]]:
    source, parts = Source(), []
    _fill(source, all_names(*found))
    byte = byte_of(rule, _subject)
    for number, node in enumerate(found):
        source.add(1, f"m{number}, x{number} = 0, None")
        if isinstance(node, Quantified):
            _quantified(source, number, quantified_truth(node), byte)
        else:
            _aggregate(source, number, node, byte)
        parts.append(f"(m{number}, x{number})")
    source.add(1, f"return ({', '.join(parts)},)" if parts else "return ()")
    return source.compile("contribute", "s")


def _quantified(source: Source, number: int, truth: Condition, byte: Callable[[Field], str]) -> None:
    writer = source.writer
    source.add(1, f"if {writer.true(truth)}: x{number} = True")
    source.add(1, f"elif {writer.false(truth)}: x{number} = False")
    source.add(1, f"else: m{number} = {missing(writer, (truth,), byte)}")


def _aggregate(source: Source, number: int, node: Aggregate, byte: Callable[[Field], str]) -> None:
    writer, where = source.writer, node.where or TRUE
    word = "if"
    if node.where is not None:
        source.add(1, f"if {writer.false(where)}: pass")
        source.add(1, f"elif not {writer.true(where)}: m{number} = {missing(writer, (where,), byte)}")
        word = "elif"
    lacking = _lacking(source, node.value, byte)
    if lacking:
        source.add(1, f"{word} {lacking[0]}: m{number} = {lacking[1]}")
        word = "elif"
    value = "True" if node.value is None else writer.value(node.value)
    source.add(1, f"{'if True' if word == 'if' else 'else'}: x{number} = {value}")


def _lacking(source: Source, value: Value | None, byte: Callable[[Field], str]) -> tuple[str, str] | None:
    fields = [] if value is None else [leaf.field for leaf in leaves(value) if isinstance(leaf, Name)]
    if not fields:
        return None
    tests = [(f"{source.variable(field)} is None", byte(field)) for field in dict.fromkeys(fields)]
    chosen = " ".join(f"{code} if {test} else" for test, code in tests[:-1])
    return " or ".join(test for test, _ in tests), f"({chosen} {tests[-1][1]})"


def _judge(rule: Rule, found: tuple[Aggregate | Quantified, ...]) -> Callable[[Subject, Aggregates], int]:
    source = Source()
    _fill(source, outer_names(rule.applies, rule.when, rule.unless))
    for number, node in enumerate(found):
        name = source.variable(node)
        if isinstance(node, Quantified):
            source.add(1, f"{name}_m, truth = a[{number}]")
            source.add(1, f"{name}_t, {name}_f = truth is True, truth is False")
        else:
            source.add(1, f"{name}_m, {name} = a[{number}]")
    verdict(source, rule, byte_of(rule, _subject), 1, "return {}")
    return source.compile("judge", "s, a")
