"""What one run over a frame holds: the lines, what reads them, what answers for their codes."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from claimrules.engine.frame.door import Backend, FrameError
from claimrules.engine.frame.facts import Resolver
from claimrules.engine.frame.fields import INPUTS, MODIFIER_COLUMNS, raw_columns
from claimrules.engine.frame.normalise import Reader, absent
from claimrules.engine.frame.packing import first_rows
from claimrules.engine.frame.steps import known_rows, worked_out
from claimrules.engine.history import Coverage
from claimrules.engine.run import Engine
from claimrules.expr.errors import did_you_mean
from claimrules.expr.nodes import (
    And,
    Condition,
    Constant,
    Not,
    Or,
    names,
)
from claimrules.expr.to_frame import column
from claimrules.expr.vocabulary import VOCABULARY, Field, Type
from claimrules.model.claim import Setting
from claimrules.rulebook.rule import Rule

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]

T = TypeVar("T")
NUMBER: Final = "line_seq"
"""The column that numbers the lines, where rules look around."""
DATED: Final = frozenset(
    {
        "line_from_date",
        "line_to_date",
        "form_from_date",
        "form_to_date",
        "line_setting",
        "line_days",
        "line_year",
    }
)
"""Columns that rest on the dates and the setting of a line alone."""
WINDOW: Final = ("global_start", "global_end")
"""Fields of the line that rest on its date and on the global days of its code."""
COUNTED: Final = ("modifiers_unlisted", "modifiers_early", "modifiers_ended")
"""Fields of the line that rest on its modifiers and on the slot of its date."""
_FEW: Final = 5_000
"""How many lines a run may have for each rule that looks around, so that steps in memory are faster."""
PER_LINE: Final = DATED | {"line_age", "claim_through_date"}
"""Columns that are read of every line, because they rest on its dates."""


@attrs.frozen(kw_only=True, eq=False)
class Context:
    """One run: ``lines`` holds the raw columns and the setting of every line.

    ``first`` is the number of the first line that is judged; a history stands before it. ``coverages``
    are those of realms that declare a history of their own.
    """

    backend: Backend
    reader: Reader
    engine: Engine
    resolver: Resolver
    lines: "Lazy"
    coverage: Coverage | None
    as_of: date | None
    named: Mapping[str, str]
    settings: tuple[Setting, ...]
    extra: tuple[str, ...] = ()
    first: int = 0
    coverages: Mapping[str, Coverage] = attrs.field(factory=dict)

    @property
    def nw(self) -> Any:
        """What expressions are written with: Narwhals, or Polars itself."""
        return self.backend.nw

    @property
    def constants(self) -> Mapping[str, Any]:
        """Columns that are the same in every line."""
        return {"claim_as_of": self.nw.lit(self.as_of, self.nw.Date)}

    def beside(self, backend: Backend) -> "Context":
        """The same run where another engine works."""
        return attrs.evolve(self, backend=backend, reader=attrs.evolve(self.reader, nw=backend.nw))

    def by_size(self, lines: "Lazy") -> "Context":
        """The same run where rules look around: its steps are many, and may be of few lines each."""
        if self.backend.name != "polars" or worked_out(lines).height > _FEW * len(self.engine.around):
            return self
        return attrs.evolve(self, backend=self.backend.of_few())

    def brought_back(self, backend: Backend, frame: "Lazy") -> "Lazy":
        """A small frame of this process where the lines lie."""
        if backend is self.backend:
            return frame
        kinds = {name: _kind(kind) for name, kind in frame.collect_schema().items()}
        return self.backend.table(backend.local(frame), kinds)

    @property
    def by_team(self) -> bool:
        """Whether group and specialty came: without both the same physician is the same NPI."""
        return {"group", "specialty"} <= self.named.keys()

    def blanks(self, known: Iterable[str], wanted: frozenset[str] | None = None) -> dict[str, Any]:
        """Blank columns for the inputs that did not come, as far as a frame lacks them.

        ``wanted`` are the fields that are made of them, if not all may be.
        """
        among, held = INPUTS if wanted is None else raw_columns(wanted), set(known)
        missing = absent(self.nw, self.named, among)
        return {name: blank for name, blank in missing.items() if name not in held}

    def distinct(self, lines: "Lazy", by: str, columns: Sequence[str], name: str) -> "Lazy":
        """A row for each value of a column that stands for ``columns``, with its count of lines."""
        if self.backend.name == "polars" and not self.first:
            return first_rows(lines, by, columns, name)
        counts = self.counted(lines, by, name).with_columns(self.nw.col(name).cast(self.nw.Int64))
        return self.backend.distinct(lines, by, columns).join(counts, on=by, how="inner")

    def counted(self, lines: "Lazy", by: str, name: str) -> "Lazy":
        """Count lines by a column: those of a history come first, and count nothing."""
        nw = self.nw
        if not self.first:
            return lines.group_by(by).agg(nw.len().alias(name))
        one = (nw.col(NUMBER) >= self.first).cast(nw.Int64)
        return lines.select(by, **{name: one}).group_by(by).agg(nw.col(name).sum())

    def local(self, frame: "Lazy") -> dict[str, list[Any]]:
        """A small frame as lists."""
        return self.backend.local(frame)

    def written(self, name: Hashable, rule: Rule, write: Callable[[], T]) -> T:
        """What is written of a rule in the words of the engine, kept for the next frame."""
        asked, kept = (self.backend.name, name, rule.code), self.engine.written
        found: T = kept[asked] if asked in kept else kept.setdefault(asked, write())
        return found

    def any(self, lines: "Lazy") -> bool:
        """Whether there is one of some lines, which have their number."""
        if (known := known_rows(lines)) is not None:
            return not known.is_empty()
        return bool(self.local(lines.select(NUMBER).head(1))[NUMBER])


def _kind(kind: Any) -> str:
    if kind.is_float():
        return "float"
    return "number" if kind.is_integer() else "date" if kind.is_temporal() else "text"


def read_names(available: Iterable[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Which column of the frame is which field of a line.

    Raises:
        FrameError: a mapped column or a needed one is missing.
    """
    present = list(available)
    for field, name in mapping.items():
        if field not in INPUTS:
            msg = f"{field!r} is not a field of a line; {did_you_mean(field, INPUTS)}"
            raise FrameError(msg)
        if name not in present:
            msg = f"the frame has no column {name!r} for {field}; {did_you_mean(name, present)}"
            raise FrameError(msg)
    found = {field: mapping.get(field, field) for field in INPUTS if field in mapping or field in present}
    if "code" not in found:
        near = did_you_mean("code", present) if present else "it has no columns"
        msg = f"no column is the code of a line: map it, columns={{'code': ...}}; {near}"
        raise FrameError(msg)
    if "modifiers" in {*present} - {*mapping.values()} and "modifier_1" not in found:
        msg = (
            "the column modifiers is not read: a frame has a column for each, modifier_1 to modifier_4; "
            "where it holds one alone, columns={'modifier_1': 'modifiers'}"
        )
        raise FrameError(msg)
    return found


_NO_CELLS: Final = ("Array", "Binary", "Duration", "List", "Object", "Struct", "Time")
"""Types of columns that hold neither text nor a number nor a date."""


def check_types(types: Mapping[str, Any]) -> None:
    """Refuse columns of fields whose values are no cells.

    Raises:
        FrameError: one is nested, or holds bytes or spans of time.
    """
    for name, kind in types.items():
        called = kind.__name__ if isinstance(kind, type) else type(kind).__name__
        if called in _NO_CELLS:
            msg = f"the column {name} is of type {called}: make it text, a number or a date, or leave it out"
            raise FrameError(msg)


def atoms(*conditions: Condition) -> tuple[Condition, ...]:
    """The smallest conditions of some trees, once each."""
    return tuple(dict.fromkeys(chain.from_iterable(map(_atoms, conditions))))


@lru_cache(maxsize=2**14)
def _atoms(node: Condition) -> tuple[Condition, ...]:
    """Those of one tree: every run asks again."""
    if isinstance(node, And | Or):
        return atoms(*node.parts)
    if isinstance(node, Not):
        return _atoms(node.part)
    return () if isinstance(node, Constant) else (node,)


def hoistable(node: Condition) -> bool:
    """Whether a condition is tested of every line, so that its wide fields need no combinations."""
    fields = names(node)
    if any(field.namespace == "code" or field.name in (*WINDOW, *COUNTED) for field in fields):
        return False
    return any(field.wide for field in fields)


def line_columns(fields: Iterable[Field]) -> frozenset[str]:
    """The columns of the fields that come from the line itself, the modifiers as four."""
    found: set[str] = set()
    for field in fields:
        base = field.base
        if base.namespace in ("code", "pair"):
            continue
        if base.type is Type.MODIFIERS:
            found.update(MODIFIER_COLUMNS)
        elif base.name not in ("denied", "seq", "as_of", *WINDOW, *COUNTED):
            found.add(column(base))
    return frozenset(found)


def code_fields(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The fields that are attributes of the line's code, and those that the global window needs."""
    found = [field.base for field in fields if field.base.namespace == "code"]
    if any(field.base.name in WINDOW for field in fields):
        found.append(VOCABULARY["code"]["global_days"])
    return tuple(dict.fromkeys(found))
