"""The line rules as generated Python functions for each setting: outcomes of a line as bytes."""

from collections.abc import Callable
from itertools import groupby
from typing import Any, Final

import attrs

from claimrules.codebook import Slot
from claimrules.engine.kinds import Kind, LineClass, kind_key
from claimrules.engine.outcomes import NOT_APPLICABLE, PASSED
from claimrules.engine.settled import (
    CLASSED,
    SETTLED,
    Regions,
    exact_fields,
    is_settled_field,
    rank,
    region_function,
    thresholds,
)
from claimrules.engine.source import Source, byte_of, verdict
from claimrules.engine.subject import Subject
from claimrules.expr import access
from claimrules.expr.nodes import TRUE, AnyOf, Carries, conjuncts, names
from claimrules.expr.vocabulary import VOCABULARY, Field
from claimrules.model.claim import ClaimLine, Setting
from claimrules.rulebook.rule import Rule

LineFunction = Callable[[Subject], bytes]
_KEPT: Final = 65_536
_OPEN: Final = 255
"""Stands for an outcome that rests on more than the class; no outcome has this byte."""
MODIFIERS = VOCABULARY["line"]["modifiers"]


@attrs.frozen
class LineRules:
    """The line rules of one setting.

    ``judge(subject)`` gives the outcomes; ``known(line, slot)`` what is kept of the line's class;
    ``settle(subject)`` fills its kind alone.
    """

    judge: LineFunction
    known: Callable[[ClaimLine, Slot], LineClass | None]
    settle: Callable[[Subject], None]


def line_rules(rules: tuple[Rule, ...], setting: Setting) -> LineRules:
    """Give what judges one line by all rules of stratum 1, which stand in the order of their ``rank``.

    Lines of one code, modifiers, place and slot are alike for most rules; one-day lines of the same
    units, and charge and day in the same region, for nearly all: these are judged once and kept. In
    exports of claims one to twelve percent of the lines differ (design, decision 4).
    """
    ranks = [rank(rule) for rule in rules]
    settled, classed = ranks.count(SETTLED), ranks.count(SETTLED) + ranks.count(CLASSED)
    of_kind = compile_line_rules(rules[:settled], setting)
    of_class = compile_line_rules(rules[settled:classed], setting)
    of_line = compile_line_rules(rules[classed:], setting)
    fixed = _fixed(rules[classed:], setting)
    kinds: dict[tuple[object, ...], Kind] = {}
    kept: dict[tuple[object, ...] | None, LineClass] = {}
    intern: dict[bytes, bytes] = {}
    keep = _keeper(intern)
    key_of, exact_of = _class_key(rules[settled:classed]), _exact(rules[settled:classed])

    def judge(subject: Subject) -> bytes:
        found = kept.get(key_of(subject.line, subject.slot)) or learn(subject)
        kind = found.kind
        subject.known, subject.kind, subject.code, subject.modifiers = found, kind, kind.code, kind.modifiers
        if found.complete:
            return found.outcomes
        outcomes = found.outcomes + of_line(subject)
        return intern.get(outcomes) or keep(outcomes)

    def kind_of(subject: Subject) -> Kind:
        shared = kind_key(subject.line, subject.slot)
        kind = kinds.get(shared)
        if kind is None:
            if len(kinds) >= _KEPT:
                kinds.clear()
            kind = kinds.setdefault(shared, Kind(subject, of_kind(subject)))
        return kind

    def settle(subject: Subject) -> None:
        kind = subject.kind = kind_of(subject)
        subject.code, subject.modifiers = kind.code, kind.modifiers

    def learn(subject: Subject) -> LineClass:
        kind = kind_of(subject)
        outcomes = kind.outcomes + of_class(subject)
        key = key_of(subject.line, subject.slot)
        if key is None:
            return LineClass(kind, outcomes, complete=False, alone={})
        known = fixed(subject)
        complete = _OPEN not in known
        found = outcomes + known if complete else outcomes
        if len(kept) >= _KEPT:
            kept.clear()
        alone = kind.alone_of(exact_of(subject.line))
        made = LineClass(kind, intern.get(found) or keep(found), complete=complete, alone=alone)
        return kept.setdefault(key, made)

    return LineRules(judge, lambda line, slot: kept.get(key_of(line, slot)), settle)


def _exact(rules: tuple[Rule, ...]) -> Callable[[ClaimLine], object]:
    """Write what gives the fields that classes compare as they are."""
    source = Source()
    source.add(1, f"return ({''.join(f'line.{name}, ' for name in exact_fields(rules))})")
    return source.compile("exact", "line")


def _class_key(rules: tuple[Rule, ...]) -> Callable[[ClaimLine, Slot], tuple[object, ...] | None]:
    """Write what gives the key of a line's class, ``None`` for a line of several or unknown days."""
    source = Source()
    source.add(1, "day = line.from_date")
    source.add(1, "if day is None or (line.to_date is not day and line.to_date != day): return None")
    parts = ["slot", "line.code", "line.modifiers", "line.place_of_service", "line.revenue_code"]
    parts += ["line.specialty", "line.unreadable", "line.repaired"]
    parts += [f"line.{name}" for name in exact_fields(rules)]
    extra: dict[str, Any] = {}
    charges, days = thresholds(rules, "charge"), thresholds(rules, "from_date")
    if charges or any(field.name == "charge" for rule in rules for field in rule.fields):
        source.add(1, "charge = line.charge")
        extra["charge_region"] = region_function(charges)
        above = f"{2 * len(charges)} if charge is not None and charge > top else " if charges else ""
        extra["top"] = charges[-1] if charges else None
        parts.append(f"({above}charge_region(charge))")
    if days:
        extra["day_regions"] = Regions(days)
        parts.append("day_regions[day]")
    source.add(1, f"return ({', '.join(parts)})")
    return source.compile("class_key", "line, slot", extra)


def _fixed(rules: tuple[Rule, ...], setting: Setting) -> LineFunction:
    """Write what gives the outcomes that the kind of a line already decides, ``_OPEN`` for the others."""
    source = Source()
    source.add(1, "out = bytearray(blank)")
    chosen = [(number, rule) for number, rule in enumerate(rules) if setting in rule.settings]
    for field in names(*(part for _, rule in chosen for part in (rule.applies, rule.when))):
        value = access.snippet(field, "s") if is_settled_field(field) else "None"
        source.add(1, f"{source.variable(field)} = {value}")
    for number, rule in chosen:
        source.add(1, f"if {source.writer.false(rule.applies)}: out[{number}] = {NOT_APPLICABLE}")
        sure = all(is_settled_field(field) for field in names(rule.applies))
        applies = "" if sure else f"{source.writer.true(rule.applies)} and "
        source.add(1, f"elif {applies}{source.writer.false(rule.when)}: out[{number}] = {PASSED}")
        source.add(1, f"else: out[{number}] = {_OPEN}")
    source.add(1, "return bytes(out)")
    return source.compile("fixed", "s", {"blank": bytes([NOT_APPLICABLE]) * len(rules)})


def compile_line_rules(rules: tuple[Rule, ...], setting: Setting) -> LineFunction:
    """Compile the rules of stratum 1; a rule that does not govern the setting does not apply.

    The line-only parts of ``applies`` are the index: a rule whose guard is known to be false costs
    nothing, and a line without modifiers skips every rule about modifiers in one test.
    """
    source = Source()
    chosen = [(number, rule) for number, rule in enumerate(rules) if setting in rule.settings]
    fields = names(*(part for _, rule in chosen for part in (rule.applies, rule.when, rule.unless)))
    source.add(1, "out = bytearray(blank)")
    for field in fields:
        source.add(1, f"{source.variable(field)} = {access.snippet(field, 's')}")
    guarded = sorted(
        ((needs_modifiers(rule), _guard(source, rule), number, rule) for number, rule in chosen),
        key=lambda item: (item[0], item[1], item[2]),
    )
    for about_modifiers, group in groupby(guarded, key=lambda item: item[0]):
        indent = 1
        if about_modifiers:
            source.add(1, f"if {source.variable(MODIFIERS)} != ():")
            indent = 2
        for guard, members in groupby(group, key=lambda item: item[1]):
            if guard:
                source.add(indent, f"if not {guard}:")
            for _, _, number, rule in members:
                verdict(source, rule, byte_of(rule, _subject), indent + bool(guard), f"out[{number}] = {{}}")
    source.add(1, "return bytes(out)")
    return source.compile("line_rules", "s", {"blank": bytes([NOT_APPLICABLE]) * len(rules)})


def _keeper(intern: dict[bytes, bytes], limit: int = 65_536) -> Callable[[bytes], bytes]:
    def keep(found: bytes) -> bytes:
        if len(intern) >= limit:
            intern.clear()
        return intern.setdefault(found, found)

    return keep


def _subject(_field: Field) -> str:
    return "s"


def _guard(source: Source, rule: Rule) -> str:
    parts = [
        part
        for part in conjuncts(rule.applies)
        if part != TRUE and all(field.namespace != "code" for field in names(part))
    ]
    return "(" + " or ".join(source.writer.false(part) for part in parts) + ")" if parts else ""


def needs_modifiers(rule: Rule) -> bool:
    """Whether the rule can apply only to a line that carries a modifier, or may carry one."""
    return any(
        isinstance(part, Carries | AnyOf) and names(part) == (MODIFIERS,) for part in conjuncts(rule.applies)
    )
