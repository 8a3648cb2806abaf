"""The five outcomes of a rule as one expression of bytes (design, decision 2)."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from claimrules.engine.outcomes import BYPASSED, FIRED, NOT_APPLICABLE, PASSED, field_byte
from claimrules.expr.access import CAUSE_INDEX
from claimrules.expr.nodes import Condition, Constant
from claimrules.expr.to_frame import FrameWriter, all_true
from claimrules.expr.vocabulary import PAIR_NAMESPACES, Field
from claimrules.model.code import Cause
from claimrules.model.edition import Table
from claimrules.model.finding import Severity
from claimrules.rulebook.rule import Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Expr = nw.Expr

Byte = Callable[[Field], "Expr"]


def byte_of(nw: Any, rule: Rule) -> Byte:
    """How to write the byte of a missing field: its number plus its cause."""

    def byte(field: Field) -> "Expr":
        start = field_byte(rule, field)
        prefix = "o_" if field.namespace in PAIR_NAMESPACES else ""
        base = field.base
        no_input = nw.lit(start + CAUSE_INDEX[Cause.NO_INPUT], nw.Int64)
        if base.name in ("global_start", "global_end"):
            known = nw.col(f"{prefix}cause_{Table.FEE_SCHEDULE}").cast(nw.Int64) + start
            return nw.when(nw.col(f"{prefix}line_from_date").is_null()).then(no_input).otherwise(known)
        if base.table is not None and (base.namespace == "code" or base.table is Table.MODIFIERS):
            return nw.col(f"{prefix}cause_{base.table}").cast(nw.Int64) + start
        return no_input

    return byte


def missing(writer: FrameWriter, conditions: Sequence[Condition], byte: Byte) -> "Expr":
    """The byte of the first unknown field of the first unknown condition."""
    rest = [condition for condition in conditions if not isinstance(condition, Constant)]
    if not rest:
        return writer.nw.lit(FIRED, writer.nw.Int64)
    found = writer.missing(rest[-1], byte)
    for condition in rest[-2::-1]:
        unknown = ~(writer.true(condition) | writer.false(condition))
        found = writer.nw.when(unknown).then(writer.missing(condition, byte)).otherwise(found)
    return found


def verdict(writer: FrameWriter, rule: Rule, byte: Byte) -> "Expr":
    """The outcome of a rule for each row."""
    nw = writer.nw
    fires = all_true([writer.true(rule.applies), writer.true(rule.when), writer.false(rule.unless)])
    chain = [
        (writer.false(rule.applies), NOT_APPLICABLE, rule.applies),
        (writer.false(rule.when), PASSED, rule.when),
        (writer.true(rule.unless), BYPASSED, rule.unless),
        (fires, FIRED, None),
    ]
    found = missing(writer, (rule.applies, rule.when, rule.unless), byte)
    for test, outcome, condition in reversed(chain):
        if not isinstance(condition, Constant):
            found = nw.when(test).then(nw.lit(outcome, nw.Int64)).otherwise(found)
    return found


def alone_outcome(writer: FrameWriter, rule: Rule) -> "Expr":
    """What a rule with other = "none" says where no candidate matches."""
    nw = writer.nw
    parts = tuple(part for part in (rule.applies, rule.unless) if not isinstance(part, Constant))
    found = missing(writer, parts, byte_of(nw, rule)) if parts else nw.lit(FIRED, nw.Int64)
    fires = writer.true(rule.applies) & writer.false(rule.unless)
    found = nw.when(fires).then(nw.lit(FIRED, nw.Int64)).otherwise(found)
    return nw.when(writer.true(rule.unless)).then(nw.lit(BYPASSED, nw.Int64)).otherwise(found)


def governed(nw: Any, rule: Rule) -> "Expr":
    """Whether the rule governs the setting of each line."""
    return nw.col("line_setting").is_in([setting.value for setting in rule.settings])


def severity(writer: FrameWriter, rule: Rule) -> "Expr":
    """The rank of the severity: the first whose condition is known to be true, else the rule's."""
    nw = writer.nw
    found = nw.lit(rule.severity.rank, nw.Int64)
    for condition, grave in reversed(rule.severity_if):
        found = nw.when(writer.true(condition)).then(nw.lit(grave.rank, nw.Int64)).otherwise(found)
    return found


def severity_word(nw: Any, rank: "Expr") -> "Expr":
    """The word for the rank of a severity."""
    found = nw.lit(Severity.INFO.value)
    for grave in list(Severity)[-2::-1]:
        found = nw.when(rank == grave.rank).then(nw.lit(grave.value)).otherwise(found)
    return found
