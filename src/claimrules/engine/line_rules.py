"""The line rules as one generated Python function for each setting: outcomes of a line as bytes."""

from collections.abc import Callable
from itertools import groupby
from typing import Final

from claimrules.engine.outcomes import NOT_APPLICABLE
from claimrules.engine.source import Source, byte_of, verdict
from claimrules.engine.subject import Subject
from claimrules.expr import access
from claimrules.expr.nodes import TRUE, And, AnyOf, Carries, Condition, names
from claimrules.expr.vocabulary import VOCABULARY, Field
from claimrules.model.claim import Setting
from claimrules.rulebook.rule import Rule

LineFunction = Callable[[Subject], bytes]
_KEPT: Final = 65_536
_SETTLED: Final = frozenset(
    {
        *("line.code", "line.modifiers", "line.place_of_service", "line.setting", "line.revenue_code"),
        *("line.specialty", "line.component", "line.code_shape", "line.repeated_modifiers"),
        *("line.modifiers_unlisted", "line.modifiers_early", "line.modifiers_ended"),
        *("form.code", "form.modifiers", "form.modifier_count", "form.place_of_service"),
    }
)
"""Fields of the line that make up the key of ``line_function``, or rest on it."""
MODIFIERS = VOCABULARY["line"]["modifiers"]


def is_settled(rule: Rule) -> bool:
    """Say whether a rule's outcome rests on the code, the modifiers, the place and their like alone."""
    fields = names(rule.applies, rule.when, rule.unless)
    return all(field.namespace == "code" or str(field) in _SETTLED for field in fields)


def line_function(rules: tuple[Rule, ...], setting: Setting) -> LineFunction:
    """Give what judges one line by all rules of stratum 1, the settled ones first.

    Lines of one code, modifiers, place and slot are alike for most rules: these are judged once and
    kept. In exports of claims one to twelve percent of the lines differ (design, decision 4).
    """
    count = sum(is_settled(rule) for rule in rules)
    settled = compile_line_rules(rules[:count], setting)
    varying = compile_line_rules(rules[count:], setting)
    kept: dict[tuple[object, ...], bytes] = {}
    intern: dict[bytes, bytes] = {}
    keep = _keeper(intern)

    def judge(subject: Subject) -> bytes:
        line = subject.line
        key = (
            subject.slot,
            line.code,
            line.modifiers,
            line.place_of_service,
            line.revenue_code,
            line.specialty,
            line.unreadable,
            line.repaired,
        )
        known = kept.get(key)
        if known is None:
            if len(kept) >= _KEPT:
                kept.clear()
            known = kept.setdefault(key, settled(subject))
        found = known + varying(subject)
        return intern.get(found) or keep(found)

    return judge


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
    source.add(1, "found = bytes(out)")
    source.add(1, "return intern.get(found) or keep(found)")
    intern: dict[bytes, bytes] = {}
    extra = {"blank": bytes([NOT_APPLICABLE]) * len(rules), "intern": intern, "keep": _keeper(intern)}
    return source.compile("line_rules", "s", extra)


def _keeper(intern: dict[bytes, bytes], limit: int = 65_536) -> Callable[[bytes], bytes]:
    def keep(found: bytes) -> bytes:
        if len(intern) >= limit:
            intern.clear()
        return intern.setdefault(found, found)

    return keep


def _subject(_field: Field) -> str:
    return "s"


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """The parts that all must hold."""
    return condition.parts if isinstance(condition, And) else (condition,)


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
