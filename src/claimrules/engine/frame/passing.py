"""What rules say of lines, kept: those that passed apart, as far as their class does not say that."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from claimrules.engine.frame import around
from claimrules.engine.frame.around import OUTCOME, SEQ, Looked
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.index import concern_flag
from claimrules.engine.outcomes import PASSED

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]


def apart(context: Context, run: around.Run, found: Sequence[Looked]) -> list[Looked]:
    """What rules say with the lines that passed apart, as far as their class does not say that."""
    nw, backend, passed = context.nw, context.backend, context.nw.col(OUTCOME) == PASSED
    frames = []
    for each in found:
        parts = _parts(context, each)
        frames += [part.filter(~passed) for part in parts] if _told_apart(run, each) else parts
    kept, said = iter(backend.keeps(frames)), []
    for each in found:
        parts = [next(kept) for _ in _parts(context, each)]
        alone = None
        if not each.rest:
            passing = [part.filter(passed).select(SEQ) for part in parts]
            alone = backend.keep(nw.concat(passing, how="vertical"))
            parts = [backend.keep(part.filter(~passed)) for part in parts]
        frame, *itself = parts
        if itself:
            told = around.told_of_itself(nw, each.rule, itself[0])
            frame = nw.concat([frame, told], how="vertical")
        said.append(attrs.evolve(each, frame=frame, itself=None, passed=alone))
    return said


def _parts(context: Context, looked: Looked) -> list["Lazy"]:
    """The lines that a rule speaks of, and those of which it says nothing but an outcome: these are many."""
    if looked.itself is None:
        return [looked.frame]
    if context.backend.name != "polars":
        return [context.nw.concat([looked.frame, looked.itself], how="vertical")]
    return [looked.frame, looked.itself.select(SEQ, OUTCOME)]


def _told_apart(run: around.Run, looked: Looked) -> bool:
    """Whether each line of which a rule says nothing itself has passed, so that those that do are no news."""
    every = len(looked.rest) == len(run.combos.having(concern_flag(looked.number)))
    return every and set(looked.rest.values()) == {PASSED}
