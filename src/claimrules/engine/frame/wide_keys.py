"""The keys that lines share: read of each line, or once for each text where one column tells them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from claimrules.engine.frame.context import Context, line_columns
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.fields import MODIFIER_COLUMNS, RAW_OF, derive
from claimrules.engine.frame.packing import first_rows, looked_up
from claimrules.engine.frame.parts import conditions_of
from claimrules.engine.frame.steps import worked_out
from claimrules.expr.nodes import names
from claimrules.expr.vocabulary import Field
from claimrules.rulebook.rule import Key, Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]

WIDE_KEYS: Final = frozenset(
    {"line_claim", "line_patient", "line_provider", "line_from_date", "line_to_date"}
)
"""Columns of the lines themselves that lines can share."""
_EITHER: Final = ("line_patient", "line_provider")
"""Keys that are what their first column says, or the second where the first is blank."""
_CLAIM: Final = "r_claim_id"


def wide_of(context: Context, rule: Rule) -> frozenset[str]:
    """The keys of a rule that lines hold themselves: a physician's NPI too, where teams did not come."""
    columns = frozenset[str]().union(*filter(WIDE_KEYS.issuperset, map(key_columns, rule.same)))
    physician = any(key.field.name == "physician" for key in rule.same) and not context.by_team
    return columns | {"line_provider"} if physician else columns


def key_columns(key: Key) -> frozenset[str]:
    """The columns of a line that hold a key."""
    return frozenset(MODIFIER_COLUMNS if key.members else line_columns((key.field,)))


def around_fields(context: Context) -> tuple[Field, ...]:
    """The fields of the rules that look around, as fields of the line itself."""
    rules = [compiled.rule for compiled in context.engine.around]
    fields = names(*(condition for rule in rules for condition in conditions_of(rule)))
    keys = (key.field for rule in rules for key in rule.same)
    return tuple(dict.fromkeys(field.base for field in (*fields, *keys) if field.namespace != "pair"))


def shared_by_lines(context: Context, lines: "Lazy") -> list[str]:
    """The keys that rules which look around share, as far as lines lack them."""
    fields = around_fields(context)
    wanted = line_columns(fields) | {"line_provider" for field in fields if field.name == "physician"}
    return sorted(WIDE_KEYS & wanted - set(lines.collect_schema().names()))


def days_asked(context: Context) -> frozenset[str] | None:
    """What rests on dates and is asked of lines by rules that look around; ``None``: all may be.

    The rest is told again of the few lines that are shown, where the engine has the dates at hand.
    """
    if context.backend.name != "polars":
        return None
    return line_columns(around_fields(context)) | {"line_from_date", "line_to_date", "k_slot", "k_quarter"}


def read_keys(context: Context, lines: "Lazy", wanted: Sequence[str]) -> "Lazy":
    """Add keys to the lines, as numbers of their texts where the engine can."""
    backend = context.backend
    if backend.name == "polars":
        for name in wanted:
            lines = _of_runs(context, lines) if name == "line_claim" else _of_first(context, lines, name)
    present = lines.collect_schema().names()
    rest, blanks = [name for name in wanted if name not in present], context.blanks(present)
    lines = derive(context.nw, plus(lines, blanks), context.reader, frozenset(rest)).drop(*blanks)
    return backend.encode(lines, rest)


def _of_runs(context: Context, lines: "Lazy") -> "Lazy":
    """Number the claims where the lines of each follow each other: a list of all their texts is long."""
    nw: Any = context.nw
    if lines.collect_schema().get(_CLAIM) != nw.String:
        return lines
    begins = nw.col(_CLAIM).ne_missing(nw.col(_CLAIM).shift(1)) | (nw.int_range(nw.len()) == 0)
    texts = worked_out(lines.select(_CLAIM).with_columns(begins=begins))
    first = texts.lazy().filter("begins").select(claim=context.reader.identifier("claim_id"))
    number = nw.when(~nw.col("claim").is_null()).then(nw.int_range(nw.len()))
    found = worked_out(first.with_columns(number=number))
    known = found["claim"].drop_nulls()
    # What differs in its hash differs; where two are the same, a claim may stand in several places.
    if known.hash().n_unique() < len(known):
        return lines
    place = texts["begins"].cum_sum() - 1
    numbered: Any = lines
    told: Lazy = numbered.with_columns(found["number"].gather(place).alias("line_claim"))
    return told


def _of_first(context: Context, lines: "Lazy", name: str) -> "Lazy":
    """Add a key that the first of its columns tells in all lines, of which few differ."""
    if name not in _EITHER:
        return lines
    nw, (first, second) = context.nw, (f"r_{raw}" for raw in RAW_OF[name])
    schema: Any = lines.collect_schema()
    repeats = isinstance(schema.get(first), nw.Categorical)
    if not (repeats and context.reader.is_text(second)):
        return lines
    texts = first_rows(lines.select(first), first, ()).with_columns(nw.lit("").alias(second))
    read = worked_out(derive(nw, texts, context.reader, frozenset({name})).select(first, name))
    if read[name].null_count():
        return lines
    if read[name].equals(read[first].cast(nw.String), check_names=False):
        return lines.with_columns(**{name: nw.col(first)})
    return looked_up(lines, context.backend.encode(read.lazy(), [name]), first, name)
