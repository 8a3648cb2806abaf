"""What group and pair rules share on a frame: the lines with the columns that a rule names, and its keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.context import COUNTED, PER_LINE, WINDOW, Context, code_fields, line_columns
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.facts import global_window
from claimrules.engine.frame.fields import MODIFIER_COLUMNS, derive
from claimrules.engine.frame.line_rules import Combinations, table_of
from claimrules.engine.frame.verdicts import governed
from claimrules.engine.history import Coverage, new_year
from claimrules.engine.outcomes import no_history_byte, unknown_byte
from claimrules.expr.nodes import names
from claimrules.expr.to_frame import UNKNOWN_MODIFIERS, YES, FrameWriter, all_true, any_true, column, shift
from claimrules.expr.vocabulary import VOCABULARY, Field
from claimrules.model.code import Cause
from claimrules.model.edition import Table
from claimrules.rulebook.rule import Key, Needs, Rule, RuleScope

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

SEQ: Final = "line_seq"
OUTCOME: Final = "outcome"
NO_BYTE: Final = 1_000
"""Above any byte of an outcome: nothing is missing."""
PHYSICIAN: Final = "physician"


@attrs.frozen(kw_only=True, eq=False)
class Looked:
    """What an around rule says: ``frame`` has a row per line that is not ``not_applicable``.

    Its columns are ``line_seq``, ``outcome``, ``severity_rank``, ``edition``, ``other_seq`` and
    ``other_count``.
    """

    rule: Rule
    number: int
    frame: "Lazy"


def lines_for(context: Context, combos: Combinations, rule: Rule, denied: "Lazy | None" = None) -> "Lazy":
    """The lines that the rule can look at, with the columns that it names.

    What rests on a combination of fields comes from the combinations; the rest is read here. Lines
    that share no key with a line that the rule concerns are left out first: joining them costs most.
    ``denied`` are the lines that a pair of the NCCI tables has denied.
    """
    nw, fields = context.nw, fields_of(rule)
    wanted = line_columns((*fields, *(key.field for key in rule.same if key.field.name != PHYSICIAN)))
    wanted |= line_columns((VOCABULARY["line"]["code"], VOCABULARY["line"]["modifiers"]))
    if any(key.field.name == PHYSICIAN for key in rule.same):
        wanted |= {"line_provider", "line_group", "line_specialty"}
    carried = set(combos.frame.collect_schema().names())
    known = {name for name in wanted if name in carried} - set(combos.keys)
    lines = derive(nw, combos.lines, context.reader, frozenset(wanted - known - PER_LINE))
    lines, some = _reachable(context, combos, rule, lines)
    tables = {field.base.table for field in fields if field.base.table is not None} | {table_of(rule)}
    tables |= {Table.FEE_SCHEDULE} if any(field.name in WINDOW for field in fields) else set()
    silent = carried & {f"{part}_{table}" for part in ("cause", "edition") for table in tables}
    looked_up = {column(field.base) for field in fields if field.base.name in COUNTED}
    looked_up |= {column(field) for field in code_fields(fields)}
    chosen = sorted(known | looked_up | silent | {"line_denied"})
    schema = set(lines.collect_schema().names())
    always = {"line_from_date", "line_to_date", "line_setting", "k_slot", *context.extra}
    own = [name for name in sorted(wanted | always) if name in schema and name not in chosen]
    lines = lines.select(*dict.fromkeys((SEQ, *own, *combos.keys)))
    carry = some.select(*combos.keys, *(name for name in chosen if name not in combos.keys))
    lines = lines.join(carry, on=list(combos.keys), how="inner")
    if any(field.name in WINDOW for field in fields):
        lines = lines.with_columns(**global_window(nw))
    if denied is not None:
        lines = lines.join(denied, on=SEQ, how="left")
        now = nw.when(nw.col("is_denied").is_null()).then(nw.col("line_denied")).otherwise(nw.lit(YES))
        lines = lines.with_columns(line_denied=now).drop("is_denied")
    drop = [name for name in combos.keys if name.startswith(("r_", "q_", "h_", "k_dates"))]
    return context.backend.keep(plus(lines.drop(*drop), context.constants))


def _reachable(context: Context, combos: Combinations, rule: Rule, lines: "Lazy") -> tuple["Lazy", "Lazy"]:
    """The lines, and the combinations, that share a key with something that the rule concerns."""
    nw, some = context.nw, combos.frame
    carried = set(some.collect_schema().names())
    named = names(rule.applies)
    needed = {column(field) for field in code_fields(named)} | line_columns(named)
    # What rests on dates and code together, or on other rules, a combination cannot tell.
    if not needed <= carried or any(field.name in ("denied", *WINDOW) for field in named):
        return lines, some
    concerned = some.filter(concerns(context, rule, FrameWriter()))
    if any(key.field.name == "code" for key in rule.same):
        codes = concerned.select("line_code").unique()
        alone = some.filter(nw.col("line_code").is_null())
        some = nw.concat([some.join(codes, on="line_code", how="semi"), alone], how="vertical")
    if rule.scope is RuleScope.GROUP:
        return lines, some
    keys = {f"line_{key.field.name}" for key in rule.same if not key.members}
    shared = sorted(keys & set(lines.collect_schema().names()))
    if not shared:
        return lines, some
    # Null keys meet here under a text that nothing else is: a superset is harmless.
    filled = {f"j_{name}": nw.col(name).cast(nw.String).fill_null("\x1f") for name in shared}
    lines = lines.with_columns(**filled)
    mine = lines.join(concerned.select(*combos.keys), on=list(combos.keys), how="semi")
    mine = context.backend.keep(mine.select(*filled).unique())
    return lines.join(mine, on=list(filled), how="semi").drop(*filled), some


def key_expressions(context: Context, keys: Sequence[Key]) -> dict[str, "Expr"]:
    """The keys as columns ``g_0`` …; null where unknown."""
    nw, found = context.nw, {}
    for number, key in enumerate(keys):
        found[f"g_{number}"] = _members(nw, key) if key.members else nw.col(f"line_{key.field.name}")
    for number, name in enumerate(context.extra, len(found)):
        found[f"g_{number}"] = nw.col(name)
    return found


def _members(nw: Any, key: Key) -> "Expr":
    """The members of a set that the line carries, in the order of the alphabet, as one text."""
    assert key.members is not None  # noqa: S101 (the caller asked)
    parts = []
    for member in sorted(key.members.members):
        carried = any_true([nw.col(name) == member for name in MODIFIER_COLUMNS])
        parts.append(nw.when(carried).then(nw.lit(member)).otherwise(nw.lit("")))
    return nw.when(nw.col(MODIFIER_COLUMNS[0]) != UNKNOWN_MODIFIERS).then(nw.concat_str(parts))


def missing_key(nw: Any, rule: Rule, keys: Sequence[Key]) -> tuple["Expr", "Expr"]:
    """Whether a key is unknown, and the byte of the first that is."""
    nulls = [nw.col(f"g_{number}").is_null() for number in range(len(keys))]
    found = nw.lit(NO_BYTE, nw.Int64)
    for number, key in list(enumerate(keys))[::-1]:
        byte = nw.lit(unknown_byte(rule, key.field, Cause.NO_INPUT), nw.Int64)
        found = nw.when(nw.col(f"g_{number}").is_null()).then(byte).otherwise(found)
    return any_true(nulls), found


def concerns(context: Context, rule: Rule, writer: FrameWriter) -> "Expr":
    """The lines that the rule governs and that are not known to be outside of ``applies``."""
    return governed(context.nw, rule) & ~writer.false(rule.applies)


def covered(context: Context, rule: Rule, outcome: "Expr", keep: Sequence[int]) -> "Expr":
    """The outcome, or unknown for want of history where the run does not cover what the rule needs."""
    nw, needs = context.nw, rule.needs
    if needs is None:
        return outcome
    unknown = nw.lit(no_history_byte(), nw.Int64)
    kept = any_true([nw.lit(value=False), *(outcome == byte for byte in keep)])
    reach = _reach(nw, context.coverage, needs).fill_null(value=False)
    return nw.when(kept | reach).then(outcome).otherwise(unknown)


def _reach(nw: Any, coverage: Coverage | None, needs: Needs) -> "Expr":
    """Whether the run covers what a rule needs for each line, as ``Coverage.covers`` says for one."""
    if coverage is None or coverage.complete_from is None or coverage.complete_to is None:
        return nw.lit(value=False)
    if needs.providers == "all" and coverage.providers != "all":
        return nw.lit(value=False)
    day = nw.col("line_from_date")
    first, last = (shift(nw, day, "add_days", days) for days in (-needs.days_before, needs.days_after))
    known = [first >= coverage.complete_from, last <= coverage.complete_to]
    if needs.year:
        known.append(day >= new_year(coverage.complete_from))
    return all_true(known)


def told(nw: Any, frame: "Lazy", **parts: "Expr") -> "Lazy":
    """The columns of ``Looked``, in one order and of one type each: some engines unite nothing else."""
    kinds = {
        SEQ: nw.Int64,
        OUTCOME: nw.Int64,
        "severity_rank": nw.Int64,
        "edition": nw.String,
        "other_seq": nw.Int64,
        "other_count": nw.Int64,
    }
    return frame.select(**{name: parts.get(name, nw.col(name)).cast(kind) for name, kind in kinds.items()})


def fields_of(rule: Rule) -> tuple[Field, ...]:
    """Every field that the conditions of a rule name."""
    return names(rule.applies, rule.when, rule.unless, *(condition for condition, _ in rule.severity_if))
