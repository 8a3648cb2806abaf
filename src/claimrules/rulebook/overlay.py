"""The rules as a payer's overlay adjusts them, and what the overlay touches."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import attrs

from claimrules.expr.errors import did_you_mean
from claimrules.expr.nodes import NamedSet, named_sets
from claimrules.rulebook.load import load_rule, load_rules, rules_folder
from claimrules.rulebook.overlay_file import Overlay
from claimrules.rulebook.reading import RulebookError
from claimrules.rulebook.rule import Rule
from claimrules.rulebook.sets import load_sets

Known = tuple[tuple[Rule, ...], Mapping[str, NamedSet]]
Matching = Callable[[str, tuple[Rule, ...]], tuple[Rule, ...]]
_DIGITS = 12


@attrs.frozen(kw_only=True)
class Touched:
    """One thing that an overlay does to one rule, and why; ``what`` is a few words."""

    rule: str
    what: str
    reason: str
    source: str


def adjust(overlay: Overlay, standard: Known, select: Matching, extra: tuple[Path, ...] = ()) -> Known:
    """Give the rules and sets as an overlay adjusts them: severities, parameters, sets, further rules.

    ``extra`` are the folders that ``standard`` was read from, beside the standard rules.

    Raises:
        RulebookError: the overlay names a rule, a parameter or a set that is not there, or is wrong itself.
    """
    if overlay.add:
        known, sets = load_rules((rules_folder(), *extra, *overlay.folders), overlay)
    else:
        known, sets = standard
        if overlay.sets or overlay.params:
            sets = load_sets((rules_folder(), *extra), overlay)
            changed = {name for name, found in sets.items() if found != standard[1].get(name)}
            known = tuple(_again(rule, overlay, sets, changed) for rule in known)
    _check_names(overlay, known, select)
    severities = {
        rule.code: entry.severity
        for entry in overlay.severity
        for text in entry.rules
        for rule in select(text, known)
    }
    # A payer's word on the severity is the last: what the rule file would raise it to no longer counts.
    return tuple(
        attrs.evolve(rule, severity=severities[rule.code], severity_if=())
        if rule.code in severities
        else rule
        for rule in known
    ), sets


def _check_names(overlay: Overlay, known: tuple[Rule, ...], select: Matching) -> None:
    """Refuse what would change nothing, in silence: a rule that is not there, and a parameter set twice."""
    codes = {word: rule.code for rule in known for word in (rule.code, rule.name)}
    chosen = [("select", overlay.select)] if overlay.select else []
    chosen += [(key, entry) for key in ("ignore", "severity") for entry in getattr(overlay, key)]
    errors = []
    for key, entry in chosen:
        for text in entry.rules:
            try:
                select(text, known)
            except ValueError as error:
                errors.append(f"{overlay.place(key, entry)}: {error}")
    seen = set()
    for reset in overlay.params:
        code = codes.get(reset.rule, "")
        if not code:
            near = did_you_mean(reset.rule, codes)
            remedy = near if near.startswith("did") else "write its id, as in DATE307"
            errors.append(f"{overlay.place('params', reset)}: there is no rule {reset.rule[:60]!r}; {remedy}")
        elif (code, reset.name, reset.effective) in seen:
            errors.append(
                f"{overlay.place('params', reset)}: {code}.{reset.name} is set twice; keep one of the two"
            )
        seen.add((code, reset.name, reset.effective))
    if errors:
        raise RulebookError(tuple(errors))


def touched_by(overlay: Overlay, rules: Iterable[Rule], select: Matching) -> tuple[Touched, ...]:
    """Tell everything that an overlay does, by rule; ``select`` finds the rules that a selector means."""
    found: list[Touched] = []
    rules = tuple(rules)
    if overlay.select:
        why = overlay.select.reason, overlay.select.source
        chosen = {rule.code for text in overlay.select.rules for rule in select(text, rules)}
        left = (rule.code for rule in rules if rule.code not in chosen)
        found += (Touched(rule=code, what="not selected", reason=why[0], source=why[1]) for code in left)
    for entry in overlay.ignore:
        for rule in (rule for text in entry.rules for rule in select(text, rules)):
            found.append(Touched(rule=rule.code, what="ignored", reason=entry.reason, source=entry.source))
    for weighed in overlay.severity:
        what = f"severity {weighed.severity.value}"
        for rule in (rule for text in weighed.rules for rule in select(text, rules)):
            found.append(Touched(rule=rule.code, what=what, reason=weighed.reason, source=weighed.source))
    found += _settings_of(overlay, rules)
    return tuple(sorted(found, key=lambda each: (each.rule, each.what)))


def _settings_of(overlay: Overlay, rules: tuple[Rule, ...]) -> Iterator[Touched]:
    for entry in overlay.params:
        start = f" from {entry.effective}" if entry.effective else ""
        what = f"{entry.name} = {entry.value}{start}"
        yield Touched(rule=entry.rule, what=what, reason=entry.reason, source=entry.source)
    for change in overlay.sets:
        for rule in rules:
            if change.name in _sets_of(rule):
                what = f"list {change.name}"
                yield Touched(rule=rule.code, what=what, reason=change.reason, source=change.source)
    for added in overlay.add:
        folder = Path(overlay.path).parent / added.folder
        for rule in rules:
            if rule.path and folder in rule.path.parents:
                yield Touched(rule=rule.code, what="added", reason=added.reason, source=added.source)


def digest_of(rule: Rule) -> str:
    """Give a short digest of what a rule's file says, its examples apart."""
    text = rule.path.read_text(encoding="utf-8") if rule.path else rule.code
    meaning = text.partition("\n[[fires]]")[0]
    return hashlib.sha256(meaning.encode()).hexdigest()[:_DIGITS]


def _again(rule: Rule, overlay: Overlay, sets: Mapping[str, NamedSet], changed: set[str]) -> Rule:
    named = any(entry.rule in (rule.code, rule.name) for entry in overlay.params)
    if rule.path is None or not (named or _sets_of(rule) & changed):
        return rule
    return load_rule(rule.path, sets, overlay)


def _sets_of(rule: Rule) -> set[str]:
    conditions = (rule.applies, rule.when, rule.unless, *(condition for condition, _ in rule.severity_if))
    keys = {key.members.name for key in rule.same if key.members}
    return keys | {found.name for found in named_sets(*conditions)}
