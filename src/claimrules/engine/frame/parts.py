"""Parts: rules that name the same columns, judged once per distinct value of these columns alone.

Most rules look at code, modifiers and the tables of the day: the first part, the *core*. The others
look at units, the place or what was tested of a line beside it. Parts are small, so that they are
judged in this process wherever the lines lie.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.context import (
    PER_LINE,
    WINDOW,
    Context,
    atoms,
    code_fields,
    hoistable,
    line_columns,
)
from claimrules.engine.frame.dates import FILLED, sentinel
from claimrules.engine.frame.deciding import TABLES, deciding, number_of
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.facts import global_window
from claimrules.engine.frame.fields import derive, raw_columns
from claimrules.engine.frame.index import judges
from claimrules.engine.frame.verdicts import byte_of, governed, severity, verdict
from claimrules.engine.outcomes import FIRED, NOT_APPLICABLE
from claimrules.expr.nodes import Compare, Condition, Name, names
from claimrules.expr.to_frame import NO, FrameWriter, column
from claimrules.expr.vocabulary import VOCABULARY, Field
from claimrules.model.edition import Table
from claimrules.rulebook.rule import Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

CORE: Final = "p_0"
DATED_ENDS: Final = frozenset({"line_from_date", "line_to_date"})
CODE_AND_MODIFIERS: Final = (VOCABULARY["line"]["code"], VOCABULARY["line"]["modifiers"])
CORE_RAW: Final = raw_columns(line_columns(CODE_AND_MODIFIERS) | {"form_modifier_count"})
"""What arrived of the code and the modifiers."""
_fired = re.compile(re.escape(bytes([FIRED])))


@attrs.frozen(kw_only=True, eq=False)
class Task:
    """What is judged in one part: line rules by number, and flags (see ``index``) by name."""

    number: int
    rules: Mapping[int, Rule] = attrs.field(factory=dict)
    flags: Mapping[str, tuple[Rule, Condition]] = attrs.field(factory=dict)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything that is asked of a row."""
        rules = (condition for rule in self.rules.values() for condition in conditions_of(rule))
        return (*rules, *(condition for _, condition in self.flags.values()))


@attrs.frozen(kw_only=True)
class Signature:
    """What a part says of some of its rows.

    ``outcomes`` holds a byte a line rule, as one number (that of the first rule is the lowest), so that
    parts are put together by one operation. ``ranks`` are the severities of the rules that fired;
    ``tables`` say which table decided, of those of which now one does and now another (``deciding``).
    """

    outcomes: int
    ranks: Mapping[int, int]
    tables: Mapping[int, int]
    flags: frozenset[str]


@attrs.frozen(kw_only=True, eq=False)
class Part:
    """Some rules, judged on the distinct values of what they name, told apart by ``key``.

    ``signed`` gives each row its ``sign``, which stands for one of ``signatures``.
    """

    key: str
    sign: str
    signed: "Lazy"
    signatures: Mapping[Any, Signature]


def conditions_of(rule: Rule) -> tuple[Condition, ...]:
    """Every condition of a rule."""
    return (rule.applies, rule.when, rule.unless, *(condition for condition, _ in rule.severity_if))


def hoisted_of(rules: Sequence[Rule]) -> dict[Condition, str]:
    """The conditions that are tested of every line, with their columns."""
    everything = tuple(condition for rule in rules for condition in conditions_of(rule))
    return {node: f"h_{number}" for number, node in enumerate(filter(hoistable, atoms(*everything)))}


def fields_kept(conditions: Iterable[Condition], hoisted: Mapping[Condition, str]) -> tuple[Field, ...]:
    """The fields that rows must tell apart: those outside of hoisted conditions."""
    found = names(*(node for node in atoms(*conditions) if node not in hoisted))
    if any(field.name in WINDOW for field in found):
        return (*found, VOCABULARY["line"]["from_date"])
    return found


def only_compared(conditions: Iterable[Condition], hoisted: Mapping[Condition, str]) -> bool:
    """Whether the dates of a line stand only beside first and last days of codes, compared."""
    for node in atoms(*conditions):
        fields = names(node)
        dated = {column(field) for field in fields} & DATED_ENDS
        windowed = any(field.name in WINDOW for field in fields)
        if node in hoisted or not (dated or windowed):
            continue
        simple = isinstance(node, Compare) and isinstance(node.left, Name) and isinstance(node.right, Name)
        ends = [field for field in fields if field.name in ("first_date", "last_date")]
        if windowed or not simple or len(ends) != 1:
            return False
    return True


def present(context: Context, raw: Iterable[str]) -> tuple[str, ...]:
    """The raw columns that came with the frame: the others are blank in every line."""
    return tuple(f"r_{name}" for name in raw if name in context.named)


def core_columns(context: Context) -> tuple[str, ...]:
    """What tells the rows of the core apart."""
    return (*present(context, CORE_RAW), "k_slot", "line_setting", *context.extra)


def beside_core(
    context: Context, conditions: Sequence[Condition], hoisted: Mapping[Condition, str]
) -> tuple[str, ...]:
    """The columns that conditions need and the core has not."""
    columns = line_columns(fields_kept(conditions, hoisted))
    raw = (name for name in raw_columns(frozenset(columns - PER_LINE)) if name not in CORE_RAW)
    dated = (f"{FILLED}{name}" for name in columns & PER_LINE if name != "line_setting")
    tested = (hoisted[node] for node in atoms(*conditions) if node in hoisted)
    return tuple(sorted({*present(context, raw), *dated, *tested}))


def opened(context: Context, rows: "Lazy") -> "Lazy":
    """Rows whose key columns hold nulls again where a sentinel stood for them."""
    nw = context.nw
    filled = [name for name in rows.collect_schema().names() if name.startswith(FILLED)]
    plain = {name.removeprefix(FILLED): nw.col(name) for name in filled}
    return plus(rows, {name: nw.when(each != sentinel(name)).then(each) for name, each in plain.items()})


def known_columns(task: Task) -> frozenset[str]:
    """The columns of the core that a part needs: attributes, causes of silence, what rests on modifiers."""
    fields = tuple(dict.fromkeys(field.base for field in names(*task.conditions)))
    found = {column(field) for field in fields} | line_columns(fields) | {"k_slot", "line_setting"}
    found |= {column(field) for field in code_fields(fields)}
    found |= {f"cause_{field.table}" for field in fields if field.table is not None}
    if any(field.name in WINDOW for field in fields):
        found.add(f"cause_{Table.FEE_SCHEDULE}")
    return frozenset(found)


def judge(context: Context, rows: "Lazy", task: Task, hoisted: Mapping[Condition, str]) -> Part:
    """Judge the distinct rows of a part."""
    nw, backend = context.nw, context.backend
    key, sign = f"p_{task.number}", f"s_{task.number}"
    fields = fields_kept(task.conditions, hoisted)
    rows = opened(context, rows)
    known = set(rows.collect_schema().names())
    wanted = line_columns(fields) - PER_LINE - known
    rows = derive(nw, plus(rows, context.blanks(known, wanted)), context.reader, wanted)
    rows = plus(rows, context.constants)
    if any(field.name in WINDOW for field in fields):
        rows = rows.with_columns(**global_window(nw))
    # No earlier stratum can have denied a line (language, A5).
    rows = rows.with_columns(line_denied=nw.lit(NO))
    asked = (backend.name, tuple(task.rules), tuple(task.flags))
    written = context.engine.written.get(asked)
    if written is None:
        written = context.engine.written.setdefault(asked, _write(nw, task, hoisted))
    told = (*written.said, *written.ranks)
    rows = plus(plus(plus(rows, written.tested), written.said), written.ranks)
    rows = backend.keep(rows.select(key, *told))
    signed = backend.keep(backend.identify(rows, sign, told))
    found = backend.local(backend.distinct(signed, sign, told))
    signatures = dict(zip(found[sign], _signatures(task, found), strict=True))
    return Part(key=key, sign=sign, signed=signed.select(key, sign), signatures=signatures)


@attrs.frozen(kw_only=True, eq=False)
class _Written:
    """The expressions of a part, in the order in which they need each other."""

    tested: Mapping[str, "Expr"]
    said: Mapping[str, "Expr"]
    ranks: Mapping[str, "Expr"]


def _write(nw: Any, task: Task, hoisted: Mapping[Condition, str]) -> _Written:
    tested = {node: f"a_{place}" for place, node in enumerate(_apart(task.conditions, hoisted))}
    plain, writer = FrameWriter(nw), FrameWriter(nw, hoisted={**hoisted, **tested})
    said = {f"x_{each}": _outcome(nw, writer, rule) for each, rule in task.rules.items()}
    said |= {name: _flag(writer, name, rule, asked) for name, (rule, asked) in task.flags.items()}
    graded = {each: rule for each, rule in task.rules.items() if _is_graded(rule)}
    return _Written(
        tested={name: plain.tested(node) for node, name in tested.items()},
        said=said,
        ranks={f"r_{each}": _rank(nw, writer, each, rule) for each, rule in graded.items()},
    )


def _signatures(task: Task, found: Mapping[str, Sequence[Any]]) -> Iterator[Signature]:
    """What each row says: a byte a rule, column by column, as they are many."""
    width, rules = max(task.rules, default=0) + 1, task.rules
    count = len(next(iter(found.values()), ()))
    said = bytearray(width * count)
    for number in rules:
        said[number::width] = bytes(map(int, found[f"x_{number}"]))
    graded = frozenset(number for number in rules if f"r_{number}" in found)
    varied = frozenset(number for number in graded if not isinstance(deciding(rules[number]), int))
    for row in range(count):
        mine = bytes(said[row * width : (row + 1) * width])
        fired = [each.start() for each in _fired.finditer(mine)]
        yield Signature(
            outcomes=int.from_bytes(mine, "little"),
            ranks={
                number: int(found[f"r_{number}"][row]) // TABLES
                if number in graded
                else rules[number].severity.rank
                for number in fired
            },
            tables={number: int(found[f"r_{number}"][row]) % TABLES for number in fired if number in varied},
            flags=frozenset(name for name in task.flags if found[name][row]),
        )


def _apart(conditions: Iterable[Condition], hoisted: Mapping[Condition, str]) -> list[Condition]:
    """The smallest conditions that were not tested before: each is tested once, however often it stands."""
    return [node for node in atoms(*conditions) if node not in hoisted]


def _outcome(nw: Any, writer: FrameWriter, rule: Rule) -> "Expr":
    outcome = verdict(writer, rule, byte_of(nw, rule))
    outside = nw.lit(NOT_APPLICABLE, nw.Int64)
    return nw.when(governed(nw, rule)).then(outcome).otherwise(outside).cast(nw.Int64)


def _flag(writer: FrameWriter, name: str, rule: Rule, condition: Condition) -> "Expr":
    """Whether the condition may hold; a rule judges lines of its settings, and any line may prove."""
    nw, may_hold = writer.nw, ~writer.false(condition)
    return (may_hold & governed(nw, rule) if judges(name) else may_hold).cast(nw.Int64)


def _rank(nw: Any, writer: FrameWriter, number: int, rule: Rule) -> "Expr":
    """How grave the finding is and which table decided, where it fired: elsewhere it tells no rows apart."""
    fired, told = nw.col(f"x_{number}") == FIRED, deciding(rule)
    found = severity(writer, rule) * TABLES
    if not isinstance(told, int):
        found = found + number_of(writer, told)
    return nw.when(fired).then(found).otherwise(nw.lit(0, nw.Int64)).cast(nw.Int64)


def _is_graded(rule: Rule) -> bool:
    return bool(rule.severity_if) or not isinstance(deciding(rule), int)
