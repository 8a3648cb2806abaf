"""One deciding fact as data: a field or what a rule counted, its value, and which edition says so."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from claimrules.engine.explain import Explainer, Leaf, Situation, counted_fact, fact, holds_private
from claimrules.expr.nodes import Name
from claimrules.expr.vocabulary import Field
from claimrules.model.finding import Evidence

if TYPE_CHECKING:
    from claimrules.codebook import PairFact
    from claimrules.model.edition import Source

_KEPT: Final = 1_024


class Fact:
    """Makes the evidence of one leaf of a condition; what comes again is kept with its source."""

    __slots__ = ("_base", "_explainer", "_kept", "_leaf", "_number", "_place", "_private", "_table")

    def __init__(self, leaf: Leaf, explainer: Explainer, place: Mapping[Field, int]) -> None:
        """Find the place of the field among the texts, or the number of what was counted."""
        self._leaf, self._explainer = leaf, explainer
        self._place = place[leaf.field] if isinstance(leaf, Name) else -1
        self._number = -1 if isinstance(leaf, Name) else explainer.found.index(leaf)
        self._private = not isinstance(leaf, Name) and holds_private(leaf)
        self._base = leaf.field.base if isinstance(leaf, Name) else None
        self._table = self._base.table if self._base is not None and self._base.namespace == "code" else None
        self._kept: dict[tuple[object, int], tuple[Source | PairFact | None, Evidence]] = {}

    def tell(self, at: Situation, texts: Sequence[str]) -> Evidence:
        """Give the evidence."""
        leaf = self._leaf
        source: Source | PairFact | None = None
        if not isinstance(leaf, Name):
            value: object = at.aggregates[self._number][1]
            if self._private:
                return counted_fact(leaf, value)
            key: tuple[object, int] = (value, type(value) is bool)
        else:
            value = texts[self._place]
            source = self._source(at, leaf.field)
            key = value, id(source)
        found = self._kept.get(key)
        if found is not None and found[0] is source:
            return found[1]
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        made = fact(at, leaf.field, str(value)) if isinstance(leaf, Name) else counted_fact(leaf, value)
        self._kept[key] = source, made
        return made

    def _source(self, at: Situation, field: Field) -> "Source | PairFact | None":
        """Who says what the field says."""
        if self._table is not None:
            side = at.side(field)
            return None if side is None else side.code.sources.get(self._table)
        pair = self._base is not None and self._base.namespace == "pair"
        return at.partner.fact if pair and at.partner is not None else None
