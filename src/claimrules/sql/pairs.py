"""Pair rules: each line with every other that shares its keys, and the strongest of what these say."""

from typing import Final

from claimrules.expr.sql_dialect import Dialect
from claimrules.expr.to_sql import SqlWriter
from claimrules.expr.vocabulary import PAIR_NAMESPACES, Field
from claimrules.rulebook.rule import Relation, Rule
from claimrules.sql.groups import HISTORY, key_columns
from claimrules.sql.sources import Part, Sources, joined_sets, sources, table_setting
from claimrules.sql.verdict import JUDGED, OUTCOME, applies, conditions, covered, labelled, select

PHYSICIAN = "physician"


def pair_parts(rule: Rule, dialect: Dialect) -> tuple[Sources, list[Part]]:
    """Write the candidates of each line, and the lines judged by them."""
    plain = tuple(key for key in rule.same if key.field.name != PHYSICIAN)
    keys = key_columns(plain, dialect)
    extra = {**keys, "seq": "seq"}
    physician = len(plain) < len(rule.same)
    if physician:
        provider = key_columns(tuple(key for key in rule.same if key not in plain), dialect)[PHYSICIAN]
        extra |= {"provider": provider, "group_id": "group_id", "specialty": "specialty"}
    if rule.needs:
        extra["from_date"] = "from_date"
    if rule.relation:
        extra["code"] = "code"
    if rule.relation is Relation.NCCI_PAIR:
        extra |= {"from_date": "from_date", "ncci_setting": table_setting("setting")}
    found = sources(rule, dialect, extra)
    parts = [HISTORY] if rule.needs else []
    parts += [_candidates(rule, dialect, list(keys), found.name, physician=physician), _found(rule)]
    return found, [*parts, *_judged(rule, dialect, list(keys), found.name, physician=physician)]


def _alias(field: Field) -> str:
    if field.base.namespace == "pair":
        return "pairs."
    return "other." if field.namespace in PAIR_NAMESPACES else "line."


def _candidates(rule: Rule, dialect: Dialect, keys: list[str], table: str, *, physician: bool) -> Part:
    writer = SqlWriter(dialect, _alias)
    columns = (
        conditions(rule, writer, "line.")
        if rule.other == "any"
        else [labelled(writer.condition(rule.when), "rule_when")]
    )
    on = [f"other.{key} = line.{key}" for key in keys]
    if physician:
        on.append(
            "(other.provider = line.provider\n"
            "    OR (other.group_id = line.group_id AND other.specialty = line.specialty))"
        )
    on.append("other.seq <> line.seq")
    if rule.relation is Relation.ADD_ON_PRIMARY:
        related = dialect.contains.format("line.relation_primaries", "other.code")
        on.append(f"(line.relation_known IS NULL OR {related})")
        columns.append("line.relation_known IS NOT NULL AS is_related")
    published = ""
    if rule.relation is Relation.NCCI_PAIR:
        columns.append("pairs.modifier_indicator IS NOT NULL AS is_related")
        published = _edits(rule)
    joined = "\n  AND ".join(on)
    body = select(
        ["line.seq", *columns],
        f"FROM {table} AS line\nJOIN {table} AS other\n  ON {joined}{joined_sets(rule)}{published}",
    )
    says = "Each line with every other line that it is compared with, and what the rule says of the two."
    return Part("candidates", says, body)


_EDITS: Final = """
LEFT JOIN pairs_by_day AS pairs
  ON pairs.column_1 = {column_1}.code AND pairs.column_2 = {column_2}.code
  AND pairs.setting = line.ncci_setting
  AND line.from_date BETWEEN pairs.first_day AND pairs.last_day
-- A pair without an edit is none where the loaded files would hold one; elsewhere it is unknown.
WHERE pairs.modifier_indicator IS NOT NULL
  OR NOT EXISTS (
    SELECT 1 FROM pairs_covered AS covered
    WHERE covered.setting = line.ncci_setting
      AND line.from_date BETWEEN covered.first_day AND covered.last_day
      AND concat({column_1}.code, {column_2}.code) BETWEEN covered.first_pair AND covered.last_pair
  )"""


def _edits(rule: Rule) -> str:
    """Keep what stands, or may stand, in a procedure pair with the line."""
    others = ("other", "line") if rule.role == "column_2" else ("line", "other")
    return _EDITS.format(column_1=others[0], column_2=others[1])


def _found(rule: Rule) -> Part:
    related = " AND is_related" if rule.relation else ""
    if rule.other == "none":
        columns = [
            f"bool_or(coalesce(rule_when{related}, FALSE)) AS any_match",
            f"bool_or(rule_when IS NULL{' OR NOT is_related' if rule.relation else ''}) AS any_unknown",
        ]
        body = select(["seq", *columns], "FROM candidates\nGROUP BY seq")
        return Part("found", "For each line whether one of them matches.", body)
    inner = OUTCOME.removesuffix(" AS outcome").replace(
        "CASE\n", "CASE\n  WHEN NOT is_related THEN 'unknown'\n" if rule.relation else "CASE\n"
    )
    columns = [f"bool_or(outcome = '{word}') AS any_{word}" for word in ("fired", "unknown", "bypassed")]
    told = select(["seq", f"{inner} AS outcome"], "FROM candidates").replace("\n", "\n  ")
    body = select(["seq", *columns], f"FROM (\n  {told}\n) AS told\nGROUP BY seq")
    return Part("found", "For each line what any of them says.", body)


def _judged(rule: Rule, dialect: Dialect, keys: list[str], table: str, *, physician: bool) -> list[Part]:
    writer = SqlWriter(dialect, _alias)
    own = [labelled(applies(rule, writer, "line."), "rule_applies")]
    if rule.other == "none":
        own.append(labelled(writer.condition(rule.unless), "rule_unless"))
    known = [f"line.{key} IS NOT NULL" for key in keys]
    if physician:
        known.append(
            "(line.provider IS NOT NULL OR (line.group_id IS NOT NULL AND line.specialty IS NOT NULL))"
        )
    own.append(f"({' AND '.join(known)}) AS has_key")
    columns = (
        ["any_match", "any_unknown"] if rule.other == "none" else ["any_fired", "any_unknown", "any_bypassed"]
    )
    own += [f"coalesce(found.{name}, FALSE) AS {name}" for name in columns]
    join = f"FROM {table} AS line{joined_sets(rule)}\nLEFT JOIN found ON found.seq = line.seq"
    if rule.needs:
        own.append(f"{covered(rule.needs, writer)} AS is_covered")
        join += "\nCROSS JOIN history"
    says = "What the rule says of the line itself, and what was found beside it."
    parts = [Part("conditions", says, select(["line.claim_id", "line.line_id", *own], join))]
    body = select(["claim_id", "line_id", _outcome(rule)], "FROM conditions")
    return [*parts, Part("judged", JUDGED, body)]


def _outcome(rule: Rule) -> str:
    uncovered = "  WHEN NOT is_covered THEN 'unknown'\n" if rule.needs else ""
    start = "CASE\n  WHEN NOT rule_applies THEN 'not_applicable'\n  WHEN NOT has_key THEN 'unknown'\n"
    if rule.other == "none":
        return (
            f"{start}  WHEN any_match THEN 'passed'\n  WHEN any_unknown THEN 'unknown'\n{uncovered}"
            "  WHEN rule_unless THEN 'bypassed'\n"
            "  WHEN rule_applies AND NOT rule_unless THEN 'fired'\n  ELSE 'unknown'\nEND AS outcome"
        )
    return (
        f"{start}  WHEN any_fired THEN 'fired'\n{uncovered}  WHEN any_unknown THEN 'unknown'\n"
        "  WHEN any_bypassed THEN 'bypassed'\n  ELSE 'passed'\nEND AS outcome"
    )
