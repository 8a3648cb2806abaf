"""Pair rules over subjects: each other line is a candidate, equal candidates are judged once."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from claimrules.codebook import AddOnFact, Lookup
from claimrules.engine.history import Coverage
from claimrules.engine.keys import KeyFunction, key_functions
from claimrules.engine.outcomes import BYPASSED, FIRED, PASSED, no_history_byte, unknown_byte
from claimrules.engine.source import Source, byte_of, missing, verdict
from claimrules.engine.subject import MAX_PROOFS, NO_PROOFS, Proofs, Put, Subject
from claimrules.expr import access
from claimrules.expr.nodes import Constant, names
from claimrules.expr.vocabulary import PAIR_NAMESPACES, VOCABULARY, Field
from claimrules.model.code import Cause
from claimrules.rulebook.rule import LAST_STRATUM, Relation, Rule

_STRENGTH: Final = {FIRED: 3, BYPASSED: 1, PASSED: 0}
INDICATOR: Final = VOCABULARY["pair"]["modifier_indicator"]


class Partner:
    """The published relation between two codes, as the conditions see it."""

    __slots__ = ("pair_modifier_indicator",)

    def __init__(self, modifier_indicator: str | None) -> None:
        """Keep the indicator; ``None`` for a relation that has none."""
        self.pair_modifier_indicator = modifier_indicator


@attrs.frozen(kw_only=True, eq=False)
class PairRule:
    """A compiled pair rule; ``judge(s, o, p)`` gives the outcome of one candidate.

    For ``other = "none"`` it gives that of ``when`` alone, and ``alone(s)`` that of the line when
    no candidate matches. ``profile(o)`` is what the rule sees of the other line.
    """

    rule: Rule
    keys: tuple[KeyFunction, ...]
    concerns: Callable[[Subject], bool]
    profile: Callable[[Subject], tuple[Any, ...]]
    judge: Callable[[Subject, Subject, Partner | None], int]
    alone: Callable[[Subject], int]
    ordered: bool


def compile_pair_rule(rule: Rule) -> PairRule:
    """Compile one pair rule."""
    return PairRule(
        rule=rule,
        keys=key_functions(rule),
        concerns=_concerns(rule),
        profile=_profile(rule),
        judge=_judge(rule),
        alone=_alone(rule),
        ordered=any(str(field) == "other.seq" for field in names(rule.when, rule.unless)),
    )


def _side(field: Field) -> str:
    if field.namespace == "pair":
        return "p"
    return "o" if field.namespace in PAIR_NAMESPACES else "s"


def _fill(source: Source, fields: Iterable[Field]) -> None:
    for field in fields:
        source.add(1, f"{source.variable(field)} = {access.snippet(field, _side(field))}")


def _concerns(rule: Rule) -> Callable[[Subject], bool]:
    source = Source()
    _fill(source, names(rule.applies))
    source.add(1, f"return not {source.writer.false(rule.applies)}")
    return source.compile("concerns", "s")


def _profile(rule: Rule) -> Callable[[Subject], tuple[Any, ...]]:
    source, parts = Source(), []
    for field in names(rule.when, rule.unless, *(condition for condition, _ in rule.severity_if)):
        if _side(field) == "o" and field.name != "seq":
            parts += [access.snippet(field, "o"), access.cause(field, "o")]
    if rule.relation:
        parts.append("o.line.code")
    source.add(1, f"return ({', '.join(parts)},)" if parts else "return ()")
    return source.compile("profile", "o")


def _judge(rule: Rule) -> Callable[[Subject, Subject, Partner | None], int]:
    source = Source()
    if rule.other == "any":
        _fill(source, names(rule.applies, rule.when, rule.unless))
        verdict(source, rule, byte_of(rule, _side), 1, "return {}")
        return source.compile("judge", "s, o, p")
    _fill(source, names(rule.when))
    writer = source.writer
    source.add(1, f"if {writer.true(rule.when)}: return {PASSED}")
    source.add(1, f"if {writer.false(rule.when)}: return {FIRED}")
    source.add(
        1, "return " + (_missing_when(source, rule) if not isinstance(rule.when, Constant) else str(FIRED))
    )
    return source.compile("judge", "s, o, p")


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


def run_pair_rule(
    compiled: PairRule, subjects: Sequence[Subject], coverage: Coverage, lookup: Lookup, put: Put
) -> None:
    """Judge every subject; ``put`` takes the outcome and, where it fired, the lines that prove it."""
    rule = compiled.rule
    everyone = rule.stratum < LAST_STRATUM
    concerned = [
        s
        for s in subjects
        if (s.judged or everyone) and s.line.setting in rule.settings and compiled.concerns(s)
    ]
    if not concerned:
        return
    profiles = _Profiles(compiled, subjects, concerned)
    for subject in concerned:
        keys = [key(subject) for key in compiled.keys]
        known = [key for key in keys if not isinstance(key, int)]
        if known:
            put(subject, *_decide(compiled, subject, profiles.around(known), coverage, lookup))
        else:
            put(subject, next(key for key in keys if isinstance(key, int)), NO_PROOFS)


class _Profiles:
    """The other lines by key, then by what the rule sees of them, each in their order."""

    def __init__(self, compiled: PairRule, subjects: Sequence[Subject], concerned: Sequence[Subject]) -> None:
        wanted = {key for subject in concerned for key in (function(subject) for function in compiled.keys)}
        self.groups: dict[Any, dict[tuple[Any, ...], list[Subject]]] = {}
        for subject in subjects:
            profile = None
            for function in compiled.keys:
                key = function(subject)
                if isinstance(key, int) or key not in wanted:
                    continue
                profile = compiled.profile(subject) if profile is None else profile
                self.groups.setdefault(key, {}).setdefault(profile, []).append(subject)

    def around(self, keys: Sequence[Any]) -> Collection[Sequence[Subject]]:
        """The candidates that share one of the keys, equal ones together."""
        if len(keys) == 1:
            return self.groups.get(keys[0], {}).values()
        merged: dict[tuple[Any, ...], dict[int, Subject]] = {}
        for key in keys:
            for profile, members in self.groups.get(key, {}).items():
                merged.setdefault(profile, {}).update((member.seq, member) for member in members)
        return [[members[seq] for seq in sorted(members)] for members in merged.values()]


def _decide(
    compiled: PairRule,
    subject: Subject,
    candidates: Collection[Sequence[Subject]],
    coverage: Coverage,
    lookup: Lookup,
) -> tuple[int, Proofs]:
    rule = compiled.rule
    decisive = FIRED if rule.other == "any" else PASSED
    found: set[int] = set()
    first: list[Subject] = []
    count = 0
    for members in candidates:
        for batch in _batches(compiled, subject, members):
            byte = _candidate(compiled, subject, batch, lookup)
            if byte is None:
                continue
            found.add(byte)
            if byte == decisive:
                others = [member for member in batch[: MAX_PROOFS + 1] if member is not subject]
                first.extend(others)
                count += len(batch) - (_holds(batch, subject))
    if decisive in found:
        return decisive, Proofs(sorted(first, key=lambda other: other.seq), count)
    covered = rule.needs is None or coverage.covers(rule.needs, subject.line.from_date)
    if rule.other == "any":
        return strongest(found) if covered else no_history_byte(), NO_PROOFS
    unknown = [byte for byte in found if byte > FIRED]
    if unknown:
        return min(unknown), NO_PROOFS
    return compiled.alone(subject) if covered else no_history_byte(), NO_PROOFS


def _batches(compiled: PairRule, subject: Subject, members: Sequence[Subject]) -> Iterator[Sequence[Subject]]:
    """Split equal candidates where ``other.seq < line.seq`` tells them apart; drop the line alone."""
    if not compiled.ordered:
        parts = [members]
    else:
        at = bisect_left(members, subject.seq, key=lambda member: member.seq)
        parts = [members[:at], members[at:]]
    for part in parts:
        if len(part) > 1 or (part and part[0] is not subject):
            yield part


def _holds(batch: Sequence[Subject], subject: Subject) -> bool:
    at = bisect_left(batch, subject.seq, key=lambda member: member.seq)
    return at < len(batch) and batch[at] is subject


def _candidate(compiled: PairRule, subject: Subject, batch: Sequence[Subject], lookup: Lookup) -> int | None:
    """The outcome of equal candidates; ``None`` where they do not stand in the published relation."""
    other = batch[1] if batch[0] is subject else batch[0]
    if compiled.rule.relation is None:
        return compiled.judge(subject, other, None)
    partner = relation(compiled.rule, subject, other, lookup)
    if isinstance(partner, Cause):
        return unknown_byte(compiled.rule, INDICATOR, partner)
    return None if partner is None else compiled.judge(subject, other, partner)


def strongest(found: Iterable[int]) -> int:
    """The strongest of fired, unknown, bypassed, passed; of several unknown ones the first field."""
    return min(found, key=lambda byte: (-_STRENGTH.get(byte, 2), byte), default=PASSED)


def relation(rule: Rule, subject: Subject, other: Subject, lookup: Lookup) -> Partner | Cause | None:
    """Whether two lines stand in the published relation; ``None``: known that they do not."""
    line, day = subject.line, subject.line.from_date
    if rule.relation is Relation.NCCI_PAIR:
        columns = (other.line.code, line.code) if rule.role == "column_2" else (line.code, other.line.code)
        fact = lookup.pair(*columns, day, line.setting)
        if fact is None or isinstance(fact, Cause):
            return fact
        return Partner(fact.modifier_indicator)
    primaries = lookup.primaries(line.code, day, line.setting)
    if isinstance(primaries, AddOnFact):
        return Partner(None) if other.line.code in primaries.primaries else None
    return primaries
