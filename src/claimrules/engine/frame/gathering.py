"""Lines gathered: read once, with what is tested of each of them, and texts that repeat as numbers."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame import parts
from claimrules.engine.frame.ahead import NEEDED, read_ahead
from claimrules.engine.frame.context import PER_LINE, Context, atoms, line_columns
from claimrules.engine.frame.door import plus
from claimrules.engine.frame.fields import derive, raw_columns
from claimrules.engine.frame.steps import read
from claimrules.expr.nodes import Condition, leaves, names
from claimrules.expr.to_frame import FrameWriter

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]
    Expr = nw.Expr

_UNIQUE: Final = frozenset({"r_claim_id", "r_line_id", "r_charge", "r_realm"})
"""Columns that rarely hold the same twice."""
_ROOM: Final = 2**52
"""What the tests in one column must stay below: exact in every engine, as a float too."""


@attrs.frozen(kw_only=True)
class Digit:
    """Where the outcome of a test stands: a digit of the number in ``column``."""

    column: str
    scale: int
    radix: int


def early(hoisted: Mapping[Condition, str]) -> dict[Condition, str]:
    """The tests that rest on no date, so that lines are tested as they are read."""
    return {node: name for node, name in hoisted.items() if not line_columns(names(node)) & PER_LINE}


def digits(tests: Mapping[Condition, str]) -> dict[str, Digit]:
    """Where each test stands: together they make as few columns as hold them."""
    found: dict[str, Digit] = {}
    place, scale = 0, 1
    for node, name in tests.items():
        radix = 2 + len(set(leaves(node)))
        if scale * radix > _ROOM:
            place, scale = place + 1, 1
        found[name] = Digit(column=f"t_{place}", scale=scale, radix=radix)
        scale *= radix
    return found


def apart(nw: Any, tests: Mapping[Condition, str]) -> dict[str, "Expr"]:
    """Each test as a column of its own again."""
    return {name: nw.col(each.column) // each.scale % each.radix for name, each in digits(tests).items()}


def gather(context: Context) -> Context:
    """Read the lines once."""
    backend, lines = context.backend, context.lines
    tests = early(parts.hoisted_of(context.engine.line_rules))
    if backend.name == "polars" and context.engine.around:
        lines = read(lines)
    arrived = lines.collect_schema().names()
    repeating = _repeating(context, arrived, tests)
    if backend.name != "polars":
        lines = backend.encode(_tested(context, lines, tests), repeating)
        return attrs.evolve(context, lines=backend.keep(lines))
    # Nulls are filled once texts are numbers, but for those that are tested.
    wanted = {f"r_{name}" for name in raw_columns(line_columns(names(*tests)))}
    late = [name for name in repeating if name not in wanted]
    if context.engine.around:
        # For single lines little is left to gather: asking apart would take longer than it saves.
        if first := [name for name in NEEDED if name in late]:
            lines = read(backend.encode(lines, first))
            repeating = [name for name in repeating if name not in first]
        read_ahead(context, lines)
    lines = _filled(context, lines, [name for name in arrived if name not in late])
    lines = backend.encode(_tested(context, lines, tests), repeating)
    return attrs.evolve(context, lines=read(_filled(context, lines, late)))


def _filled(context: Context, lines: "Lazy", among: Iterable[str]) -> "Lazy":
    """The lines with a blank for each text that is null."""
    texts = [name for name in among if name.startswith("r_") and context.reader.is_text(name)]
    return plus(lines, {name: context.nw.col(name).fill_null("") for name in texts})


def _tested(context: Context, lines: "Lazy", tests: Mapping[Condition, str]) -> "Lazy":
    if not tests:
        return lines
    nw, arrived = context.nw, lines.collect_schema().names()
    wanted = line_columns(names(*tests))
    lines = plus(lines, context.blanks(arrived, wanted))
    lines = derive(nw, lines, context.reader, wanted)
    writer = FrameWriter(nw)
    together: dict[str, Expr] = {}
    for (node, _), each in zip(tests.items(), digits(tests).values(), strict=True):
        digit = writer.tested(node) * each.scale
        together[each.column] = together[each.column] + digit if each.column in together else digit
    return plus(plus(lines, context.constants), together).select(*arrived, *together)


def _repeating(context: Context, arrived: Iterable[str], tested: Mapping[Condition, str]) -> list[str]:
    """The columns of text that are compared, and hold the same again and again."""
    compared = _compared(context, tested)
    return [
        name
        for name in arrived
        if name.startswith("r_")
        and name not in _UNIQUE
        and (compared is None or name in compared)
        and context.reader.is_text(name)
    ]


def _compared(context: Context, tested: Mapping[Condition, str]) -> frozenset[str] | None:
    """The columns that tell lines apart, where no rule looks around; else any may.

    What is only tested of each line as it is read tells nothing apart.
    """
    if context.engine.around:
        return None
    rules = context.engine.line_rules
    conditions = (condition for rule in rules for condition in parts.conditions_of(rule))
    fields = names(*(node for node in atoms(*conditions) if node not in tested))
    wanted = line_columns((*fields, *parts.CODE_AND_MODIFIERS)) | {"form_modifier_count"}
    return frozenset(f"r_{name}" for name in (*raw_columns(wanted), "from_date", "to_date"))
