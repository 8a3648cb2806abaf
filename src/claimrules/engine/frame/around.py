"""What group and pair rules share on a frame: the lines with the columns that a rule names, and its keys."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.combos import CLASS, COMBO, Combinations
from claimrules.engine.frame.context import COUNTED, NUMBER, WINDOW, Context, code_fields, line_columns
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.facts import global_window
from claimrules.engine.frame.fields import MODIFIER_COLUMNS, derive, raw_columns
from claimrules.engine.frame.parts import CORE
from claimrules.engine.frame.verdicts import governed
from claimrules.engine.history import Coverage, new_year
from claimrules.engine.outcomes import no_history_byte, unknown_byte
from claimrules.expr.nodes import Condition, names
from claimrules.expr.to_frame import (
    NO,
    UNKNOWN_MODIFIERS,
    YES,
    FrameWriter,
    all_true,
    any_true,
    column,
)
from claimrules.expr.values import shift_days
from claimrules.expr.vocabulary import VOCABULARY, Field
from claimrules.model.code import Cause
from claimrules.model.edition import Table
from claimrules.rulebook.rule import Key, Needs, Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

SEQ: Final = NUMBER
OUTCOME: Final = "outcome"
NO_BYTE: Final = 1_000
"""Above any byte of an outcome: nothing is missing."""
PHYSICIAN: Final = "physician"
GROUP: Final = "k_group"
"""Tells apart the groups of lines that share their keys."""
MINE: Final = "k_mine"
"""1 where a line that a pair rule looks at is to be judged, and not only a partner."""
DENIED: Final = "line_denied"
IS_DENIED: Final = "k_denied"
PARTNER: Final = "k_partner"
"""1 where a line that a pair rule looks at may prove something about another."""


@attrs.frozen(kw_only=True, eq=False)
class Proving:
    """Which lines prove what a pair rule found.

    ``known`` tells the lines apart by ``me``; ``decisive`` has for each of these the ``it`` of those
    that prove it, on which ``side`` in the order (-1 before it, 1 behind it, 0 either); ``others`` are
    the lines of each ``it``.
    """

    known: "Lazy"
    decisive: "Lazy"
    others: "Lazy"


@attrs.frozen(kw_only=True, eq=False)
class Looked:
    """What an around rule says: ``frame`` has a row per line that it concerns and that has not passed.

    Its columns are ``line_seq``, ``outcome``, ``severity_rank``, ``edition``, ``other_seq`` and
    ``other_count``. ``passed`` holds the numbers of the lines that passed. ``rest`` gives the outcome of
    all other lines of some classes: most lines of an export are told by their class alone.
    ``itself`` are further lines until they are kept, of which the rule says an outcome that no other line
    proves. ``proving`` stays as long as it may be asked.
    """

    rule: Rule
    number: int
    frame: "Lazy"
    passed: "Lazy | None" = None
    rest: Mapping[Any, int] = attrs.field(factory=dict)
    itself: "Lazy | None" = None
    proving: Proving | None = None


@attrs.frozen(kw_only=True, eq=False)
class Run:
    """What the rules of one run share: the combinations, and the lines that NCCI pairs have denied."""

    combos: Combinations
    denied: "Lazy | None" = None


def lines_for(  # noqa: PLR0913 (what a rule looks at)
    context: Context,
    run: Run,
    rule: Rule,
    lines: "Lazy",
    conditions: Sequence[Condition],
    *,
    keyed: bool = True,
) -> "Lazy":
    """Some lines with the columns that conditions of a rule name, and its keys unless not ``keyed``."""
    nw, fields, combos = context.nw, names(*conditions), run.combos
    same = rule.same if keyed else ()
    wanted = line_columns((*fields, *(key.field for key in same if key.field.name != PHYSICIAN)))
    wanted |= line_columns((VOCABULARY["line"]["code"], VOCABULARY["line"]["modifiers"]))
    if any(key.field.name == PHYSICIAN for key in same):
        wanted |= {"line_provider", "line_group", "line_specialty"}
    wanted |= {"line_setting"}
    core, present = _names(combos.core), _names(lines)
    missing = wanted - core - present
    raw = [name for name in _names(combos.frame) if name.startswith("r_") and name not in present]
    needed = [f"r_{name}" for name in raw_columns(frozenset(missing))]
    always = {SEQ, COMBO, MINE, PARTNER, "default", "k_slot", *context.extra}
    always |= {"line_from_date", "line_to_date", "line_setting"}
    if context.backend.name == "polars":
        # Polars orders joins anew, and would join all lines to their combinations before it takes some.
        taken = always | wanted | {CLASS, DENIED, *needed}
        lines = context.backend.keep(lines.select(*sorted(taken & present)))
    raw = [name for name in raw if name in needed]
    lines = context.backend.look_up(lines, combos.frame, (COMBO,), CORE, *raw)
    tables = {field.base.table for field in fields if field.base.table is not None}
    tables |= {Table.FEE_SCHEDULE} if any(field.name in WINDOW for field in fields) else set()
    looked_up = {column(field.base) for field in fields if field.base.name in COUNTED}
    looked_up |= {column(field) for field in code_fields(fields)}
    silent = {f"{part}_{table}" for part in ("cause", "edition") for table in tables}
    chosen = sorted(((wanted | looked_up | silent) & core) - present)
    lines = context.backend.look_up(lines, combos.core, (CORE,), *chosen)
    lines = derive(nw, plus(lines, context.blanks(_names(lines))), context.reader, frozenset(missing))
    if any(field.name in WINDOW for field in fields):
        lines = lines.with_columns(**global_window(nw))
    if any(field.name == "denied" for field in fields) and DENIED not in present:
        lines = denied(context, combos, lines, run.denied)
    window = {f"line_{name}" for name in WINDOW}
    kept = always | wanted | window | set(chosen) | {DENIED}
    lines = lines.select(*sorted(kept & _names(lines)))
    return context.backend.keep(plus(lines, context.constants))


def denied(context: Context, combos: Combinations, lines: "Lazy", told: "Lazy | None") -> "Lazy":
    """Say of each line whether a rule of an earlier stratum has denied it (language, A5)."""
    return named_denied(context.nw, marked_denied(context, combos, lines, told))


def marked_denied(context: Context, combos: Combinations, lines: "Lazy", told: "Lazy | None") -> "Lazy":
    """The same as a number, 1 or 0."""
    nw = context.nw
    by_rule = nw.col(CLASS).is_in(combos.denied) if combos.denied else nw.lit(value=False)
    if told is None:
        return lines.with_columns(**{IS_DENIED: by_rule.cast(nw.Int64)})
    lines = lines.join(told.select(SEQ, told=nw.lit(1, nw.Int64)), on=SEQ, how="left")
    lines = lines.with_columns(**{IS_DENIED: (by_rule | ~nw.col("told").is_null()).cast(nw.Int64)})
    return lines.drop("told")


def named_denied(nw: Any, lines: "Lazy") -> "Lazy":
    """The number as the word that rules are asked with."""
    word = nw.when(nw.col(IS_DENIED) == 1).then(nw.lit(YES)).otherwise(nw.lit(NO))
    return lines.with_columns(**{DENIED: word}).drop(IS_DENIED)


def _names(frame: "Lazy") -> set[str]:
    return set(frame.collect_schema().names())


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
    if context.coverages:
        reach = any_true([nw.lit(value=False), *_by_realm(context, needs)])
    return nw.when(kept | reach).then(outcome).otherwise(unknown)


def _by_realm(context: Context, needs: Needs) -> Iterator["Expr"]:
    """For each history that realms declare, the lines of those realms that it covers."""
    nw, realms = context.nw, dict[Coverage, list[str]]()
    for realm, coverage in context.coverages.items():
        realms.setdefault(coverage, []).append(realm)
    for coverage, names_of in realms.items():
        if coverage.complete_from is not None:
            theirs = nw.col("r_realm").is_in(names_of)
            yield theirs & _reach(nw, coverage, needs).fill_null(value=False)


def _reach(nw: Any, coverage: Coverage | None, needs: Needs) -> "Expr":
    """Whether the run covers what a rule needs for each line, as ``Coverage.covers`` says for one."""
    if coverage is None or coverage.complete_from is None or coverage.complete_to is None:
        return nw.lit(value=False)
    if needs.providers == "all" and coverage.providers != "all":
        return nw.lit(value=False)
    day = nw.col("line_from_date")
    first = shift_days(coverage.complete_from, needs.days_before)
    last = shift_days(coverage.complete_to, -needs.days_after)
    known = [day >= first, day <= last]
    if needs.year:
        known.append(day >= new_year(coverage.complete_from))
    return all_true(known)


_TOLD: Final = {
    SEQ: "number",
    OUTCOME: "number",
    "severity_rank": "number",
    "edition": "text",
    "other_seq": "number",
    "other_count": "number",
}


def nothing(context: Context, rule: Rule, number: int, rest: Mapping[Any, int] | None = None) -> Looked:
    """What a rule says of no line by itself."""
    frame = context.backend.table({name: [] for name in _TOLD}, _TOLD)
    return Looked(rule=rule, number=number, frame=told(context.nw, frame), rest=rest or {})


def told(nw: Any, frame: "Lazy", **parts: "Expr") -> "Lazy":
    """The columns of ``Looked``, in one order and of one type each: some engines unite nothing else."""
    kinds = {name: nw.String if kind == "text" else nw.Int64 for name, kind in _TOLD.items()}
    return frame.select(**{name: parts.get(name, nw.col(name)).cast(kind) for name, kind in kinds.items()})


def told_of_itself(nw: Any, rule: Rule, frame: "Lazy", **parts: "Expr") -> "Lazy":
    """What is told of lines that no other line proves: the rule's own severity, no edition."""
    return told(
        nw,
        frame,
        **parts,
        severity_rank=nw.lit(rule.severity.rank, nw.Int64),
        edition=nw.lit(""),
        other_seq=nw.lit(None, nw.Int64),
        other_count=nw.lit(0, nw.Int64),
    )


def fields_of(rule: Rule) -> tuple[Field, ...]:
    """Every field that the conditions of a rule name."""
    return names(rule.applies, rule.when, rule.unless, *(condition for condition, _ in rule.severity_if))
