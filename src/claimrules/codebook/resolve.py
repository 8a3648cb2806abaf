"""Which edition speaks for a day: exact, near, latest (design, decision 5)."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias, cast, get_args

from claimrules.model.claim import Setting
from claimrules.model.code import Cause
from claimrules.model.edition import MEDICARE, Edition, How, Kind, Source, Table

EditionMode: TypeAlias = Literal["exact", "near", "latest"]
EDITION_MODES: Final[tuple[str, ...]] = get_args(EditionMode)


def mode_of(editions: str) -> EditionMode:
    """Take the word of a mode.

    Raises:
        ValueError: there is no such mode.
    """
    if editions not in EDITION_MODES:
        msg = f"editions: {editions!r} is none of {', '.join(EDITION_MODES)}"
        raise ValueError(msg)
    return cast("EditionMode", editions)


TABLE_SETTING: Final = {
    Setting.PROFESSIONAL: "professional",
    Setting.ASC: "professional",
    Setting.OUTPATIENT: "outpatient",
    Setting.DME: "dme",
}
"""Ambulatory surgical centres use the practitioner tables (NCCI Policy Manual, chapter I, section V)."""

_PER_SETTING: Final = frozenset({Table.MUE, Table.NCCI_PAIRS})


class Choice(NamedTuple):
    """The edition that speaks, by its positions in the book (one for each part), and how it was chosen."""

    source: Source
    positions: tuple[int, ...]
    older: tuple["Choice", ...] = ()
    """Editions that also speak for the day, the newest first: a cumulative one that is an excerpt, or
    has a part only, hides nothing that an older one knows."""

    @property
    def position(self) -> int:
        """The position of an edition that has no parts, or of the first part."""
        return self.positions[0]

    @property
    def exact(self) -> bool:
        """Was the edition published for the day? Only then does its silence say anything."""
        return self.source.how is How.EXACT


class Shelf:
    """The editions of one table for one setting, the oldest first; a reissue instead of what it replaces."""

    def __init__(
        self, editions: Sequence[Edition], table: Table, setting: Setting, program: str = MEDICARE
    ) -> None:
        """Pick and sort the editions that could speak."""
        wanted = TABLE_SETTING[setting] if table in _PER_SETTING else ""
        parts: dict[date, dict[str, tuple[date, int]]] = {}
        for position, edition in enumerate(editions):
            if (edition.table, edition.setting, edition.program) != (table, wanted, program):
                continue
            there = parts.setdefault(edition.effective, {})
            entry = (edition.released or date.min, position)
            there[edition.part] = max(entry, there.get(edition.part, entry))
        self._effective = sorted(parts)
        self._positions = [
            tuple(position for _, (_, position) in sorted(parts[day].items())) for day in self._effective
        ]
        self._first = [editions[positions[0]] for positions in self._positions]

    def choose(self, on: date, mode: EditionMode) -> Choice | Cause:
        """Choose the edition for ``on``."""
        if not self._first:
            return Cause.NO_TABLE
        if mode == "latest":
            last = len(self._first) - 1
            return self._choice(last, How.EXACT if speaks(self._first[last], on) else How.LATEST)
        speaking = [index for index in range(len(self._first)) if speaks(self._first[index], on)]
        if speaking:
            choices = [self._choice(index, How.EXACT) for index in reversed(speaking)]
            newest, older = choices[0], choices[1:]
            return (
                newest._replace(older=tuple(older))
                if newest.source.edition.kind is Kind.CUMULATIVE
                else newest
            )
        return self._near(on) if mode == "near" else Cause.NO_EDITION

    def breaks(self) -> Iterator[date]:
        """Give every day on which the choice may change, for any mode."""
        for edition in self._first:
            yield edition.effective
            yield date(edition.effective.year, 1, 1)
            if edition.effective.year < date.max.year:
                yield date(edition.effective.year + 1, 1, 1)
            if edition.ends < date.max:
                yield edition.ends + timedelta(days=1)

    def _near(self, on: date) -> Choice | Cause:
        split = bisect_right(self._effective, on)
        if split and self._effective[split - 1].year == on.year:
            return self._choice(split - 1, How.NEAR)
        if split < len(self._first) and self._effective[split].year == on.year:
            return self._choice(split, How.NEAR)
        return Cause.NO_EDITION

    def _choice(self, index: int, how: How) -> Choice:
        return Choice(Source(self._first[index], how), self._positions[index])


def speaks(edition: Edition, on: date) -> bool:
    """Say whether an edition was published for ``on``; a cumulative one also knows the past."""
    return on <= edition.ends and (edition.kind is Kind.CUMULATIVE or edition.effective <= on)
