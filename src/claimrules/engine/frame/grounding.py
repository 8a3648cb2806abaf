"""The keys that lines share, and which of them share those of the pairs: found while combinations are judged.

Neither rests on what is said of combinations, and judging these leaves Polars little to do.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine.frame.context import Context
from claimrules.engine.frame.packing import COMPANY, in_company, packed
from claimrules.engine.frame.steps import kept, worked_out
from claimrules.engine.frame.wide_keys import read_keys, wide_of
from claimrules.rulebook.rule import Relation

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw
    import polars as pl

    Lazy = nw.LazyFrame[Any]

_NUMBER: Final = "k_keys"
_MANY: Final = 2**17
"""From how many lines on they are told apart before anybody asks."""


@attrs.frozen(kw_only=True, eq=False)
class Company:
    """Polars: for each line a number for its ``keys``, all of which are known, and whether it shares them."""

    keys: tuple[str, ...]
    numbers: "pl.Series"
    together: "pl.Series"

    def of(self, lines: "Lazy", name: str) -> "Lazy":
        """All lines with these."""
        return kept(worked_out(lines).hstack([self.numbers.alias(name), self.together.alias(COMPANY)]))


@attrs.frozen(kw_only=True, eq=False)
class Ground:
    """What is read of all lines: ``add`` adds their keys to them."""

    add: "Callable[[Lazy], Lazy]"
    company: Company | None = None


@contextmanager
def grounded(context: Context, lines: "Lazy", names: Sequence[str]) -> "Iterator[Callable[[], Ground]]":
    """Begin to read the keys ``names`` of lines; whoever asks for them waits."""
    if context.backend.name != "polars" or not context.engine.around:
        yield lambda: Ground(add=lambda lines: read_keys(context, lines, names))
        return
    with ThreadPoolExecutor(max_workers=1) as beside:
        yield beside.submit(_read, context, lines, names).result


def _read(context: Context, lines: "Lazy", names: Sequence[str]) -> Ground:
    keys = _asked(context, frozenset((*lines.collect_schema().names(), *names)))
    rows = worked_out(read_keys(context, lines, names).select(*dict.fromkeys((*names, *keys))))
    read = rows.select(names)
    return Ground(
        add=lambda lines: kept(worked_out(lines).hstack(read)),
        company=_company(rows, keys),
    )


def _company(rows: "pl.DataFrame", keys: tuple[str, ...]) -> Company | None:
    """Which lines share keys, where they are many and all keys are known."""
    if not keys or rows.height < _MANY or any(rows[key].null_count() for key in keys):
        return None
    numbered = worked_out(packed(kept(rows.select(keys)), _NUMBER, keys).select(_NUMBER))
    together = in_company(numbered, _NUMBER)
    return None if together is None else Company(keys=keys, numbers=numbered[_NUMBER], together=together)


def _asked(context: Context, held: frozenset[str]) -> tuple[str, ...]:
    """The keys by which rules on pairs will ask first."""
    rules = (compiled.rule for compiled in context.engine.around)
    paired = next((rule for rule in rules if rule.relation is Relation.NCCI_PAIR), None)
    if paired is None or context.extra:
        return ()
    keys = wide_of(context, paired)
    return tuple(sorted(keys)) if keys <= held else ()
