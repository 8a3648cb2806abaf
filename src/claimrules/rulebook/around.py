"""What a rule that looks around must say, and what a line rule must not (language, A4, A6, A8)."""

from typing import TYPE_CHECKING, Final

from claimrules.expr.errors import did_you_mean
from claimrules.expr.nodes import names
from claimrules.expr.vocabulary import KEY_FIELDS, PAIR_NAMESPACES, VOCABULARY
from claimrules.rulebook.rule import Key, Relation, Rule, RuleScope

if TYPE_CHECKING:
    from claimrules.rulebook.load import _Reader

_ROLES: Final = {
    Relation.NCCI_PAIR: ("column_1", "column_2"),
    Relation.ADD_ON_PRIMARY: ("add_on",),
}
_GROUP_KEYS: Final = ("same", "report", "reach", "needs")
_PAIR_KEYS: Final = ("same", "relation", "line", "other", "reach", "needs")
_ALL_KEYS: Final = ("same", "report", "reach", "needs", "relation", "line", "other")
_CHOICES: Final = {"report": ("each", "first"), "other": ("any", "none"), "reach": ("claim", "history")}
_MODIFIERS: Final = "modifiers:sets."
MAX_DAYS_BEFORE: Final = 4_000
"""Eleven years; three are the most that any rule needs."""


def keys(reader: "_Reader", same: tuple[str, ...]) -> tuple[Key, ...]:
    """Read ``same``: fields, and members of a set that the line carries."""
    found = []
    for text in same:
        if text.startswith(_MODIFIERS):
            members = reader.scope.sets.get(text.removeprefix(_MODIFIERS))
            if members is None or members.kind != "modifiers":
                reader.error("same", f"{text[:60]!r} names no set of modifiers")
                continue
            found.append(Key(VOCABULARY["line"]["modifiers"], members))
        elif text in KEY_FIELDS:
            found.append(Key(VOCABULARY["line"][text]))
        else:
            reader.error("same", f"{text[:40]!r}: {did_you_mean(text, KEY_FIELDS)}")
    return tuple(dict.fromkeys(found))


def check(reader: "_Reader", rule: Rule) -> None:
    """Check the keys that belong to the scope of the rule."""
    file = reader.file
    allowed = {RuleScope.LINE: (), RuleScope.GROUP: _GROUP_KEYS, RuleScope.PAIR: _PAIR_KEYS}[rule.scope]
    for key in _ALL_KEYS:
        if getattr(file, key) and key not in allowed:
            reader.error(key, f"has no meaning in {rule.scope.value} scope")
    for key, choices in _CHOICES.items():
        if getattr(file, key) not in (None, *choices):
            reader.error(key, "one of " + ", ".join(choices))
    if rule.scope is not RuleScope.LINE:
        _check_reach(reader, rule)
        _check_relation(reader, rule)
    if rule.other == "none":
        _check_alone(reader, rule)


def _check_reach(reader: "_Reader", rule: Rule) -> None:
    if not rule.same:
        reader.error("scope", f"{rule.scope.value} scope needs same = [...]: what the lines share")
    needs = rule.needs
    if (rule.reach == "history") != (needs is not None):
        reader.error("reach", 'reach = "history" goes with needs = { days_before = …, providers = "own" }')
    days = (needs.days_before, needs.days_after) if needs else ()
    if needs and (needs.providers not in ("own", "all") or not all(0 <= n <= MAX_DAYS_BEFORE for n in days)):
        reader.error(
            "needs", f'days_before and days_after from 0 to {MAX_DAYS_BEFORE}, providers "own" or "all"'
        )


def _check_relation(reader: "_Reader", rule: Rule) -> None:
    if rule.relation and rule.role not in _ROLES[rule.relation]:
        reader.error("line", "which side is to correct: " + " or ".join(_ROLES[rule.relation]))
    if rule.role and not rule.relation:
        reader.error("line", "needs a relation")
    if any(field.name == "seq" for field in names(rule.applies)):
        reader.error("applies", "line.seq belongs into `when`")


def _check_alone(reader: "_Reader", rule: Rule) -> None:
    """Where the rule fires for want of another line, there is none whose fields a text could name."""
    texts = (("message", rule.message), ("advice", rule.advice), *(("hints", text) for _, text in rule.hints))
    for key, text in texts:
        for field in text.fields:
            if field.namespace in PAIR_NAMESPACES:
                reader.error(
                    key, f'names {field}, but where a rule of other = "none" fires there is no other'
                )
