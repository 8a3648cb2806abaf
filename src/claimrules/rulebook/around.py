"""What a rule that looks around must say, and what a line rule must not (language, A4, A6, A8)."""

from typing import TYPE_CHECKING, Final

from claimrules.expr.errors import did_you_mean
from claimrules.expr.nodes import names
from claimrules.expr.vocabulary import KEY_FIELDS, VOCABULARY
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
_MODIFIERS: Final = "modifiers:sets."


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
    for key, choices in (("report", ("each", "first")), ("other", ("any", "none")), ("reach", ("claim", "history"))):
        if getattr(file, key) not in (None, *choices):
            reader.error(key, "one of " + ", ".join(choices))
    if rule.scope is RuleScope.LINE:
        return
    if not rule.same:
        reader.error("scope", f"{rule.scope.value} scope needs same = [...]: what the lines share")
    if (rule.reach == "history") != (rule.needs is not None):
        reader.error("reach", 'reach = "history" goes with needs = { days_before = …, providers = "own" }')
    if rule.needs and (rule.needs.providers not in ("own", "all") or not 0 <= rule.needs.days_before <= 4_000):  # noqa: PLR2004 (eleven years; three are the most any rule needs)
        reader.error("needs", 'days_before from 0 to 4000, providers "own" or "all"')
    if rule.relation and rule.role not in _ROLES[rule.relation]:
        reader.error("line", "which side is to correct: " + " or ".join(_ROLES[rule.relation]))
    if rule.role and not rule.relation:
        reader.error("line", "needs a relation")
    if any(field.name == "seq" for field in names(rule.applies)):
        reader.error("applies", "line.seq belongs into `when`")
