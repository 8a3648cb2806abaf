"""The edits of the NCCI tables among the codes of a frame, as a small table of the frame's own engine."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.codebook import Lookup
from claimrules.codebook.resolve import Choice
from claimrules.codebook.tables import PairRow
from claimrules.engine.frame.context import Context
from claimrules.model.code import Cause

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]

KEYS: Final = ("k_choice", "k_day", "k_code", "k_other")
"""What a published pair depends on: the editions that speak, the day, the code and the other code."""
EDITIONS: Final = 1_024
"""Above the number of any edition of pairs that is named beside findings; 0 is none."""
_NEVER: Final = "9"


@attrs.frozen(kw_only=True, eq=False)
class Choices:
    """Which editions of the pairs speak for lines: a number for each, beside slot, setting and day."""

    table: "Lazy"
    known: dict[int, tuple[Lookup, tuple[Choice, ...]]]
    causes: dict[int, Cause]
    editions: dict[str, int] = attrs.field(factory=dict)

    @property
    def depth(self) -> int:
        """How many editions are asked one after the other, at most."""
        return max((len(speaking) for _, speaking in self.known.values()), default=0)

    def ranges(self, level: int) -> Iterable[tuple[int, tuple[str, str]]]:
        """The runs of pairs of which silence at one level says that there is no edit, by number."""
        for number, (lookup, speaking) in self.known.items():
            for run in lookup.pair_ranges(speaking[level]) if level < len(speaking) else ():
                yield number, run

    def open_codes(self, codes: Iterable[str]) -> frozenset[str]:
        """The codes of which, in column 1, it may be unknown whether they and another are an edit."""
        known = sorted(codes)
        found: set[str] = set()
        runs: dict[int, list[tuple[str, str]]] = {number: [] for number in self.known}
        for level in range(self.depth):
            for number, run in self.ranges(level):
                runs[number].append(run)
        for mine in {tuple(each) for each in runs.values()}:
            ends = ((code, code + known[0], code + known[-1]) for code in known)
            found |= {
                code
                for code, first, last in ends
                if not any(low <= first and last <= high for low, high in mine)
            }
        return frozenset(found)


def published(context: Context, choices: Choices, codes: frozenset[str], role: str) -> tuple["Lazy", ...]:
    """The edits among some codes, a table for each level."""
    levels = range(choices.depth)
    return tuple(context.backend.keep(edits_of(context, choices, codes, level, role)) for level in levels)


def edits_of(context: Context, choices: Choices, codes: frozenset[str], level: int, role: str) -> "Lazy":
    """The edits of the editions that speak at one level, as judged line's code and other code."""
    found: dict[str, list[Any]] = {name: [] for name in ("k_choice", *KEYS[2:], "e_term", "e_edition")}
    terms: dict[int, PairRow] = {}
    code, other = ("k_other", "k_code") if role == "column_2" else ("k_code", "k_other")
    for number, (lookup, speaking) in choices.known.items():
        for name, edits in lookup.pairs_among(speaking[level], codes) if level < len(speaking) else ():
            edition = choices.editions.setdefault(name, len(choices.editions) + 1)
            found["e_edition"] += [edition if edition < EDITIONS else 0] * len(edits.edits)
            found["k_choice"] += [number] * len(edits.edits)
            found[code] += edits.column_1
            found[other] += edits.column_2
            found["e_term"] += _numbers(terms, edits.edits)
    kinds = dict.fromkeys(found, "number") | {"k_code": "text", "k_other": "text"}
    table = context.backend.table(found, kinds)
    return table.join(_terms(context, terms.values()), on="e_term", how="inner").drop("e_term")


def _numbers(terms: dict[int, PairRow], edits: Sequence[PairRow]) -> Iterator[int]:
    """Number edits by their place among ``terms``: some hundred of these, each one value, stand for all."""
    keys = list(map(id, edits))
    terms |= dict(zip(keys, edits, strict=True))
    places = {key: place for place, key in enumerate(terms)}
    return map(places.__getitem__, keys)


def _terms(context: Context, terms: Iterable[PairRow]) -> "Lazy":
    """First and last day of edits that ever were in force, and the rank of each among those that overlap."""
    found: dict[str, list[Any]] = {name: [] for name in ("e_term", "e_first", "e_last", "rank")}
    for term, edit in enumerate(terms):
        if edit.modifier_indicator == _NEVER or edit.effective == edit.deletion:
            continue
        # Of edits that overlap the one that took effect last counts, of equal ones the milder.
        rank = edit.effective.toordinal() * 10 + int(edit.modifier_indicator)
        for name, value in zip(found, (term, edit.effective, edit.deletion, rank), strict=True):
            found[name].append(value)
    kinds = dict.fromkeys(found, "number") | {"e_first": "date", "e_last": "date"}
    return context.backend.table(found, kinds)
