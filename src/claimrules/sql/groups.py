"""Group rules: what the members of a group come to, joined to each line of it."""

from textwrap import indent

from claimrules.expr.nodes import TRUE, Aggregate, Quantified, aggregates, quantified_truth
from claimrules.expr.sql_dialect import Dialect
from claimrules.expr.to_sql import SqlWriter, column
from claimrules.rulebook.rule import Key, Rule
from claimrules.sql.columns import derived
from claimrules.sql.sources import Part, Sources, joined_sets, sources
from claimrules.sql.verdict import CONDITIONS, JUDGED, OUTCOME, conditions, covered, select

HISTORY = Part(
    "history",
    "The days of which no line of these patients is missing, and whether of 'own' or of 'all' providers:\n"
    "-- as if your lines were complete; write your own dates where you know better.",
    "SELECT min(from_date) AS complete_from, max(from_date) AS complete_to, 'own' AS providers FROM lines",
)


def key_columns(keys: tuple[Key, ...], dialect: Dialect) -> dict[str, str]:
    """The columns that lines share, each with its expression over the claim lines."""
    found = {}
    for key in keys:
        if key.members is None:
            found[column(key.field)] = derived(key.field, dialect)
        else:
            members = dialect.common.format("modifiers", f"sets.{key.members.name}")
            found[f"carried_{key.members.name}"] = dialect.joined.format(dialect.ordered.format(members))
    return found


def group_parts(rule: Rule, dialect: Dialect) -> tuple[Sources, list[Part]]:
    """Write the groups, and the lines judged by them."""
    keys = key_columns(rule.same, dialect)
    extra = dict(keys)
    if rule.report == "first":
        extra["seq"] = "seq"
    if rule.needs:
        extra["from_date"] = "from_date"
    found = sources(rule, dialect, extra)
    nodes = aggregates(rule.when, rule.unless)
    named = {node: f"{node.function}_{number}" for number, node in enumerate(nodes, 1)}
    parts = [HISTORY] if rule.needs else []
    if nodes:
        parts.append(_groups(rule, named, list(keys), SqlWriter(dialect), found.name))
    return found, [*parts, *_judged(rule, dialect, named, list(keys), found.name)]


def _groups(
    rule: Rule, named: dict[Aggregate | Quantified, str], keys: list[str], writer: SqlWriter, table: str
) -> Part:
    columns = [*keys, *(f"{_combined(node, writer)} AS {name}" for node, name in named.items())]
    known = "\n  AND ".join(f"{key} IS NOT NULL" for key in keys)
    body = select(columns, f"FROM {table}{joined_sets(rule)}\nWHERE {known}\nGROUP BY {', '.join(keys)}")
    says = f"What the lines come to that share {', '.join(keys)}; an unknown key is nobody's."
    return Part("groups", says, body)


def _combined(node: Aggregate | Quantified, writer: SqlWriter) -> str:
    """An aggregate that is NULL where a member leaves it open."""
    if isinstance(node, Quantified):
        truth = f"({writer.condition(quantified_truth(node))})"
        decisive = (
            f"bool_or({truth}) THEN TRUE" if node.function == "any" else f"NOT bool_and({truth}) THEN FALSE"
        )
        other = "FALSE" if node.function == "any" else "TRUE"
        return f"CASE\n  WHEN {decisive}\n  WHEN NOT bool_or({truth} IS NULL) THEN {other}\nEND"
    where = f"({writer.condition(node.where or TRUE)})"
    value = "1" if node.value is None else writer.value(node.value)
    tests = [] if node.where is None else [f"{where} IS NULL"]
    if node.value is not None:
        tests.append(f"({value} IS NULL)" if node.where is None else f"({where} AND {value} IS NULL)")
    taken = value if node.where is None else f"CASE WHEN {where} THEN {value} END"
    function = {"count": "count({})", "distinct": "count(DISTINCT {})"}.get(
        node.function, f"{node.function}({{}})"
    )
    total = function.format(taken)
    if node.function == "sum":
        total = f"coalesce({total}, 0)"
        total = f"CAST({total} AS DECIMAL(18, {node.scale}))" if node.scale else total
    if not tests:
        return total
    return f"CASE WHEN NOT bool_or({' OR '.join(tests)}) THEN\n{indent(total, '  ')}\nEND"


def _judged(
    rule: Rule, dialect: Dialect, named: dict[Aggregate | Quantified, str], keys: list[str], table: str
) -> list[Part]:
    columns = {node: f"groups.{name}" for node, name in named.items()}
    writer = SqlWriter(dialect, lambda _field: "line.", columns)
    chosen = ["line.claim_id", "line.line_id", *conditions(rule, writer, "line.")]
    join = ""
    if named:
        same = "\n  AND ".join(f"groups.{key} = line.{key}" for key in keys)
        join = f"\nLEFT JOIN groups\n  ON {same}"
    if rule.needs:
        chosen.append(f"{covered(rule.needs, writer)} AS is_covered")
        join += "\nCROSS JOIN history"
    if rule.report == "first":
        known = " AND ".join(f"line.{key} IS NOT NULL" for key in keys)
        chosen += ["line.seq", *(f"line.{key}" for key in keys if key not in ("claim_id", "line_id"))]
        chosen.append(f"({known}) AS has_group")
    parts = [Part("conditions", CONDITIONS, select(chosen, f"FROM {table} AS line{joined_sets(rule)}{join}"))]
    return [*parts, *_outcomes(rule, keys)]


def _outcomes(rule: Rule, keys: list[str]) -> list[Part]:
    outcome, parts, table = OUTCOME, [], "conditions"
    if rule.report == "first":
        place = (
            "sum(CASE WHEN coalesce(rule_applies, TRUE) THEN 1 ELSE 0 END)\n"
            f"  OVER (PARTITION BY {', '.join(keys)} ORDER BY seq) AS place"
        )
        says = "The rule is about the group: the first of its lines that the rule concerns carries it."
        parts.append(Part("placed", says, select(["conditions.*", place], "FROM conditions")))
        table = "placed"
        outcome = outcome.replace(
            "WHEN NOT rule_applies THEN", "WHEN NOT rule_applies OR (has_group AND place > 1) THEN"
        )
    if rule.needs:
        stays = "" if rule.fired_stays else "  WHEN NOT is_covered THEN 'unknown'\n"
        first, rest = outcome.split("  WHEN NOT rule_when", 1)
        if rule.fired_stays:
            fired = "  WHEN rule_applies AND rule_when AND NOT rule_unless THEN 'fired'\n"
            stays = f"{fired}  WHEN NOT is_covered THEN 'unknown'\n"
            rest = rest.replace(fired, "")
        outcome = f"{first}{stays}  WHEN NOT rule_when{rest}"
    body = select(["claim_id", "line_id", outcome], f"FROM {table}")
    return [*parts, Part("judged", JUDGED, body)]
