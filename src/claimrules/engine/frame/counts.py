"""How often each outcome was said of the lines of a frame: by class, and by line where rules look around."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import attrs

from claimrules.engine import tally
from claimrules.engine.frame.around import OUTCOME, SEQ, Looked
from claimrules.engine.frame.combos import CLASS, COUNT, Combinations
from claimrules.engine.frame.context import Context
from claimrules.engine.frame.dates import Days
from claimrules.engine.frame.packing import summed
from claimrules.engine.outcomes import PASSED

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Lazy = nw.LazyFrame[Any]

Key = tuple[Any, ...]
"""The class, the slot and the quarter of some lines."""
_BY: Final = (CLASS, "k_slot", "k_quarter")
_BITS: Final = 60
"""What a 64-bit integer holds of the outcomes of a line, with room for its sign."""


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Counts:
    """Counts of the lines that are ``judged``, each made when it is first asked for."""

    context: Context
    combos: Combinations
    looked: tuple[Looked, ...]
    judged: "Lazy"

    @cached_property
    def groups(self) -> Mapping[tally.Group, int]:
        """Lines that count alike, with the outcomes of every rule."""
        groups: Counter[tally.Group] = Counter()
        taken: Counter[Key] = Counter()
        for (key, around), count in self._special().items():
            taken[key] += count
            groups[self._group(key, around)] += count
        for key, count in self.lines.items():
            if count > taken[key]:
                groups[self._group(key, self._rest(key[0]))] += count - taken[key]
        return groups

    @cached_property
    def lines(self) -> Mapping[Key, int]:
        """How many lines there are of each class, slot and quarter."""
        columns = self.context.local(
            self.combos.frame.group_by(*_BY).agg(self.context.nw.col(COUNT).sum().alias(COUNT))
        )
        rows = zip(*(columns[name] for name in (*_BY, COUNT)), strict=True)
        return {tuple(key): int(lines) for *key, lines in rows}

    @cached_property
    def outcomes(self) -> Mapping[int, Mapping[int, int]]:
        """For each rule that looks around, how many lines have each outcome."""
        nw, context, found = self.context.nw, self.context, dict[int, Counter[int]]()
        by_outcome = [each.frame.group_by(OUTCOME).agg(nw.len().alias(COUNT)) for each in self.looked]
        passed = [each.passed.select(n=nw.len()) for each in self.looked if each.passed is not None]
        counted = iter(context.backend.locals(by_outcome + passed))
        for looked, columns in zip(self.looked, counted, strict=False):
            counts = found[looked.number] = self._of_classes(looked)
            counts.update(dict(zip(columns[OUTCOME], map(int, columns[COUNT]), strict=True)))
        for looked in (each for each in self.looked if each.passed is not None):
            found[looked.number][PASSED] += int(next(counted)["n"][0])
        parts = []
        for looked in self.looked:
            if len(looked.rest) == len(self.combos.classes) and len(set(looked.rest.values())) == 1:
                # Whatever class its lines have, the same would have been said of them.
                itself = sum(found[looked.number].values()) - self._of_classes(looked).total()
                found[looked.number][next(iter(looked.rest.values()))] -= itself
            elif looked.rest:
                parts.append(looked.frame.select(SEQ, number=nw.lit(looked.number, nw.Int64)))
        if not parts:
            return found
        # What is said of a line itself is not told by its class.
        rests = {looked.number: looked.rest for looked in self.looked}
        lines = self.combos.lines.select(SEQ, CLASS)
        told = context.backend.at(lines, nw.concat(parts, how="vertical"), SEQ)
        columns = context.local(told.group_by("number", CLASS).agg(n=nw.len()))
        for number, group, count in zip(*(columns[name] for name in ("number", CLASS, "n")), strict=True):
            if group in rests[number]:
                found[number][rests[number][group]] -= int(count)
        return found

    @cached_property
    def of_class(self) -> Mapping[Any, int]:
        """How many lines there are of each class."""
        found: Counter[Any] = Counter()
        for (group, *_), count in self.lines.items():
            found[group] += count
        return found

    def _of_classes(self, looked: Looked) -> Counter[int]:
        """The outcomes that the classes of lines tell."""
        found: Counter[int] = Counter()
        for group, outcome in looked.rest.items():
            found[outcome] += self.of_class.get(group, 0)
        return found

    @cached_property
    def _unusual(self) -> tuple[Looked, ...]:
        """The rules that say of whole classes more than that they passed."""
        return tuple(each for each in self.looked if any(map(_shown, set(each.rest.values()))))

    def _rest(self, group: Any) -> bytes:
        """What rules that look around say of the lines of a class, where they say it of no line itself."""
        if group not in self._rests:
            base = len(self.context.engine.line_rules)
            said = bytearray(len(self.context.engine.rules) - base)
            for looked in self._unusual:
                said[looked.number - base] = _shown(looked.rest.get(group, 0))
            self._rests[group] = bytes(said)
        return self._rests[group]

    @cached_property
    def _rests(self) -> dict[Any, bytes]:
        """What was asked of ``_rest``."""
        return {}

    def _special(self) -> Counter[Any]:
        """The lines about which a rule that looks around says something, with what all rules say.

        What they say of a line is a set of bits, summed: each is said once.
        """
        nw, found = self.context.nw, Counter[Any]()
        unusual = {looked.number for looked in self._unusual}
        tokens = [
            (number, outcome)
            for number, counts in self.outcomes.items()
            for outcome in sorted(counts)
            if outcome > PASSED or number in unusual
        ]
        if not tokens:
            return found
        bits = [f"b_{place}" for place in range((len(tokens) - 1) // _BITS + 1)]
        places = {token: divmod(index, _BITS) for index, token in enumerate(tokens)}
        parts = []
        for part in self.looked:
            mine = {outcome: place for (number, outcome), place in places.items() if number == part.number}
            if mine:
                said = part.frame if part.number in unusual else part.frame.filter(nw.col(OUTCOME) > PASSED)
                held = {column for column, _ in mine.values()}
                every = self.context.backend.name != "polars"
                sums = {
                    name: _bits(nw, mine, place) for place, name in enumerate(bits) if every or place in held
                }
                parts.append(said.select(SEQ, **sums))
        told = _summed(self.context, parts, bits)
        lines = self.context.backend.at(self.combos.lines.select(SEQ, *_BY), told, SEQ)
        columns = self.context.local(lines.group_by(*_BY, *bits).agg(nw.len().alias(COUNT)))
        base = len(self.context.engine.line_rules)
        saying = {place: (number - base, _shown(outcome)) for (number, outcome), place in places.items()}
        known: dict[tuple[int, ...], Sequence[tuple[int, int]]] = {}
        for *row, count in zip(*(columns[name] for name in (*_BY, *bits, COUNT)), strict=True):
            around, values = bytearray(self._rest(row[0])), tuple(map(int, row[len(_BY) :]))
            if values not in known:
                known[values] = [saying[place] for place in _ones(values)]
            for at, byte in known[values]:
                around[at] = byte
            found[tuple(row[: len(_BY)]), bytes(around)] += int(count)
        return found

    def _group(self, key: Key, around: bytes) -> tally.Group:
        group, slot, quarter = key
        spoken = self._spoken.get((slot, quarter))
        if spoken is None:
            days = self._days.get((slot, quarter), (None, None))
            spoken = tally.group_of_days(b"", self.context.resolver.slots[slot][0], *days)
            self._spoken[slot, quarter] = spoken
        outcomes = self.combos.classes[group].outcomes + around
        return tally.Group(outcomes, spoken.slot, spoken.first, spoken.last, spoken.code)

    @cached_property
    def _spoken(self) -> dict[tuple[int, int], tally.Group]:
        """The slot and the days that count, of each slot and quarter that was asked for."""
        return {}

    @cached_property
    def _days(self) -> Days:
        """The first and last day of each slot and quarter, of the lines that are judged."""
        if not self.context.first:
            return self.combos.days
        day = self.context.nw.col("line_from_date")
        by = self.judged.group_by("k_slot", "k_quarter").agg(first=day.min(), last=day.max())
        found = self.context.local(by)
        keys = zip(found["k_slot"], found["k_quarter"], strict=True)
        return dict(zip(keys, zip(found["first"], found["last"], strict=True), strict=True))


def _summed(context: Context, parts: Sequence["Lazy"], names: Sequence[str]) -> "Lazy":
    """Add whole numbers up for each line, which stands once in a part."""
    if context.backend.name == "polars":
        return summed(parts, SEQ, names)
    nw = context.nw
    by_line = nw.concat(list(parts), how="vertical").group_by(SEQ)
    found: Lazy = by_line.agg(**{name: nw.col(name).sum() for name in names})
    return found


def _bits(nw: Any, places: Mapping[int, tuple[int, int]], place: int) -> Any:
    """The bit of the outcome of a line, where that stands in one of the columns of bits."""
    found = nw.lit(0, nw.Int64)
    for outcome, (column, bit) in places.items():
        if column == place:
            one = nw.lit(1 << bit, nw.Int64)
            found = nw.when(nw.col(OUTCOME) == outcome).then(one).otherwise(found)
    return found


def _ones(values: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The places of the bits that are 1: which of the numbers, and which bit of it."""
    for column, value in enumerate(values):
        yield from ((column, bit) for bit in range(value.bit_length()) if value >> bit & 1)


def _shown(outcome: int) -> int:
    """An outcome that is told of lines; that one passed is counted only."""
    return outcome if outcome > PASSED else 0
